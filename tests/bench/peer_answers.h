// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace wms::bench {

/// What goes back when the body of a request is complete.
inline constexpr std::string_view kOkAnswer =
    "HTTP/1.1 200 OK\r\n"
    "Server: Cougar/9.5\r\n"
    "Content-Length: 0\r\n\r\n";

/// What a benchmark's server makes of the head of a request.
struct PeerAnswer {
  std::string_view now;               ///< goes back at once; "" for nothing
  std::optional<std::uint64_t> body;  ///< its size; nothing for no end
};

/// Whether a connection that begins so is one of HTTP.
inline bool IsRequest(std::string_view start) {
  return start.starts_with("POST") || start.starts_with("PUT ");
}

inline PeerAnswer AnswerTo(const std::string& head) {
  if (head.find("x-wms-pushsetup") != std::string::npos) {
    return {
        "HTTP/1.1 204 No Content\r\n"
        "Server: Cougar/9.5\r\n"
        "Set-Cookie: push-id=bench\r\n"
        "Content-Length: 0\r\n\r\n",
        0};
  }
  PeerAnswer answer{};
  if (head.find("100-continue") != std::string::npos) {
    answer.now = "HTTP/1.1 100 Continue\r\n\r\n";
  }
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t length = head.find(kLength);
  if (length != std::string::npos) {
    answer.body = std::strtoull(&head[length + kLength.size()], nullptr, 10);
  }
  return answer;
}

}  // namespace wms::bench
