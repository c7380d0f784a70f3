// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wms::bench {

struct PlayerRunOptions {
  std::string server;  ///< a name that StartStreamServer knows
  unsigned streams = 1;
  unsigned players = 1;
  std::uint32_t packet_size = 1400;
  std::uint32_t bits_per_second = 500000;
  unsigned seconds = 5;
};

/// What a server in a process of its own has done and used.
struct PlayerRunResult {
  double cores = 0;           ///< user and system time per second
  double kib_per_stream = 0;  ///< of heap and stacks, before players
  double kib_per_player = 0;  ///< beyond that
  double client_cores = 0;    ///< what this process needed
  double received_share = 0;  ///< of the packets that were due
  std::uint64_t skipped = 0;  ///< packets that players never got
  std::vector<double> first_byte_ms;
  std::vector<std::uint32_t> delays_us;
  std::string failure;  ///< "" when all went well
};

/// Starts the server, loads it, and ends it. Ends the program when the server
/// is not there.
PlayerRunResult RunPlayers(const PlayerRunOptions& options);

}  // namespace wms::bench
