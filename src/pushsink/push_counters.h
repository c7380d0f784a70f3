// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"
#include "pushsink/writer_push_sink.h"

#include <gio/gio.h>

#include <atomic>
#include <cstdint>
#include <mutex>

namespace wms {

/// What GetStats reports: written by the thread that writes to the socket,
/// read by any.
class PushCounters {
 public:
  std::atomic<std::uint64_t> bytes_sent{0};
  std::atomic<std::uint64_t> packets_sent{0};
  std::atomic<std::uint64_t> padding_removed{0};
  std::atomic<std::uint64_t> push_starts{0};
  std::atomic<std::uint64_t> reconnects{0};
  std::atomic<std::uint64_t> packets_resent{0};
  std::atomic<std::uint32_t> first_send_time_ms{0};
  std::atomic<std::uint32_t> last_send_time_ms{0};

  /// One data packet more, read from the stream at @a send_time_ms.
  void CountPacket(std::uint32_t send_time_ms, std::uint64_t padding) {
    if (packets_sent.load(std::memory_order_relaxed) == 0) {
      first_send_time_ms.store(send_time_ms, std::memory_order_relaxed);
    }
    last_send_time_ms.store(send_time_ms, std::memory_order_relaxed);
    Add(padding_removed, padding);
    Add(packets_sent, 1);
  }

  /// Adds to a counter that no other thread writes to meanwhile: whoever uses
  /// the stream has it for itself. That spares a locked instruction.
  static void Add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) {
    counter.store(counter.load(std::memory_order_relaxed) + amount,
                  std::memory_order_relaxed);
  }

  /// The connection that the kernel is asked about; null when it is closed.
  void SetSocket(glib::Ref<GSocket> socket);
  void SetConnected(std::int64_t now_us) { connected_at_ = now_us; }

  PushStats Snapshot() const;
  void Reset();

 private:
  mutable std::mutex lock_;
  glib::Ref<GSocket> socket_;  // under lock_
  std::atomic<std::int64_t> connected_at_{0};
  std::atomic<std::int64_t> closed_at_{0};
};

}  // namespace wms
