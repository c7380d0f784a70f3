// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "player_run.h"

#include "marks.h"
#include "process_figures.h"
#include "stream_load.h"
#include "stream_server.h"

#include <cstdlib>
#include <utility>

namespace wms::bench {
namespace {

/// CPU time of two processes, and when that was.
struct Point {
  std::int64_t time_ns;
  double server;
  double client;
};

double PerSecond(double seconds, const Point& from, const Point& to) {
  return seconds * 1e9 / static_cast<double>(to.time_ns - from.time_ns);
}

}  // namespace

PlayerRunResult RunPlayers(const PlayerRunOptions& options) {
  const auto server = StartStreamServer(options.server);
  if (!server) std::exit(2);
  const auto point = [&] {
    return Point{Nanoseconds(), CpuSecondsOf(server->pid()), CpuSecondsHere()};
  };
  const auto memory = [&] { return MemoryOf(server->pid()).anonymous_kib; };
  const double empty_kib = memory();
  double streams_kib = 0;
  double players_kib = 0;
  Point begin{};
  Point end{};
  StreamLoadOptions load;
  load.dialect = server->dialect();
  load.port = server->port();
  load.streams = options.streams;
  load.players = options.players;
  load.packet_size = options.packet_size;
  load.bits_per_second = options.bits_per_second;
  load.measure = std::chrono::seconds(options.seconds);
  load.before_players = [&] { streams_kib = memory(); };
  load.begin = [&] { begin = point(); };
  load.end = [&] {
    end = point();
    players_kib = memory();
  };
  StreamLoadResult loaded = RunStreamLoad(load);
  PlayerRunResult result;
  result.failure = loaded.failure;
  if (!result.failure.empty()) return result;
  result.cores = PerSecond(end.server - begin.server, begin, end);
  result.client_cores = PerSecond(end.client - begin.client, begin, end);
  result.kib_per_stream = (streams_kib - empty_kib) / options.streams;
  if (options.players > 0) {
    result.kib_per_player = (players_kib - streams_kib) / options.players;
  }
  if (loaded.expected > 0) {
    result.received_share = static_cast<double>(loaded.delays_us.size()) /
                            static_cast<double>(loaded.expected);
  }
  result.skipped = loaded.skipped;
  result.first_byte_ms = std::move(loaded.first_byte_ms);
  result.delays_us = std::move(loaded.delays_us);
  return result;
}

}  // namespace wms::bench
