// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/push_requests.h"

#include "pubpoint/push_receiver.h"
#include "pubpoint/watch.h"
#include "wmhttp/product.h"
#include "wmhttp/setup_body.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <array>

namespace wms::pubpoint {
namespace {

using wmhttp::RequestType;

std::string Where(const RequestHead& head) {
  return std::string(head.type == RequestType::kPushSetup ? "PushSetup"
                                                          : "PushStart") +
         " for " + head.path + " from " + head.address;
}

Credential CredentialOf(const RequestHead& head) {
  return {head.method, head.path, head.authorization,
          head.accept_authentication
              ? std::string_view(*head.accept_authentication)
              : std::string_view()};
}

/// The URL that a web client asked for, as far as it has said it.
std::string UrlOf(const RequestHead& head) {
  const glib::Chars path(
      g_uri_escape_string(head.path.c_str(), "/!$&'()*+,;=:@", FALSE));
  return "http://" + head.host.value_or("") + path.get();
}

/// How often an older request of the session is let go first.
constexpr unsigned kMaxTurns = 16;

void SendContinue(const Connection& connection) {
  constexpr std::string_view kText = "HTTP/1.1 100 Continue\r\n\r\n";
  const std::array<Bytes, 1> part = {
      Bytes(reinterpret_cast<const std::uint8_t*>(kText.data()), kText.size())};
  // The first bytes on a connection that waits for them fit; if not, its end
  // shows when it is read.
  static_cast<void>(Send(connection.fd(), part));
}

Result<void> CheckLength(const RequestHead& head) {
  if (head.content_length) return {};
  if (head.bad_length) {
    return Refusal(SOUP_STATUS_BAD_REQUEST,
                   "2.2.2: the Content-Length is not one number");
  }
  return Refusal(SOUP_STATUS_LENGTH_REQUIRED,
                 head.chunked ? "2.2.2: the body is chunked"
                              : "2.2.2: there is no Content-Length");
}

}  // namespace

struct PushRequests::Pending {
  Pending(Connection taken, const RequestHead& of)
      : connection(std::move(taken)), head(of) {}
  ~Pending() { Close(connection); }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  Connection connection;
  RequestHead head;
  wmhttp::SetupBody body;
  unsigned turns = 0;  // of the loop that it was put off by
  Watch turn;
};

PushRequests::PushRequests(Core& core, Registry& registry,
                           Authenticator& authenticator)
    : core_(core), registry_(registry), authenticator_(authenticator) {}

PushRequests::~PushRequests() = default;

std::optional<Response> PushRequests::CheckSetupHead(
    const RequestHead& head) const {
  Result<void> length = CheckLength(head);
  if (length && *head.content_length > wmhttp::kMaxSetupBody) {
    length = Refusal(SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                     "2.2.2.1: the body is too large");
  }
  if (length) return std::nullopt;
  core_.Violation(Where(head), length.error().message);
  return PushResponse(length.error().http_status);
}

void PushRequests::Setup(Connection connection, const RequestHead& head,
                         const std::string& body) {
  auto request = std::make_unique<Pending>(std::move(connection), head);
  if (!wmhttp::NamesPushClient(head.user_agent)) {
    core_.Violation(Where(head),
                    "3.2.5.1: a web client, by its User-Agent; it gets a "
                    "playlist");
    Respond(*request, WebClientResponse(UrlOf(head)));
    return;
  }
  const Strictness strictness = core_.strictness();
  const Result<void> headers =
      wmhttp::CheckHeaders(head.Headers(), head.type, strictness);
  if (!headers) {
    Refuse(*request, headers.error());
    return;
  }
  const auto parsed = wmhttp::ParseSetupBody(body, strictness);
  if (!parsed) {
    Refuse(*request, Refusal(SOUP_STATUS_BAD_REQUEST, parsed.error().message));
    return;
  }
  request->body = *parsed;
  const PointSettings& settings = registry_.SettingsOf(head.path, *parsed);
  if (!settings.redirect().empty()) {
    core_.Log(LogLevel::kInfo, Where(head) + " is redirected");
    Respond(*request, RedirectResponse(settings.redirect()), false);
    return;
  }
  Admit(std::move(request), settings,
        [this](Pending& admitted) { FinishSetup(admitted); });
}

void PushRequests::Start(Connection connection, const RequestHead& head) {
  auto request = std::make_unique<Pending>(std::move(connection), head);
  Result<void> valid =
      wmhttp::CheckHeaders(head.Headers(), head.type, core_.strictness());
  if (valid) valid = CheckLength(head);
  if (!valid) {
    Refuse(*request, valid.error());
    return;
  }
  const PointSettings& settings = registry_.SettingsOf(head.path);
  Admit(std::move(request), settings,
        [this](Pending& admitted) { FinishStart(admitted); });
}

void PushRequests::Admit(std::unique_ptr<Pending> request,
                         const PointSettings& settings,
                         const Admitted& admitted) {
  if (!settings.AllowsAddress(request->head.peer.get())) {
    Refuse(*request, Refusal(SOUP_STATUS_FORBIDDEN,
                             "3.2.5.1: pushes may not come from there"));
    return;
  }
  if (!authenticator_.required()) {
    admitted(*request);
    return;
  }
  const std::shared_ptr<Pending> held = std::move(request);
  authenticator_.Check(CredentialOf(held->head),
                       [this, held, admitted](const auto& answer) {
                         OnAnswer(*held, answer, admitted);
                       });
}

void PushRequests::OnAnswer(Pending& request,
                            const Authenticator::Answer& answer,
                            const Admitted& admitted) {
  if (answer.outcome == Authenticator::Outcome::kBusy) {
    Refuse(request, Refusal(SOUP_STATUS_SERVICE_UNAVAILABLE,
                            "3.2.5.1: too many log in at a time, or there is "
                            "no thread to look at their passwords"));
  } else if (answer.outcome != Authenticator::Outcome::kAccepted) {
    Challenge(request, answer);
  } else if (!registry_.SettingsOf(request.head.path, request.body)
                  .AllowsUser(answer.user)) {
    Refuse(request, Refusal(SOUP_STATUS_FORBIDDEN,
                            "3.2.5.1: this user may not push there"));
  } else {
    admitted(request);
  }
}

void PushRequests::Challenge(Pending& request,
                             const Authenticator::Answer& answer) {
  using Outcome = Authenticator::Outcome;
  const RequestHead& head = request.head;
  const bool stale = answer.outcome == Outcome::kStale;
  Response response = PushResponse(SOUP_STATUS_UNAUTHORIZED);
  for (std::string& challenge :
       authenticator_.Challenges(CredentialOf(head), stale)) {
    response.Add("WWW-Authenticate", std::move(challenge));
  }
  if (answer.outcome == Outcome::kWrong) {
    core_.Log(LogLevel::kWarning,
              Where(head) + ": 3.2.5.1: user, password or scheme is wrong");
  } else {
    core_.Log(LogLevel::kInfo,
              Where(head) + (stale ? ": 3.2.5.1: it needs a new nonce"
                                   : ": 3.2.5.1: it has to say who it is"));
  }
  if (const auto session = registry_.FindSession(head.push_id, head.path)) {
    session->OnChallenged(head.type);
  }
  Respond(request, response);
}

void PushRequests::FinishSetup(Pending& request) {
  const RequestHead& head = request.head;
  if (!IsPointPath(head.path, core_.options().limits.path)) {
    Refuse(request,
           Refusal(SOUP_STATUS_NOT_FOUND,
                   "3.2.5.1: its path is not that of a publishing point"));
    return;
  }
  const auto session = registry_.Setup(head.path, head.push_id, request.body);
  if (!session) {
    Refuse(request, session.error());
    return;
  }
  (*session)->figures().SetPeer(head.address, head.user_agent);
  core_.Log(LogLevel::kInfo, Where(head));
  (*session)->RememberSocket(request.connection.socket());
  Respond(request, PushResponse(SOUP_STATUS_NO_CONTENT, (*session)->push_id()));
}

Result<std::shared_ptr<PushSession>> PushRequests::SessionOf(
    const RequestHead& head) const {
  if (head.push_id.empty()) {
    return Refusal(SOUP_STATUS_BAD_REQUEST, "3.2.5.2: there is no push-id");
  }
  const auto session = registry_.FindSession(head.push_id, head.path);
  if (!session) {
    return Refusal(SOUP_STATUS_NOT_FOUND,
                   "3.2.5.2: the push-id belongs to no session here");
  }
  if (session->streaming()) {
    return Refusal(SOUP_STATUS_CONFLICT,
                   "3.2.5.2: another PushStart is in progress");
  }
  return session;
}

/// A client that has lost its connection can be back before libsoup has read
/// what it had sent on the old one.
bool PushRequests::ComesTooEarly(const Pending& request) const {
  if (request.turns >= kMaxTurns) return false;
  const auto session = registry_.FindSession(request.head.push_id);
  return session && session->HasUnreadRequest();
}

void PushRequests::PutOff(Pending& request) {
  Pending& later = put_off_.emplace_back(std::exchange(request.connection, {}),
                                         request.head);
  later.turns = request.turns + 1;
  later.turn = WatchTime(std::chrono::milliseconds(0),
                         [this, &later] { TakeUp(later); });
}

void PushRequests::TakeUp(const Pending& request) {
  std::list<Pending> taken;
  const auto found =
      std::find_if(put_off_.begin(), put_off_.end(),
                   [&request](const Pending& p) { return &p == &request; });
  taken.splice(taken.end(), put_off_, found);
  FinishStart(taken.front());
}

void PushRequests::FinishStart(Pending& request) {
  if (ComesTooEarly(request)) {
    PutOff(request);
    return;
  }
  const RequestHead& head = request.head;
  const auto session = SessionOf(head);
  if (!session) {
    Refuse(request, session.error());
    return;
  }
  if (head.expects_continue) SendContinue(request.connection);
  const auto receiver = std::make_shared<PushReceiver>(
      core_, std::exchange(request.connection, {}), *session, head);
  const Result<void> started =
      (*session)->Start(receiver, *head.content_length);
  if (!started) {
    core_.Violation(Where(head), started.error().message);
    receiver->Refuse(started.error().http_status);
    return;
  }
  (*session)->figures().SetPeer(head.address, head.user_agent);
  core_.Log(LogLevel::kInfo, Where(head));
  receiver->Begin();
}

void PushRequests::Refuse(Pending& request, const Error& error) {
  core_.Violation(Where(request.head), error.message);
  Respond(request, PushResponse(error.http_status));
}

void PushRequests::Respond(Pending& request, const Response& response,
                           bool keep) {
  // What is left of a PushStart's body would be taken for the next request;
  // one that states no length may have sent some, too.
  const bool over = request.head.type == RequestType::kPushSetup ||
                    request.head.content_length == std::uint64_t{0};
  core_.Respond(std::exchange(request.connection, {}), response,
                keep && over && request.head.keep_alive);
}

}  // namespace wms::pubpoint
