// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pubpoint/command_line.h"

#include <span>
#include <string>
#include <string_view>

namespace wms::pubpoint {

/// Something that the command line can set as --NAME=VALUE, and the
/// configuration file as NAME=VALUE in its group [server].
struct Setting {
  const char* name;
  char letter;           ///< of the short option, 0 for none
  bool many;             ///< it adds one to a list
  const char* argument;  ///< what --help calls the value, null for a flag
  const char* help;
  /// Takes a value; that of a flag is "true" or "false". The error says what
  /// values there are, and not what was to be set.
  Result<void> (*apply)(CommandLine& line, const std::string& value) = nullptr;
};

std::span<const Setting> Settings();

/// Null when there is no setting of that name.
const Setting* FindSetting(std::string_view name);

/// "true" or "false".
Result<bool> ParseBoolean(const std::string& value);

}  // namespace wms::pubpoint
