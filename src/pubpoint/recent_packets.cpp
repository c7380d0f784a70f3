// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/recent_packets.h"

namespace wms::pubpoint {

void RecentPackets::Add(PacketRef packet) {
  // Without a packet to begin with, those behind it are of no use.
  if (packets_.empty() && !packet->starts_playback()) return;
  bytes_ += packet->size();
  if (packet->starts_playback()) starts_.push_back(first_ + packets_.size());
  packets_.push_back(std::move(packet));
  Trim();
}

void RecentPackets::Clear() {
  packets_.clear();
  starts_.clear();
  bytes_ = 0;
}

bool RecentPackets::Within(const LivePacket& first, std::size_t bytes,
                           std::size_t max_bytes,
                           std::chrono::milliseconds max_time) const {
  // Send times wrap, their differences do not.
  const std::uint32_t span =
      packets_.back()->send_time_ms() - first.send_time_ms();
  return bytes <= max_bytes && span <= max_time.count();
}

void RecentPackets::Trim() {
  while (!packets_.empty() &&
         !Within(*packets_.front(), bytes_, limits_.recent_bytes,
                 limits_.recent_time)) {
    const bool newest = starts_.size() == 1;
    if (newest && Within(*packets_.front(), bytes_, limits_.key_frame_bytes,
                         limits_.key_frame_time)) {
      return;
    }
    starts_.pop_front();
    const std::uint64_t end =
        newest ? first_ + packets_.size() : starts_.front();
    for (; first_ < end; ++first_) {
      bytes_ -= packets_.front()->size();
      packets_.pop_front();
    }
  }
}

std::vector<PacketRef> RecentPackets::Burst() const {
  return {packets_.begin(), packets_.end()};
}

}  // namespace wms::pubpoint
