// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace wms::bench {

/// A process of its own that accepts connections on 127.0.0.1 and reads them
/// as fast as it can, so that its time is not counted into the sender's. It
/// answers a PushSetup and requests that have a length, and closes when the
/// other end does.
class DrainingPeer {
 public:
  DrainingPeer();
  ~DrainingPeer();
  DrainingPeer(const DrainingPeer&) = delete;
  DrainingPeer& operator=(const DrainingPeer&) = delete;

  std::uint16_t port() const { return port_; }

  /// Bytes that have been read, of all connections.
  std::uint64_t received() const { return *received_; }

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t>* received_;  // shared with that process
};

}  // namespace wms::bench
