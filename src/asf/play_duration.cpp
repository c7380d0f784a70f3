// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/play_duration.h"

#include "asf/header_tree.h"
#include "asf/payloads.h"
#include "asf/time_step.h"

#include <algorithm>
#include <limits>

namespace wms::asf {
namespace {

constexpr std::int64_t kTicksPerMs = 10000;  // of 100 ns
/// Times that jump again and again may add up; no file is as long as this.
constexpr std::int64_t kMaxMs = std::int64_t{1} << 48;

/// A time that can be multiplied.
std::int64_t Bounded(std::int64_t ms) {
  return std::clamp(ms, -kMaxMs, kMaxMs);
}

/// Objects in compressed payload data: a byte with the size of each goes
/// before it ([ASF] 5.2.3.2).
std::size_t CountObjects(Bytes data) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < data.size(); at += 1 + data[at])
    ++count;
  return count;
}

}  // namespace

PlayDuration::PlayDuration(Bytes header) {
  const Result<Header> parsed = ParseHeader(header, Strictness::kTolerant);
  if (!parsed) return;
  preroll_ms_ = std::min<std::uint64_t>(
      parsed->preroll_ms, std::numeric_limits<std::uint32_t>::max());
  const Result<HeaderTree> tree = ReadHeaderTree(header);
  for (const Stream& stream : parsed->streams) {
    StreamTimes& times = streams_[stream.number];
    times.type = stream.type;
    // What a frame of sound is, [ASF] 4.1 does not say.
    if (!tree || stream.type != StreamType::kVideo) continue;
    const HeaderNode* extended = tree->FindExtended(stream.number);
    if (extended == nullptr) continue;
    const std::uint64_t frame = extended->Get(ExtendedFields::kFrameTime, 8);
    if (frame <= kMaxGapMs * kTicksPerMs) times.frame_time = frame;
  }
}

void PlayDuration::Add(Bytes packet, const DataPacket& parsed) {
  if (!first_send_time_) first_send_time_ = parsed.send_time_ms;
  const Result<std::vector<Payload>> payloads = ParsePayloads(packet, parsed);
  if (!payloads) return;
  for (const Payload& payload : *payloads) {
    const auto found = streams_.find(payload.stream);
    if (payload.time == 0 || found == streams_.end()) continue;
    const auto time =
        static_cast<std::uint32_t>(LoadLe(packet.data() + payload.time, 4));
    Note(found->second, time, parsed);
    if (!payload.compressed) continue;
    const std::uint32_t delta = packet[payload.time_delta];
    const std::size_t objects =
        CountObjects(packet.subspan(payload.data, payload.end - payload.data));
    for (std::size_t i = 1; i < objects; ++i)
      Note(found->second, time + static_cast<std::uint32_t>(i) * delta, parsed);
  }
}

void PlayDuration::Note(StreamTimes& stream, std::uint32_t time,
                        const DataPacket& parsed) {
  const std::int64_t now = stream.begun
                               ? stream.last_time + TimeStep(stream.last, time)
                               : TimeStep(*first_send_time_, time);
  stream.last = time;
  stream.last_time = now;
  if (!stream.begun || now > stream.latest_time) {
    if (stream.begun) stream.next_to_latest = stream.latest_time;
    stream.latest_time = now;
    stream.packet_duration_ms = parsed.duration_ms;
  } else if (now < stream.latest_time) {
    stream.next_to_latest = std::max(stream.next_to_latest.value_or(now), now);
  }
  stream.first_time = stream.begun ? std::min(stream.first_time, now) : now;
  stream.begun = true;
}

/// What the header says, or as long as the one before, or what the packet
/// holds; in 100 ns.
std::uint64_t PlayDuration::LastObjectDuration(const StreamTimes& stream) {
  if (stream.type == StreamType::kOther) return 0;  // commands, and the like
  if (stream.frame_time != 0) return stream.frame_time;
  std::int64_t ms = stream.packet_duration_ms;
  if (stream.next_to_latest) {
    const std::int64_t step = stream.latest_time - *stream.next_to_latest;
    if (step <= kMaxGapMs) ms = step;
  }
  return static_cast<std::uint64_t>(ms * kTicksPerMs);
}

std::optional<std::uint64_t> PlayDuration::Get() const {
  // Presentation times lie behind the send times by the preroll, or by less
  // where a stream begins later than the packets do.
  std::int64_t origin = 0;
  std::int64_t end = 0;  // 100 ns
  bool begun = false;
  for (const auto& [number, stream] : streams_) {
    if (!stream.begun) continue;
    const std::int64_t stream_end =
        Bounded(stream.latest_time) * kTicksPerMs +
        static_cast<std::int64_t>(LastObjectDuration(stream));
    end = begun ? std::max(end, stream_end) : stream_end;
    origin = std::min(
        origin, stream.first_time - static_cast<std::int64_t>(preroll_ms_));
    begun = true;
  }
  if (!begun) return std::nullopt;
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(end - Bounded(origin) * kTicksPerMs, 0));
}

}  // namespace wms::asf
