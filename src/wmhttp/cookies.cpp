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
  return !value.empty() && value.size() <= PushIdCookie::kMaxPushId &&
         IsValue(value);
}

/// Names that begin with $ stand for attributes in a Cookie header (4.3.4).
bool IsName(std::string_view name) {
  return !name.empty() && name.front() != '$' && IsValue(name);
}

/// Size of the quoted-string that @a text begins with; 0 when it does not.
std::size_t QuotedSize(std::string_view text) {
  if (!text.starts_with('"')) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return 0;
}

bool IsQuoted(std::string_view value) {
  return !value.empty() && QuotedSize(value) == value.size();
}

bool IsValueOrQuoted(std::string_view value) {
  if (!IsQuoted(value)) return IsValue(value);
  return std::all_of(value.begin(), value.end(), [](char c) {
    return c == '\t' || (c >= ' ' && c < 0x7F);
  });
}

std::string Unquoted(std::string_view value) {
  if (!IsQuoted(value)) return std::string(value);
  std::string text;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\') ++i;
    text += value[i];
  }
  return text;
}

/// Where the first cookie or attribute of @a text ends. A comma is an end if
/// it is one between two cookies, and none in the date of Netscape's expires.
std::size_t FindEnd(std::string_view text, std::size_t from) {
  for (;; ++from) {
    from = text.find_first_of(";,", from);
    if (from == std::string_view::npos) return text.size();
    if (text[from] == ';') return from;
    const std::string_view next = text.substr(from + 1);
    const std::size_t end = next.find_first_of("=;,");
    if (end != std::string_view::npos && next[end] == '=' &&
        IsName(Trim(next.substr(0, end)))) {
      return from;
    }
  }
}

/// A cookie or one of its attributes.
struct Pair {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
  char end = '\0';  // what it ends with
};

/// Takes the first one off @a text, which is not empty.
Pair TakePair(std::string_view& text) {
  std::size_t end = FindEnd(text, 0);
  const std::size_t equals = text.find('=');
  Pair pair;
  pair.has_value = equals < end;
  if (pair.has_value) {
    const std::size_t value =
        std::min(text.find_first_not_of(" \t", equals + 1), text.size());
    end = FindEnd(text, value + QuotedSize(text.substr(value)));
    pair.value = Trim(text.substr(value, end - value));
  }
  pair.name = Trim(text.substr(0, std::min(equals, end)));
  if (end < text.size()) pair.end = text[end];
  text.remove_prefix(std::min(end + 1, text.size()));
  return pair;
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
void PushIdCookie::Update(std::string_view set_cookie) {
  while (!set_cookie.empty()) {
    const auto [cookie, rest] = SplitAt(set_cookie, ',');
    const auto [name, value] = SplitAt(SplitAt(cookie, ';').first, '=');
    if (EqualsIgnoringCase(Trim(name), kPushIdName) && IsPushId(Trim(value))) {
      value_ = Trim(value);
    }
    set_cookie = rest;
  }
}

std::string PushIdCookie::RequestValue() const {
  return std::string(kPushIdName) + "=" + value_;
}

std::vector<SetCookie> ParseSetCookie(std::string_view set_cookie) {
  std::vector<SetCookie> cookies;
  bool begins = true;
  while (!set_cookie.empty()) {
    const Pair pair = TakePair(set_cookie);
    if (begins) {
      cookies.push_back({std::string(pair.name), std::string(pair.value), {}});
      // Without "=" it is no cookie.
      if (!pair.has_value) cookies.back().name.clear();
    } else {
      cookies.back().attributes.push_back(
          {std::string(pair.name), Unquoted(pair.value)});
    }
    begins = pair.end == ',';
  }
  std::erase_if(cookies, [](const SetCookie& cookie) {
    return EqualsIgnoringCase(cookie.name, kPushIdName) ||
           !IsName(cookie.name) || !IsValueOrQuoted(cookie.value);
  });
  return cookies;
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
