// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <atomic>

namespace wms {

/// Lets one thread at a time use a stream, for the locks of the standard
/// library. While nobody else wants in, that is an exchange of one word on the
/// way in and one on the way out, inline: a thread that sends never meets
/// anybody but one that ends the session.
class WriterGate {
 public:
  WriterGate() = default;
  WriterGate(const WriterGate&) = delete;
  WriterGate& operator=(const WriterGate&) = delete;

  void lock() {
    if (!try_lock()) LockSlowly();
  }

  bool try_lock() {
    State free = State::kFree;
    return state_.compare_exchange_strong(free, State::kTaken,
                                          std::memory_order_acquire);
  }

  void unlock() {
    if (state_.exchange(State::kFree, std::memory_order_release) ==
        State::kAwaited) {
      state_.notify_one();
    }
  }

 private:
  enum class State : int {
    kFree,
    kTaken,
    kAwaited,  ///< taken, and somebody waits for it
  };

  /// Whoever has waited cannot know whether others still do, and takes it for
  /// awaited.
  void LockSlowly() {
    while (state_.exchange(State::kAwaited, std::memory_order_acquire) !=
           State::kFree) {
      state_.wait(State::kAwaited, std::memory_order_relaxed);
    }
  }

  std::atomic<State> state_{State::kFree};
};

}  // namespace wms
