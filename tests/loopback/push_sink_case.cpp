// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

namespace wms::test {
PushSinkCase::PushSinkCase() {
  // Most tests are about what a failure is; push_sink_resume and its like are
  // about getting over it.
  options.reconnect = false;
  sink->Advise(statuses, nullptr);
}

HResult PushSinkCase::ConnectAndWait(const std::string& url) {
  sink->SetOptions(options);
  const HResult hr = sink->Connect(url);
  return hr == HResult::S_OK ? sink->WaitConnected() : hr;
}

void PushSinkCase::Start(const std::string& url) {
  EXPECT_HRESULT(ConnectAndWait(url), HResult::S_OK);
  EXPECT_HRESULT(sink->OnHeader(header), HResult::S_OK);
}

HResult PushSinkCase::SendUntilFailure() {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (std::chrono::steady_clock::now() < end) {
    const HResult hr = sink->OnDataUnit(packet);
    if (hr != HResult::S_OK) return hr;
  }
  EXPECT(false, "the sink goes on sending");
  return HResult::S_OK;
}

void PushSinkCase::WaitUntilBlocked() const {
  constexpr std::uint64_t kMuch = 100000;
  constexpr int kStill = 5;  // a busy machine holds the sender up, too
  const Gate never;
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  std::uint64_t before = 0;
  for (int still = 0; still < kStill;) {
    const std::uint64_t sent = sink->GetStats().bytes_sent;
    still = sent > kMuch && sent == before ? still + 1 : 0;
    before = sent;
    EXPECT(std::chrono::steady_clock::now() < end, "the sender never blocks");
    never.Wait(100ms);
  }
}

ConnectOutcome ConnectTo(const Script& script, PushOptions options) {
  ScriptedServer server;
  server.Run(script);
  PushSinkCase push;
  push.options = std::move(options);
  push.options.reconnect = false;
  const HResult hr = push.ConnectAndWait(server.Url());
  return {hr, push.statuses->records().back(), server.recording()};
}

std::string Frame(char id, Bytes payload, std::uint32_t reason) {
  const bool has_reason = id == 'C' || id == 'E';
  ByteVector bytes;
  ByteWriter writer(bytes);
  writer.U8('$');
  writer.U8(static_cast<std::uint8_t>(id));
  writer.U16(static_cast<std::uint16_t>(payload.size() + (has_reason ? 4 : 0)));
  if (has_reason) writer.U32(reason);
  writer.Append(payload);
  return {bytes.begin(), bytes.end()};
}

std::string Kinds(const std::vector<WirePacket>& packets) {
  std::string kinds;
  for (const WirePacket& packet : packets) {
    const bool more =
        packet.id == wmhttp::PacketId::kEndOfStream && packet.reason == 1;
    kinds += more ? 'e' : static_cast<char>(packet.id);
  }
  return kinds;
}

std::chrono::milliseconds TimeOf(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
}

}  // namespace wms::test
