// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wms::wmhttp {

/// The cookies of a push session ([MS-WMHTTP] 2.2.1.3, 2.2.1.6): push-id,
/// which is the key to the session and never belongs in a log (5.1), and what
/// else the server wants back.
class Cookies {
 public:
  /// The push-id that asks for a new session.
  static constexpr std::string_view kNewSession = "0";
  /// Longest push-id that a server may give (3.2.3).
  static constexpr std::size_t kMaxPushId = 255;
  /// How many other cookies are kept; a server needs none.
  static constexpr std::size_t kMaxOthers = 16;

  /// Takes one Set-Cookie header value. Attributes are left out; the newest
  /// value of a name counts; what is no cookie is passed over.
  void Update(std::string_view set_cookie);

  /// Value of the Cookie header of the next request, push-id first.
  std::string RequestValue() const;

  const std::string& push_id() const { return push_id_; }
  /// The server has given one, by which the session can be resumed.
  bool has_push_id() const { return push_id_ != kNewSession; }

 private:
  void UpdateOne(std::string_view set_cookie);

  struct Cookie {
    std::string name;
    std::string value;
  };

  std::string push_id_{kNewSession};
  std::vector<Cookie> others_;
};

/// The push-id in a Cookie header value as a client sends it; "" when there
/// is none, or none that 2.2.1.3.1 allows.
std::string_view FindPushId(std::string_view cookie);

/// True when a Cookie header value names a push-id, valid or not; with
/// @a value only when that is what it is.
bool HasPushId(std::string_view cookie,
               std::optional<std::string_view> value = std::nullopt);

}  // namespace wms::wmhttp
