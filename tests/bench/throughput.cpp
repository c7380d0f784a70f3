// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// How fast the sink is, and at what cost: the same packets, pushed from one
// thread as fast as the sink takes them, go through tcpclientsink (the floor
// of what a sink can cost), wmspushsink and others in turn, to a process that
// drains. The clock stops when that has all of them; what a sink's own threads
// use counts for it.
//
//     bench-throughput [--packet-sizes=1400,4800,8000] [--seconds=1]
//                      [--rounds=10] [--sinks=tcpclientsink,wmspushsink]
//                      [--feeds=buffers,lists,blocks] [--together=16]
//                      [--json=FILE]
//
// Packets come one in a buffer each, as from asfmux, or --together of them in
// a list of buffers or in one buffer, as from filesrc.
//
// souphttpclientsink and curlhttpsink can be named, too. A row is the medians
// over the rounds, with the quarters of them next to it; ratios are to the
// first sink in the same round. "failed" are rounds in which the sink crashed,
// or whose last bytes did not arrive within 20 seconds.

#include "command_line.h"
#include "draining_peer.h"
#include "process_figures.h"
#include "quantiles.h"
#include "report.h"
#include "sinks.h"

#include <gst/gst.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using wms::bench::DrainingPeer;
using wms::bench::Feed;
using wms::bench::Median;
using wms::bench::Quantile;
using wms::bench::Report;
using wms::bench::Row;
using wms::bench::SinkUnderLoad;
using wms::bench::Split;

/// How long the last bytes may take, in seconds.
constexpr double kDeadline = 20;
/// After so many seconds a sink is taken to hang.
constexpr unsigned kLongest = 60;
/// How many packets go out between two looks at the clock.
constexpr guint kBetweenLooks = 64;

double Now() {
  return static_cast<double>(g_get_monotonic_time()) * 1e-6;
}

/// What goes through a sink in a round.
struct Load {
  guint32 size;  ///< of a packet, in bytes
  std::string feed_name;
  Feed feed;
  guint together;  ///< packets that come at once
  double seconds;
};

struct Figures {
  double megabytes_per_second;
  double cpu_per_gigabyte;
};

/// Sends @a load through a sink. Nothing when not all of it arrives.
std::optional<Figures> MeasureHere(const std::string& factory,
                                   const Load& load) {
  const DrainingPeer peer;
  GstElement* sink = wms::bench::MakeSink(factory, peer.port());
  if (sink == nullptr) return std::nullopt;
  SinkUnderLoad feed(sink, load.size, load.feed, load.together);
  const double cpu = wms::bench::CpuSecondsHere();
  const double start = Now();
  guint64 count = 0;
  while (Now() - start < load.seconds) {
    for (guint i = 0; i < kBetweenLooks; i += load.together) {
      feed.Push();
      count += load.together;
    }
  }
  const double pushed = Now();
  while (peer.received() < count * load.size) {
    if (Now() - pushed > kDeadline) return std::nullopt;
    // The reader counts in another process, with nothing to wait on: that
    // would cost it what is measured here.
    g_usleep(100);
  }
  const double gigabytes = static_cast<double>(count * load.size) * 1e-9;
  return Figures{gigabytes * 1000 / (Now() - start),
                 (wms::bench::CpuSecondsHere() - cpu) / gigabytes};
}

