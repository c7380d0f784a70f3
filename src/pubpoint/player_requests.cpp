// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/player_requests.h"

#include "pubpoint/publishing_point.h"
#include "wmsp/response.h"

#include <libsoup/soup.h>

namespace wms::pubpoint {
namespace {

using wmsp::RequestType;

bool IsServed(const PlayerSession& session) {
  return session.state() == PlayState::kStreaming ||
         session.state() == PlayState::kWaiting;
}

/// 3.2.5.6: which clients want the header twice when their session is reset.
bool RepeatsHeader(const wmsp::Request& request, bool reset) {
  using Token = wmsp::Client::Token;
  constexpr std::uint32_t kPlayerContext = 2;
  constexpr std::uint32_t kServerContext = 3;
  if (!reset || request.client.AtLeast(7)) return false;
  return (request.client.token == Token::kNSPlayer &&
          request.request_context == kPlayerContext) ||
         (request.client.token == Token::kNSServer &&
          request.request_context == kServerContext);
}

std::string NameOf(const RequestHead& head, const wmsp::Request& request) {
  return std::string(wmsp::RequestName(request.type)) + " for " + head.path +
         " from " + head.address;
}

}  // namespace

wmsp::Request ReadPlayerRequest(const RequestHead& head) {
  return wmsp::ParseRequest({.method = head.method,
                             .user_agent = head.user_agent,
                             .content_type = head.content_type,
                             .pragma = head.pragma,
                             .supported = head.supported,
                             .has_body = head.has_body});
}

Result<void> PlayerRequests::CheckBody(const RequestHead& head,
                                       const wmsp::Request& request) const {
  if (request.type != RequestType::kLog) {
    return Refusal(SOUP_STATUS_BAD_REQUEST,
                   "2.2.2: only a Log request has a body");
  }
  if (!head.content_length) {
    return Refusal(SOUP_STATUS_LENGTH_REQUIRED,
                   "2.2.2.4: there is no Content-Length");
  }
  if (*head.content_length > core_.options().limits.log_body) {
    return Refusal(SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                   "2.2.2.4: the body is too large");
  }
  return {};
}

void PlayerRequests::Answer(Connection connection, const RequestHead& head,
                            const wmsp::Request& request) {
  Result<void> answered;
  switch (request.type) {
    case RequestType::kDescribe:
      answered = Describe(connection, head, request);
      break;
    case RequestType::kPlay:
      answered = Play(connection, head, request);
      break;
    case RequestType::kKeepAlive:
    case RequestType::kLog:
    case RequestType::kSelectStream:
    case RequestType::kStop:
      answered = Control(connection, head, request);
      break;
    case RequestType::kKeepAlive11:
      AnswerOptions(std::move(connection), head, request);
      return;
    case RequestType::kUnsupported:
      answered = Refusal(SOUP_STATUS_NOT_IMPLEMENTED,
                         "2.2.2: this type of request is not served here");
      break;
    case RequestType::kNone:
    case RequestType::kInvalid:
      answered = Refusal(SOUP_STATUS_BAD_REQUEST,
                         "3.2.5.1: it is none of the requests of 2.2.2");
      break;
  }
  if (answered) return;
  const Error& error = answered.error();
  core_.Log(LogLevel::kInfo, NameOf(head, request) + ": " +
                                 std::to_string(error.http_status) + ", " +
                                 error.message);
  Response response =
      MakeResponse(error.http_status, request, nullptr, nullptr, false);
  response.Add("Content-Length", "0");
  core_.Respond(std::move(connection), response, false);
}

Response PlayerRequests::MakeResponse(unsigned status,
                                      const wmsp::Request& request,
                                      const PlayerSession* session,
                                      const LiveHeader* header,
                                      bool reset) const {
  wmsp::ResponseTokens tokens;
  if (session != nullptr) tokens.client_id = session->client_id();
  tokens.idle_timeout = core_.options().timers.player_idle;
  if (header != nullptr) tokens.playlist_gen_id = header->generation;
  tokens.features = request.type == RequestType::kDescribe ||
                    request.type == RequestType::kPlay;
  tokens.features = tokens.features && header != nullptr;
  tokens.reset = reset;
  Response response;
  response.status = status;
  const std::string_view type =
      wmsp::ContentTypeOf(request.type, request.client);
  if (!type.empty() && header != nullptr) {
    response.Add("Content-Type", std::string(type));
  }
  response.Add("Pragma", wmsp::PragmaValue(tokens));
  response.Add("Cache-Control", "no-cache");
  const std::string_view supported = wmsp::SupportedValue(request.client);
  if (!supported.empty()) response.Add("Supported", std::string(supported));
  return response;
}

Result<PlayerRequests::Opened> PlayerRequests::Open(
    const RequestHead& head, const wmsp::Request& request) {
  Opened opened;
  if (request.client_id) {
    opened.session = sessions_.Find(*request.client_id, head.path);
    opened.reset = opened.session == nullptr;
    if (opened.session) opened.session->CatchUp();
  }
  if (opened.session == nullptr) {
    auto created = sessions_.Create(head.path);
    if (!created) return created.error();
    opened.session = std::move(*created);
  }
  return opened;
}

Result<void> PlayerRequests::Describe(Connection& connection,
                                      const RequestHead& head,
                                      const wmsp::Request& request) {
  const auto point = registry_.FindPoint(head.path);
  if (!point || !point->live()) {
    return Refusal(SOUP_STATUS_NOT_FOUND, "there is no stream");
  }
  const auto opened = Open(head, request);
  if (!opened) return opened.error();
  if (IsServed(*opened->session)) {
    return Refusal(SOUP_STATUS_CONFLICT,
                   "3.2.5.4: its session is being streamed to");
  }
  opened->session->TakeRequest(request);
  std::vector<std::uint8_t> body;
  AppendHeaderPackets(*point->header(), request.client, body);
  Response response =
      MakeResponse(SOUP_STATUS_OK, request, opened->session.get(),
                   point->header().get(), opened->reset);
  response.Add("Content-Length", std::to_string(body.size()));
  // One player in the field waits for the end of the connection (4.1).
  std::string text = WriteResponse(response, true);
  text.append(body.begin(), body.end());
  core_.Log(LogLevel::kDebug, NameOf(head, request));
  core_.CloseGently(std::move(connection), std::move(text));
  opened->session->Answered();
  return {};
}

Result<void> PlayerRequests::Play(Connection& connection,
                                  const RequestHead& head,
                                  const wmsp::Request& request) {
  const auto point = registry_.FindPoint(head.path);
  if (!point || !point->live()) {
    return Refusal(SOUP_STATUS_NOT_FOUND, "there is no stream");
  }
  if (core_.player_count() >= core_.options().limits.players) {
    return Refusal(SOUP_STATUS_SERVICE_UNAVAILABLE,
                   "there are too many players");
  }
  const auto opened = Open(head, request);
  if (!opened) return opened.error();
  const SessionPtr& session = opened->session;
  if (session->state() == PlayState::kStreaming) {
    return Refusal(SOUP_STATUS_CONFLICT,
                   "3.2.5.6: its session is being streamed to");
  }
  session->TakeRequest(request);
  const auto format =
      session->MakeFormat(request, RepeatsHeader(request, opened->reset));
  const Response response = MakeResponse(SOUP_STATUS_OK, request, session.get(),
                                         point->header().get(), opened->reset);
  core_.Log(LogLevel::kDebug, NameOf(head, request));
  session->SetPlayer(point->AddPlayer(std::move(connection), head.address,
                                      head.user_agent,
                                      WriteResponse(response, true), format));
  return {};
}

Result<PlayerRequests::SessionPtr> PlayerRequests::SessionOf(
    const RequestHead& head, const wmsp::Request& request) const {
  if (!request.client_id) {
    return Refusal(SOUP_STATUS_BAD_REQUEST, "3.2.5.1: there is no client-id");
  }
  SessionPtr session = sessions_.Find(*request.client_id, head.path);
  if (session == nullptr) {
    return Refusal(SOUP_STATUS_NOT_FOUND,
                   "3.2.5.1: the client-id belongs to no session here");
  }
  return session;
}

Result<void> PlayerRequests::Control(Connection& connection,
                                     const RequestHead& head,
                                     const wmsp::Request& request) {
  const auto found = SessionOf(head, request);
  if (!found) return found.error();
  const SessionPtr& session = *found;
  session->TakeRequest(request);
  if (request.type == RequestType::kSelectStream) session->Select(request);
  if (request.type == RequestType::kStop) session->Stop();
  const unsigned status = request.type == RequestType::kLog
                              ? SOUP_STATUS_NO_CONTENT
                              : SOUP_STATUS_OK;
  const auto point = registry_.FindPoint(head.path);
  Response response =
      MakeResponse(status, request, session.get(),
                   point ? point->header().get() : nullptr, false);
  response.Add("Content-Length", "0");
  core_.Log(LogLevel::kDebug, NameOf(head, request));
  core_.Respond(std::move(connection), response, false);
  session->Answered();
  return {};
}

void PlayerRequests::AnswerOptions(Connection connection,
                                   const RequestHead& head,
                                   const wmsp::Request& request) {
  // "*" names no path, so that the client-id alone has to do.
  const SessionPtr session =
      request.client_id ? sessions_.Find(*request.client_id) : nullptr;
  if (session) session->TakeRequest(request);
  Response response =
      MakeResponse(SOUP_STATUS_OK, request, session.get(), nullptr, false);
  response.Add("Public", "GET, POST, OPTIONS");
  response.Add("Allow", "OPTIONS");
  response.Add("Content-Length", "0");
  core_.Respond(std::move(connection), response, head.keep_alive);
  if (session) session->Answered();
}

}  // namespace wms::pubpoint
