// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/live_media.h"
#include "pubpoint/options.h"

#include <deque>
#include <vector>

namespace wms::pubpoint {

/// The newest packets of a stream, for players that join late: from a packet
/// on with which a player can begin, bounded in memory, in bytes to send and in
/// time.
class RecentPackets {
 public:
  explicit RecentPackets(const Limits& limits) : limits_(limits) {}

  void Add(PacketRef packet);
  void Clear();

  /// What a new player gets at once: from the oldest packet to begin with
  /// that lies within Limits::recent_bytes and recent_time, so that it has
  /// something to buffer; from the newest one when none does. Nothing when
  /// the newest lies beyond key_frame_bytes or key_frame_time: then the
  /// player waits for the next. Never more than burst_bytes, padding and all.
  std::vector<PacketRef> Burst() const;

 private:
  /// True when what there is takes no more than that, and is no more to send
  /// than burst_bytes.
  bool Within(std::size_t max_memory, std::chrono::milliseconds max_time) const;
  void Trim();

  const Limits& limits_;
  std::deque<PacketRef> packets_;
  std::size_t memory_ = 0;
  std::size_t padded_bytes_ = 0;
  std::uint64_t first_ = 0;           // number of packets_.front()
  std::deque<std::uint64_t> starts_;  // numbers of packets to begin with
};

}  // namespace wms::pubpoint
