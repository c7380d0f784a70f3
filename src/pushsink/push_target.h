// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pushsink/client_auth.h"
#include "pushsink/cookie_store.h"
#include "pushsink/location.h"
#include "pushsink/proxy.h"

#include <cstdint>
#include <memory>
#include <string>

namespace wms {

/// Where PushStart requests go and as whom: what PushSetup has found out.
struct PushTarget {
  Location location;  ///< after redirections
  std::string user_agent;
  CookieStore cookies;
  /// Value of X-Accept-Authentication.
  std::string accept_authentication;
  /// Answer challenges, also before they come; null where PushSetup has made
  /// none yet.
  std::shared_ptr<ClientAuth> auth;
  std::shared_ptr<ClientAuth> proxy_auth;
  Proxy proxy;
  bool to_proxy = false;  ///< the connection leads there
  /// 3.1.1: there is a proxy on the way, be it one that only a Via header
  /// tells of.
  bool using_proxy = false;
  bool check_server = true;
  /// Of each PushStart, at most.
  std::uint64_t content_length = 0;
  std::int64_t timeout_us = 0;  ///< of each wait, 0 for none

  /// What goes out in the request line: the whole URL when a proxy is asked
  /// ([RFC2616] 5.1.2). What reaches the server is location.target anyhow.
  const std::string& RequestUri() const {
    return to_proxy ? location.text : location.target;
  }
};

}  // namespace wms
