// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <chrono>
#include <functional>

namespace wms::pubpoint {

/// A source in the thread's default context that is removed with this. Its
/// function may reset or destroy the watch it was called by.
class Watch {
 public:
  Watch() = default;
  explicit Watch(glib::Source source) : source_(std::move(source)) {}
  Watch(Watch&&) noexcept = default;
  Watch& operator=(Watch&& other) noexcept {
    Reset();
    source_ = std::move(other.source_);
    return *this;
  }
  ~Watch() { Reset(); }

  void Reset();
  explicit operator bool() const { return source_ != nullptr; }

 private:
  glib::Source source_;
};

/// Calls @a ready each time @a socket fulfils @a condition.
Watch WatchSocket(GSocket* socket, GIOCondition condition,
                  std::function<void()> ready);

/// Calls @a expired once, after @a delay.
Watch WatchTime(std::chrono::milliseconds delay, std::function<void()> expired);

/// A timer that is put off for every packet: that costs a look at the clock,
/// not a source.
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
