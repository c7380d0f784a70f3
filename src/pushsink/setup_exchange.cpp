// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/setup_exchange.h"

#include "glib/async.h"
#include "pushsink/connection.h"
#include "pushsink/response.h"
#include "wmhttp/request.h"

#include <utility>

namespace wms {
namespace {

/// A longer body of a response is not read: the connection is given up.
constexpr goffset kMaxBody = 65536;

}  // namespace

SetupExchange::SetupExchange(SetupRequest& request, wmhttp::ClientState& state,
                             bool use_credentials)
    : request_(request),
      state_(state),
      context_(g_main_context_new()),
      thread_default_(context_.get()),
      cancellable_(context_.get(), request.cancellable.get()) {
  request_.target.auth = MakeAuth(false, use_credentials);
  request_.target.proxy_auth = MakeAuth(true, true);
  PrepareSession();
}

SetupExchange::~SetupExchange() {
  if (timer_) g_source_destroy(timer_.get());
  DropMessage();
  request_.target.auth->DropCallback();
  request_.target.proxy_auth->DropCallback();
  soup_session_abort(session_.get());
  // What the abort has set off is finished here, where it belongs.
  while (g_main_context_iteration(context_.get(), FALSE)) {
  }
}

Result<void> SetupExchange::Perform() {
  for (;;) {
    if (Result<void> sent = SendOnce(); !sent) return sent;
    if (Challenged() == nullptr) break;
    if (Result<void> answered = Answer(); !answered) return answered;
  }
  if (status() >= 200 && status() < 300) {
    request_.target.auth->OnSuccess();
    request_.target.proxy_auth->OnSuccess();
  }
  return {};
}

std::shared_ptr<ClientAuth> SetupExchange::MakeAuth(bool proxy,
                                                    bool use_credentials) {
  AuthConfig config;
  config.schemes = request_.auth_schemes;
  config.is_proxy = proxy;
  // That of a proxy is known when there is a connection to it.
  config.host = request_.target.location.host;
  if (proxy) {
    config.user = request_.target.proxy.user;
    config.password = request_.target.proxy.password;
  } else if (use_credentials) {
    config.user = request_.user;
    config.password = request_.password;
  }
  if (request_.acquire_credentials) {
    config.acquire = [this](Credentials& credentials, HResult last) {
      const HResult hr = request_.acquire_credentials(credentials, last);
      // The wait for a person does not count into the wait for the server.
      ArmTimer(stage_);
      return hr;
    };
  }
  config.cancellable = request_.cancellable;
  config.timeout_us = request_.target.timeout_us;
  config.log = request_.log;
  return std::make_shared<ClientAuth>(std::move(config));
}

/// Who has an answer to find; null when the response is no challenge.
ClientAuth* SetupExchange::Challenged() const {
  for (ClientAuth* auth :
       {request_.target.auth.get(), request_.target.proxy_auth.get()}) {
    if (auth->IsChallenge(status())) return auth;
  }
  return nullptr;
}

Result<void> SetupExchange::Answer() {
  ClientAuth* auth = Challenged();
  const bool kept = body_skipped_ && soup_message_is_keepalive(message_.get());
  Result<void> answer =
      auth->OnChallenge(response_headers(), ClientAuth::Request::kSetup);
  // Whoever was asked may have taken long.
  if (g_cancellable_is_cancelled(request_.cancellable.get())) {
    return CancelledError();
  }
  if (answer && auth->stays() && !kept) {
    answer = Error{HResult::NS_E_SERVER_ACCESSDENIED, Fault::kPeer,
                   "the server closes the connection in the midst of an "
                   "authentication that belongs to it",
                   status()};
  }
  state_ =
      *wmhttp::NextState(state_, answer ? wmhttp::ClientEvent::kSetupChallenged
                                        : wmhttp::ClientEvent::kFailed);
  return answer;
}

/// One request and its response, body and all.
Result<void> SetupExchange::SendOnce() {
  PrepareMessage();
  ArmTimer(Stage::kConnect);
  glib::AsyncResult sent;
  soup_session_send_async(session_.get(), message_.get(), G_PRIORITY_DEFAULT,
                          cancellable_.get(), glib::AsyncResult::Callback,
                          &sent);
  GAsyncResult* result = sent.Await(context_.get());
  // A cancel that comes together with the response would make libsoup forget
  // the response and then close its stream, which crashes. Instead the stream
  // is taken, and the next call on it finds the cancel.
  g_task_set_check_cancellable(G_TASK(result), FALSE);
  glib::ErrorPtr error;
  const auto body = glib::Ref<GInputStream>::Take(
      soup_session_send_finish(session_.get(), result, glib::Out(error)));
  if (!body) return Failure(error.get());
  body_skipped_ = true;
  request_.log(LogLevel::kDebug, "PushSetup: HTTP " + std::to_string(status()));
  Result<void> skipped = SkipBody(body.get());
  if (!skipped || !body_skipped_) HangUp();
  return skipped;
}

/// libsoup reads a body to its end before it lets go of it, however long the
/// peer takes: so there has to be an end.
void SetupExchange::HangUp() {
  if (!connection_) return;
  g_socket_shutdown(g_socket_connection_get_socket(connection_.get()), TRUE,
                    TRUE, nullptr);
}

glib::Ref<GSocket> SetupExchange::TakeSocket() {
  if (!connection_ || !body_skipped_) return nullptr;
  if (!soup_message_is_keepalive(message_.get())) return nullptr;
  return DetachSocket(connection_.get());
}

void SetupExchange::DropMessage() {
  if (message_) g_signal_handlers_disconnect_by_data(message_.get(), this);
  message_.reset();
}

void SetupExchange::PrepareSession() {
  session_ = glib::Ref<SoupSession>::Take(soup_session_new_with_options(
      "timeout", 0, "idle-timeout", 0, "max-conns-per-host", 1, nullptr));
  soup_session_set_proxy_resolver(session_.get(),
                                  request_.target.proxy.resolver.get());
  soup_session_remove_feature_by_type(session_.get(),
                                      SOUP_TYPE_CONTENT_DECODER);
  // It can neither be told what is enabled, nor does it do Kerberos for http,
  // NTLMv2, or the challenges of PushStart: ClientAuth does.
  soup_session_remove_feature_by_type(session_.get(), SOUP_TYPE_AUTH_MANAGER);
}

void SetupExchange::PrepareMessage() {
  DropMessage();
  const glib::Uri uri = request_.target.location.ToUri();
  message_ = glib::Ref<SoupMessage>::Take(
      soup_message_new_from_uri("POST", uri.get()));
  // Idempotent, or libsoup neither keeps the connection nor uses a kept one.
  soup_message_add_flags(message_.get(), SOUP_MESSAGE_NO_REDIRECT);
  soup_message_add_flags(message_.get(), SOUP_MESSAGE_IDEMPOTENT);
  soup_message_add_flags(message_.get(), SOUP_MESSAGE_COLLECT_METRICS);

  SoupMessageHeaders* headers =
      soup_message_get_request_headers(message_.get());
  if (!request_.target.accept_authentication.empty()) {
    soup_message_headers_append(headers, "X-Accept-Authentication",
                                request_.target.accept_authentication.c_str());
  }
  soup_message_headers_append(headers, "User-Agent",
                              request_.target.user_agent.c_str());
  soup_message_headers_append(headers, "Cache-Control", "no-cache");
  WriteBodyAndCookie();
  AddCredentials();
  ConnectSignals();
}

void SetupExchange::AddCredentials() {
  const PushTarget& target = request_.target;
  SoupMessageHeaders* headers =
      soup_message_get_request_headers(message_.get());
  const auto add = [headers](const char* name, const std::string& value) {
    if (!value.empty()) {
      soup_message_headers_replace(headers, name, value.c_str());
    }
  };
  add("Authorization", target.auth->Authorize(target.location.target));
  // Where the last connection led, which the challenge came on, the next one
  // leads, too.
  add("Proxy-Authorization", target.proxy_auth->Authorize(target.RequestUri()));
}

void SetupExchange::ConnectSignals() {
  const auto connect = [this](const char* signal, GCallback handler) {
    g_signal_connect(message_.get(), signal, handler, this);
  };
  using Self = SetupExchange;
  connect("network-event",
          G_CALLBACK(+[](SoupMessage*, GSocketClientEvent event,
                         GIOStream* stream, gpointer self) noexcept {
            static_cast<Self*>(self)->OnNetworkEvent(event, stream);
          }));
  connect("got-headers", G_CALLBACK(+[](SoupMessage*, gpointer self) noexcept {
            static_cast<Self*>(self)->OnGotHeaders();
          }));
  // A restart, because a connection that was kept is closed, clears the body.
  connect("restarted", G_CALLBACK(+[](SoupMessage*, gpointer self) noexcept {
            static_cast<Self*>(self)->WriteBodyAndCookie();
          }));
}

void SetupExchange::WriteBodyAndCookie() {
  const std::string text = wmhttp::WriteSetupBody(request_.body);
  const glib::BytesPtr bytes(g_bytes_new(text.data(), text.size()));
  soup_message_set_request_body_from_bytes(
      message_.get(), std::string(wmhttp::kPushSetupType).c_str(), bytes.get());
  SoupMessageHeaders* headers =
      soup_message_get_request_headers(message_.get());
  soup_message_headers_set_content_length(headers,
                                          static_cast<goffset>(text.size()));
  const glib::Uri uri = request_.target.location.ToUri();
  soup_message_headers_replace(
      headers, "Cookie",
      request_.target.cookies.RequestValue(uri.get()).c_str());
}

/// Reads the body to its end, so that the connection is free; no more than a
/// little of it.
Result<void> SetupExchange::SkipBody(GInputStream* body) {
  goffset left = kMaxBody;
  for (;;) {
    glib::AsyncResult skipped;
    g_input_stream_skip_async(body, static_cast<gsize>(left),
                              G_PRIORITY_DEFAULT, cancellable_.get(),
                              glib::AsyncResult::Callback, &skipped);
    glib::ErrorPtr error;
    const gssize size = g_input_stream_skip_finish(
        body, skipped.Await(context_.get()), glib::Out(error));
    if (size < 0) return Failure(error.get());
    if (size == 0) return {};
    left -= size;
    if (left == 0) {
      body_skipped_ = false;
      return {};
    }
  }
}

Error SetupExchange::Failure(const GError* error) const {
  const bool proxied = request_.target.proxy.required;
  if (timed_out_) {
    return proxied ? ProxyError(TimeoutError(stage_)) : TimeoutError(stage_);
  }
  // libsoup reports a head that is too long as it reports a connection that
  // was closed without a byte; only what it counted tells them apart.
  SoupMessageMetrics* metrics = soup_message_get_metrics(message_.get());
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) &&
      status() == SOUP_STATUS_NONE &&
      soup_message_metrics_get_response_header_bytes_received(metrics) > 0) {
    return {HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE, Fault::kPeer,
            "the server's answer is not HTTP: its head has no end"};
  }
  Error failure = ErrorFromGError(error, stage_);
  return proxied ? ProxyError(std::move(failure)) : failure;
}

