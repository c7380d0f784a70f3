// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "glib/ref.h"
#include "pushsink/auth_method.h"
#include "pushsink/callbacks.h"
#include "pushsink/logger.h"

#include <libsoup/soup.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wms {

/// Value of X-Accept-Authentication for schemes that are enabled, flags of
/// AuthScheme (2.2.1.9).
std::string AcceptAuthentication(unsigned schemes);

/// What answers to one server, or to one proxy, are made of.
struct AuthConfig {
  unsigned schemes = 0;   ///< flags of AuthScheme that may be used
  bool is_proxy = false;  ///< 407, Proxy-Authenticate, Proxy-Authorization
  std::string host;       ///< that asks
  std::string user;       ///< "" for none; tried before the callback is asked
  std::string password;
  /// As IWMCredentialCallback; may be empty.
  std::function<HResult(Credentials&, HResult last)> acquire;
  /// Ends waits for a key distribution centre; may be null.
  glib::Ref<GCancellable> cancellable;
  std::int64_t timeout_us = 0;  ///< of each of them; 0 for none
  Logger log;
};

/// Answers the challenges of one server or proxy ([MS-WMHTTP] 3.1.5.1,
/// 3.1.5.2): chooses the method, finds credentials, and knows when to end.
/// Credentials that were refused are never used again. Used by one thread at
/// a time.
class ClientAuth {
 public:
  /// Challenges in a row, without a success, before it is a loop.
  static constexpr unsigned kMaxChallenges = 12;
  /// How often somebody is asked for credentials.
  static constexpr unsigned kMaxAsked = 3;

  explicit ClientAuth(AuthConfig config) : config_(std::move(config)) {}

  /// Whether a status is the challenge that this is for.
  bool IsChallenge(unsigned status) const {
    return status == (config_.is_proxy ? 407U : 401U);
  }

  /// Whether a response that is one says how to answer.
  bool IsAnswerable(SoupMessageHeaders* headers) const {
    return soup_message_headers_get_one(headers, header()) != nullptr;
  }

  /// Whether the answer to a challenge belongs on its connection (NTLM).
  bool AnswersHere(SoupMessageHeaders* headers) const;

  enum class Request { kSetup, kStart };
  /// A request was refused with a challenge, in @a headers. Fails with
  /// NS_E_SERVER_ACCESSDENIED or NS_E_PROXY_ACCESSDENIED when there is no
  /// answer; the message says what would help.
  Result<void> OnChallenge(SoupMessageHeaders* headers, Request request);

  /// The answer counts only on the connection of the challenge.
  bool stays() const { return method_ && method_->stays(); }

  /// Value of Authorization or Proxy-Authorization for the next request, a
  /// POST; "" for none. A secret.
  /// @param request_uri of the request line, as server or proxy reads it.
  std::string Authorize(const std::string& request_uri);

  /// A request was accepted.
  void OnSuccess();

  /// Who asks, where that was not known from the beginning.
  void SetHost(std::string host) { config_.host = std::move(host); }

  /// User and password. A secret.
  using Login = std::pair<std::string, std::string>;
  /// What the last challenge was answered with, null when there was none, or
  /// no need for a user.
  const Login* login() const { return has_login_ ? &login_ : nullptr; }

  /// From now on nobody is asked.
  void DropCallback() { config_.acquire = nullptr; }

  /// How long each wait may last from now on, 0 for as long as it takes.
  void SetTimeout(std::int64_t timeout_us) { config_.timeout_us = timeout_us; }

  /// What ends waits from now on.
  void SetCancellable(GCancellable* cancellable) {
    config_.cancellable = glib::Ref<GCancellable>::Share(cancellable);
  }

 private:
  const char* header() const;
  Result<void> Choose(const std::vector<Challenge>& challenges,
                      Request request);
  bool FindLogin(const Challenge& challenge, bool clear_text);
  bool AskForLogin(const Challenge& challenge, bool clear_text);
  glib::WaitLimit limit() const {
    return {config_.cancellable.get(), config_.timeout_us};
  }
  bool WasRefused(const Login& login) const;
  /// @param message what the peer does, with a verb first.
  Error Denied(const std::string& message) const;
  Error NoMethod(const std::vector<Challenge>& challenges, bool by_start) const;

  AuthConfig config_;
  std::unique_ptr<AuthMethod> method_;
  std::vector<AuthMethodId> unusable_;
  std::string why_;  // the last one that could not even begin was of no use
  AuthMethodId id_ = AuthMethodId::kBasic;  // of method_
  bool has_login_ = false;
  bool for_clear_text_ = false;  // whoever gave login_ was told of that
  Login login_;
  std::vector<Login> refused_;
  bool accepted_ = false;  // login_ was good once, after the last challenge
  unsigned challenges_ = 0;
  unsigned asked_ = 0;
  std::string last_user_;
};

}  // namespace wms
