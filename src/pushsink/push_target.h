// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"
#include "pushsink/location.h"
#include "pushsink/proxy.h"
#include "wmhttp/cookies.h"

#include <libsoup/soup.h>

#include <cstdint>
#include <string>

namespace wms {

/// Where PushStart requests go and as whom: what PushSetup has found out.
struct PushTarget {
  Location location;  ///< after redirections
  std::string user_agent;
  wmhttp::Cookies cookies;
  /// Answers challenges before they come; null when none was met.
  glib::Ref<SoupAuth> auth;
  glib::Ref<SoupAuth> proxy_auth;  ///< likewise, those of the proxy
  Proxy proxy;
  bool to_proxy = false;  ///< the connection leads there
  /// 3.1.1: there is a proxy on the way, be it one that only a Via header
  /// tells of.
  bool using_proxy = false;
  bool check_server = true;
  /// Of each PushStart, at most.
  std::uint64_t content_length = 0;
  std::int64_t timeout_us = 0;  ///< of each wait, 0 for none
};

}  // namespace wms
