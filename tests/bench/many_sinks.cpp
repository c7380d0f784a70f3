// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// How many sinks one process can have that send at a real stream's pace, and
// what each of them costs.
//
//     bench-many-sinks [--kilobits=600] [--packet-size=1400] [--seconds=5]
//                      [--limit-ms=20] [--most=8192] [--cost-at=200]
//                      [--threads=0,1] [--sinks=tcpclientsink,wmspushsink]
//                      [--rounds=3] [--json=FILE]
//
// First memory, threads and CPU per sink, with --cost-at sinks that one thread
// feeds, beside those of a fakesink that is fed the same. Then, for each sink
// and each number of threads that push (0: one per sink), the number of sinks
// at which the receiver, a process of its own, has every packet within the
// limit after it was due; and that at which it has 99.9 % of them. The number
// is doubled until two tries in a row fail, then the gap is halved three times.
// The searches take turns; "last" is of the run that the last search ended at.

#include "command_line.h"
#include "files.h"
#include "quantiles.h"
#include "report.h"
#include "sink_fleet.h"

#include <gst/gst.h>

#include <array>
#include <map>
#include <string>
#include <vector>

namespace {

using wms::bench::FleetOptions;
using wms::bench::FleetResult;
using wms::bench::Median;
using wms::bench::Quantile;
using wms::bench::Report;
using wms::bench::Row;

constexpr unsigned kFirst = 64;
/// Other programs make a packet late now and then.
constexpr int kTries = 2;
constexpr int kHalvings = 3;

void ReportCost(FleetOptions options, const std::vector<std::string>& sinks,
                Report& report) {
  options.threads = 1;
  // What the first fleet leaves in the allocator is not the second one's.
  options.factory = sinks.front();
  RunFleet(options);
  double base = 0;
  for (const std::string& sink : sinks) {
    options.factory = sink;
    const FleetResult result = RunFleet(options);
    if (sink == sinks.front()) base = result.kib_per_sink;
    report.Add(Row()
                   .Text("sink", sink)
                   .Number("sinks", options.sinks)
                   .Number("KiB_each", result.kib_per_sink, 1)
                   .Number("KiB_beyond", result.kib_per_sink - base, 1)
                   .Number("threads_each", result.threads_per_sink, 2)
                   .Number("cpu_us_per_packet", result.cpu_us_per_packet, 1));
  }
}

/// The search for how many sinks are in time.
class Search {
 public:
  Search(const FleetOptions& options, std::uint32_t limit_us, unsigned most)
      : options_(options), limit_us_(limit_us), most_(most) {}

  /// @param share of the packets that may be late.
  unsigned Most(double share) {
    unsigned good = 0;
    unsigned bad = kFirst;
    while (bad <= most_ && InTime(bad, share)) {
      good = bad;
      bad *= 2;
    }
    if (bad > most_) return good;
    for (int i = 0; i < kHalvings && good > 0; ++i) {
      const unsigned middle = (good + bad) / 2;
      (InTime(middle, share) ? good : bad) = middle;
    }
    return good;
  }

  /// A run with @a sinks, which has been made.
  const FleetResult& At(unsigned sinks) const { return runs_.at(sinks).back(); }

 private:
  bool InTime(unsigned sinks, double share) {
    std::vector<FleetResult>& runs = runs_[sinks];
    for (std::size_t i = 0; i < kTries; ++i) {
      if (i == runs.size()) {
        options_.sinks = sinks;
        runs.push_back(RunFleet(options_));
      }
      const auto allowed = static_cast<std::uint64_t>(
          share * static_cast<double>(runs[i].expected));
      if (runs[i].Late(limit_us_) <= allowed) return true;
    }
    return false;
  }

  FleetOptions options_;
  const std::uint32_t limit_us_;
  const unsigned most_;
  std::map<unsigned, std::vector<FleetResult>> runs_;
};

constexpr std::array<double, 2> kShares = {0, 0.001};

/// What the searches for one kind of sink have come to.
struct Series {
  FleetOptions options;
  std::array<std::vector<double>, kShares.size()> most{};  ///< by kShares
  std::array<FleetResult, kShares.size()> last{};
};

void MeasureMost(Series& series, std::uint32_t limit_us, unsigned most) {
  Search search(series.options, limit_us, most);
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    const unsigned sinks = search.Most(kShares[i]);
    series.most[i].push_back(sinks);
    if (sinks > 0) series.last[i] = search.At(sinks);
  }
}

