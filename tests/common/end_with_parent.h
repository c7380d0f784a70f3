// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gio/gio.h>

#include <sys/prctl.h>

#include <csignal>

namespace wms::test {

/// What @a launcher starts is killed with the thread that starts it, so that
/// nothing is left of a test that fails half-way.
inline void EndWithParent(GSubprocessLauncher* launcher) {
  g_subprocess_launcher_set_child_setup(
      launcher, [](gpointer) noexcept { prctl(PR_SET_PDEATHSIG, SIGKILL); },
      nullptr, nullptr);
}

}  // namespace wms::test
