// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/scratch_dir.h"

#include <string>

// What servers of other people need to run in a test.

namespace wms::test {

/// A port of 127.0.0.1 that nobody has now, for a server that cannot be told to
/// choose one.
unsigned FreePort();

/// Waits until somebody listens; fails the running test when @a name does not
/// come to that.
void AwaitListener(unsigned port, const std::string& name);

/// Programs that give up root's rights have to reach what is in there.
void OpenToAll(const ScratchDir& dir);

}  // namespace wms::test
