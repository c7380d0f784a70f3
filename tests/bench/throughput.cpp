// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// How fast the sink is, and at what cost: the same packets, pushed from one
// thread as fast as the sink takes them, go through tcpclientsink (the floor
// of what a sink can cost) and wmspushsink in turn, to a process that drains.
//
//     bench-throughput [--packet-size=4800] [--megabytes=2000] [--rounds=10]
//
// Prints one line per sink with medians over the rounds, and the ratios.

#include "draining_peer.h"
#include "packets.h"

#include <gst/gst.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using wms::bench::DrainingPeer;

struct Options {
  gint packet_size = 4800;
  gint megabytes = 2000;
  gint rounds = 10;
};

struct Round {
  double seconds;
  double cpu_seconds;
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

GstElement* MakeSink(const std::string& factory, std::uint16_t port) {
  GstElement* sink = gst_element_factory_make(factory.c_str(), nullptr);
  g_assert_nonnull(sink);
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  if (factory == "tcpclientsink") {
    g_object_set(sink, "host", "127.0.0.1", "port", static_cast<gint>(port),
                 nullptr);
  } else {
    const std::string location =
        "http://127.0.0.1:" + std::to_string(port) + "/bench";
    g_object_set(sink, "location", location.c_str(), "repair-header", FALSE,
                 nullptr);
  }
  return sink;
}

/// Pushes @a count packets into @a sink from a pad of this program's own.
Round Push(GstElement* sink, const Options& options, guint64 count) {
  gst_element_set_state(sink, GST_STATE_PLAYING);
  GstPad* source = gst_pad_new("source", GST_PAD_SRC);
  GstPad* target = gst_element_get_static_pad(sink, "sink");
  gst_pad_set_active(source, TRUE);
  g_assert(gst_pad_link(source, target) == GST_PAD_LINK_OK);
  wms::bench::PushStart(source, static_cast<guint32>(options.packet_size));
  GstBuffer* packet =
      wms::bench::MakePacket(static_cast<guint32>(options.packet_size));
  // The first packet waits for the connection.
  gst_pad_push(source, gst_buffer_ref(packet));

  const double cpu = CpuSeconds();
  const gint64 start = g_get_monotonic_time();
  for (guint64 i = 0; i < count; ++i) {
    const GstFlowReturn flow = gst_pad_push(source, gst_buffer_ref(packet));
    if (flow != GST_FLOW_OK) g_error("flow %s", gst_flow_get_name(flow));
  }
  const gint64 end = g_get_monotonic_time();
  const Round round{static_cast<double>(end - start) * 1e-6,
                    CpuSeconds() - cpu};

  gst_buffer_unref(packet);
  gst_element_set_state(sink, GST_STATE_NULL);
  gst_pad_unlink(source, target);
  gst_object_unref(target);
  gst_object_unref(source);
  return round;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Series {
  std::string factory;
  std::vector<double> megabytes_per_second;
  std::vector<double> cpu_per_gigabyte;
};

void Print(const Series& series) {
  const auto [low, high] = std::minmax_element(
      series.megabytes_per_second.begin(), series.megabytes_per_second.end());
  std::printf("%-14s %8.0f MB/s (%.0f to %.0f)  %.3f s CPU per GB\n",
              series.factory.c_str(), Median(series.megabytes_per_second), *low,
              *high, Median(series.cpu_per_gigabyte));
}

void Run(const Options& options) {
  Series all[] = {{"tcpclientsink", {}, {}}, {"wmspushsink", {}, {}}};
  const guint64 bytes = static_cast<guint64>(options.megabytes) * 1000000;
  const guint64 count = bytes / static_cast<guint64>(options.packet_size);
  std::vector<double> speed_ratios;
  for (gint round = 0; round < options.rounds; ++round) {
    for (Series& series : all) {
      const DrainingPeer peer;
      GstElement* sink = MakeSink(series.factory, peer.port());
      gst_object_ref_sink(sink);
      const Round result = Push(sink, options, count);
      gst_object_unref(sink);
      const double megabytes = static_cast<double>(bytes) * 1e-6;
      series.megabytes_per_second.push_back(megabytes / result.seconds);
      series.cpu_per_gigabyte.push_back(result.cpu_seconds /
                                        (megabytes * 1e-3));
    }
    speed_ratios.push_back(all[1].megabytes_per_second.back() /
                           all[0].megabytes_per_second.back());
  }
  for (const Series& series : all)
    Print(series);
  std::printf(
      "ratio          %8.2f of the speed, %.2f of the CPU\n",
      Median(speed_ratios),
      Median(all[1].cpu_per_gigabyte) / Median(all[0].cpu_per_gigabyte));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const GOptionEntry entries[] = {
      {"packet-size", 0, 0, G_OPTION_ARG_INT, &options.packet_size,
       "bytes per packet", "N"},
      {"megabytes", 0, 0, G_OPTION_ARG_INT, &options.megabytes,
       "how much goes through a sink in a round", "N"},
      {"rounds", 0, 0, G_OPTION_ARG_INT, &options.rounds,
       "how often each sink has its turn", "N"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  GOptionContext* context = g_option_context_new(nullptr);
  g_option_context_add_main_entries(context, entries, nullptr);
  g_option_context_add_group(context, gst_init_get_option_group());
  GError* error = nullptr;
  if (!g_option_context_parse(context, &argc, &argv, &error)) {
    g_printerr("%s\n", error->message);
    return 2;
  }
  g_option_context_free(context);
  Run(options);
  return 0;
}
