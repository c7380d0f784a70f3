// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <thread>

namespace wms::test {

/// Counts what the process holds of the kernel, so that a test can see that
/// nothing is left when it is over. GLib keeps some for itself from its first
/// use on: make one after that.
class LeakCheck {
 public:
  LeakCheck()
      : files_(Count("/proc/self/fd")), threads_(Count("/proc/self/task")) {}

  /// The kernel lists a thread for a moment after it has been joined, and a
  /// connect that was given up closes its files in its own time; nobody tells
  /// when that is done. So these look again, for long at most, while there
  /// are more than @a expected.
  std::size_t new_files(std::size_t expected = 0) const {
    return Settled("/proc/self/fd", files_, expected);
  }
  std::size_t new_threads(std::size_t expected = 0) const {
    return Settled("/proc/self/task", threads_, expected);
  }

 private:
  static std::size_t Count(const char* directory) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory), {}));
  }
  static std::size_t Settled(const char* directory, std::size_t before,
                             std::size_t expected) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (;;) {
      const std::size_t now = Count(directory);
      const std::size_t more = now > before ? now - before : 0;
      if (more <= expected || std::chrono::steady_clock::now() >= end) {
        return more;
      }
      std::this_thread::yield();
    }
  }

  std::size_t files_;
  std::size_t threads_;
};

}  // namespace wms::test
