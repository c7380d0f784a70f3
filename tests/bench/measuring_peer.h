// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <netinet/in.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <vector>

namespace wms::bench {

/// A process of its own that accepts any number of connections and notes, for
/// each packet that ends with a mark, how long after the mark's time all of it
/// was read. It answers requests as DrainingPeer does.
class MeasuringPeer {
 public:
  /// How many arrivals it has room for.
  static constexpr std::size_t kRoom = std::size_t{1} << 22;

  struct Arrival {
    std::uint32_t stream;
    std::uint32_t delay_us;
  };

  /// @param address to listen at, in host byte order.
  explicit MeasuringPeer(in_addr_t address = INADDR_LOOPBACK);
  ~MeasuringPeer();
  MeasuringPeer(const MeasuringPeer&) = delete;
  MeasuringPeer& operator=(const MeasuringPeer&) = delete;

  std::uint16_t port() const { return port_; }

  /// Of all packets so far.
  std::uint64_t received() const;

  /// Arrivals number @a from and later. Ends the program when it had no room.
  std::vector<Arrival> ArrivalsSince(std::uint64_t from) const;

  struct Shared;

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  Shared* shared_;  // with that process
};

}  // namespace wms::bench
