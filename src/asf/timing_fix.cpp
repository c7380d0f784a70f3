// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/timing_fix.h"

#include <algorithm>

namespace wms::asf {
namespace {

/// @a b is at @a a or after it, on a clock that wraps.
bool IsAfter(std::uint32_t a, std::uint32_t b) {
  return b - a < 0x80000000;
}

}  // namespace

void TimingFix::Begin(const Header& header) {
  *this = TimingFix();
  unjudged_ = header.streams.size();
  judging_ = true;
}

Bytes TimingFix::Apply(Bytes packet) {
  const Result<DataPacket> parsed = ParseDataPacket(packet);
  if (!parsed) return packet;
  const Result<std::vector<Payload>> payloads = ParsePayloads(packet, *parsed);
  if (!payloads) return packet;
  for (const Payload& payload : *payloads) {
    if (payload.time == 0) continue;
    Judge(payload.stream,
          static_cast<std::uint32_t>(LoadLe(packet.data() + payload.time, 4)));
  }
  ++packets_;
  if (unjudged_ == 0 || packets_ >= kMaxPackets) judging_ = false;
  if (!shifting_) return packet;
  Shift(packet, *parsed, *payloads);
  return copy_;
}

void TimingFix::Judge(std::uint8_t stream, std::uint32_t time_ms) {
  Judgement& judgement = streams_[stream];
  const std::uint32_t moved = time_ms - kEncoderOriginMs;
  if (judgement == Judgement::kNone) {
    unjudged_ -= std::min<std::size_t>(unjudged_, 1);
    judgement = Judgement::kKept;
    if (HasEncoderOrigin(time_ms)) {
      const bool late = has_latest_ && IsAfter(moved + kMaxLateMs, latest_ms_);
      judgement = late ? Judgement::kKept : Judgement::kShifted;
      shifting_ = shifting_ || !late;
      if (late) {
        too_late_ = stream;
        late_ms_ = latest_ms_ - moved;
      }
    }
  }
  if (stream == too_late_) return;  // it is on a timeline of its own
  const std::uint32_t sent = judgement == Judgement::kShifted ? moved : time_ms;
  if (!has_latest_ || IsAfter(latest_ms_, sent)) latest_ms_ = sent;
  has_latest_ = true;
}

void TimingFix::Shift(Bytes packet, const DataPacket& parsed,
                      const std::vector<Payload>& payloads) {
  copy_.assign(packet.begin(), packet.end());
  const auto shift = [this](std::size_t offset) {
    const std::uint64_t time = LoadLe(copy_.data() + offset, 4);
    StoreLe(copy_.data() + offset, time - kEncoderOriginMs, 4);
  };
  bool first = true;
  for (const Payload& payload : payloads) {
    const bool shifted = streams_[payload.stream] == Judgement::kShifted;
    if (shifted && payload.time != 0) shift(payload.time);
    // The send time is on the timeline of the first payload; its duration (two
    // bytes) is all that follows it before the payloads.
    if (first && shifted) shift(parsed.payloads - 6);
    first = false;
  }
}

}  // namespace wms::asf
