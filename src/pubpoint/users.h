// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pubpoint/options.h"

#include <string>
#include <string_view>
#include <vector>

namespace wms::pubpoint {

/// Reads one user: NAME:PASSWORD, NAME:HASH with a hash as crypt(3) writes it
/// ("$y$...", "$6$..."), or NAME:REALM:HA1 as htdigest writes it. The error
/// does not repeat the text, which is a secret.
Result<User> ParseUser(std::string_view text);

/// Reads a user from each line of a file; empty lines and those that begin
/// with "#" are passed over. Fails with file and line.
Result<void> ReadUsers(const std::string& file, std::vector<User>& users);

}  // namespace wms::pubpoint
