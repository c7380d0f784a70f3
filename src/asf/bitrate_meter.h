// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header_repair.h"
#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <map>

namespace wms::asf {

/// Measures the bitrates of streams over the first packets of a broadcast,
/// and how long a frame of video lasts. It stops at one of these bounds.
class BitrateMeter {
 public:
  static constexpr std::uint64_t kMaxMediaMs = 2000;
  static constexpr std::size_t kMaxPackets = 512;
  static constexpr std::size_t kMaxBytes = 1 << 20;

  /// Takes the next data packet. Fails with NS_E_INVALID_DATA when its head is
  /// malformed; one whose payloads are tells nothing of its streams.
  Result<void> Add(Bytes packet);

  /// Whether one of the bounds has been reached.
  bool done() const {
    return media_ms() >= kMaxMediaMs || packets_ >= kMaxPackets ||
           bytes_ >= kMaxBytes;
  }
  std::size_t packets() const { return packets_; }
  /// How much media the packets hold, by their send times and durations.
  std::uint64_t media_ms() const { return elapsed_ms_ + last_duration_ms_; }

  /// What has been measured; the bitrates are rounded up to 1000 bit/s.
  std::map<std::uint8_t, StreamHints> Figures() const;

 private:
  struct Stream {
    std::uint64_t bytes = 0;
    std::uint64_t objects = 0;  // that have begun
    std::uint32_t first_time_ms = 0;
    std::uint32_t last_time_ms = 0;
  };

  std::size_t packets_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t elapsed_ms_ = 0;  // from the first send time to the last
  std::uint32_t last_send_time_ms_ = 0;
  std::uint16_t last_duration_ms_ = 0;
  std::map<std::uint8_t, Stream> streams_;
};

}  // namespace wms::asf
