// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/connection.h"
#include "wmhttp/request.h"

#include <libsoup/soup.h>

#include <cstdint>
#include <optional>
#include <string>

namespace wms::pubpoint {

/// What the head of a request says, as far as it matters here.
struct RequestHead {
  std::string method;
  std::string path;  ///< decoded
  wmhttp::RequestType type = wmhttp::RequestType::kOther;
  std::string user_agent;
  std::string push_id;                ///< "" for none; a secret
  std::string authorization;          ///< "" for none; a secret
  std::string accept_authentication;  ///< X-Accept-Authentication
  std::string accept;                 ///< media types
  std::string content_type;
  std::string host;       ///< as the client calls this server
  std::string pragma;     ///< of all Pragma headers, joined by commas
  std::string supported;  ///< [MS-WMSP] 2.2.1.7, likewise
  /// Nothing without Content-Length, and with a chunked body.
  std::optional<std::uint64_t> content_length;
  bool has_body = false;  ///< Content-Length above 0, or a chunked body
  bool expects_continue = false;
  bool keep_alive = false;  ///< HTTP/1.1 without Connection: close
  std::string address;      ///< of the peer, for the log: "127.0.0.1:49152"
};

RequestHead ReadHead(SoupServerMessage* message);

/// Takes the connection of @a message away from libsoup, with the bytes that
/// libsoup had read behind the head. No stream when libsoup has none.
Connection TakeOver(SoupServerMessage* message);

}  // namespace wms::pubpoint
