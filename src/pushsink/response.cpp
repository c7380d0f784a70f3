// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/response.h"

#include "pushsink/errors.h"

#include <algorithm>

namespace wms {
namespace {

using DateTimePtr =
    std::unique_ptr<GDateTime, glib::Deleter<g_date_time_unref>>;

constexpr std::string_view kStart = "HTTP/";
/// A body longer than this is not worth waiting for: a new connection is.
constexpr goffset kMaxSkippedBody = 65536;

Error BadSyntax(const char* what) {
  return {HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE, Fault::kPeer,
          std::string("the server's answer is not HTTP: ") + what};
}

/// Where the empty line begins that ends a head, and where what follows it. A
/// line may end with LF alone ([RFC2616] 19.3).
struct HeadEnd {
  std::size_t head = std::string::npos;
  std::size_t next = std::string::npos;
};

HeadEnd FindHeadEnd(const std::string& text) {
  std::size_t line = 0;
  while ((line = text.find('\n', line)) != std::string::npos) {
    ++line;
    if (text.compare(line, 1, "\n") == 0) return {line, line + 1};
    if (text.compare(line, 2, "\r\n") == 0) return {line, line + 2};
  }
  return {};
}

/// Whether the connection can go on after this response, and behind how many
/// bytes of its body.
bool CanFollow(const Response& response, SoupHTTPVersion version,
               goffset& body) {
  body = 0;
  SoupMessageHeaders* headers = response.headers.get();
  const bool close =
      soup_message_headers_header_contains(headers, "Connection", "close");
  const bool keep =
      soup_message_headers_header_contains(headers, "Connection", "keep-alive");
  if (close || (version == SOUP_HTTP_1_0 && !keep)) return false;
  if (response.status == SOUP_STATUS_NO_CONTENT) return true;
  if (soup_message_headers_get_encoding(headers) !=
      SOUP_ENCODING_CONTENT_LENGTH) {
    return false;
  }
  body = soup_message_headers_get_content_length(headers);
  if (body >= 0 && body <= kMaxSkippedBody) return true;
  body = 0;
  return false;
}

/// Seconds; 0 when there are none, and for a date that has passed.
unsigned RetryAfter(SoupMessageHeaders* headers) {
  const char* value = soup_message_headers_get_one(headers, "Retry-After");
  if (value == nullptr) return 0;
  guint64 seconds = 0;
  if (g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &seconds,
                                 nullptr)) {
    return static_cast<unsigned>(std::min<guint64>(seconds, kMaxRetryAfter));
  }
  const DateTimePtr date(soup_date_time_new_from_http_string(value));
  const DateTimePtr now(g_date_time_new_now_utc());
  if (!date) return 0;
  const GTimeSpan left = g_date_time_difference(date.get(), now.get());
  return static_cast<unsigned>(std::clamp<GTimeSpan>(
      (left + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND, 0, kMaxRetryAfter));
}

}  // namespace

Result<std::optional<Response>> ResponseReader::Next() {
  for (;;) {
    if (!SkipBody()) return std::optional<Response>();
    // Some servers send an empty line too many behind the response before.
    buffer_.erase(0,
                  std::min(buffer_.find_first_not_of("\r\n"), buffer_.size()));
    if (buffer_.size() >= kStart.size() && !buffer_.starts_with(kStart)) {
      return BadSyntax("it does not start with HTTP/");
    }
    const HeadEnd end = FindHeadEnd(buffer_);
    if (std::min(end.head, buffer_.size()) > kMaxHead) {
      return BadSyntax("its head has no end");
    }
    if (end.head == std::string::npos) return std::optional<Response>();
    Response response;
    response.headers.reset(
        soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE));
    SoupHTTPVersion version = SOUP_HTTP_1_0;
    guint status = 0;
    // The parser takes the head without its empty line.
    const bool parsed = soup_headers_parse_response(
        buffer_.data(), static_cast<int>(end.head), response.headers.get(),
        &version, &status, nullptr);
    if (!parsed) return BadSyntax("its status line or a header is malformed");
    buffer_.erase(0, end.next);
    if (status < 200) continue;
    response.status = status;
    goffset body = 0;
    response.keep_alive = CanFollow(response, version, body);
    body_left_ = static_cast<std::uint64_t>(body);
    return std::optional<Response>(std::move(response));
  }
}

void ResponseReader::Clear() {
  buffer_.clear();
  body_left_ = 0;
}

bool ResponseReader::SkipBody() {
  const std::uint64_t size =
      std::min<std::uint64_t>(body_left_, buffer_.size());
  buffer_.erase(0, static_cast<std::size_t>(size));
  body_left_ -= size;
  return body_left_ == 0;
}

Error ErrorFromResponse(unsigned status, SoupMessageHeaders* headers) {
  Error error = ErrorFromStatus(status);
  error.retry_after_s = RetryAfter(headers);
  return error;
}

void NoteProxy(SoupMessageHeaders* headers, bool& using_proxy) {
  if (soup_message_headers_get_one(headers, "Via") != nullptr) {
    using_proxy = true;
  }
}

void UpdateCookies(SoupMessageHeaders* headers, const Location& location,
                   CookieStore& cookies) {
  const glib::Uri uri = location.ToUri();
  SoupMessageHeadersIter iter;
  soup_message_headers_iter_init(&iter, headers);
  const char* name = nullptr;
  const char* value = nullptr;
  while (soup_message_headers_iter_next(&iter, &name, &value)) {
    if (g_ascii_strcasecmp(name, "Set-Cookie") != 0) continue;
    cookies.Update(value, uri.get());
  }
}

}  // namespace wms
