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
//                      [--feed=buffers|lists|blocks] [--together=16]
//                      [--json=FILE]
//
// Packets come one in a buffer each, as from asfmux, or --together of them in
// a list of buffers or in one buffer, as from filesrc.
//
// souphttpclientsink and curlhttpsink can be named, too. Prints one line per
// sink and size: medians over the rounds, least and most, and the medians of
// the ratios to the first sink, of the same round each.

#include "command_line.h"
#include "draining_peer.h"
#include "process_figures.h"
#include "quantiles.h"
#include "sinks.h"

#include <gst/gst.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using wms::bench::DrainingPeer;
using wms::bench::Feed;
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

/// What goes through a sink in a round.
struct Load {
  guint32 size;   ///< of a packet, in bytes
  guint64 count;  ///< of packets; a multiple of together
  Feed feed;
  guint together;
};

/// Sends @a load through a sink.
Figures MeasureHere(const std::string& factory, const Load& packets) {
  const guint32 size = packets.size;
  const guint64 count = packets.count;
  const DrainingPeer peer;
  GstElement* sink = wms::bench::MakeSink(factory, peer.port());
  if (sink == nullptr) exit(2);
  SinkUnderLoad load(sink, size, packets.feed, packets.together);
  const double cpu = wms::bench::CpuSecondsHere();
  const double start = Now();
  for (guint64 i = 0; i < count; i += packets.together)
    load.Push();
  while (peer.received() < count * size) {
    if (Now() - start > kDeadline) g_error("%s is stuck", factory.c_str());
    // The reader counts in another process, with nothing to wait on: that
    // would cost it what is measured here.
    g_usleep(100);
  }
  const double gigabytes = static_cast<double>(count * size) * 1e-9;
  return {gigabytes * 1000 / (Now() - start),
          (wms::bench::CpuSecondsHere() - cpu) / gigabytes};
}

/// The same in a thread of its own, as pipelines have: the kernel and the
/// libraries take short cuts in a process with one thread, and some sinks have
/// others.
Figures Measure(const std::string& factory, const Load& load) {
  Figures figures{};
  std::thread([&] { figures = MeasureHere(factory, load); }).join();
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

std::vector<Series> Run(const std::vector<std::string>& sinks, const Load& load,
                        int rounds) {
  std::vector<Series> all;
  for (const std::string& sink : sinks)
    all.push_back({sink, {}, {}, {}, {}});
  for (int round = 0; round < rounds; ++round) {
    for (Series& series : all) {
      const Figures figures = Measure(series.factory, load);
      series.speed.push_back(figures.megabytes_per_second);
      series.cpu.push_back(figures.cpu_per_gigabyte);
      series.speed_ratio.push_back(series.speed.back() / all[0].speed.back());
      series.cpu_ratio.push_back(series.cpu.back() / all[0].cpu.back());
    }
  }
  return all;
}

std::optional<Feed> FeedOf(const std::string& name) {
  if (name == "buffers") return Feed::kBuffers;
  if (name == "lists") return Feed::kLists;
  if (name == "blocks") return Feed::kBlocks;
  return std::nullopt;
}

/// How many packets have so many megabytes, in whole lists or blocks.
guint64 CountOf(int megabytes, int packet_size, int together) {
  const guint64 whole = static_cast<guint64>(megabytes) * 1000000 /
                        static_cast<guint64>(packet_size) /
                        static_cast<guint64>(together);
  return std::max<guint64>(whole, 1) * static_cast<guint64>(together);
}

}  // namespace

int main(int argc, char** argv) {
  gint megabytes = 800;
  gint rounds = 10;
  const gchar* sizes = "1400,4800,8000";
  const gchar* sinks = "tcpclientsink,wmspushsink";
  const gchar* feed_name = "buffers";
  gint together = 16;
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
      {"feed", 0, 0, G_OPTION_ARG_STRING, &feed_name,
       "how packets come: one in a buffer, in lists, several in a buffer",
       "buffers|lists|blocks"},
      {"together", 0, 0, G_OPTION_ARG_INT, &together,
       "packets in a list or a block", "N"},
      {"json", 0, 0, G_OPTION_ARG_STRING, &json, "all rounds, into a file",
       "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  const std::optional<Feed> feed = FeedOf(feed_name);
  if (megabytes < 1 || rounds < 1 || !feed || together < 1) return 2;
  if (feed == Feed::kBuffers) together = 1;
  std::string report;
  for (const std::string& size : Split(sizes)) {
    const int packet_size = std::atoi(size.c_str());
    if (packet_size < 100 || packet_size > 65535) return 2;
    const Load load{static_cast<guint32>(packet_size),
                    CountOf(megabytes, packet_size, together), *feed,
                    static_cast<guint>(together)};
    for (const Series& series : Run(Split(sinks), load, rounds)) {
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