/// The same in a thread of its own, as pipelines have: the kernel and the
/// libraries take short cuts in a process with one thread, and some sinks have
/// others. And in a process of its own, since some do not live through it.
std::optional<Figures> Measure(const std::string& factory, const Load& load) {
  int ends[2];
  if (pipe(ends) != 0) g_error("no pipe: %s", g_strerror(errno));
  const pid_t child = fork();
  if (child < 0) g_error("no process: %s", g_strerror(errno));
  if (child == 0) {
    alarm(kLongest);
    std::optional<Figures> figures;
    std::thread([&] { figures = MeasureHere(factory, load); }).join();
    const bool told = figures && write(ends[1], &*figures, sizeof *figures) ==
                                     ssize_t{sizeof *figures};
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  Figures figures{};
  const bool told =
      read(ends[0], &figures, sizeof figures) == ssize_t{sizeof figures};
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return told ? std::optional(figures) : std::nullopt;
}

/// What the rounds of a sink have come to.
struct Series {
  std::string factory;
  std::vector<double> speed;
  std::vector<double> cpu;
  std::vector<double> speed_ratio;  ///< to the first sink, in the same round
  std::vector<double> cpu_ratio;
  int failed = 0;

  void Take(const std::optional<Figures>& figures,
            const std::optional<Figures>& first) {
    if (!figures) {
      ++failed;
      return;
    }
    speed.push_back(figures->megabytes_per_second);
    cpu.push_back(figures->cpu_per_gigabyte);
    if (!first) return;
    speed_ratio.push_back(speed.back() / first->megabytes_per_second);
    cpu_ratio.push_back(cpu.back() / first->cpu_per_gigabyte);
  }
};

std::vector<Series> Run(const std::vector<std::string>& sinks, const Load& load,
                        int rounds) {
  std::vector<Series> all;
  for (const std::string& sink : sinks)
    all.push_back({sink, {}, {}, {}, {}});
  for (int round = 0; round < rounds; ++round) {
    std::optional<Figures> first;
    for (Series& series : all) {
      const std::optional<Figures> figures = Measure(series.factory, load);
      if (&series == &all.front()) first = figures;
      series.Take(figures, first);
    }
  }
  return all;
}

void Add(Report& report, const Series& series, const Load& load) {
  report.Add(Row()
                 .Text("sink", series.factory)
                 .Text("feed", load.feed_name)
                 .Number("packet", load.size)
                 .Number("MB/s", Median(series.speed))
                 .Number("s_CPU/GB", Median(series.cpu), 3)
                 .Number("speed", Median(series.speed_ratio), 2)
                 .Number("25_%", Quantile(series.speed_ratio, 0.25), 2)
                 .Number("75_%", Quantile(series.speed_ratio, 0.75), 2)
                 .Number("CPU", Median(series.cpu_ratio), 2)
                 .Number("CPU_25_%", Quantile(series.cpu_ratio, 0.25), 2)
                 .Number("CPU_75_%", Quantile(series.cpu_ratio, 0.75), 2)
                 .Number("failed", series.failed)
                 .List("MB/s_rounds", series.speed)
                 .List("s_CPU/GB_rounds", series.cpu)
                 .List("speed_rounds", series.speed_ratio)
                 .List("CPU_rounds", series.cpu_ratio));
}

std::optional<Feed> FeedOf(const std::string& name) {
  if (name == "buffers") return Feed::kBuffers;
  if (name == "lists") return Feed::kLists;
  if (name == "blocks") return Feed::kBlocks;
  return std::nullopt;
}

bool AreThere(const std::vector<std::string>& sinks) {
  return std::ranges::all_of(sinks, [](const std::string& sink) {
    GstElement* made = wms::bench::MakeSink(sink, 1);
    if (made != nullptr) gst_object_unref(made);
    return made != nullptr;
  });
}

/// All loads that are asked for; none when an option makes no sense.
std::vector<Load> Loads(const gchar* sizes, const gchar* feeds, gint together,
                        double seconds) {
  std::vector<Load> loads;
  for (const std::string& name : Split(feeds)) {
    const std::optional<Feed> feed = FeedOf(name);
    for (const std::string& size : Split(sizes)) {
      const int packet_size = std::atoi(size.c_str());
      if (!feed || packet_size < 100 || packet_size > 65535) return {};
      const gint at_once = feed == Feed::kBuffers ? 1 : together;
      loads.push_back({static_cast<guint32>(packet_size), name, *feed,
                       static_cast<guint>(at_once), seconds});
    }
  }
  return loads;
}

}  // namespace

int main(int argc, char** argv) {
  gdouble seconds = 1;
  gint rounds = 10;
  const gchar* sizes = "1400,4800,8000";
  const gchar* sinks = "tcpclientsink,wmspushsink";
  const gchar* feeds = "buffers,lists,blocks";
  gint together = 16;
  const gchar* json = nullptr;
  const GOptionEntry entries[] = {
      {"packet-sizes", 0, 0, G_OPTION_ARG_STRING, &sizes, "bytes per packet",
       "N,..."},
      {"seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds,
       "how long a sink gets packets in a round", "N"},
      {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds,
       "how often each sink has its turn", "N"},
      {"sinks", 0, 0, G_OPTION_ARG_STRING, &sinks,
       "what to compare with the first of them", "NAME,..."},
      {"feeds", 0, 0, G_OPTION_ARG_STRING, &feeds,
       "how packets come: one in a buffer, in lists, several in a buffer",
       "buffers|lists|blocks,..."},
      {"together", 0, 0, G_OPTION_ARG_INT, &together,
       "packets in a list or a block", "N"},
      {"json", 0, 0, G_OPTION_ARG_STRING, &json, "all rounds, into a file",
       "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  if (seconds <= 0 || rounds < 1 || together < 1) return 2;
  const std::vector<Load> loads = Loads(sizes, feeds, together, seconds);
  if (loads.empty() || !AreThere(Split(sinks))) return 2;
  Report report;
  for (const Load& load : loads) {
    for (const Series& series : Run(Split(sinks), load, rounds))
      Add(report, series, load);
  }
  return report.Write(json) ? 0 : 1;
}
