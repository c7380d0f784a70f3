// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// How long a packet takes from its buffer's entering the sink to its last byte
// at the receiver, a process of its own: one packet every 20 ms, from one sink
// alone and from one among 101 in the process, each with a thread of its own.
// The kinds of sinks take turns.
//
//     bench-latency [--others=100] [--seconds=10] [--rounds=10]
//                   [--packet-size=1400] [--sinks=tcpclientsink,wmspushsink]
//                   [--json=FILE]
//
// Prints quantiles over the packets of all rounds, in microseconds, and the
// least and most that p50 and p99.9 were in a round.

#include "command_line.h"
#include "quantiles.h"
#include "report.h"
#include "sink_fleet.h"

#include <gst/gst.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using wms::bench::FleetOptions;
using wms::bench::Quantile;
using wms::bench::Report;
using wms::bench::Row;

constexpr std::chrono::milliseconds kInterval{20};

struct Series {
  std::string sink;
  unsigned others;
  std::vector<std::uint32_t> all_us;
  std::vector<double> p50_us;  ///< of each round
  std::vector<double> p999_us;
  std::vector<double> cpu_us;
};

void Measure(Series& series, guint32 packet_size, gint seconds) {
  FleetOptions options;
  options.factory = series.sink;
  options.sinks = 1 + series.others;
  options.packet_size = packet_size;
  options.interval = kInterval;
  options.from = FleetOptions::From::kEntry;
  options.measure = std::chrono::seconds(seconds);
  const wms::bench::FleetResult result = RunFleet(options);
  series.all_us.insert(series.all_us.end(), result.delays_us.begin(),
                       result.delays_us.end());
  series.p50_us.push_back(Quantile(result.delays_us, 0.5));
  series.p999_us.push_back(Quantile(result.delays_us, 0.999));
  series.cpu_us.push_back(result.cpu_us_per_packet);
}

void Add(Report& report, const Series& series) {
  const auto range = [](const std::vector<double>& values) {
    const auto [least, most] =
        std::minmax_element(values.begin(), values.end());
    return std::to_string(static_cast<int>(*least)) + " to " +
           std::to_string(static_cast<int>(*most));
  };
  report.Add(Row()
                 .Text("sink", series.sink)
                 .Number("others", series.others)
                 .Number("packets", static_cast<double>(series.all_us.size()))
                 .Number("p50_us", Quantile(series.all_us, 0.5))
                 .Number("p99_us", Quantile(series.all_us, 0.99))
                 .Number("p99.9_us", Quantile(series.all_us, 0.999))
                 .Number("most_us", Quantile(series.all_us, 1))
                 .Text("p50 of rounds", range(series.p50_us))
                 .Text("p99.9 of rounds", range(series.p999_us))
                 .Number("cpu_us_per_packet", Quantile(series.cpu_us, 0.5), 1)
                 .List("p50_us_rounds", series.p50_us)
                 .List("p99.9_us_rounds", series.p999_us));
}

}  // namespace

int main(int argc, char** argv) {
  gint others = 100;
  gint seconds = 10;
  gint rounds = 10;
  gint packet_size = 1400;
  const gchar* sinks = "tcpclientsink,wmspushsink";
  const gchar* json = nullptr;
  const GOptionEntry entries[] = {
      {"others", 0, 0, G_OPTION_ARG_INT, &others,
       "how many more sinks send in the second case", "N"},
      {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "length of a round", "N"},
      {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds,
       "how often each sink has its turn", "N"},
      {"packet-size", 0, 0, G_OPTION_ARG_INT, &packet_size, "bytes", "N"},
      {"sinks", 0, 0, G_OPTION_ARG_STRING, &sinks, "what to compare",
       "NAME,..."},
      {"json", 0, 0, G_OPTION_ARG_STRING, &json, "all figures, into a file",
       "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  if (others < 1 || seconds < 1 || rounds < 1 || packet_size < 100 ||
      packet_size > 65535) {
    return 2;
  }
  std::vector<Series> all;
  for (const unsigned count : {0U, static_cast<unsigned>(others)}) {
    for (const std::string& sink : wms::bench::Split(sinks))
      all.push_back({sink, count, {}, {}, {}, {}});
  }
  for (int round = 0; round < rounds; ++round) {
    for (Series& series : all)
      Measure(series, static_cast<guint32>(packet_size), seconds);
  }
  Report report;
  for (const Series& series : all)
    Add(report, series);
  return report.Write(json) ? 0 : 1;
}
