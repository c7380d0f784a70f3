// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/cookie_store.h"

#include "base/text.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace wms {
namespace {

/// What libsoup makes of the attributes; null when Domain is not the server's.
/// It knows nothing of quotes, so that it gets neither them nor the value, and
/// loses memory where an attribute comes twice: the last one counts. Max-Age
/// goes before expires (RFC 6265 5.3), and for libsoup what comes later does.
SoupCookie* Understand(const wmhttp::SetCookie& set, GUri* uri) {
  std::string text = set.name + '=';
  for (const char* name : {"Domain", "Path", "Expires", "Max-Age", "Secure"}) {
    const auto attribute = std::find_if(
        set.attributes.rbegin(), set.attributes.rend(),
        [name](const auto& it) { return EqualsIgnoringCase(it.name, name); });
    if (attribute == set.attributes.rend()) continue;
    const std::string& value = attribute->value;
    // In quotes: another attribute would begin there.
    if (value.find(';') != std::string::npos) continue;
    text.append("; ").append(name);
    // One that has none is not there, instead of a Max-Age of 0.
    if (!value.empty()) text.append("=").append(value);
  }
  SoupCookie* cookie = soup_cookie_parse(text.c_str(), uri);
  if (cookie != nullptr) soup_cookie_set_value(cookie, set.value.c_str());
  return cookie;
}

/// RFC 2109 4.3.3: whether one takes the place of the other.
bool IsSame(SoupCookie* a, SoupCookie* b) {
  return std::string_view(soup_cookie_get_name(a)) == soup_cookie_get_name(b) &&
         std::string_view(soup_cookie_get_path(a)) == soup_cookie_get_path(b) &&
         g_ascii_strcasecmp(soup_cookie_get_domain(a),
                            soup_cookie_get_domain(b)) == 0;
}

}  // namespace

void CookieStore::Update(std::string_view set_cookie, GUri* uri) {
  push_id_.Update(set_cookie);
  for (const wmhttp::SetCookie& set : wmhttp::ParseSetCookie(set_cookie)) {
    if (SoupCookie* cookie = Understand(set, uri)) {
      Take(Cookie(cookie, soup_cookie_free), uri);
    }
  }
}

void CookieStore::Take(Cookie cookie, GUri* uri) {
  // A Path that does not hold this request (4.3.2), a Max-Age of 0 or a date
  // that has passed (4.2.2), or Secure, which no connection of ours is.
  const bool keeps = soup_cookie_applies_to_uri(cookie.get(), uri) != FALSE;
  const auto known = std::ranges::find_if(others_, [&](const Cookie& other) {
    return IsSame(other.get(), cookie.get());
  });
  if (known != others_.end()) {
    if (keeps) {
      *known = std::move(cookie);
    } else {
      others_.erase(known);
    }
    return;
  }
  if (!keeps || others_.size() == kMaxOthers) return;
  // 4.3.4: what is more specific comes first.
  const auto size = [](const Cookie& other) {
    return std::string_view(soup_cookie_get_path(other.get())).size();
  };
  const auto at =
      std::ranges::upper_bound(others_, size(cookie), std::greater(), size);
  others_.insert(at, std::move(cookie));
}

std::string CookieStore::RequestValue(GUri* uri) const {
  std::string text = push_id_.RequestValue();
  for (const Cookie& cookie : others_) {
    // It may have been set for another path of the server, before a
    // redirection, or be over by now.
    if (!soup_cookie_applies_to_uri(cookie.get(), uri)) continue;
    text.append("; ").append(soup_cookie_get_name(cookie.get()));
    text.append("=").append(soup_cookie_get_value(cookie.get()));
  }
  return text;
}

}  // namespace wms
