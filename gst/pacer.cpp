// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pacer.h"

#include "asf/time_step.h"

#include <algorithm>
#include <cstdlib>

namespace wms::gst {
namespace {

constexpr std::int64_t kMillisecond = 1000000;
constexpr std::int64_t kSecond = 1000 * kMillisecond;
/// A buffer's running time anchors the stream only this near to the clock's:
/// beyond it is a timestamp of another origin.
constexpr std::int64_t kMaxAnchorDistance = 5 * kSecond;
/// Packets of several streams may be a little out of order.
constexpr std::int64_t kMaxBackMs = 1000;

}  // namespace

Pacer::Departure Pacer::Schedule (std::uint32_t send_time_ms, std::int64_t now,
                                  std::optional<std::int64_t> buffer_time) {
  Departure departure{0, 0, Jump::kNone, 0};
  std::int64_t step = 0;
  bool follows = anchored_;
  if (anchored_) {
    step = asf::TimeStep (last_ms_, send_time_ms);
    since_anchor_ms_ += step;
    if (step < -kMaxBackMs) departure.jump = Jump::kBack;
    if (step > asf::kMaxGapMs) departure.jump = Jump::kAhead;
    if (departure.jump != Jump::kNone) {
      departure.jump_ms = std::llabs (step);
      follows = false;
    }
  }
  if (!follows) Anchor (now, buffer_time);
  last_ms_ = send_time_ms;
  departure.due = anchor_time_ + since_anchor_ms_ * kMillisecond;
  departure.running_time =
      follows ? PutOff (departure.due, now, step) : departure.due;
  last_leave_ = std::max (departure.running_time, now);
  return departure;
}

/// When a packet leaves that comes @a step_ms behind the one before.
std::int64_t Pacer::PutOff (std::int64_t due, std::int64_t now,
                            std::int64_t step_ms) const {
  if (now - due <= kMaxBurst) return due;
  const std::int64_t step = std::max<std::int64_t> (step_ms, 0) * kMillisecond;
  return std::max (due, last_leave_ + step / kCatchUpSpeed);
}

void Pacer::Anchor (std::int64_t now, std::optional<std::int64_t> buffer_time) {
  const bool near =
      buffer_time && std::llabs (*buffer_time - now) <= kMaxAnchorDistance;
  anchor_time_ = near ? *buffer_time : now;
  since_anchor_ms_ = 0;
  anchored_ = true;
}

}  // namespace wms::gst
