// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pusher.h"

namespace wms::test {

using wmhttp::PacketId;

Pusher::Pusher(unsigned port, const std::string& path, std::string_view body,
               RawRequest with)
    : request(std::move(with)), client(std::make_unique<RawClient>(port)) {
  request.path = path;
  push_id = DoSetup(*client, request, body);
  request.cookie = "push-id=" + push_id;
}

bool Pusher::Start(std::uint64_t content_length) {
  request.content_length = content_length;
  return client->Send(StartRequest(request));
}

bool Pusher::Header(Bytes header) {
  return client->Send(Frame(PacketId::kHeader, header));
}

bool Pusher::Change(Bytes header) {
  return client->Send(Frame(PacketId::kStreamChange, header));
}

bool Pusher::Data(Bytes packet) {
  return client->Send(Frame(PacketId::kData, packet));
}

bool Pusher::End(HResult reason) {
  return client->Send(Frame(PacketId::kEndOfStream, {}, reason));
}

bool Pusher::Filler(std::size_t size) {
  return client->Send(Frame(PacketId::kFiller, ByteVector(size)));
}

bool PushWell(unsigned port, const std::string& path, std::string_view body) {
  Pusher pusher(port, path, body);
  return !pusher.push_id.empty() && pusher.Start() &&
         pusher.Header(MakeHeader()) && pusher.Data(MakePacket()) &&
         pusher.End() && pusher.client->WaitForClose();
}

Stream::Stream()
    : header(MakeHeader({.packet_size = kStreamPacketSize})),
      whole(MakePackets(24, kStreamPacketSize)) {
  for (const ByteVector& packet : whole)
    stripped.push_back(Stripped(packet));
}

ByteVector Stream::Restored() const {
  ByteVector bytes = header;
  for (const ByteVector& packet : stripped)
    Append(bytes, test::Restored(packet, kStreamPacketSize));
  return bytes;
}

ByteVector WholePush(const RawRequest& request, Bytes header,
                     const std::vector<ByteVector>& packets, bool with_end) {
  ByteVector bytes;
  const std::string head = StartRequest(request);
  Append(bytes, Bytes(reinterpret_cast<const std::uint8_t*>(head.data()),
                      head.size()));
  Append(bytes, Frame(PacketId::kHeader, header));
  for (const ByteVector& packet : packets)
    Append(bytes, Frame(PacketId::kData, packet));
  if (with_end) Append(bytes, Frame(PacketId::kEndOfStream, {}));
  return bytes;
}

}  // namespace wms::test
