// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "measuring_peer.h"

#include <gst/gst.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace wms::bench {

/// Many sinks that send in real time, to one MeasuringPeer.
struct FleetOptions {
  std::string factory;
  unsigned sinks = 1;
  /// That push, each for its share of the sinks; 0 for one per sink.
  unsigned threads = 0;
  guint32 packet_size = 1400;
  std::chrono::nanoseconds interval{};  ///< between packets of a sink
  /// Packets that are due within so much of each other are sent at once, so
  /// that few wake-ups are counted with them.
  std::chrono::nanoseconds together{1};
  /// What a packet's delay is counted from: when it was due, or when its
  /// buffer entered the sink.
  enum class From { kDue, kEntry } from = From::kDue;
  std::chrono::milliseconds settle{500};
  std::chrono::milliseconds measure{5000};
};

struct FleetResult {
  std::vector<std::uint32_t> delays_us;
  std::uint64_t expected = 0;  ///< packets in the time measured
  /// User and system time of this process, without the peer's.
  double cpu_us_per_packet = 0;
  double cpu_cores = 0;         ///< the same per second
  double kib_per_sink = 0;      ///< of memory, with the stacks of threads
  double threads_per_sink = 0;  ///< beyond those that push

  /// Packets that were not there within @a limit_us.
  std::uint64_t Late(std::uint32_t limit_us) const;
};

/// @param factory a sink that MakeSink knows. With "fakesink" there is no
///   delay.
FleetResult RunFleet(const FleetOptions& options);

/// The time between packets at so many bits per second.
std::chrono::nanoseconds IntervalAt(guint32 packet_size, double bits);

}  // namespace wms::bench
