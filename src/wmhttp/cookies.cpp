// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/cookies.h"

#include "base/text.h"

#include <algorithm>

namespace wms::wmhttp {
namespace {

constexpr std::string_view kPushIdName = "push-id";

/// session-id = 1*VCHAR (2.2.1.3.1), without what ends a cookie.
bool IsValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != ';' && c != ',';
  });
}

bool IsPushId(std::string_view value) {
  return !value.empty() && value.size() <= Cookies::kMaxPushId &&
         IsValue(value);
}

/// Calls @a visit with each value of the push-id in a Cookie header, until it
/// returns false.
template <typename Visit>
void ForEachPushId(std::string_view cookie, Visit visit) {
  while (!cookie.empty()) {
    // RFC 2109 4.3.4 has both between two cookies.
    const std::size_t end = std::min(cookie.find_first_of(";,"), cookie.size());
    const auto [name, value] = SplitAt(cookie.substr(0, end), '=');
    if (EqualsIgnoringCase(Trim(name), kPushIdName) && !visit(Trim(value))) {
      return;
    }
    cookie.remove_prefix(std::min(end + 1, cookie.size()));
  }
}

}  // namespace

// RFC 2109 4.2.2: a comma stands between two cookies. What a date in an
// attribute leaves behind its comma has no "=" and is passed over.
void Cookies::Update(std::string_view set_cookie) {
  while (!set_cookie.empty()) {
    const auto [cookie, rest] = SplitAt(set_cookie, ',');
    UpdateOne(cookie);
    set_cookie = rest;
  }
}

void Cookies::UpdateOne(std::string_view set_cookie) {
  const auto [pair, attributes] = SplitAt(set_cookie, ';');
  const auto [raw_name, raw_value] = SplitAt(pair, '=');
  const std::string_view name = Trim(raw_name);
  const std::string_view value = Trim(raw_value);
  if (name.empty() || pair.size() == raw_name.size()) return;
  if (EqualsIgnoringCase(name, kPushIdName)) {
    if (IsPushId(value)) push_id_ = value;
    return;
  }
  if (!IsValue(name) || !IsValue(value)) return;
  const auto known = std::find_if(
      others_.begin(), others_.end(),
      [name](const Cookie& cookie) { return cookie.name == name; });
  if (known != others_.end()) {
    known->value = value;
  } else if (others_.size() < kMaxOthers) {
    others_.push_back({std::string(name), std::string(value)});
  }
}

std::string Cookies::RequestValue() const {
  std::string text = std::string(kPushIdName) + "=" + push_id_;
  for (const Cookie& cookie : others_) {
    text += "; " + cookie.name + "=" + cookie.value;
  }
  return text;
}

std::string_view FindPushId(std::string_view cookie) {
  std::string_view found;
  ForEachPushId(cookie, [&found](std::string_view value) {
    if (IsPushId(value)) found = value;
    return found.empty();
  });
  return found;
}

bool HasPushId(std::string_view cookie,
               std::optional<std::string_view> wanted) {
  bool found = false;
  ForEachPushId(cookie, [&found, wanted](std::string_view value) {
    found = !wanted || value == *wanted;
    return !found;
  });
  return found;
}

}  // namespace wms::wmhttp
