// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/watch.h"

#include <algorithm>

namespace wms::pubpoint {
namespace {

/// Longer than anybody waits, and short enough for the clock's numbers.
constexpr std::chrono::milliseconds kLongestDelay = std::chrono::hours(87600);

Watch WatchSide(int socket, Poller::Side side, std::function<void()> ready) {
  auto poller = Poller::OfThread();
  const auto key = poller->AddSocket(socket, side, std::move(ready));
  return {std::move(poller), key};
}

Watch WatchUntil(Poller::Clock::time_point due, std::function<void()> expired) {
  auto poller = Poller::OfThread();
  const auto key = poller->AddTimer(due, std::move(expired));
  return {std::move(poller), key};
}

}  // namespace

void Watch::Reset() {
  const std::shared_ptr<Poller> poller = std::move(poller_);
  if (!poller) return;
  std::visit([&poller](const auto& key) { poller->Remove(key); }, key_);
}

Watch WatchReadable(int socket, std::function<void()> ready) {
  return WatchSide(socket, Poller::Side::kRead, std::move(ready));
}

Watch WatchWritable(int socket, std::function<void()> ready) {
  return WatchSide(socket, Poller::Side::kWrite, std::move(ready));
}

Watch WatchTime(std::chrono::milliseconds delay,
                std::function<void()> expired) {
  return WatchUntil(Poller::Clock::now() + std::min(delay, kLongestDelay),
                    std::move(expired));
}

void Deadline::Start(std::chrono::milliseconds delay) {
  due_ = Clock::now() + std::min(delay, kLongestDelay);
  // A watch that is too early looks again; one that would be too late has to
  // go.
  if (watch_ && armed_ <= due_) return;
  armed_ = due_;
  watch_ = WatchUntil(due_, [this] { Check(); });
}

void Deadline::Check() {
  const Clock::time_point now = Clock::now();
  if (now >= due_) {
    watch_.Reset();
    const auto expired = expired_;  // it may destroy this timer
    expired();
    return;
  }
  armed_ = due_;
  watch_ = WatchUntil(due_, [this] { Check(); });
}

}  // namespace wms::pubpoint
