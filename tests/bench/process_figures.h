// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <sys/types.h>

namespace wms::bench {

/// What a process holds, in KiB.
struct Memory {
  double rss_kib = 0;
  double pss_kib = 0;      ///< pages shared with others by their share
  double private_kib = 0;  ///< pages that are its own
  /// Heap and stacks, also where a child made by fork still shares them.
  double anonymous_kib = 0;
};
Memory MemoryOf(pid_t pid);

/// User and system time that a process has used, to the nanosecond; 0 when it
/// has gone.
double CpuSecondsOf(pid_t pid);
/// The same of this process, to the microsecond.
double CpuSecondsHere();

long ThreadsOf(pid_t pid);

}  // namespace wms::bench
