// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>

namespace wms::asf {

/// The largest step ahead between two times of a stream, in ms: 1000 hours is
/// where some encoders start. What 32 bits cannot tell from a larger one is a
/// step back.
inline constexpr std::uint32_t kLargestStepAheadMs = 1001U * 3600 * 1000;

/// No stream has a gap as long as this, in ms: it is a step in its timestamps.
inline constexpr std::int64_t kMaxGapMs = 10000;

/// From one send time or presentation time to another, in ms; the wrap at 2^32
/// is a step like any other.
constexpr std::int64_t TimeStep(std::uint32_t from, std::uint32_t to) {
  const std::uint32_t ahead = to - from;
  return ahead <= kLargestStepAheadMs
             ? std::int64_t{ahead}
             : std::int64_t{ahead} - (std::int64_t{1} << 32);
}

}  // namespace wms::asf
