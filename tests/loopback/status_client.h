// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/options.h"
#include "raw_client.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wms::test {

/// Options of a server that shows its status to @a access.
pubpoint::ServerOptions StatusOptions(pubpoint::StatusAccess access,
                                      std::vector<std::string> points = {});

/// A response of the status interface.
struct StatusResponse {
  RawResponse head;
  std::string body;
};

/// Sends a request for @a target. @a more are header lines with CRLF; a Host
/// among them replaces "Host: 127.0.0.1:PORT".
StatusResponse AskStatus(unsigned port, const std::string& target,
                         const std::string& more = {},
                         const std::string& method = "GET",
                         std::string_view body = {});

/// What check_status.py makes of it: its lines. Fails the running test when
/// the response is not a 200 with @a format, or not well-formed.
/// @param format "json", "metrics" or "html".
using StatusLines = std::multiset<std::string>;
StatusLines CheckStatus(const StatusResponse& response,
                        const std::string& format);

/// Asks for that of "/status.json", "/metrics" and "/" which is in @a format,
/// and checks it.
StatusLines AskAndCheck(unsigned port, const std::string& format);

/// The value of the line "NAME=", nothing when there is not exactly one.
std::optional<std::string> ValueOf(const StatusLines& lines,
                                   const std::string& name);

/// Asks for the JSON until @a name is @a value there. False when that takes
/// longer than RawClient::kDeadline.
bool WaitForStatus(unsigned port, const std::string& name,
                   const std::string& value);

}  // namespace wms::test
