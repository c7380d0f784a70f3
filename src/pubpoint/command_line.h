// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pubpoint/options.h"

namespace wms::pubpoint {

/// What the command line asks for.
struct CommandLine {
  ServerOptions options;
  LogLevel log_level = LogLevel::kInfo;
  bool show_version = false;
};

/// Reads the command line, and the configuration file that it names; what
/// both set is as the command line says, lists take from both. --help prints
/// its text and ends the program.
/// Passwords that stand in @a argv are overwritten there, so that they do not
/// stay in the list of processes. Fails with a message for the user.
Result<CommandLine> ParseCommandLine(int argc, char** argv);

}  // namespace wms::pubpoint
