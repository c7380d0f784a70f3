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
    std::int64_t running_time;  ///< when to send the packet
    /// When it is due by its send time: earlier than running_time where that
    /// is put off, so that what is late does not leave all at once.
    std::int64_t due;
    Jump jump;
    std::int64_t jump_ms;  ///< how far, 0 for none
  };

  /// So much of a stream that is behind its time leaves at once, and the rest
  /// at kCatchUpSpeed: what a lost connection or a slow start has held up is no
  /// burst that servers and players downstream have to take.
  static constexpr std::int64_t kMaxBurst = 1000000000;
  /// Times faster than the stream itself.
  static constexpr std::int64_t kCatchUpSpeed = 2;

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
  std::int64_t PutOff (std::int64_t due, std::int64_t now,
                       std::int64_t step_ms) const;
  void Anchor (std::int64_t now, std::optional<std::int64_t> buffer_time);

  bool anchored_ = false;
  std::int64_t anchor_time_ = 0;  // when the anchor packet was due
  std::int64_t since_anchor_ms_ = 0;
  std::int64_t last_leave_ = 0;  // when the packet before was to leave
  std::uint32_t last_ms_ = 0;
};

}  // namespace wms::gst
