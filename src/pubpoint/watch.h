// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/poller.h"

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

namespace wms::pubpoint {

/// Something that the thread's Poller waits for until this is gone. Its
/// function may reset or destroy the watch it was called by, and any other.
class Watch {
 public:
  using Key = std::variant<Poller::TimerKey, Poller::SocketKey>;

  Watch() = default;
  Watch(std::shared_ptr<Poller> poller, const Key& key)
      : poller_(std::move(poller)), key_(key) {}
  Watch(Watch&& other) noexcept
      : poller_(std::move(other.poller_)), key_(other.key_) {}
  Watch& operator=(Watch&& other) noexcept {
    Reset();
    poller_ = std::move(other.poller_);
    key_ = other.key_;
    return *this;
  }
  ~Watch() { Reset(); }

  void Reset();
  explicit operator bool() const { return poller_ != nullptr; }

 private:
  std::shared_ptr<Poller> poller_;
  Key key_;
};

/// Calls @a ready each time @a socket can be read. To be reset before the
/// socket is closed; another watch of the same takes the place of this.
Watch WatchReadable(int socket, std::function<void()> ready);

/// The same for writing.
Watch WatchWritable(int socket, std::function<void()> ready);

/// Calls @a expired once, after @a delay.
Watch WatchTime(std::chrono::milliseconds delay, std::function<void()> expired);

/// A timer that is put off for every packet: that costs a look at the clock,
/// not a watch.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Deadline(std::function<void()> expired)
      : expired_(std::move(expired)) {}

  /// Starts it, or starts it again: it expires @a delay from now.
  void Start(std::chrono::milliseconds delay);
  void Stop() { watch_.Reset(); }
  bool running() const { return static_cast<bool>(watch_); }

 private:
  void Check();

  std::function<void()> expired_;
  Clock::time_point due_;
  Clock::time_point armed_;
  Watch watch_;
};

}  // namespace wms::pubpoint
