// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/router.h"

#include "glib/ref.h"
#include "pubpoint/player_page.h"
#include "pubpoint/status_paths.h"

namespace wms::pubpoint {
namespace {

/// A push client that asks for such a path is answered as one, and libsoup
/// calls the "*" of OPTIONS "/".
bool IsForStatus(const RequestHead& head) {
  return IsStatusPath(head.path) && head.method != "OPTIONS" &&
         head.type == wmhttp::RequestType::kOther;
}

}  // namespace

void Router::OnHead(SoupServerMessage* message) {
  const RequestHead head = ReadHead(message);
  if (const unsigned status = soup_server_message_get_status(message);
      status != 0) {
    core_.Violation(head.method + " from " + head.address,
                    "2.1: the path of the request leads out of the server");
    Refuse(message, head, PlainResponse(status));
    return;
  }
  if (IsForStatus(head)) {
    OnStatus(message, head);
  } else if (const wmsp::Request request = ReadPlayerRequest(head);
             request.type != wmsp::RequestType::kNone) {
    OnPlayer(message, head, request);
  } else if (head.method == "POST") {
    OnPost(message, head);
  } else if (head.method == "GET" || head.method == "HEAD") {
    OnGet(message, head);
  } else {
    Response response = PlainResponse(SOUP_STATUS_METHOD_NOT_ALLOWED);
    response.Add("Allow", "GET, HEAD, POST");
    Refuse(message, head, response);
  }
}

void Router::OnUnreadable(SoupServerMessage* message) {
  const bool host =
      soup_message_headers_get_one(
          soup_server_message_get_request_headers(message), "Host") != nullptr;
  core_.Violation(
      "request from " +
          AddressText(soup_server_message_get_remote_address(message)),
      host ? "2.1: the head is not as RFC 2616 has it"
           : "2.2.2: there is no Host, or this is no HTTP");
}

void Router::OnTooLarge(SoupServerMessage* message) {
  core_.Violation(
      "request from " +
          AddressText(soup_server_message_get_remote_address(message)),
      "2.1: the head is larger than 64 kB");
}

void Router::OnRequest(SoupServerMessage* message) {
  const RequestHead head = ReadHead(message);
  if (IsForStatus(head)) {
    AnswerStatus(message);
    return;
  }
  if (const wmsp::Request request = ReadPlayerRequest(head);
      request.type != wmsp::RequestType::kNone) {
    Connection connection = Take(message);
    if (!connection.stream) return;
    players_.Answer(std::move(connection), head, request);
    return;
  }
  const glib::BytesPtr body(
      soup_message_body_flatten(soup_server_message_get_request_body(message)));
  gsize size = 0;
  const void* data = g_bytes_get_data(body.get(), &size);
  const std::string text(static_cast<const char*>(data), size);
  Connection connection = Take(message);
  if (!connection.stream) return;
  push_.Setup(std::move(connection), head, text);
}

Connection Router::Take(SoupServerMessage* message) {
  Connection connection = TakeOver(message);
  if (connection.stream) registry_.ForgetSocket(connection.socket());
  return connection;
}

void Router::OnPost(SoupServerMessage* message, const RequestHead& head) {
  if (head.type == wmhttp::RequestType::kOther) {
    core_.Violation(
        "POST from " + head.address,
        "2.2.1.1: \"" + head.content_type + "\" is no Content-Type of a push");
    Refuse(message, head, PlainResponse(SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE));
    return;
  }
  if (head.type == wmhttp::RequestType::kPushStart) {
    Connection connection = Take(message);
    if (connection.stream) push_.Start(std::move(connection), head);
    return;
  }
  if (const auto response = push_.CheckSetupHead(head)) {
    Refuse(message, head, *response);
  }
}

void Router::OnPlayer(SoupServerMessage* message, const RequestHead& head,
                      const wmsp::Request& request) {
  if (head.has_body) {
    const Result<void> body = players_.CheckBody(head, request);
    // libsoup reads it, and OnRequest answers.
    if (body) return;
    core_.Violation("player " + head.address, body.error().message);
    Refuse(message, head, PlainResponse(body.error().http_status));
    return;
  }
  if (const std::string& url = registry_.SettingsOf(head.path).redirect();
      !url.empty()) {
    Refuse(message, head, RedirectResponse(url));
    return;
  }
  Connection connection = Take(message);
  if (!connection.stream) return;
  players_.Answer(std::move(connection), head, request);
}

void Router::OnGet(SoupServerMessage* message, const RequestHead& head) {
  if (const std::string& url = registry_.SettingsOf(head.path).redirect();
      !url.empty()) {
    Refuse(message, head, RedirectResponse(url));
    return;
  }
  const auto point = registry_.FindPoint(head.path);
  if (head.has_body) {
    Refuse(message, head, PlainResponse(SOUP_STATUS_BAD_REQUEST));
    return;
  }
  if (point && IsBrowser(head)) {
    Connection connection = Take(message);
    if (!connection.stream) return;
    const std::string page = PlayerPage(head, point->live());
    core_.CloseGently(std::move(connection),
                      WriteResponse(PageResponse(page), true) + page);
    return;
  }
  if (!point || !point->live()) {
    Refuse(message, head, PlainResponse(SOUP_STATUS_NOT_FOUND));
    return;
  }
  if (core_.player_count() >= core_.options().limits.players) {
    core_.Log(LogLevel::kWarning,
              "player " + head.address + ": there are too many players");
    Refuse(message, head, PlainResponse(SOUP_STATUS_SERVICE_UNAVAILABLE));
    return;
  }
  Connection connection = Take(message);
  if (!connection.stream) return;
  if (head.method == "HEAD") {
    core_.CloseGently(std::move(connection),
                      WriteResponse(PlayerResponse(), true));
    return;
  }
  point->AddPlayer(std::move(connection), head.address, head.user_agent,
                   WriteResponse(PlayerResponse(), true),
                   std::make_shared<PlainFormat>());
}

void Router::OnStatus(SoupServerMessage* message, const RequestHead& head) {
  if (!head.has_body) {
    AnswerStatus(message);
  } else if (!head.content_length) {
    Refuse(message, head, PlainResponse(SOUP_STATUS_LENGTH_REQUIRED));
  } else if (*head.content_length > kMaxStatusBody) {
    Refuse(message, head, PlainResponse(SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE));
  }
  // Else libsoup reads the body first.
}

void Router::AnswerStatus(SoupServerMessage* message) {
  const std::string response = status_.Answer(ReadStatusRequest(message));
  Connection connection = Take(message);
  if (!connection.stream) return;
  core_.CloseGently(std::move(connection), response);
}

void Router::Refuse(SoupServerMessage* message, const RequestHead& head,
                    const Response& response) {
  Connection connection = Take(message);
  if (!connection.stream) return;
  // What is left of a body would be taken for the next request.
  core_.Respond(std::move(connection), response,
                head.keep_alive && !head.has_body);
}

}  // namespace wms::pubpoint
