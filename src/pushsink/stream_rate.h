// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <cstdint>

namespace wms {

/// How much a stream sends in a second: what its header states, or else, since
/// some muxers state nothing, what the send times of its packets tell.
class StreamRate {
 public:
  /// A rate is measured over this much of the stream.
  static constexpr std::uint32_t kSpanMs = 2000;
  /// Send times that jump by more belong to no stream that can be measured.
  static constexpr std::uint32_t kMaxStepMs = 10000;

  /// Another stream; @a stated is 0 when its header does not say.
  void Reset(std::uint64_t stated) {
    stated_ = stated != 0;
    rate_ = stated;
    begun_ = false;
  }

  /// A packet of @a size bytes.
  /// @return true when the rate is another than before, by a quarter and more.
  bool Add(std::uint32_t send_time_ms, std::size_t size) {
    if (stated_) return false;
    // Wraps as send times do.
    const std::uint32_t step = send_time_ms - last_ms_;
    last_ms_ = send_time_ms;
    if (!begun_ || step > kMaxStepMs) {
      begun_ = true;
      start_ms_ = send_time_ms;
      bytes_ = 0;
    }
    bytes_ += size;
    const std::uint32_t span = send_time_ms - start_ms_;
    if (span < kSpanMs) return false;
    const std::uint64_t rate = bytes_ * 1000 / span;
    start_ms_ = send_time_ms;
    bytes_ = 0;
    const std::uint64_t change = rate > rate_ ? rate - rate_ : rate_ - rate;
    if (change * 4 < rate_ || rate == rate_) return false;
    rate_ = rate;
    return true;
  }

  /// 0 when it is not known.
  std::uint64_t bytes_per_second() const { return rate_; }

 private:
  bool stated_ = false;
  bool begun_ = false;
  std::uint32_t start_ms_ = 0;
  std::uint32_t last_ms_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t rate_ = 0;
};

}  // namespace wms
