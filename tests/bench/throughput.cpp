// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// How fast the sink is, and at what cost: the same packets, pushed from one
// thread as fast as the sink takes them, go through tcpclientsink (the floor
// of what a sink can cost), wmspushsink and others in turn, to a process that
// drains. The clock stops when that has all of them; what a sink's own threads
// use counts for it.
//
//     bench-throughput [--packet-sizes=1400,4800,8000] [--megabytes=800]
//                      [--rounds=10] [--sinks=tcpclientsink,wmspushsink]
//                      [--json=FILE]
//
// souphttpclientsink and curlhttpsink can be named, too. Prints one line per
// sink and size: medians over the rounds, least and most, and the medians of
// the ratios to the first sink, of the same round each.

#include "command_line.h"
#include "draining_peer.h"
#include "quantiles.h"
#include "sinks.h"

#include <gst/gst.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using wms::bench::DrainingPeer;
using wms::bench::SinkUnderLoad;

/// How long the last bytes may take.
constexpr double kDeadline = 60;

using wms::bench::Median;
using wms::bench::Split;

struct Figures {
  double megabytes_per_second;
  double cpu_per_gigabyte;
};

double Now() {
  return static_cast<double>(g_get_monotonic_time()) * 1e-6;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Sends @a count packets of @a size bytes through a sink.
Figures MeasureHere(const std::string& factory, guint32 size, guint64 count) {
  const DrainingPeer peer;
  GstElement* sink = wms::bench::MakeSink(factory, peer.port());
  if (sink == nullptr) exit(2);
  SinkUnderLoad load(sink, size);
  const double cpu = CpuSeconds();
  const double start = Now();
  for (guint64 i = 0; i < count; ++i)
    load.Push();
  while (peer.received() < count * size) {
    if (Now() - start > kDeadline) g_error("%s is stuck", factory.c_str());
    // The reader counts in another process, with nothing to wait on: that
    // would cost it what is measured here.
    g_usleep(100);
  }
  const double gigabytes = static_cast<double>(count * size) * 1e-9;
  return {gigabytes * 1000 / (Now() - start), (CpuSeconds() - cpu) / gigabytes};
}

/// The same in a thread of its own, as pipelines have: the kernel and the
/// libraries take short cuts in a process with one thread, and some sinks have
/// others.
Figures Measure(const std::string& factory, guint32 size, guint64 count) {
  Figures figures{};
  std::thread([&] { figures = MeasureHere(factory, size, count); }).join();
  return figures;
}

/// What the rounds of a sink have come to.
struct Series {
  std::string factory;
  std::vector<double> speed;
  std::vector<double> cpu;
  std::vector<double> speed_ratio;  ///< to the first sink, in the same round
  std::vector<double> cpu_ratio;
};

std::string Json(const Series& series, int packet_size) {
  const auto list = [](const std::vector<double>& values) {
    std::ostringstream text;
    for (const double value : values)
      text << (text.tellp() > 0 ? ", " : "") << value;
    return "[" + text.str() + "]";
  };
  std::ostringstream text;
  text << "  {\"sink\": \"" << series.factory
       << "\", \"packet_size\": " << packet_size
       << ",\n   \"megabytes_per_second\": " << list(series.speed)
       << ",\n   \"cpu_seconds_per_gigabyte\": " << list(series.cpu)
       << ",\n   \"speed_ratio_median\": " << Median(series.speed_ratio)
       << ", \"cpu_ratio_median\": " << Median(series.cpu_ratio) << "}";
  return text.str();
}

void Print(const Series& series, int packet_size) {
  const auto [low, high] =
      std::minmax_element(series.speed.begin(), series.speed.end());
  std::printf(
      "%5d %-19s %6.0f MB/s (%.0f to %.0f)  %.3f s CPU per GB  "
      "%.2f of the speed, %.2f of the CPU\n",
      packet_size, series.factory.c_str(), Median(series.speed), *low, *high,
      Median(series.cpu), Median(series.speed_ratio), Median(series.cpu_ratio));
  std::fflush(stdout);
}

std::vector<Series> Run(const std::vector<std::string>& sinks, int packet_size,
                        int megabytes, int rounds) {
  std::vector<Series> all;
  for (const std::string& sink : sinks)
    all.push_back({sink, {}, {}, {}, {}});
  const guint64 count = static_cast<guint64>(megabytes) * 1000000 /
                        static_cast<guint64>(packet_size);
  for (int round = 0; round < rounds; ++round) {
    for (Series& series : all) {
      const Figures figures =
          Measure(series.factory, static_cast<guint32>(packet_size), count);
      series.speed.push_back(figures.megabytes_per_second);
      series.cpu.push_back(figures.cpu_per_gigabyte);
      series.speed_ratio.push_back(series.speed.back() / all[0].speed.back());
      series.cpu_ratio.push_back(series.cpu.back() / all[0].cpu.back());
    }
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  gint megabytes = 800;
  gint rounds = 10;
  const gchar* sizes = "1400,4800,8000";
  const gchar* sinks = "tcpclientsink,wmspushsink";
  const gchar* json = nullptr;
  const GOptionEntry entries[] = {
      {"packet-sizes", 0, 0, G_OPTION_ARG_STRING, &sizes, "bytes per packet",
       "N,..."},
      {"megabytes", 0, 0, G_OPTION_ARG_INT, &megabytes,
       "how much goes through a sink in a round", "N"},
      {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds,
       "how often each sink has its turn", "N"},
      {"sinks", 0, 0, G_OPTION_ARG_STRING, &sinks,
       "what to compare with the first of them", "NAME,..."},
      {"json", 0, 0, G_OPTION_ARG_STRING, &json, "all rounds, into a file",
       "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  if (megabytes < 1 || rounds < 1) return 2;
  std::string report;
  for (const std::string& size : Split(sizes)) {
    const int packet_size = std::atoi(size.c_str());
    if (packet_size < 100 || packet_size > 65535) return 2;
    for (const Series& series :
         Run(Split(sinks), packet_size, megabytes, rounds)) {
      Print(series, packet_size);
      report += (report.empty() ? "" : ",\n") + Json(series, packet_size);
    }
  }
  if (json == nullptr) return 0;
  return g_file_set_contents(json, ("[\n" + report + "\n]\n").c_str(), -1,
                             nullptr)
             ? 0
             : 1;
}
