// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wms::pubpoint {

/// Value of the Server header of everything that is answered here: a version
/// of [MS-WMSP] 2.2.1.5, which push clients insist on, and what we are.
std::string ServerHeader();

/// A response: status, headers, and mostly no body.
struct Response {
  unsigned status = 204;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string push_id;  ///< in Set-Cookie, "" for none; a secret
  std::string body{};   ///< its Content-Length is among the headers

  void Add(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
  }
};

/// Why a request is refused, and the status of the response that says so.
Error Refusal(unsigned status, std::string message);

/// Response to a PushSetup or a PushStart with the headers that 2.2.2.1 and
/// 2.2.2.2 require. @a push_id goes into Set-Cookie; "" sets none.
Response PushResponse(unsigned status, std::string_view push_id = {});

/// Head of a response to a player: ASF until the connection closes.
Response PlayerResponse();

/// What a web client gets that POSTs to a publishing point: the playlist that
/// sends Windows Media Player to @a url (3.2.5.1, note 8).
Response WebClientResponse(const std::string& url);

/// Sends a client to @a url with 302 (3.2.5.1).
Response RedirectResponse(const std::string& url);

/// A status and nothing more, for who is no push client.
Response PlainResponse(unsigned status);

/// The response as it goes out, with Server and Date. @a close announces
/// that the connection ends behind it.
std::string WriteResponse(const Response& response, bool close);

}  // namespace wms::pubpoint
