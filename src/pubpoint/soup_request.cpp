// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/soup_request.h"

#include "pubpoint/watch.h"
#include "wmhttp/cookies.h"

#include <algorithm>
#include <array>
#include <memory>

namespace wms::pubpoint {
namespace {

/// More than libsoup reads ahead, so that one read empties its buffer; from
/// then on the socket can be read itself.
constexpr std::size_t kReadAhead = std::size_t{64} << 10;

/// The watch of LimitWait lives and dies with its connection.
constexpr const char* kWaitKey = "wms-wait";

std::string HeaderValue(SoupMessageHeaders* headers, const char* name) {
  const char* value = soup_message_headers_get_list(headers, name);
  return value != nullptr ? value : "";
}

std::optional<std::string> Present(SoupMessageHeaders* headers,
                                   const char* name) {
  const char* value = soup_message_headers_get_list(headers, name);
  if (value == nullptr) return std::nullopt;
  return value;
}

/// libsoup takes a sign and wraps what is too large.
bool IsLength(const std::string& text) {
  constexpr std::size_t kMaxDigits = 18;
  return !text.empty() && text.size() <= kMaxDigits &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

/// [MS-WMHTTP] 2.2.1.4 to 2.2.1.7.
std::optional<std::string> ResponseOnly(SoupMessageHeaders* headers) {
  for (const char* name : {"Pragma", "Server", "Set-Cookie", "Supported"}) {
    if (Present(headers, name)) return name;
  }
  return std::nullopt;
}

}  // namespace

std::string AddressText(GSocketAddress* address) {
  if (address == nullptr) return "?";
  const glib::Chars text(
      g_socket_connectable_to_string(G_SOCKET_CONNECTABLE(address)));
  return text.get();
}

wmhttp::RequestHeaders RequestHead::Headers() const {
  return {content_type,
          user_agent,
          host,
          cookie,
          accept_authentication,
          cache_control,
          content_encoding,
          response_only};
}

RequestHead ReadHead(SoupServerMessage* message) {
  SoupMessageHeaders* headers =
      soup_server_message_get_request_headers(message);
  RequestHead head;
  head.method = soup_server_message_get_method(message);
  head.path = g_uri_get_path(soup_server_message_get_uri(message));
  head.content_type = HeaderValue(headers, "Content-Type");
  head.type = wmhttp::TypeOfContent(head.content_type);
  head.user_agent = HeaderValue(headers, "User-Agent");
  head.push_id = wmhttp::FindPushId(HeaderValue(headers, "Cookie"));
  head.authorization = HeaderValue(headers, "Authorization");
  head.accept = HeaderValue(headers, "Accept");
  head.pragma = HeaderValue(headers, "Pragma");
  head.supported = HeaderValue(headers, "Supported");
  head.host = Present(headers, "Host");
  head.cookie = Present(headers, "Cookie");
  head.accept_authentication = Present(headers, "X-Accept-Authentication");
  head.cache_control = Present(headers, "Cache-Control");
  head.content_encoding = Present(headers, "Content-Encoding");
  head.response_only = ResponseOnly(headers);
  const SoupEncoding encoding = soup_message_headers_get_encoding(headers);
  head.bad_length = !IsLength(Present(headers, "Content-Length").value_or("0"));
  if (head.bad_length) {
    head.has_body = true;
  } else if (encoding == SOUP_ENCODING_CONTENT_LENGTH) {
    const goffset length = soup_message_headers_get_content_length(headers);
    head.content_length = static_cast<std::uint64_t>(length > 0 ? length : 0);
    head.has_body = length > 0;
  } else {
    head.has_body = encoding != SOUP_ENCODING_NONE;
    head.chunked = encoding == SOUP_ENCODING_CHUNKED;
  }
  head.expects_continue = (soup_message_headers_get_expectations(headers) &
                           SOUP_EXPECTATION_CONTINUE) != 0;
  head.keep_alive =
      soup_server_message_get_http_version(message) == SOUP_HTTP_1_1 &&
      soup_message_headers_header_contains(headers, "Connection", "close") ==
          FALSE;
  GSocketAddress* peer = soup_server_message_get_remote_address(message);
  head.address = AddressText(peer);
  if (peer != nullptr && G_IS_INET_SOCKET_ADDRESS(peer)) {
    head.peer = glib::Ref<GInetAddress>::Share(
        g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(peer)));
  }
  return head;
}

void LimitWait(const Connection& connection, std::chrono::milliseconds limit,
               std::function<void()> expired) {
  g_object_set_data_full(
      G_OBJECT(connection.stream.get()), kWaitKey,
      std::make_unique<Watch>(WatchTime(limit, std::move(expired))).release(),
      [](gpointer watch) { delete static_cast<Watch*>(watch); });
}

Connection TakeOver(SoupServerMessage* message) {
  const auto stream =
      glib::Ref<GIOStream>::Take(soup_server_message_steal_connection(message));
  Connection connection;
  if (!stream) return connection;
  // It is a buffer around the connection itself, and does not close that.
  GIOStream* base = nullptr;
  g_object_get(stream.get(), "base-iostream", &base, nullptr);
  connection.stream = glib::Ref<GSocketConnection>::Take(base);
  g_object_set_data(G_OBJECT(connection.stream.get()), kWaitKey, nullptr);

  // Most of the time there is nothing: then it costs no memory either.
  std::array<std::uint8_t, kReadAhead> early;
  const gssize size = g_pollable_input_stream_read_nonblocking(
      G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream.get())),
      early.data(), early.size(), nullptr, nullptr);
  // Nothing to read, the end and an error all show again at the socket.
  if (size > 0) connection.early.assign(early.begin(), early.begin() + size);
  return connection;
}

}  // namespace wms::pubpoint