void ReportMost(const Series& series, Report& report) {
  const unsigned threads = series.options.threads;
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    const FleetResult& last = series.last[i];
    report.Add(Row()
                   .Text("sink", series.options.factory)
                   .Text("threads", threads == 0 ? "one per sink"
                                                 : std::to_string(threads))
                   .Number("may_be_late_%", kShares[i] * 100, 1)
                   .Number("sinks", Median(series.most[i]))
                   .Number("least", Quantile(series.most[i], 0))
                   .Number("most", Quantile(series.most[i], 1))
                   .Number("last_p50_us", Quantile(last.delays_us, 0.5))
                   .Number("last_p99.9_us", Quantile(last.delays_us, 0.999))
                   .Number("last_cores", last.cpu_cores, 2)
                   .Number("last_cpu_us_per_packet", last.cpu_us_per_packet, 1)
                   .List("sinks_rounds", series.most[i]));
  }
}

}  // namespace

int main(int argc, char** argv) {
  gint kilobits = 600;
  gint packet_size = 1400;
  gint seconds = 5;
  gint limit_ms = 20;
  gint most = 8192;
  gint cost_at = 200;
  gint rounds = 3;
  const gchar* threads = "0,1";
  const gchar* sinks = "tcpclientsink,wmspushsink";
  const gchar* json = nullptr;
  const GOptionEntry entries[] = {
      {"kilobits", 0, 0, G_OPTION_ARG_INT, &kilobits, "per second, of a sink",
       "N"},
      {"packet-size", 0, 0, G_OPTION_ARG_INT, &packet_size, "bytes", "N"},
      {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "length of a try", "N"},
      {"limit-ms", 0, 0, G_OPTION_ARG_INT, &limit_ms,
       "after that a packet is late", "N"},
      {"most", 0, 0, G_OPTION_ARG_INT, &most, "where the search ends", "N"},
      {"cost-at", 0, 0, G_OPTION_ARG_INT, &cost_at,
       "how many sinks memory is measured with", "N"},
      {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "how many searches", "N"},
      {"threads", 0, 0, G_OPTION_ARG_STRING, &threads,
       "that push; 0 is one per sink", "N,..."},
      {"sinks", 0, 0, G_OPTION_ARG_STRING, &sinks, "what to compare",
       "NAME,..."},
      {"json", 0, 0, G_OPTION_ARG_STRING, &json, "all figures, into a file",
       "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  if (kilobits < 1 || packet_size < 100 || packet_size > 65535 || seconds < 1 ||
      limit_ms < 1 || most < 1 || rounds < 1 || cost_at < 1) {
    return 2;
  }
  wms::bench::AllowManyFiles();
  FleetOptions options;
  options.packet_size = static_cast<guint32>(packet_size);
  options.interval =
      wms::bench::IntervalAt(options.packet_size, kilobits * 1000.0);
  options.measure = std::chrono::seconds(seconds);
  options.sinks = static_cast<unsigned>(cost_at);
  Report report;
  std::vector<std::string> names{"fakesink"};
  for (const std::string& sink : wms::bench::Split(sinks))
    names.push_back(sink);
  ReportCost(options, names, report);
  names.erase(names.begin());
  std::vector<Series> all;
  for (const std::string& count : wms::bench::Split(threads)) {
    options.threads = static_cast<unsigned>(std::atoi(count.c_str()));
    for (const std::string& sink : names) {
      options.factory = sink;
      all.push_back({options});
    }
  }
  for (int round = 0; round < rounds; ++round) {
    for (Series& series : all) {
      MeasureMost(series, static_cast<std::uint32_t>(limit_ms) * 1000,
                  static_cast<unsigned>(most));
    }
  }
  for (const Series& series : all)
    ReportMost(series, report);
  return report.Write(json) ? 0 : 1;
}
