// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <optional>

namespace wms::gst {

/// Turns the send times inside ASF packets into running times to send them
/// at. All times but send times are in nanoseconds. It only computes: the
/// element waits.
class Pacer {
 public:
  enum class Jump {
    kNone,
    kBack,   ///< the send times went back: a new anchor was taken
    kAhead,  ///< they went ahead by more than a stream can: likewise
  };

  struct Departure {
    std::int64_t running_time;  ///< when the packet is due
    Jump jump;
    std::int64_t jump_ms;  ///< how far, 0 for none
  };

  /// When to send the packet of @a send_time_ms, which wraps at 2^32.
  /// @param now running time of this moment, without the latency that the
  ///   wait will add.
  /// @param buffer_time running time of the buffer that holds the packet. The
  ///   first packet is due then, if that is within seconds of @a now.
  Departure Schedule (std::uint32_t send_time_ms, std::int64_t now,
                      std::optional<std::int64_t> buffer_time);

  /// The next packet sets a new anchor.
  void Reset () { anchored_ = false; }

 private:
  void Anchor (std::int64_t now, std::optional<std::int64_t> buffer_time);

  bool anchored_ = false;
  std::int64_t anchor_time_ = 0;  // when the anchor packet was due
  std::int64_t since_anchor_ms_ = 0;
  std::uint32_t last_ms_ = 0;
};

}  // namespace wms::gst
