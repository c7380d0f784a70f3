// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace wms::test {

/// How much load there is.
struct LoadOptions {
  unsigned port = 0;  ///< of the publishing point, at 127.0.0.1
  unsigned encoders = 20;
  unsigned players = 100;  ///< spread over the encoders
  std::chrono::milliseconds duration{60000};
  std::uint32_t bits_per_second = 600000;  ///< of each encoder
  /// Players join one after the other over so much of the duration.
  std::chrono::milliseconds join_time{2000};
  /// Called about once a second while the load is on.
  std::function<void()> sample;
};

/// What came of it.
struct LoadResult {
  std::uint64_t packets_sent = 0;  ///< by all encoders
  std::uint64_t packets_received = 0;
  /// What players missed between their first packet and their encoder's last.
  std::uint64_t packets_lost = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  /// From an encoder's send to a player, microseconds, sorted.
  std::vector<std::uint32_t> delays;
  std::vector<std::string> failures;  ///< what else went wrong
};

/// Pushes and plays, in the calling thread, until the duration is over and
/// every player has had some of its stream, which may take longer, then until
/// all streams have ended, and every player has its last packet.
LoadResult RunLoad(const LoadOptions& options);

}  // namespace wms::test
