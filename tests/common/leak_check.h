// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>

namespace wms::test {

/// How many entries @a directory of /proc has.
inline std::size_t CountEntries(const std::string& directory) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(directory), {}));
}

/// Looks again, for long at most, while it has more than @a most: nobody tells
/// when the kernel has let go of them.
/// @return how many there are in the end.
inline std::size_t SettledEntries(const std::string& directory,
                                  std::size_t most) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (;;) {
    const std::size_t now = CountEntries(directory);
    if (now <= most || std::chrono::steady_clock::now() >= end) return now;
    std::this_thread::yield();
  }
}

/// Counts what the process holds of the kernel, so that a test can see that
/// nothing is left when it is over. GLib keeps some for itself from its first
/// use on: make one after that.
class LeakCheck {
 public:
  LeakCheck()
      : files_(CountEntries(kFiles)), threads_(CountEntries(kThreads)) {}

  /// The kernel lists a thread for a moment after it has been joined, and a
  /// connect that was given up closes its files in its own time: these wait
  /// for that while there are more than @a expected.
  std::size_t new_files(std::size_t expected = 0) const {
    return More(kFiles, files_, expected);
  }
  std::size_t new_threads(std::size_t expected = 0) const {
    return More(kThreads, threads_, expected);
  }

 private:
  static constexpr const char* kFiles = "/proc/self/fd";
  static constexpr const char* kThreads = "/proc/self/task";

  static std::size_t More(const char* directory, std::size_t before,
                          std::size_t expected) {
    const std::size_t now = SettledEntries(directory, before + expected);
    return now > before ? now - before : 0;
  }

  std::size_t files_;
  std::size_t threads_;
};

}  // namespace wms::test
