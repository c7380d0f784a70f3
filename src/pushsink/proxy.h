// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "glib/ref.h"

#include <gio/gio.h>

#include <string>
#include <string_view>

namespace wms {

/// Which HTTP proxy a push goes through ([MS-WMHTTP] 3.1.4.1).
struct Proxy {
  /// Names the proxies to try, "direct://" among them, for a URL; never null.
  glib::Ref<GProxyResolver> resolver;
  /// There is no other way: an option or a redirection names an HTTP proxy.
  bool required = false;
  std::string user;  ///< "" when none is given
  std::string password;
};

/// The proxy that an option names.
/// @param text http://[USER:PASSWORD@]HOST[:PORT], "direct://" for none, "" for
///   what the system's settings say. Fails with E_INVALIDARG; the message
///   repeats no part of it.
Result<Proxy> ParseProxy(std::string_view text);

/// Whether @a connection leads to an HTTP proxy instead of to the server.
bool LeadsToProxy(GSocketConnection* connection);

/// Name or address of the HTTP proxy that @a connection leads to; "" when it
/// leads to the server.
std::string ProxyHost(GSocketConnection* connection);

/// @a error of a connection that was to lead to a proxy, as one of the proxy.
Error ProxyError(Error error);

}  // namespace wms
