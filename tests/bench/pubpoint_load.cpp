// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What a publishing point takes: encoders that push and players that check
// every packet they get, against wms-publishing-point in a process of its
// own.
//
//     bench-pubpoint-load [--encoders=20] [--players=100] [--seconds=60]
//                         [--kilobits=600]
//
// Prints JSON: what came through and how late, and once the joining is over
// the memory of the server from second to second and its CPU time. Fails when
// a packet was lost or anything else went wrong.

#include "command_line.h"
#include "common/load_run.h"
#include "line_fit.h"
#include "process_figures.h"
#include "server_process.h"

#include <glib.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace wms::bench;  // NOLINT
using wms::test::LoadOptions;
using wms::test::LoadResult;

/// Of the time at the beginning in which memory may grow: players join, and
/// what a push keeps for the next player fills up.
constexpr double kSettleSeconds = 5;

struct Sample {
  double seconds;  ///< since the load began
  double rss_kib;
  double pss_kib;
  double private_kib;
};

double Seconds(gint64 begin) {
  return static_cast<double>(g_get_monotonic_time() - begin) * 1e-6;
}

/// Growth per minute.
double PerMinute(const std::vector<Sample>& samples, double Sample::*value) {
  std::vector<wms::bench::LinePoint> points;
  for (const Sample& sample : samples)
    points.push_back({sample.seconds, sample.*value});
  return 60 * wms::bench::FitLine(points).slope;
}

void PrintMemory(const char* name, const std::vector<Sample>& samples,
                 double Sample::*value) {
  const auto [least, most] =
      std::minmax_element(samples.begin(), samples.end(),
                          [value](const Sample& a, const Sample& b) {
                            return a.*value < b.*value;
                          });
  std::printf(
      "    \"%s\": {\"first\": %.0f, \"last\": %.0f, \"least\": %.0f, "
      "\"most\": %.0f, \"growth_per_minute\": %.1f},\n",
      name, samples.front().*value, samples.back().*value, *least.*value,
      *most.*value, PerMinute(samples, value));
}

double DelayMs(const LoadResult& result, double part) {
  if (result.delays.empty()) return 0;
  const auto last = static_cast<double>(result.delays.size() - 1);
  return result.delays[static_cast<std::size_t>(last * part)] / 1000.0;
}

void PrintLoad(const LoadOptions& options, const LoadResult& result) {
  std::printf(
      "  \"encoders\": %u, \"players\": %u, \"seconds\": %.1f,\n"
      "  \"bits_per_second\": %u,\n",
      options.encoders, options.players,
      static_cast<double>(options.duration.count()) / 1000,
      options.bits_per_second);
  std::printf("  \"packets_sent\": %" G_GUINT64_FORMAT
              ", \"packets_received\": %" G_GUINT64_FORMAT
              ", \"packets_lost\": %" G_GUINT64_FORMAT ",\n",
              result.packets_sent, result.packets_received,
              result.packets_lost);
  std::printf("  \"megabytes_sent\": %.1f, \"megabytes_received\": %.1f,\n",
              static_cast<double>(result.bytes_sent) * 1e-6,
              static_cast<double>(result.bytes_received) * 1e-6);
  std::printf(
      "  \"delay_ms\": {\"median\": %.2f, \"p99\": %.2f, \"most\": %.2f},\n",
      DelayMs(result, 0.5), DelayMs(result, 0.99), DelayMs(result, 1));
  std::printf("  \"failures\": %zu,\n", result.failures.size());
  for (const std::string& failure : result.failures)
    std::fprintf(stderr, "%s\n", failure.c_str());
}

bool Measure(LoadOptions options) {
  const ServerProcess server;
  if (server.port() == 0) return false;
  options.port = server.port();
  std::vector<Sample> samples;
  const gint64 begin = g_get_monotonic_time();
  options.sample = [&] {
    const double seconds = Seconds(begin);
    if (seconds < kSettleSeconds) return;
    const Memory memory = MemoryOf(server.pid());
    samples.push_back(
        {seconds, memory.rss_kib, memory.pss_kib, memory.private_kib});
  };
  const double cpu_begin = CpuSecondsOf(server.pid());
  const double own_begin = CpuSecondsOf(getpid());
  const LoadResult result = wms::test::RunLoad(options);
  const double server_cpu = CpuSecondsOf(server.pid()) - cpu_begin;
  const double own_cpu = CpuSecondsOf(getpid()) - own_begin;
  const double wall = Seconds(begin);

  std::printf("{\n");
  PrintLoad(options, result);
  std::printf("  \"server\": {\n");
  if (!samples.empty()) {
    PrintMemory("rss_kib", samples, &Sample::rss_kib);
    PrintMemory("pss_kib", samples, &Sample::pss_kib);
    PrintMemory("private_kib", samples, &Sample::private_kib);
  }
  std::printf("    \"cpu_seconds\": %.2f, \"cpu_percent\": %.1f\n  },\n",
              server_cpu, 100 * server_cpu / wall);
  std::printf("  \"bench_cpu_percent\": %.1f\n}\n", 100 * own_cpu / wall);
  return result.failures.empty() && result.packets_lost == 0;
}

}  // namespace

int main(int argc, char** argv) {
  gint encoders = 20;
  gint players = 100;
  gint seconds = 60;
  gint kilobits = 600;
  const GOptionEntry entries[] = {
      {"encoders", 0, 0, G_OPTION_ARG_INT, &encoders, "how many push", "N"},
      {"players", 0, 0, G_OPTION_ARG_INT, &players, "how many play", "N"},
      {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "how long", "N"},
      {"kilobits", 0, 0, G_OPTION_ARG_INT, &kilobits,
       "per second, of each encoder", "N"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries)) {
    return 2;
  }
  if (encoders < 1 || players < 0 || seconds < 1 || kilobits < 1) {
    std::fprintf(stderr, "there has to be some load\n");
    return 2;
  }
  LoadOptions options;
  options.encoders = static_cast<unsigned>(encoders);
  options.players = static_cast<unsigned>(players);
  options.duration = std::chrono::seconds(seconds);
  options.bits_per_second = static_cast<std::uint32_t>(kilobits) * 1000;
  return Measure(options) ? 0 : 1;
}
