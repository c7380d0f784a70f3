// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "wmhttp/cookies.h"

#include <libsoup/soup.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wms {

/// The cookies of a push session ([MS-WMHTTP] 2.2.1.3, 3.1.5.1): push-id, and
/// by the rules of RFC 2109 what else the server wants back, such as a load
/// balancer's. Copies share nothing that changes.
class CookieStore {
 public:
  /// How many other cookies are kept; a server needs none.
  static constexpr std::size_t kMaxOthers = 16;

  /// Takes one Set-Cookie header value of the answer to a request for @a uri.
  void Update(std::string_view set_cookie, GUri* uri);

  /// Value of the Cookie header of a request for @a uri, push-id first.
  std::string RequestValue(GUri* uri) const;

  const std::string& push_id() const { return push_id_.value(); }
  bool has_push_id() const { return push_id_.is_given(); }

 private:
  /// Whose value is never changed again.
  using Cookie = std::shared_ptr<SoupCookie>;

  void Take(Cookie cookie, GUri* uri);

  wmhttp::PushIdCookie push_id_;
  std::vector<Cookie> others_;  // those with longer paths first
};

}  // namespace wms
