// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/bitrate_meter.h"

#include "asf/data_packet.h"
#include "asf/payloads.h"
#include "asf/time_step.h"

namespace wms::asf {
namespace {

/// Frames that a time per frame is told by, at least.
constexpr std::uint64_t kMinFrames = 3;
constexpr std::uint64_t kBitsPerStep = 1000;

}  // namespace

Result<void> BitrateMeter::Add(Bytes packet) {
  const Result<DataPacket> parsed = ParseDataPacket(packet);
  if (!parsed) return parsed.error();
  if (packets_ > 0) {
    const std::uint32_t step = parsed->send_time_ms - last_send_time_ms_;
    if (step <= kMaxGapMs) elapsed_ms_ += step;
  }
  last_send_time_ms_ = parsed->send_time_ms;
  last_duration_ms_ = parsed->duration_ms;
  ++packets_;
  bytes_ += packet.size();
  // Such a packet is sent, too: it says nothing of its streams.
  const Result<std::vector<Payload>> payloads = ParsePayloads(packet, *parsed);
  if (!payloads) return {};
  for (const Payload& payload : *payloads) {
    Stream& stream = streams_[payload.stream];
    stream.bytes += payload.end - payload.data;
    if (!payload.starts_object || payload.compressed || payload.time == 0) {
      continue;
    }
    const auto time =
        static_cast<std::uint32_t>(LoadLe(packet.data() + payload.time, 4));
    if (stream.objects == 0) stream.first_time_ms = time;
    stream.last_time_ms = time;
    ++stream.objects;
  }
  return {};
}

std::map<std::uint8_t, StreamHints> BitrateMeter::Figures() const {
  constexpr std::uint64_t kHundredNsPerMs = 10000;
  std::map<std::uint8_t, StreamHints> figures;
  const std::uint64_t ms = media_ms();
  for (const auto& [number, stream] : streams_) {
    StreamHints hints;
    if (ms > 0) {
      const std::uint64_t rate = stream.bytes * 8 * 1000 / ms;
      hints.bitrate =
          Limited((rate + kBitsPerStep - 1) / kBitsPerStep * kBitsPerStep);
    }
    const std::uint32_t span = stream.last_time_ms - stream.first_time_ms;
    if (stream.objects >= kMinFrames && span < kMaxGapMs) {
      hints.frame_time_100ns = span * kHundredNsPerMs / (stream.objects - 1);
    }
    figures[number] = hints;
  }
  return figures;
}

}  // namespace wms::asf
