// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/push_counters.h"

#include "pushsink/connection.h"

namespace wms {

void PushCounters::SetSocket(glib::Ref<GSocket> socket) {
  const bool closed = !socket;
  const std::lock_guard lock(lock_);
  if (closed && closed_at_ == 0) closed_at_ = g_get_monotonic_time();
  if (!closed) closed_at_ = 0;
  socket_ = std::move(socket);
}

PushStats PushCounters::Snapshot() const {
  PushStats stats;
  stats.bytes_sent = bytes_sent;
  stats.packets_sent = packets_sent;
  stats.padding_removed = padding_removed;
  stats.push_starts = push_starts;
  stats.reconnects = reconnects;
  stats.packets_resent = packets_resent;
  stats.first_send_time_ms = first_send_time_ms;
  stats.last_send_time_ms = last_send_time_ms;
  glib::Ref<GSocket> socket;
  {
    const std::lock_guard lock(lock_);
    socket = socket_;
  }
  if (connected_at_ != 0) {
    const std::int64_t end =
        closed_at_ == 0 ? g_get_monotonic_time() : closed_at_.load();
    stats.connected = std::chrono::microseconds(end - connected_at_);
  }
  if (socket) {
    const ConnectionInfo info = Connection::Info(socket.get());
    stats.send_queue = info.send_queue;
    stats.round_trip = std::chrono::microseconds(info.round_trip_us);
  }
  return stats;
}

void PushCounters::Reset() {
  SetSocket(nullptr);
  bytes_sent = 0;
  packets_sent = 0;
  padding_removed = 0;
  push_starts = 0;
  reconnects = 0;
  packets_resent = 0;
  first_send_time_ms = 0;
  last_send_time_ms = 0;
  connected_at_ = 0;
  closed_at_ = 0;
}

}  // namespace wms
