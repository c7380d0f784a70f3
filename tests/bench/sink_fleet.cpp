// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "sink_fleet.h"

#include "fed_sink.h"
#include "marks.h"
#include "packets.h"
#include "process_figures.h"
#include "sinks.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <malloc.h>
#include <memory>
#include <thread>

namespace wms::bench {
namespace {

using std::chrono::milliseconds;

/// A fleet that is so far behind will not catch up.
constexpr std::int64_t kHopeless = 1000000000;
/// From the last connection to the first packet.
constexpr std::int64_t kLead = 50000000;

void SleepUntil(std::int64_t time_ns) {
  const timespec time{time_ns / 1000000000, time_ns % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) != 0) {
  }
}

class Fleet {
 public:
  explicit Fleet(const FleetOptions& options);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  FleetResult Measure();

 private:
  void Feed(unsigned first);
  std::int64_t PhaseOf(unsigned sink) const;

  const FleetOptions& options_;
  const MeasuringPeer peer_;
  const unsigned step_;  // from one sink of a thread to its next
  std::vector<std::unique_ptr<FedSink>> sinks_;
  std::vector<std::thread> threads_;
  std::int64_t begin_ns_ = 0;
  std::atomic<bool> stop_{false};
  double idle_kib_ = 0;
  long idle_threads_ = 0;
};

Fleet::Fleet(const FleetOptions& options)
    : options_(options),
      step_(options.threads == 0 ? options.sinks
                                 : std::min(options.threads, options.sinks)) {
  GstBuffer* packet = MakePackets(options.packet_size, 1);
  const auto add = [&](unsigned stream) {
    GstElement* sink = MakeSink(options.factory, peer_.port());
    if (sink == nullptr) std::exit(2);
    auto fed = std::make_unique<FedSink>(sink, packet, stream);
    fed->Start();
    return fed;
  };
  // The first of its kind loads code and fills caches.
  add(0)->Push(Nanoseconds());
  malloc_trim(0);
  idle_kib_ = MemoryOf(getpid()).anonymous_kib;
  idle_threads_ = ThreadsOf(getpid());
  for (unsigned i = 0; i < options.sinks; ++i)
    sinks_.push_back(add(i));
  gst_buffer_unref(packet);
  begin_ns_ = Nanoseconds() + kLead;
  for (unsigned i = 0; i < step_; ++i)
    threads_.emplace_back([this, i] { Feed(i); });
}

Fleet::~Fleet() {
  stop_ = true;
  for (std::thread& thread : threads_)
    thread.join();
}

/// Sinks take turns within an interval.
std::int64_t Fleet::PhaseOf(unsigned sink) const {
  const std::int64_t phase = options_.interval.count() * sink / options_.sinks;
  return phase - phase % options_.together.count();
}

void Fleet::Feed(unsigned first) {
  // Otherwise the kernel takes 50 us more to wake it up.
  prctl(PR_SET_TIMERSLACK, 1);
  for (std::int64_t turn = begin_ns_;; turn += options_.interval.count()) {
    for (unsigned i = first; i < options_.sinks; i += step_) {
      const std::int64_t due = turn + PhaseOf(i);
      std::int64_t now = Nanoseconds();
      if (now < due) {
        SleepUntil(due);
        now = Nanoseconds();
      }
      if (now - due > kHopeless) stop_ = true;
      if (stop_) return;
      sinks_[i]->Push(options_.from == FleetOptions::From::kDue ? due : now);
    }
  }
}

FleetResult Fleet::Measure() {
  const std::int64_t from =
      begin_ns_ + std::chrono::nanoseconds(options_.settle).count();
  const std::int64_t to =
      from + std::chrono::nanoseconds(options_.measure).count();
  SleepUntil(from);
  const std::uint64_t received = peer_.received();
  const double cpu = CpuSecondsHere();
  SleepUntil(to);
  FleetResult result;
  result.cpu_cores = (CpuSecondsHere() - cpu) * 1e9 /
                     static_cast<double>(Nanoseconds() - from);
  result.kib_per_sink =
      (MemoryOf(getpid()).anonymous_kib - idle_kib_) / options_.sinks;
  result.threads_per_sink =
      static_cast<double>(ThreadsOf(getpid()) - idle_threads_ - step_) /
      options_.sinks;
  for (const MeasuringPeer::Arrival& arrival : peer_.ArrivalsSince(received))
    result.delays_us.push_back(arrival.delay_us);
  result.expected = static_cast<std::uint64_t>(
      (to - from) / options_.interval.count() * options_.sinks);
  const double per_second = static_cast<double>(options_.sinks) * 1e9 /
                            static_cast<double>(options_.interval.count());
  result.cpu_us_per_packet = result.cpu_cores * 1e6 / per_second;
  return result;
}

}  // namespace

std::uint64_t FleetResult::Late(std::uint32_t limit_us) const {
  const auto in_time = static_cast<std::uint64_t>(
      std::count_if(delays_us.begin(), delays_us.end(),
                    [=](std::uint32_t delay) { return delay <= limit_us; }));
  const std::uint64_t arrived = delays_us.size();
  // What has not come at all is late as well; but for those that were under
  // way at the beginning or the end.
  const std::uint64_t missing = expected - expected / 50;
  return arrived - in_time + (arrived < missing ? expected - arrived : 0);
}

FleetResult RunFleet(const FleetOptions& options) {
  return Fleet(options).Measure();
}

std::chrono::nanoseconds IntervalAt(guint32 packet_size, double bits) {
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(packet_size * 8 * 1e9 / bits));
}

}  // namespace wms::bench
