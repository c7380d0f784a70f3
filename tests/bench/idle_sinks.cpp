// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What a connected sink costs that has nothing to send, and how long it takes
// to its first data packet.
//
//     bench-idle-sinks [--sinks=200] [--rounds=50]
//
// Prints memory and threads per connected sink, beside those of an unconnected
// fakesink, and the time from READY to the first $D in the socket.

#include "command_line.h"
#include "draining_peer.h"
#include "packets.h"

#include <gst/gst.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

/// Bytes of memory that are this process's own.
double PrivateBytes() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string word;
  double bytes = 0;
  while (file >> word) {
    double kilobytes = 0;
    if (word == "Private_Dirty:" && file >> kilobytes)
      bytes += kilobytes * 1024;
  }
  return bytes;
}

long Threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

GstElement* MakeSink(const wms::bench::DrainingPeer& peer) {
  GstElement* sink = gst_element_factory_make("wmspushsink", nullptr);
  g_assert_nonnull(sink);
  gst_object_ref_sink(sink);
  const std::string location =
      "http://127.0.0.1:" + std::to_string(peer.port()) + "/bench";
  g_object_set(sink, "sync", FALSE, "async", FALSE, "async-connect", FALSE,
               "location", location.c_str(), "repair-header", FALSE, nullptr);
  return sink;
}

void MeasureIdle(int count) {
  const wms::bench::DrainingPeer peer;
  std::vector<GstElement*> sinks;
  const auto add = [&](const char* factory) {
    GstElement* sink = factory != nullptr
                           ? gst_element_factory_make(factory, nullptr)
                           : MakeSink(peer);
    if (factory != nullptr) gst_object_ref_sink(sink);
    gst_element_set_state(sink, GST_STATE_PAUSED);
    sinks.push_back(sink);
  };
  // The first of each kind loads code and fills caches.
  add("fakesink");
  add(nullptr);
  const auto measure = [&](const char* factory, const char* name) {
    const double bytes = PrivateBytes();
    const long threads = Threads();
    for (int i = 0; i < count; ++i)
      add(factory);
    std::printf("%-12s %6.1f KiB, %.2f threads each\n", name,
                (PrivateBytes() - bytes) / 1024 / count,
                static_cast<double>(Threads() - threads) / count);
  };
  measure("fakesink", "fakesink");
  measure(nullptr, "wmspushsink");
  for (GstElement* sink : sinks) {
    gst_element_set_state(sink, GST_STATE_NULL);
    gst_object_unref(sink);
  }
}

double FirstDataMilliseconds(const wms::bench::DrainingPeer& peer) {
  GstElement* sink = MakeSink(peer);
  GstPad* source = gst_pad_new("source", GST_PAD_SRC);
  GstPad* target = gst_element_get_static_pad(sink, "sink");
  gst_pad_set_active(source, TRUE);
  gst_pad_link(source, target);
  gst_element_set_state(sink, GST_STATE_READY);
  const gint64 start = g_get_monotonic_time();
  gst_element_set_state(sink, GST_STATE_PLAYING);
  wms::bench::PushStart(source, 1400);
  gst_pad_push(source, wms::bench::MakePackets(1400, 1));
  const gint64 end = g_get_monotonic_time();
  gst_element_set_state(sink, GST_STATE_NULL);
  gst_pad_unlink(source, target);
  gst_object_unref(target);
  gst_object_unref(source);
  gst_object_unref(sink);
  return static_cast<double>(end - start) * 1e-3;
}

void MeasureStart(int rounds) {
  const wms::bench::DrainingPeer peer;
  std::vector<double> times;
  times.reserve(static_cast<std::size_t>(rounds));
  for (int i = 0; i < rounds; ++i)
    times.push_back(FirstDataMilliseconds(peer));
  std::sort(times.begin(), times.end());
  std::printf("READY to first $D: %.2f ms (%.2f to %.2f)\n",
              times[times.size() / 2], times.front(), times.back());
}

}  // namespace

int main(int argc, char** argv) {
  gint sinks = 200;
  gint rounds = 50;
  const GOptionEntry entries[] = {
      {"sinks", 0, 0, G_OPTION_ARG_INT, &sinks, "how many idle sinks", "N"},
      {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "how many starts", "N"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  MeasureIdle(sinks);
  MeasureStart(rounds);
  return 0;
}
