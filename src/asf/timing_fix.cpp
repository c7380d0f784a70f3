// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/timing_fix.h"

#include "asf/time_step.h"

#include <algorithm>

namespace wms::asf {
namespace {

/// Whether both times may be of one timeline.
bool AreNear(std::uint32_t a, std::uint32_t b) {
  const std::int64_t step = TimeStep(a, b);
  return step >= -kMaxGapMs && step <= kMaxGapMs;
}

bool IsMedia(StreamType type) {
  return type != StreamType::kOther;
}

}  // namespace

void TimingFix::Begin(const Header& header) {
  *this = TimingFix();
  for (const Stream& stream : header.streams) {
    Track& track = tracks_[stream.number];
    if (!track.known) ++unjudged_;
    track.type = stream.type;
    track.known = true;
  }
}

Bytes TimingFix::Apply(Bytes packet) {
  const std::optional<std::uint32_t> send_time = ReadSendTime(packet);
  if (!send_time || !ToBeLookedAt(*send_time)) return packet;
  const Result<DataPacket> parsed = ParseDataPacket(packet);
  if (!parsed) return packet;
  const Result<std::vector<Payload>> payloads = ParsePayloads(packet, *parsed);
  if (!payloads) return packet;
  for (const Payload& payload : *payloads) {
    if (payload.time == 0) continue;
    const auto time =
        static_cast<std::uint32_t>(LoadLe(packet.data() + payload.time, 4));
    if (!has_send_time_) JudgeSendTimes(parsed->send_time_ms, time);
    Look(payload.stream, time);
  }
  if (!shifting_) {
    send_time_ms_ = parsed->send_time_ms;
    has_send_time_ = true;
    return packet;
  }
  Shift(packet, *parsed, *payloads);
  return copy_;
}

/// Payloads are not taken apart for ever to wait for a stream that never
/// begins; one of another origin begins with a jump.
bool TimingFix::ToBeLookedAt(std::uint32_t send_time_ms) {
  const bool near = AreNear(came_at_ms_, send_time_ms);
  came_at_ms_ = send_time_ms;
  if (packets_ < kMaxPackets) {
    if (++packets_ == kMaxPackets) missing_ = FindMissing();
    return true;
  }
  return shifting_ || suspect_ != 0 || !near;
}

std::uint8_t TimingFix::FindMissing() const {
  for (std::size_t number = 1; number < tracks_.size(); ++number) {
    const Track& track = tracks_[number];
    if (track.known && !track.begun && IsMedia(track.type))
      return static_cast<std::uint8_t>(number);
  }
  return 0;
}

/// By the first packet: presentation times do not start at 1000 hours when
/// send times do, unless their stream is from there.
void TimingFix::JudgeSendTimes(std::uint32_t send_time_ms,
                               std::uint32_t time_ms) {
  if (!HasEncoderOrigin(send_time_ms) || HasEncoderOrigin(time_ms)) return;
  send_shift_ms_ = kEncoderOriginMs;
  shifting_ = true;
}

void TimingFix::Look(std::uint8_t stream, std::uint32_t time_ms) {
  Track& track = tracks_[stream];
  if (!track.known) return;
  if (track.begun) {
    Follow(stream, time_ms);
  } else {
    Start(stream, time_ms);
  }
  track.last_ms = time_ms;
  if (stream == suspect_ || (misfit_ && stream == misfit_->stream)) return;
  const std::uint32_t sent = time_ms - track.shift_ms;
  if (!has_latest_ || TimeStep(latest_ms_, sent) > 0) latest_ms_ = sent;
  has_latest_ = true;
  if (!has_start_ && IsMedia(track.type)) {
    has_start_ = true;
    start_ms_ = sent;
  }
}

/// What is to be taken out of a stream that begins at @a time_ms; nothing when
/// that is a time like those of the others.
std::optional<std::uint32_t> TimingFix::OffsetOf(const Track& track,
                                                 std::uint32_t time_ms) const {
  if (HasEncoderOrigin(time_ms)) return kEncoderOriginMs;
  if (!IsMedia(track.type) || !has_start_ || AreNear(latest_ms_, time_ms)) {
    return std::nullopt;
  }
  return time_ms - start_ms_;
}

void TimingFix::Start(std::uint8_t stream, std::uint32_t time_ms) {
  Track& track = tracks_[stream];
  track.begun = true;
  --unjudged_;
  if (stream == missing_) missing_ = FindMissing();
  const std::optional<std::uint32_t> offset = OffsetOf(track, time_ms);
  if (!offset) return;
  const std::int64_t behind =
      has_latest_ ? TimeStep(time_ms - *offset, latest_ms_) : 0;
  if (behind <= kMaxLateMs) {
    track.shift_ms = *offset;
    shifting_ = true;
    if (HasEncoderOrigin(time_ms)) return;
    alignment_ = {stream, TimeStep(start_ms_, time_ms)};
  } else if (!IsMedia(track.type)) {
    return;  // players do without its commands
  } else if (HasEncoderOrigin(time_ms)) {
    misfit_ = {stream, kEncoderOriginMs, static_cast<std::uint32_t>(behind)};
  } else {
    suspect_ = stream;
    suspect_since_ms_ = latest_ms_;
  }
}

/// The next payloads of a stream tell whether it was another one alone that
/// jumped.
void TimingFix::Follow(std::uint8_t stream, std::uint32_t time_ms) {
  Track& track = tracks_[stream];
  if (suspect_ != 0 && stream != suspect_) FollowSuspect(track, time_ms);
  if (!alignment_ || stream == alignment_->stream) return;
  // A gap of all the streams, which this one comes to now: it has to go the
  // same way.
  const Track& aligned = tracks_[alignment_->stream];
  if (track.shift_ms == 0 && !AreNear(track.last_ms, time_ms) &&
      AreNear(aligned.last_ms, time_ms)) {
    track.shift_ms = aligned.shift_ms;
  }
}

void TimingFix::FollowSuspect(Track& track, std::uint32_t time_ms) {
  const Track& suspect = tracks_[suspect_];
  if (AreNear(suspect.last_ms, time_ms)) {
    suspect_ = 0;  // so did all of them
    return;
  }
  const std::uint32_t sent = time_ms - track.shift_ms;
  if (TimeStep(suspect_since_ms_, sent) <= kMaxLateMs) return;
  misfit_ = {
      suspect_, TimeStep(sent, suspect.last_ms),
      static_cast<std::uint32_t>(TimeStep(start_ms_, suspect_since_ms_))};
  suspect_ = 0;
}

void TimingFix::Shift(Bytes packet, const DataPacket& parsed,
                      const std::vector<Payload>& payloads) {
  copy_.assign(packet.begin(), packet.end());
  for (const Payload& payload : payloads) {
    if (payload.time == 0) continue;
    const std::uint64_t time = LoadLe(copy_.data() + payload.time, 4);
    StoreLe(copy_.data() + payload.time,
            time - tracks_[payload.stream].shift_ms, 4);
  }
  // The send time is on the timeline of the first payload, or has its own; its
  // duration (two bytes) is all that follows it before the payloads.
  constexpr std::size_t kBeforePayloads = 6;
  const std::uint32_t shift = send_shift_ms_ != 0
                                  ? send_shift_ms_
                                  : tracks_[payloads.front().stream].shift_ms;
  const std::uint32_t send_time = parsed.send_time_ms - shift;
  StoreLe(copy_.data() + parsed.payloads - kBeforePayloads,
          Monotonic(send_time), 4);
}

/// Not before the packet in front of it, to which a stream that has been moved
/// may come a little late.
std::uint32_t TimingFix::Monotonic(std::uint32_t send_time_ms) {
  const std::int64_t step = TimeStep(send_time_ms_, send_time_ms);
  const bool back = has_send_time_ && step < 0 &&
                    step >= -static_cast<std::int64_t>(kMaxLateMs);
  if (!back) send_time_ms_ = send_time_ms;
  has_send_time_ = true;
  return send_time_ms_;
}

}  // namespace wms::asf
