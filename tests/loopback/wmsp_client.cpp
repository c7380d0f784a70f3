// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmsp_client.h"

#include <gst/check/gstcheck.h>

#include <utility>

namespace wms::test {

WmspPacket ReadWmspPacket(RawClient& client) {
  WmspPacket packet;
  const ByteVector framing = client.Read(4);
  if (framing.empty()) return packet;
  fail_unless_equals_int(static_cast<int>(framing.size()), 4);
  fail_unless_equals_int(framing[0], 0x24);
  packet.id = static_cast<char>(framing[1]);
  const std::size_t length = LoadLe(&framing[2], 2);
  ByteVector rest = client.Read(length);
  fail_unless_equals_int(static_cast<int>(rest.size()),
                         static_cast<int>(length));
  ByteReader reader(rest);
  if (packet.id == 'E' || packet.id == 'C') {
    fail_unless_equals_int(static_cast<int>(length), 4);
    packet.reason = reader.U32();
    return packet;
  }
  packet.location_id = reader.U32();
  fail_unless_equals_int(reader.U8(), 0);
  packet.af_flags = reader.U8();
  fail_unless_equals_int(reader.U16(), static_cast<int>(length));
  const Bytes payload = reader.Take(reader.remaining());
  packet.payload.assign(payload.begin(), payload.end());
  return packet;
}

std::vector<WmspPacket> ReadWmspPackets(RawClient& client) {
  std::vector<WmspPacket> packets;
  for (;;) {
    WmspPacket packet = ReadWmspPacket(client);
    if (packet.id == 0) return packets;
    packets.push_back(std::move(packet));
  }
}

std::string Ids(const std::vector<WmspPacket>& packets) {
  std::string ids;
  for (const WmspPacket& packet : packets)
    ids += packet.id;
  return ids;
}

std::string WriteWmspRequest(const WmspRequest& request) {
  std::string text =
      request.method + " " + request.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (!request.user_agent.empty()) {
    text += "User-Agent: " + request.user_agent + "\r\n";
  }
  for (const std::string& pragma : request.pragmas)
    text += "Pragma: " + pragma + "\r\n";
  text += request.more;
  if (request.method == "POST") {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

WmspExchange::WmspExchange(unsigned port, const WmspRequest& request,
                           int buffer)
    : client(std::make_unique<RawClient>(port, buffer)) {
  fail_unless(client->Send(WriteWmspRequest(request)));
  auto read = client->ReadResponse();
  fail_unless(read.has_value());
  response = std::move(*read);
}

WmspRequest PlayRequest(const std::string& streams,
                        std::vector<std::string> pragmas) {
  pragmas.insert(pragmas.begin(), "no-cache,rate=1.000,stream-time=0");
  pragmas.emplace_back("xPlayStrm=1");
  if (!streams.empty()) {
    pragmas.push_back("stream-switch-entry=" + streams);
  }
  return {.pragmas = std::move(pragmas)};
}

WmspRequest DescribeRequest(std::vector<std::string> pragmas) {
  pragmas.insert(pragmas.begin(), "no-cache");
  return {.pragmas = std::move(pragmas)};
}

WmspRequest PostRequest(std::vector<std::string> pragmas) {
  return {.method = "POST", .pragmas = std::move(pragmas)};
}

unsigned StatusOf(PubpointThread& server, const WmspRequest& request) {
  return WmspExchange(server.port(), request).response.status;
}

std::string ClientId(const RawResponse& response) {
  return "client-id=" + PragmaToken(response, "client-id");
}

std::vector<WmspPacket> ReadData(WmspExchange& play, std::string& ids) {
  std::vector<WmspPacket> packets = ReadWmspPackets(*play.client);
  ids = Ids(packets);
  std::erase_if(packets, [](const WmspPacket& p) { return p.id != 'D'; });
  std::uint8_t af_flags = 0;
  for (const WmspPacket& packet : packets)
    fail_unless_equals_int(packet.af_flags, af_flags++);
  return packets;
}

std::vector<WmspPacket> ReadData(WmspExchange& play) {
  std::string ids;
  return ReadData(play, ids);
}

std::string PragmaToken(const RawResponse& response, const std::string& name) {
  const std::string value = "," + response.Header("pragma");
  const std::size_t at = value.find("," + name + "=");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 2;
  if (value[begin] == '"') {
    return value.substr(begin, value.find('"', begin + 1) + 1 - begin);
  }
  return value.substr(begin, value.find(',', begin) - begin);
}

namespace {

std::vector<PayloadSample> PayloadsOf(std::size_t i, std::size_t gop) {
  return {{.stream = 1, .key_frame = i % gop == 0, .size = 300},
          {.stream = 2, .key_frame = true, .size = 150}};
}

}  // namespace

MixedPush::MixedPush(PubpointThread& server_in, std::size_t gop_in,
                     const std::string& path)
    : server(server_in), gop(gop_in), pusher(server.port(), path) {
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(header));
  fail_unless(server.WaitForHeaders(1));
}

ByteVector MixedPush::Packet(std::size_t i) const {
  return Stripped(
      MakePacket(PayloadsOf(i, gop), static_cast<std::uint32_t>(100 * i)));
}

ByteVector MixedPush::Only(std::size_t i, std::uint8_t stream) const {
  auto payloads = PayloadsOf(i, gop);
  std::erase_if(payloads, [stream](const PayloadSample& payload) {
    return payload.stream != stream;
  });
  return Stripped(MakePacket(payloads, static_cast<std::uint32_t>(100 * i)));
}

void MixedPush::Push(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    fail_unless(pusher.Data(Packet(pushed++)));
  fail_unless(server.WaitForPackets(pushed));
}

void MixedPush::End() {
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
}

void MixedPush::Change(const ByteVector& next) {
  const std::size_t headers = server.Snapshot().headers.size();
  fail_unless(pusher.End(HResult::S_FALSE));
  fail_unless(pusher.Change(next));
  fail_unless(server.WaitForHeaders(headers + 1));
}

}  // namespace wms::test
