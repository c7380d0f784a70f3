// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "process_figures.h"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <time.h>

namespace wms::bench {

Memory MemoryOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  Memory memory;
  for (std::string word; file >> word;) {
    double kib = 0;
    if (word == "Private_Clean:" || word == "Private_Dirty:") {
      file >> kib;
      memory.private_kib += kib;
    }
    if (word == "Rss:") file >> memory.rss_kib;
    if (word == "Anonymous:") file >> memory.anonymous_kib;
    if (word == "Pss:") file >> memory.pss_kib;
  }
  return memory;
}

double CpuSecondsOf(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 ||
      clock_gettime(clock, &used) != 0) {
    return 0;
  }
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) * 1e-9;
}

double CpuSecondsHere() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long ThreadsOf(pid_t pid) {
  const std::filesystem::directory_iterator tasks(
      "/proc/" + std::to_string(pid) + "/task");
  return std::distance(begin(tasks), end(tasks));
}

}  // namespace wms::bench
