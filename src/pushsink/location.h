// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "glib/ref.h"

#include <string>
#include <string_view>

namespace wms {

/// The URL of a publishing point, taken apart. User info is apart from the
/// rest from the start, so that nothing that prints a location can leak it.
struct Location {
  std::string text;  ///< the URL without user info and fragment
  std::string user;  ///< unescaped; "" when the URL has none
  std::string password;
  std::string host;
  int port = 80;
  std::string target;  ///< path and query, percent-encoded: request target

  /// Value of the Host header: without the port when that is 80.
  std::string HostHeader() const;
  /// The URL for libraries that want an object; without user info.
  glib::Uri ToUri() const;
};

/// Reads the URL of a publishing point. Fails with E_INVALIDARG when it is
/// empty or no URL, NS_E_UNKNOWN_PROTOCOL when it is not http, and
/// NS_E_INVALID_NAME when the host is missing or malformed. The message
/// repeats no part of the URL that could hold user info.
Result<Location> ParseLocation(std::string_view url);

/// Turns what a Redirect response names, which may be relative, into a
/// location; @a base is where the response came from.
Result<Location> ResolveLocation(const Location& base,
                                 const std::string& reference);

/// The path that Template-URL carries for a template given as an absolute
/// path or as a whole URL (2.2.2.1.1). Fails with NS_E_INVALID_PUSH_TEMPLATE.
Result<std::string> ParseTemplate(std::string_view template_url);

}  // namespace wms
