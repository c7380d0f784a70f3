// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// How long a sink takes to start, over a network with round trips of 0, 20 and
// 100 ms: from READY to PAUSED, and to the first packet at the receiver.
//
//     bench-start [--rounds=10] [--round-trips=0,20,100] [--json=FILE]
//
// "sockets" is a TCP connection with a PushSetup, then a PushStart with header
// and packet, by hand: what there has to be at least. wmspushsink is measured
// as it is by default, and with async-connect=false, where the change to
// PAUSED waits for the server. The kinds take turns. "trips" are the time
// beyond that without delay in round trips.
//
// The network is a namespace of this process's own (delayed_link.h). Where the
// machine does not allow that, only a round trip of 0 is measured, over the
// loopback device.

#include "command_line.h"
#include "delayed_link.h"
#include "measuring_peer.h"
#include "quantiles.h"
#include "report.h"
#include "start_run.h"

#include <gst/gst.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace {

using wms::bench::DelayedLink;
using wms::bench::MeasuringPeer;
using wms::bench::Median;
using wms::bench::Report;
using wms::bench::Row;
using wms::bench::StartOptions;
using wms::bench::StartTimes;

struct Series {
  std::string name;
  StartOptions options;
  int round_trip_ms;
  std::vector<double> paused_ms{};
  std::vector<double> data_ms{};
};

std::vector<Series> Kinds(int round_trip_ms) {
  return {{"sockets", {.factory = ""}, round_trip_ms},
          {"tcpclientsink", {.factory = "tcpclientsink"}, round_trip_ms},
          {"wmspushsink",
           {.factory = "wmspushsink", .wait_for_server = false},
           round_trip_ms},
          {"wmspushsink, waiting",
           {.factory = "wmspushsink", .wait_for_server = true},
           round_trip_ms}};
}

void Add(Report& report, const Series& series, const Series& base) {
  const double paused = Median(series.paused_ms);
  const double data = Median(series.data_ms);
  const auto [least, most] =
      std::minmax_element(series.data_ms.begin(), series.data_ms.end());
  Row row;
  row.Text("sink", series.name)
      .Number("round_trip_ms", series.round_trip_ms)
      .Number("paused_ms", paused, 2)
      .Number("data_ms", data, 2)
      .Number("least", *least, 2)
      .Number("most", *most, 2);
  if (series.round_trip_ms > 0) {
    row.Number("paused_trips",
               (paused - Median(base.paused_ms)) / series.round_trip_ms, 2)
        .Number("data_trips",
                (data - Median(base.data_ms)) / series.round_trip_ms, 2);
  }
  report.Add(row.List("data_ms_rounds", series.data_ms));
}

void Measure(std::vector<Series>& all, int rounds, DelayedLink* link) {
  const MeasuringPeer peer(link != nullptr ? DelayedLink::kHere
                                           : INADDR_LOOPBACK);
  const char* host = link != nullptr ? "198.18.0.2" : "127.0.0.1";
  // The first of each loads code.
  for (const Series& series : Kinds(0))
    wms::bench::MeasureStart(series.options, host, peer);
  for (int round = 0; round < rounds; ++round) {
    for (Series& series : all) {
      if (link != nullptr) {
        link->SetRoundTrip(std::chrono::milliseconds(series.round_trip_ms));
      }
      const StartTimes times =
          wms::bench::MeasureStart(series.options, host, peer);
      series.paused_ms.push_back(times.paused_ms);
      series.data_ms.push_back(times.data_ms);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool own_network = DelayedLink::EnterOwnNetwork();
  gint rounds = 10;
  const gchar* round_trips = "0,20,100";
  const gchar* json = nullptr;
  const GOptionEntry entries[] = {
      {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "how many starts of each",
       "N"},
      {"round-trips", 0, 0, G_OPTION_ARG_STRING, &round_trips,
       "milliseconds; 0, the first, is what others are compared with", "N,..."},
      {"json", 0, 0, G_OPTION_ARG_STRING, &json, "all figures, into a file",
       "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  std::vector<Series> all;
  for (const std::string& words : wms::bench::Split(round_trips)) {
    const int round_trip = std::atoi(words.c_str());
    if (round_trip != 0 && all.empty()) return 2;
    if (round_trip != 0 && !own_network) continue;
    for (const Series& series : Kinds(round_trip))
      all.push_back(series);
  }
  if (rounds < 1 || all.empty()) return 2;
  {
    std::optional<DelayedLink> link;
    if (own_network) link.emplace();
    Measure(all, rounds, link ? &*link : nullptr);
  }
  Report report;
  const std::size_t kinds = Kinds(0).size();
  for (std::size_t i = 0; i < all.size(); ++i)
    Add(report, all[i], all[i % kinds]);
  return report.Write(json) ? 0 : 1;
}
