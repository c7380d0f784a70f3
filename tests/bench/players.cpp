// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What a publishing point takes beside icecast2: streams that are pushed to
// it, and players of one stream. Both have the same streams, the same players,
// and the same program at the other end; each load takes its turn at both.
//
//     bench-players [--pushes=100,400] [--push-kilobits=600]
//                   [--players=200,400,800,1600] [--play-kilobits=500]
//                   [--packet-size=1400] [--seconds=5] [--rounds=3]
//                   [--servers=wms-publishing-point,icecast2] [--json=FILE]
//
// A row is the medians of the rounds. "cores" is the CPU time that the server
// used per second, "per_core" how many of that load a core would take at this
// rate. It is no more than an estimate where cores are far from 1. "client" is
// what this program needed: where that is near 1, it was what was slow.
// "failed" are runs that the server did not live through. Memory is heap and
// stacks of the server, not what the kernel holds.

#include "command_line.h"
#include "files.h"
#include "player_run.h"
#include "quantiles.h"
#include "report.h"
#include "stream_server.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

using wms::bench::Median;
using wms::bench::PlayerRunOptions;
using wms::bench::PlayerRunResult;
using wms::bench::Quantile;
using wms::bench::Report;
using wms::bench::Row;

/// The rounds of one server with one load.
struct Series {
  PlayerRunOptions options;
  bool plays;  ///< what grows is the players, not the streams
  std::vector<PlayerRunResult> rounds{};
  int failed = 0;

  double MedianOf(double PlayerRunResult::*figure) const {
    std::vector<double> values;
    for (const PlayerRunResult& round : rounds)
      values.push_back(round.*figure);
    return Median(values);
  }
  template <typename T>
  std::vector<T> All(std::vector<T> PlayerRunResult::*figure) const {
    std::vector<T> all;
    for (const PlayerRunResult& round : rounds)
      all.insert(all.end(), (round.*figure).begin(), (round.*figure).end());
    return all;
  }
};

void Add(Report& report, const Series& series) {
  std::vector<double> cores;
  std::uint64_t skipped = 0;
  for (const PlayerRunResult& round : series.rounds) {
    cores.push_back(round.cores);
    skipped += round.skipped;
  }
  const auto delays = series.All(&PlayerRunResult::delays_us);
  const auto first = series.All(&PlayerRunResult::first_byte_ms);
  const bool plays = series.plays;
  const unsigned count =
      plays ? series.options.players : series.options.streams;
  Row row;
  row.Text("server", series.options.server)
      .Number(plays ? "players" : "pushes", count)
      .Number("cores", Median(cores), 3)
      .Number("least", Quantile(cores, 0), 3)
      .Number("most", Quantile(cores, 1), 3)
      .Number("per_core", count / Median(cores))
      .Number("client", series.MedianOf(&PlayerRunResult::client_cores), 2);
  if (plays) {
    row.Number("KiB_each", series.MedianOf(&PlayerRunResult::kib_per_player), 1)
        .Number("first_p50_ms", Median(first), 2)
        .Number("first_p99_ms", Quantile(first, 0.99), 2);
  } else {
    row.Number("KiB_each", series.MedianOf(&PlayerRunResult::kib_per_stream),
               1);
  }
  report.Add(
      row.Number("delay_p50_ms", Median(delays) / 1000, 2)
          .Number("delay_p99_ms", Quantile(delays, 0.99) / 1000, 2)
          .Number("received_%",
                  100 * series.MedianOf(&PlayerRunResult::received_share), 1)
          .Number("skipped", static_cast<double>(skipped))
          .Number("failed", series.failed)
          .List("cores_rounds", cores));
}

/// A run in which the server fails does not count, but as one that failed.
void Measure(std::vector<Series>& all, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    for (Series& series : all) {
      PlayerRunResult result = RunPlayers(series.options);
      if (result.failure.empty()) {
        series.rounds.push_back(std::move(result));
        continue;
      }
      ++series.failed;
      std::fprintf(stderr, "%s, %u streams, %u players: %s\n",
                   series.options.server.c_str(), series.options.streams,
                   series.options.players, result.failure.c_str());
    }
  }
}

std::vector<unsigned> Numbers(const char* list) {
  std::vector<unsigned> numbers;
  for (const std::string& word : wms::bench::Split(list))
    numbers.push_back(static_cast<unsigned>(std::atoi(word.c_str())));
  return numbers;
}

}  // namespace

int main(int argc, char** argv) {
  const gchar* pushes = "100,400";
  const gchar* players = "200,400,800,1600";
  const gchar* servers = nullptr;
  const gchar* json = nullptr;
  gint push_kilobits = 600;
  gint play_kilobits = 500;
  gint packet_size = 1400;
  gint seconds = 5;
  gint rounds = 3;
  const GOptionEntry entries[] = {
      {"pushes", 0, 0, G_OPTION_ARG_STRING, &pushes,
       "streams, of which the first has a player", "N,..."},
      {"push-kilobits", 0, 0, G_OPTION_ARG_INT, &push_kilobits,
       "per second, of these", "N"},
      {"players", 0, 0, G_OPTION_ARG_STRING, &players, "of one stream",
       "N,..."},
      {"play-kilobits", 0, 0, G_OPTION_ARG_INT, &play_kilobits,
       "per second, of that", "N"},
      {"packet-size", 0, 0, G_OPTION_ARG_INT, &packet_size, "bytes", "N"},
      {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "length of a round", "N"},
      {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "how many", "N"},
      {"servers", 0, 0, G_OPTION_ARG_STRING, &servers,
       "what to compare (default: those that are there)", "NAME,..."},
      {"json", 0, 0, G_OPTION_ARG_STRING, &json, "all figures, into a file",
       "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries)) return 2;
  if (push_kilobits < 1 || play_kilobits < 1 || packet_size < 100 ||
      packet_size > 65535 || seconds < 1 || rounds < 1) {
    return 2;
  }
  wms::bench::AllowManyFiles();
  const std::vector<std::string> names = servers != nullptr
                                             ? wms::bench::Split(servers)
                                             : wms::bench::InstalledServers();
  Report report;
  const auto run = [&](bool play, const char* counts, gint kilobits) {
    std::vector<Series> all;
    for (const unsigned count : Numbers(counts)) {
      for (const std::string& server : names) {
        all.push_back(
            {{.server = server,
              .streams = play ? 1 : count,
              .players = play ? count : 1,
              .packet_size = static_cast<std::uint32_t>(packet_size),
              .bits_per_second = static_cast<std::uint32_t>(kilobits) * 1000,
              .seconds = static_cast<unsigned>(seconds)},
             play});
      }
    }
    Measure(all, rounds);
    for (const Series& series : all) {
      if (!series.rounds.empty()) Add(report, series);
    }
  };
  run(false, pushes, push_kilobits);
  run(true, players, play_kilobits);
  return report.Write(json) ? 0 : 1;
}
