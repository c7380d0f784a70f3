// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"
#include "pushsink/location.h"
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
  bool check_server = true;
  std::uint64_t content_length = 0;
  std::int64_t timeout_us = 0;  ///< of each wait, 0 for none
};

}  // namespace wms
