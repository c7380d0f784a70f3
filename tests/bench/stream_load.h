// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "stream_server.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace wms::bench {

/// Streams into a server and players of them, all in the calling thread.
struct StreamLoadOptions {
  Dialect dialect = Dialect::kWmHttp;
  unsigned port = 0;  ///< at 127.0.0.1
  unsigned streams = 1;
  unsigned players = 1;  ///< spread over the streams
  std::uint32_t packet_size = 1400;
  std::uint32_t bits_per_second = 500000;  ///< of each stream
  std::chrono::milliseconds measure{5000};
  /// Called when all streams flow and before any player joins.
  std::function<void()> before_players;
  /// Called when all players have been playing for a while, and when the time
  /// to measure is over.
  std::function<void()> begin;
  std::function<void()> end;
};

struct StreamLoadResult {
  /// Each player's, from connect() to the first byte behind the head.
  std::vector<double> first_byte_ms;
  /// Of packets at players, from when they were due, in the time measured.
  std::vector<std::uint32_t> delays_us;
  std::uint64_t expected = 0;  ///< how many these should be
  std::uint64_t skipped = 0;   ///< packets that players never got
  std::string failure;         ///< "" when all went well
};

StreamLoadResult RunStreamLoad(const StreamLoadOptions& options);

}  // namespace wms::bench
