// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/connection.h"
#include "wmhttp/request.h"

#include <libsoup/soup.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace wms::pubpoint {

/// What the head of a request says, as far as it matters here.
struct RequestHead {
  std::string method;
  std::string path;  ///< decoded
  wmhttp::RequestType type = wmhttp::RequestType::kOther;
  std::string content_type;
  std::string user_agent;
  std::string push_id;        ///< "" for none; a secret
  std::string authorization;  ///< "" for none; a secret
  std::string accept;         ///< media types
  std::string pragma;         ///< of all Pragma headers, joined by commas
  std::string supported;      ///< [MS-WMSP] 2.2.1.7, likewise
  // Nothing where the header is missing.
  std::optional<std::string> host;
  std::optional<std::string> cookie;  ///< a secret
  std::optional<std::string> accept_authentication;
  std::optional<std::string> cache_control;
  std::optional<std::string> content_encoding;
  /// Name of a header that [MS-WMHTTP] 2.2.1 defines for responses only.
  std::optional<std::string> response_only;
  bool chunked = false;
  bool bad_length = false;  ///< Content-Length is not one number
  /// Nothing without Content-Length, and with a chunked body.
  std::optional<std::uint64_t> content_length;
  bool has_body = false;  ///< Content-Length above 0, or a chunked body
  bool expects_continue = false;
  bool keep_alive = false;  ///< HTTP/1.1 without Connection: close
  std::string address;      ///< of the peer, for the log: "127.0.0.1:49152"
  glib::Ref<GInetAddress> peer;  ///< the same without the port; may be null

  /// The headers as the rules of the protocol want them.
  wmhttp::RequestHeaders Headers() const;
};

RequestHead ReadHead(SoupServerMessage* message);

/// Address and port for the log, "?" for null.
std::string AddressText(GSocketAddress* address);

/// Calls @a expired once, unless TakeOver has taken @a connection within
/// @a limit or it is gone. libsoup would wait for a request for ever.
void LimitWait(const Connection& connection, std::chrono::milliseconds limit,
               std::function<void()> expired);

/// Takes the connection of @a message away from libsoup, with the bytes that
/// libsoup had read behind the head. No stream when libsoup has none.
Connection TakeOver(SoupServerMessage* message);

}  // namespace wms::pubpoint
