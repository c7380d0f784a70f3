// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/client_auth.h"

#include "pushsink/errors.h"

#include <algorithm>

namespace wms {
namespace {

struct Scheme {
  AuthScheme flag;
  const char* name;  // on the wire
  const char* nick;  // of the option
};

/// In the order of X-Accept-Authentication, best first.
constexpr Scheme kSchemes[] = {
    {kAuthNegotiate, "Negotiate", "negotiate"},
    {kAuthNtlm, "NTLM", "ntlm"},
    {kAuthDigest, "Digest", "digest"},
    {kAuthBasic, "Basic", "basic"},
};

struct Method {
  AuthMethodId id;
  AuthScheme flag;
  bool needs_login;
  bool for_start;  // can answer a challenge on PushStart
  const char* name;
};

/// In the order of preference. Digest comes before NTLM, since it proves the
/// user with each PushStart ([MS-WMHTTP], introduction to security).
constexpr Method kMethods[] = {
    {AuthMethodId::kKerberosPassword, kAuthNegotiate, true, true,
     "Negotiate, Kerberos by password"},
    {AuthMethodId::kKerberosTicket, kAuthNegotiate, false, true,
     "Negotiate, Kerberos"},
    {AuthMethodId::kDigest, kAuthDigest, true, true, "Digest"},
    {AuthMethodId::kNtlm, kAuthNtlm, true, false, "NTLM"},
    {AuthMethodId::kNtlmInNegotiate, kAuthNegotiate, true, false,
     "Negotiate, NTLM"},
    {AuthMethodId::kBasic, kAuthBasic, true, true, "Basic"},
};

const Scheme& SchemeOf(AuthScheme flag) {
  return *std::ranges::find(kSchemes, flag, &Scheme::flag);
}

/// What the peer offers, for people; names of its own are not repeated.
std::string Offered(const std::vector<Challenge>& challenges) {
  std::string text;
  for (const Scheme& scheme : kSchemes) {
    if (FindChallenge(challenges, scheme.name) == nullptr) continue;
    text += (text.empty() ? "" : ", ") + std::string(scheme.name);
  }
  return text;
}

}  // namespace

std::string AcceptAuthentication(unsigned schemes) {
  std::string text;
  for (const Scheme& scheme : kSchemes) {
    if ((schemes & scheme.flag) == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string(scheme.name);
  }
  return text;
}

const char* ClientAuth::header() const {
  return config_.is_proxy ? "Proxy-Authenticate" : "WWW-Authenticate";
}

bool ClientAuth::AnswersHere(SoupMessageHeaders* headers) const {
  if (!method_ ||
      (id_ != AuthMethodId::kNtlm && id_ != AuthMethodId::kNtlmInNegotiate &&
       id_ != AuthMethodId::kKerberosTicket &&
       id_ != AuthMethodId::kKerberosPassword)) {
    return false;
  }
  const std::vector<Challenge> challenges = ParseChallenges(headers, header());
  const Challenge* next = FindChallenge(
      challenges, id_ == AuthMethodId::kNtlm ? "NTLM" : "Negotiate");
  return next != nullptr && !next->rest.empty();
}

Result<void> ClientAuth::OnChallenge(SoupMessageHeaders* headers,
                                     Request request) {
  if (++challenges_ > kMaxChallenges) {
    return Denied("asks again and again, whatever the answer is");
  }
  const std::vector<Challenge> challenges = ParseChallenges(headers, header());
  if (method_) {
    switch (method_->OnChallenge(challenges)) {
      case AuthMethod::Verdict::kAnswer:
        return {};
      case AuthMethod::Verdict::kUnusable:
        unusable_.push_back(id_);
        break;
      case AuthMethod::Verdict::kRefused:
        // What was good for the last request deserves one more try with a
        // fresh challenge.
        if (!accepted_) {
          refused_.push_back(login_);
          has_login_ = false;
        }
        break;
    }
    accepted_ = false;
    method_.reset();
  }
  return Choose(challenges, request);
}

/// Takes the best method that is offered, allowed and possible.
Result<void> ClientAuth::Choose(const std::vector<Challenge>& challenges,
                                Request request) {
  bool by_start = false;
  for (const Method& method : kMethods) {
    if ((config_.schemes & method.flag) == 0) continue;
    if (std::ranges::count(unusable_, method.id) > 0) continue;
    const Challenge* offer =
        FindChallenge(challenges, SchemeOf(method.flag).name);
    if (offer == nullptr) continue;
    if (request == Request::kStart && !method.for_start) {
      by_start = true;
      continue;
    }
    // The tickets of the process are for when no user is named.
    if (method.id == AuthMethodId::kKerberosPassword && !has_login_ &&
        config_.user.empty()) {
      continue;
    }
    const bool clear_text = method.flag == kAuthBasic;
    const bool found = has_login_ && (for_clear_text_ || !clear_text);
    if (method.needs_login && !found && !FindLogin(*offer, clear_text)) {
      Error denied = ErrorFromStatus(config_.is_proxy ? 407 : 401);
      if (!why_.empty()) denied.message += "; " + why_;
      return denied;
    }
    if (!method.needs_login && (has_login_ || !config_.user.empty())) continue;
    method_ = MakeAuthMethod(method.id, challenges,
                             {config_.host, login_.first, login_.second},
                             limit(), &why_);
    if (!method_) {
      config_.log(LogLevel::kInfo, method.name + (" is of no use: " + why_));
      continue;
    }
    id_ = method.id;
    if (request == Request::kStart) method_->AuthorizeEach();
    config_.log(LogLevel::kDebug,
                std::string("answering a challenge by ") + method.name);
    return {};
  }
  return NoMethod(challenges, by_start);
}

/// Credentials that were not refused yet: those given, then those asked for.
bool ClientAuth::FindLogin(const Challenge& challenge, bool clear_text) {
  const Login given{config_.user, config_.password};
  if (!config_.user.empty() && !WasRefused(given)) {
    login_ = given;
    last_user_ = config_.user;
    // Basic is allowed only where it was asked for.
    for_clear_text_ = true;
    return has_login_ = true;
  }
  return AskForLogin(challenge, clear_text);
}

bool ClientAuth::AskForLogin(const Challenge& challenge, bool clear_text) {
  if (!config_.acquire || asked_ == kMaxAsked) return false;
  ++asked_;
  Credentials credentials;
  credentials.realm = ChallengeParameter(challenge, "realm");
  credentials.site = config_.host;
  credentials.user = last_user_;
  if (clear_text) credentials.flags |= kCredentialClearText;
  if (config_.is_proxy) credentials.flags |= kCredentialProxy;
  const HResult denied = config_.is_proxy ? HResult::NS_E_PROXY_ACCESSDENIED
                                          : HResult::NS_E_SERVER_ACCESSDENIED;
  const HResult last = refused_.empty() ? HResult::S_OK : denied;
  if (config_.acquire(credentials, last) != HResult::S_OK) return false;
  last_user_ = credentials.user;
  login_ = {credentials.user, credentials.password};
  for_clear_text_ = clear_text;
  return has_login_ = !WasRefused(login_);
}

bool ClientAuth::WasRefused(const Login& login) const {
  return std::ranges::count(refused_, login) > 0;
}

std::string ClientAuth::Authorize(const std::string& request_uri) {
  if (!method_) return {};
  return method_->Authorize(request_uri, limit()).value_or(std::string());
}

void ClientAuth::OnSuccess() {
  challenges_ = 0;
  asked_ = 0;
  accepted_ = method_ != nullptr;
}

Error ClientAuth::Denied(const std::string& message) const {
  const unsigned status = config_.is_proxy ? 407 : 401;
  const char* who = config_.is_proxy ? "the proxy" : "the server";
  return {config_.is_proxy ? HResult::NS_E_PROXY_ACCESSDENIED
                           : HResult::NS_E_SERVER_ACCESSDENIED,
          Fault::kPeer,
          "HTTP " + std::to_string(status) + ": " + who + ' ' + message,
          status};
}

Error ClientAuth::NoMethod(const std::vector<Challenge>& challenges,
                           bool by_start) const {
  if (by_start) {
    return Denied(
        "asks for NTLM on PushStart, where the protocol has none: a "
        "connection is authenticated by PushSetup; enable Digest on it, "
        "or have it keep the connection of PushSetup");
  }
  const std::string offered = Offered(challenges);
  if (offered.empty()) {
    return Denied(
        "offers no authentication scheme that is known here; "
        "enable Digest, NTLM or Negotiate on it");
  }
  for (const Challenge& challenge : challenges) {
    for (const Scheme& scheme : kSchemes) {
      if (challenge.Is(scheme.name) && (config_.schemes & scheme.flag) != 0) {
        return Denied("offers " + offered + ", and none of it can be used" +
                      (why_.empty() ? "" : ": " + why_));
      }
    }
  }
  std::string advice;
  for (const Scheme& scheme : kSchemes) {
    if (FindChallenge(challenges, scheme.name) == nullptr) continue;
    advice += (advice.empty() ? "" : " or ") + std::string(scheme.nick);
    if (scheme.flag == kAuthBasic) advice += " (sends the password in clear)";
  }
  return Denied("offers " + offered +
                ", which auth-schemes does not allow; add " + advice +
                " to auth-schemes, or enable Digest on the server");
}

}  // namespace wms
