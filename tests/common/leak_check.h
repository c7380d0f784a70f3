// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace wms::test {

/// Counts what the process holds of the kernel, so that a test can see that
/// nothing is left when it is over. GLib keeps some for itself from its first
/// use on: make one after that.
class LeakCheck {
 public:
  LeakCheck() : files_(Count("/proc/self/fd")), threads_(CountThreads()) {}

  std::size_t new_files() const { return Less(Count("/proc/self/fd"), files_); }
  std::size_t new_threads() const { return Less(CountThreads(), threads_); }

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
