// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pubpoint/command_line.h"

#include <string>

namespace wms::pubpoint {

/// Reads a configuration file in the format of GKeyFile: the group [server]
/// with the settings of the command line, and a group [point /PATH] for each
/// point that has settings of its own. Fails with file, line, group and key;
/// a group or a key that is not known is an error.
Result<void> ReadConfigFile(const std::string& file, CommandLine& line);

}  // namespace wms::pubpoint
