// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/recent_packets.h"

#include "asf/time_step.h"

namespace wms::pubpoint {

void RecentPackets::Add(PacketRef packet) {
  // Without a packet to begin with, those behind it are of no use.
  if (packets_.empty() && !packet->starts_playback()) return;
  memory_ += packet->memory();
  padded_bytes_ += packet->padded().size();
  if (packet->starts_playback()) starts_.push_back(first_ + packets_.size());
  packets_.push_back(std::move(packet));
  Trim();
}

void RecentPackets::Clear() {
  packets_.clear();
  starts_.clear();
  memory_ = 0;
  padded_bytes_ = 0;
}

bool RecentPackets::Within(std::size_t max_memory,
                           std::chrono::milliseconds max_time) const {
  // Send times may go back, and then they say nothing about how old it is.
  const std::int64_t span = asf::TimeStep(packets_.front()->send_time_ms(),
                                          packets_.back()->send_time_ms());
  return memory_ <= max_memory && padded_bytes_ <= limits_.burst_bytes &&
         span <= max_time.count();
}

void RecentPackets::Trim() {
  while (!packets_.empty() &&
         !Within(limits_.recent_bytes, limits_.recent_time)) {
    const bool newest = starts_.size() == 1;
    if (newest && Within(limits_.key_frame_bytes, limits_.key_frame_time)) {
      return;
    }
    starts_.pop_front();
    const std::uint64_t end =
        newest ? first_ + packets_.size() : starts_.front();
    for (; first_ < end; ++first_) {
      memory_ -= packets_.front()->memory();
      padded_bytes_ -= packets_.front()->padded().size();
      packets_.pop_front();
    }
  }
}

std::vector<PacketRef> RecentPackets::Burst() const {
  return {packets_.begin(), packets_.end()};
}

}  // namespace wms::pubpoint
