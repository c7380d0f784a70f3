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
  LeakCheck() : files_(Count("/proc/self/fd")), threads_(CountThreads()) {}

  std::size_t new_files() const { return Less(Count("/proc/self/fd"), files_); }

  /// The kernel lists a thread for a moment after it has been joined, and
  /// tells nobody when it has done with it: so this looks again, for long at
  /// most, while there are more than @a expected.
  std::size_t new_threads(std::size_t expected = 0) const {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::size_t count = Less(CountThreads(), threads_);
    while (count > expected && std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
      count = Less(CountThreads(), threads_);
    }
    return count;
  }

 private:
  static std::size_t Count(const char* directory) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory), {}));
  }
  static std::size_t CountThreads() { return Count("/proc/self/task"); }
  static std::size_t Less(std::size_t now, std::size_t before) {
    return now > before ? now - before : 0;
  }

  std::size_t files_;
  std::size_t threads_;
};

}  // namespace wms::test
