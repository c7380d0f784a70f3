// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wms::wmhttp {

/// The cookie of a push session ([MS-WMHTTP] 2.2.1.3, 2.2.1.6): push-id, which
/// is the key to the session and never belongs in a log (5.1). There is no
/// session without it, so attributes, and faults of what stands around it, do
/// not count.
class PushIdCookie {
 public:
  /// The push-id that asks for a new session.
  static constexpr std::string_view kNewSession = "0";
  /// Longest push-id that a server may give (3.2.3).
  static constexpr std::size_t kMaxPushId = 255;

  /// Takes one Set-Cookie header value; one without a push-id changes nothing.
  void Update(std::string_view set_cookie);

  /// For the Cookie header of the next request.
  std::string RequestValue() const;

  const std::string& value() const { return value_; }
  /// The server has given one, by which the session can be resumed.
  bool is_given() const { return value_ != kNewSession; }

 private:
  std::string value_{kNewSession};
};

/// Another cookie, as a Set-Cookie header states it (RFC 2109 4.2.2).
struct SetCookie {
  struct Attribute {
    std::string name;
    std::string value;  ///< without quotes; "" also for none
  };

  std::string name;
  std::string value;  ///< as it is to be sent back, with its quotes
  std::vector<Attribute> attributes;
};

/// The cookies of one Set-Cookie header value in their order, push-id left
/// out, and what may not be sent back.
std::vector<SetCookie> ParseSetCookie(std::string_view set_cookie);

/// The push-id in a Cookie header value as a client sends it; "" when there
/// is none, or none that 2.2.1.3.1 allows.
std::string_view FindPushId(std::string_view cookie);

/// True when a Cookie header value names a push-id, valid or not; with
/// @a value only when that is what it is.
bool HasPushId(std::string_view cookie,
               std::optional<std::string_view> value = std::nullopt);

}  // namespace wms::wmhttp
