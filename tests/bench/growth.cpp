// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What grows with what: CPU time against the number of streams, the size of
// packets, that of the header, and the number of players. A few points each,
// and the straight line through them.
//
//     bench-growth [--rounds=3] [--seconds=3] [--json=FILE]
//
// streams: cores that sinks take at 600 kb/s each, fed by one thread that wakes
// up every 5 ms; what the feeding takes is what a fakesink shows.
// packet size: microseconds per packet, 50 sinks with one every 20 ms.
// header: milliseconds of CPU time from READY to NULL, one packet between.
// players: cores that a server takes, 500 kb/s each.
// Rows are medians of the rounds, in which all points take turns. draw-results
// makes a picture of FILE.

#include "command_line.h"
#include "files.h"
#include "line_fit.h"
#include "measuring_peer.h"
#include "player_run.h"
#include "quantiles.h"
#include "report.h"
#include "sink_fleet.h"
#include "start_run.h"
#include "stream_server.h"

#include <gst/gst.h>

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace {

using wms::bench::FleetOptions;
using wms::bench::LinePoint;
using wms::bench::Median;
using wms::bench::Report;
using wms::bench::Row;

constexpr std::uint32_t kPacketSize = 1400;
constexpr double kStreamBits = 600000;
constexpr std::uint32_t kPlayerBits = 500000;
/// Else what grows less than the streams is the wake-ups.
constexpr std::chrono::milliseconds kTogether{5};
/// A start is short.
constexpr int kStartsPerRound = 10;

/// One cost, of several things, at several sizes.
struct Curve {
  std::string what;  ///< that grows
  std::string unit;  ///< of the cost
  std::vector<std::string> subjects;
  std::vector<unsigned> sizes;
  std::function<double(const std::string& subject, unsigned size)> measure;
};

FleetOptions Fleet(const std::string& sink, gint seconds) {
  FleetOptions options;
  options.factory = sink;
  options.threads = 1;
  options.together = kTogether;
  options.measure = std::chrono::seconds(seconds);
  return options;
}

Curve Streams(gint seconds) {
  return {"streams",
          "cores",
          {"wmspushsink", "tcpclientsink", "fakesink"},
          {10, 50, 100, 200, 300, 400},
          [seconds](const std::string& sink, unsigned size) {
            FleetOptions options = Fleet(sink, seconds);
            options.sinks = size;
            options.packet_size = kPacketSize;
            options.interval = wms::bench::IntervalAt(kPacketSize, kStreamBits);
            return RunFleet(options).cpu_cores;
          }};
}

Curve PacketSizes(gint seconds) {
  return {"packet size",
          "us per packet",
          {"wmspushsink", "tcpclientsink", "fakesink"},
          {500, 1400, 4800, 8000, 16000, 32000, 64000},
          [seconds](const std::string& sink, unsigned size) {
            FleetOptions options = Fleet(sink, seconds);
            options.sinks = 50;
            options.packet_size = size;
            options.interval = std::chrono::milliseconds(20);
            return RunFleet(options).cpu_us_per_packet;
          }};
}

Curve Headers() {
  return {"header bytes",
          "ms per start",
          {"wmspushsink", "tcpclientsink"},
          {1000, 8000, 16000, 32000, 60000},
          [](const std::string& sink, unsigned size) {
            const wms::bench::MeasuringPeer peer;
            std::vector<double> cpu;
            for (int i = 0; i < kStartsPerRound; ++i) {
              cpu.push_back(MeasureStart({.factory = sink,
                                          .wait_for_server = true,
                                          .header_padding = size},
                                         "127.0.0.1", peer)
                                .cpu_ms);
            }
            return Median(cpu);
          }};
}

Curve Players(gint seconds) {
  return {"players",
          "cores",
          wms::bench::InstalledServers(),
          {50, 100, 200, 400, 800},
          [seconds](const std::string& server, unsigned size) {
            const auto result = wms::bench::RunPlayers(
                {.server = server,
                 .players = size,
                 .packet_size = kPacketSize,
                 .bits_per_second = kPlayerBits,
                 .seconds = static_cast<unsigned>(seconds)});
            if (!result.failure.empty()) {
              g_error("%s: %s", server.c_str(), result.failure.c_str());
            }
            return result.cores;
          }};
}

void Measure(const Curve& curve, int rounds, Report& report) {
  const std::size_t count = curve.subjects.size() * curve.sizes.size();
  std::vector<std::vector<double>> costs(count);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      costs[i].push_back(
          curve.measure(curve.subjects[i % curve.subjects.size()],
                        curve.sizes[i / curve.subjects.size()]));
    }
  }
  for (std::size_t subject = 0; subject < curve.subjects.size(); ++subject) {
    std::vector<LinePoint> points;
    for (std::size_t size = 0; size < curve.sizes.size(); ++size) {
      const auto& all = costs[size * curve.subjects.size() + subject];
      points.push_back({static_cast<double>(curve.sizes[size]), Median(all)});
      report.Add(Row()
                     .Text("subject", curve.subjects[subject])
                     .Text("grows", curve.what)
                     .Number("size", points.back().x)
                     .Text("unit", curve.unit)
                     .Number("cost", points.back().y, 4)
                     .List("rounds", all));
    }
    const wms::bench::LineFit fit = wms::bench::FitLine(points);
    report.Add(Row()
                   .Text("subject", curve.subjects[subject])
                   .Text("line", curve.what)
                   .Number("at_zero", fit.at_zero, 4)
                   .Number("per_1000", 1000 * fit.slope, 4)
                   .Number("explained", fit.explained, 3));
  }
}

}  // namespace

int main(int argc, char** argv) {
  gint rounds = 3;
  gint seconds = 3;
  const gchar* json = nullptr;
  const GOptionEntry entries[] = {
      {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "how often each point", "N"},
      {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "for each point", "N"},
      {"json", 0, 0, G_OPTION_ARG_STRING, &json, "all figures, into a file",
       "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  if (rounds < 1 || seconds < 1) return 2;
  wms::bench::AllowManyFiles();
  Report report;
  for (const Curve& curve :
       {Headers(), Streams(seconds), PacketSizes(seconds), Players(seconds)}) {
    Measure(curve, rounds, report);
  }
  return report.Write(json) ? 0 : 1;
}
