// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/router.h"

#include "pubpoint/player_page.h"
#include "pubpoint/push_receiver.h"
#include "wmhttp/product.h"
#include "wmhttp/setup_body.h"

#include <array>
#include <memory>

namespace wms::pubpoint {
namespace {

const char* NameOf(wmhttp::RequestType type) {
  return type == wmhttp::RequestType::kPushSetup ? "PushSetup" : "PushStart";
}

Credential CredentialOf(const RequestHead& head) {
  return {head.method, head.path, head.authorization,
          head.accept_authentication};
}

void SendContinue(const Connection& connection) {
  constexpr std::string_view kText = "HTTP/1.1 100 Continue\r\n\r\n";
  const std::array<Bytes, 1> part = {
      Bytes(reinterpret_cast<const std::uint8_t*>(kText.data()), kText.size())};
  // The first bytes on a connection that waits for them fit; if not, its end
  // shows when it is read.
  static_cast<void>(Send(connection.socket(), part));
}

}  // namespace

void Router::OnHead(SoupServerMessage* message) {
  const RequestHead head = ReadHead(message);
  if (const unsigned status = soup_server_message_get_status(message);
      status != 0) {
    core_.Log(LogLevel::kWarning, head.address + ": " + head.method +
                                      " is refused with " +
                                      std::to_string(status));
    Refuse(message, head, PlainResponse(status));
    return;
  }
  if (const wmsp::Request request = ReadPlayerRequest(head);
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

void Router::OnRequest(SoupServerMessage* message) {
  const RequestHead head = ReadHead(message);
  if (const wmsp::Request request = ReadPlayerRequest(head);
      request.type != wmsp::RequestType::kNone) {
    Connection connection = Take(message);
    if (!connection.stream) return;
    players_.Answer(std::move(connection), head, request);
    return;
  }
  const Response response = Setup(message, head);
  Connection connection = Take(message);
  if (!connection.stream) return;
  if (const auto session = registry_.FindSession(response.push_id)) {
    session->RememberSocket(connection.socket());
  }
  core_.Respond(std::move(connection), response, head.keep_alive);
}

Connection Router::Take(SoupServerMessage* message) {
  Connection connection = TakeOver(message);
  if (connection.stream) registry_.ForgetSocket(connection.socket());
  return connection;
}

void Router::OnPost(SoupServerMessage* message, const RequestHead& head) {
  if (head.type == wmhttp::RequestType::kOther) {
    Refuse(message, head, PlainResponse(SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE));
    return;
  }
  if (head.type == wmhttp::RequestType::kPushStart) {
    OnPushStart(message, head);
    return;
  }
  if (!head.content_length) {
    const Error error = Refusal(SOUP_STATUS_LENGTH_REQUIRED,
                                "2.2.2.1: there is no Content-Length");
    Refuse(message, head, RefuseClient(head, error));
  } else if (*head.content_length > wmhttp::kMaxSetupBody) {
    const Error error = Refusal(SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                                "2.2.2.1: the body is too large");
    Refuse(message, head, RefuseClient(head, error));
  }
}

Result<void> Router::CheckClient(const RequestHead& head) const {
  if (Result<void> agent = wmhttp::CheckUserAgent(head.user_agent); !agent) {
    return Refusal(SOUP_STATUS_BAD_REQUEST, agent.error().message);
  }
  if (authenticator_.required() &&
      !authenticator_.Accepts(CredentialOf(head))) {
    return Refusal(SOUP_STATUS_UNAUTHORIZED,
                   head.authorization.empty()
                       ? "it has to authenticate itself"
                       : "its user, password or nonce is wrong");
  }
  if (!IsPointPath(head.path, core_.options().limits.path)) {
    return Refusal(SOUP_STATUS_NOT_FOUND,
                   "its path is not that of a publishing point");
  }
  return {};
}

Response Router::RefuseClient(const RequestHead& head,
                              const Error& error) const {
  const unsigned status = error.http_status;
  const std::string where =
      std::string(NameOf(head.type)) + " from " + head.address;
  Response response = PushResponse(status);
  if (status == SOUP_STATUS_UNAUTHORIZED) {
    for (std::string& challenge :
         authenticator_.Challenges(CredentialOf(head))) {
      response.Add("WWW-Authenticate", std::move(challenge));
    }
    core_.Log(LogLevel::kInfo, where + ": " + error.message);
  } else {
    core_.Violation(where, error.message);
  }
  return response;
}

Response Router::Setup(SoupServerMessage* message, const RequestHead& head) {
  if (const Result<void> client = CheckClient(head); !client) {
    return RefuseClient(head, client.error());
  }
  const glib::BytesPtr body(
      soup_message_body_flatten(soup_server_message_get_request_body(message)));
  gsize size = 0;
  const void* data = g_bytes_get_data(body.get(), &size);
  const auto parsed = wmhttp::ParseSetupBody(
      std::string_view(static_cast<const char*>(data), size));
  if (!parsed) {
    Error error = parsed.error();
    error.http_status = SOUP_STATUS_BAD_REQUEST;
    return RefuseClient(head, error);
  }
  const auto session = registry_.Setup(head.path, head.push_id, *parsed);
  if (!session) return RefuseClient(head, session.error());
  core_.Log(LogLevel::kInfo,
            "PushSetup for " + head.path + " from " + head.address);
  return PushResponse(SOUP_STATUS_NO_CONTENT, (*session)->push_id());
}

Result<std::shared_ptr<PushSession>> Router::SessionOf(
    const RequestHead& head) const {
  if (const Result<void> client = CheckClient(head); !client) {
    return client.error();
  }
  if (!head.content_length) {
    return Refusal(SOUP_STATUS_LENGTH_REQUIRED,
                   "2.2.2.2: there is no Content-Length");
  }
  if (head.push_id.empty()) {
    return Refusal(SOUP_STATUS_BAD_REQUEST, "3.2.5.2: there is no push-id");
  }
  const auto session = registry_.FindSession(head.push_id);
  if (!session || session->point()->path() != head.path) {
    return Refusal(SOUP_STATUS_NOT_FOUND,
                   "3.2.5.2: the push-id belongs to no session here");
  }
  if (session->streaming()) {
    return Refusal(SOUP_STATUS_CONFLICT,
                   "3.2.5.2: another PushStart is in progress");
  }
  return session;
}

void Router::OnPushStart(SoupServerMessage* message, const RequestHead& head) {
  const auto found = SessionOf(head);
  if (!found) {
    Refuse(message, head, RefuseClient(head, found.error()));
    return;
  }
  const std::shared_ptr<PushSession>& session = *found;
  Connection connection = Take(message);
  if (!connection.stream) return;
  if (head.expects_continue) SendContinue(connection);
  const auto receiver =
      std::make_shared<PushReceiver>(core_, std::move(connection), session,
                                     *head.content_length, head.keep_alive);
  const Result<void> started = session->Start(receiver);
  if (!started) {
    core_.Violation("PushStart from " + head.address, started.error().message);
    receiver->Refuse(started.error().http_status);
    return;
  }
  core_.Log(LogLevel::kInfo,
            "PushStart for " + head.path + " from " + head.address);
  receiver->Begin();
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
  Connection connection = Take(message);
  if (!connection.stream) return;
  players_.Answer(std::move(connection), head, request);
}

void Router::OnGet(SoupServerMessage* message, const RequestHead& head) {
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
  point->AddPlayer(std::move(connection), head.address,
                   WriteResponse(PlayerResponse(), true),
                   std::make_shared<PlainFormat>());
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