/// Starts the wait of @a stage over again.
void SetupExchange::ArmTimer(Stage stage) {
  stage_ = stage;
  if (timer_) g_source_destroy(timer_.get());
  timer_.reset();
  const std::int64_t timeout_ms = request_.target.timeout_us / 1000;
  if (timeout_ms == 0) return;
  timer_.reset(g_timeout_source_new(static_cast<guint>(timeout_ms)));
  const auto fire = [](gpointer data) noexcept -> gboolean {
    auto* self = static_cast<SetupExchange*>(data);
    self->timed_out_ = true;
    g_cancellable_cancel(self->cancellable_.get());
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(timer_.get(), fire, this, nullptr);
  g_source_attach(timer_.get(), context_.get());
}

/// Passes a status on, each once however often libsoup connects.
void SetupExchange::Report(Status status) {
  if (static_cast<int>(status) <= static_cast<int>(reported_)) return;
  reported_ = status;
  request_.on_status(status);
}

void SetupExchange::OnNetworkEvent(GSocketClientEvent event,
                                   GIOStream* stream) {
  switch (event) {
    case G_SOCKET_CLIENT_RESOLVING:
      // Each challenge is answered on a connection of its own.
      ArmTimer(Stage::kResolve);
      break;
    case G_SOCKET_CLIENT_RESOLVED:
      stage_ = Stage::kConnect;
      break;
    case G_SOCKET_CLIENT_CONNECTING:
      Report(Status::kConnecting);
      break;
    case G_SOCKET_CLIENT_CONNECTED:
      connection_ = glib::Ref<GSocketConnection>::Share(stream);
      request_.target.to_proxy = LeadsToProxy(connection_.get());
      request_.target.using_proxy |= request_.target.to_proxy;
      if (request_.target.to_proxy) {
        request_.target.proxy_auth->SetHost(ProxyHost(connection_.get()));
      }
      ArmTimer(Stage::kResponse);
      break;
    default:
      break;
  }
}

void SetupExchange::OnGotHeaders() {
  SoupMessageHeaders* headers = response_headers();
  UpdateCookies(headers, request_.target.location, request_.target.cookies);
  NoteProxy(headers, request_.target.using_proxy);
  // libsoup reads a 204 that states no length until the connection closes.
  if (status() == SOUP_STATUS_NO_CONTENT) {
    soup_message_headers_set_encoding(headers, SOUP_ENCODING_NONE);
  }
  // 3.1.5.1: the answer to a challenge goes out on a new connection, unless
  // it is one that counts on this connection alone.
  const ClientAuth* auth = Challenged();
  if (auth != nullptr && !auth->AnswersHere(headers)) {
    soup_message_headers_replace(headers, "Connection", "close");
  }
}

}  // namespace wms
