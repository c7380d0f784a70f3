// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "glib/ref.h"
#include "pushsink/cookie_store.h"
#include "pushsink/location.h"

#include <libsoup/soup.h>

#include <memory>
#include <optional>
#include <string>

namespace wms {

using HeadersPtr = std::unique_ptr<SoupMessageHeaders,
                                   glib::Deleter<soup_message_headers_unref>>;

/// Head of an HTTP response.
struct Response {
  unsigned status = 0;
  HeadersPtr headers;
  bool keep_alive = false;  ///< another request may follow, body and all

  bool succeeded() const { return status >= 200 && status < 300; }
};

/// Finds a response in what a connection yields, in pieces of any size, and
/// passes over those of class 1xx and over bodies of a known length.
class ResponseReader {
 public:
  /// Larger heads are refused.
  static constexpr std::size_t kMaxHead = 65536;

  /// Where the bytes that are read go.
  std::string& buffer() { return buffer_; }
  bool empty() const { return buffer_.empty(); }

  /// The next response, or nothing until there is more in the buffer. Fails
  /// with NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE.
  Result<std::optional<Response>> Next();

  void Clear();

 private:
  bool SkipBody();

  std::string buffer_;
  std::uint64_t body_left_ = 0;
};

/// What a response with an error status means, and how long it asks to wait
/// before the next try, at most kMaxRetryAfter ([RFC2616] 14.37).
inline constexpr unsigned kMaxRetryAfter = 300;
Error ErrorFromResponse(unsigned status, SoupMessageHeaders* headers);

/// Sets @a using_proxy when a Via header tells of a proxy (3.1.5.1, 3.1.5.2).
void NoteProxy(SoupMessageHeaders* headers, bool& using_proxy);

/// Takes every Set-Cookie header of a response from @a location.
void UpdateCookies(SoupMessageHeaders* headers, const Location& location,
                   CookieStore& cookies);

}  // namespace wms
