// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/auth_method.h"

#include "glib/ref.h"
#include "pushsink/kerberos_client.h"
#include "pushsink/ntlm.h"

#include <utility>

namespace wms {
namespace {

/// A message that is there for libsoup to compute a Digest answer from: of the
/// URL it takes path and query as they are. RFC 2617 3.2.2.5 wants the
/// Request-URI there, which is a whole URL on the way to a proxy; libsoup has
/// no call for that, but checks no path either.
glib::Ref<SoupMessage> UnsentPost(const std::string& host,
                                  const std::string& request_uri) {
  const glib::Uri uri(g_uri_build(G_URI_FLAGS_ENCODED, "http", nullptr,
                                  host.c_str(), -1, request_uri.c_str(),
                                  nullptr, nullptr));
  return glib::Ref<SoupMessage>::Take(
      soup_message_new_from_uri("POST", uri.get()));
}

std::string Base64(Bytes bytes) {
  const glib::Chars text(g_base64_encode(bytes.data(), bytes.size()));
  return text.get();
}

class BasicMethod : public AuthMethod {
 public:
  explicit BasicMethod(const LoginData& login)
      : value_(login.user + ':' + login.password) {}

  Verdict OnChallenge(const std::vector<Challenge>& /*challenges*/) override {
    return Verdict::kRefused;
  }
  std::optional<std::string> Authorize(
      const std::string& /*request_uri*/,
      const glib::WaitLimit& /*limit*/) override {
    return "Basic " +
           Base64({reinterpret_cast<const std::uint8_t*>(value_.data()),
                   value_.size()});
  }

 private:
  const std::string value_;
};

/// Digest by libsoup, which counts the uses of a nonce.
class DigestMethod : public AuthMethod {
 public:
  explicit DigestMethod(LoginData login) : login_(std::move(login)) {}

  /// False when the challenges hold none that can be answered.
  bool Begin(const std::vector<Challenge>& challenges) {
    const auto message = UnsentPost(login_.host, "/");
    for (const Challenge& challenge : challenges) {
      // libsoup takes both for granted, and computes with what is not there.
      if (!challenge.Is("Digest") ||
          ChallengeParameter(challenge, "realm").empty() ||
          ChallengeParameter(challenge, "nonce").empty()) {
        continue;
      }
      auth_ = glib::Ref<SoupAuth>::Take(soup_auth_new(
          SOUP_TYPE_AUTH_DIGEST, message.get(), challenge.text().c_str()));
      if (!auth_) continue;
      soup_auth_authenticate(auth_.get(), login_.user.c_str(),
                             login_.password.c_str());
      return true;
    }
    return false;
  }

  Verdict OnChallenge(const std::vector<Challenge>& challenges) override {
    for (const Challenge& challenge : challenges) {
      if (challenge.Is("Digest") &&
          g_ascii_strcasecmp(ChallengeParameter(challenge, "stale").c_str(),
                             "true") == 0) {
        return Begin(challenges) ? Verdict::kAnswer : Verdict::kUnusable;
      }
    }
    return Verdict::kRefused;
  }

  std::optional<std::string> Authorize(
      const std::string& request_uri,
      const glib::WaitLimit& /*limit*/) override {
    const auto message = UnsentPost(login_.host, request_uri);
    const glib::Chars value(
        soup_auth_get_authorization(auth_.get(), message.get()));
    if (!value) return std::nullopt;
    return std::string(value.get());
  }

 private:
  const LoginData login_;
  glib::Ref<SoupAuth> auth_;
};

/// NTLM, by its own name or, bare, under that of Negotiate. It authenticates
/// a connection: later requests on it carry nothing.
class NtlmMethod : public AuthMethod {
 public:
  NtlmMethod(std::string scheme, const LoginData& login)
      : scheme_(std::move(scheme)),
        login_(ntlm::MakeLogin(login.user, login.password)) {}

  Verdict OnChallenge(const std::vector<Challenge>& challenges) override {
    if (stage_ != Stage::kAsked) return Verdict::kRefused;
    const Challenge* challenge = FindChallenge(challenges, scheme_);
    if (challenge == nullptr || challenge->rest.empty()) {
      return Verdict::kUnusable;
    }
    const std::optional<ntlm::Freshness> freshness = ntlm::MakeFreshness();
    if (!freshness) return Verdict::kUnusable;
    gsize size = 0;
    const std::unique_ptr<guchar, glib::Deleter<g_free>> bytes(
        g_base64_decode(challenge->rest.c_str(), &size));
    const Result<ntlm::Message> answer =
        ntlm::AuthenticateMessage({bytes.get(), size}, login_, *freshness);
    if (!answer) return Verdict::kUnusable;
    stage_ = Stage::kChallenged;
    answer_ = Base64(*answer);
    return Verdict::kAnswer;
  }

  std::optional<std::string> Authorize(
      const std::string& /*request_uri*/,
      const glib::WaitLimit& /*limit*/) override {
    switch (stage_) {
      case Stage::kNew:
        stage_ = Stage::kAsked;
        return scheme_ + ' ' + Base64(ntlm::NegotiateMessage());
      case Stage::kChallenged:
        stage_ = Stage::kAnswered;
        return scheme_ + ' ' + std::exchange(answer_, {});
      case Stage::kAsked:
      case Stage::kAnswered:
        break;
    }
    return std::string();
  }

  bool stays() const override { return stage_ == Stage::kChallenged; }

 private:
  enum class Stage { kNew, kAsked, kChallenged, kAnswered };

  const std::string scheme_;
  const ntlm::Login login_;
  Stage stage_ = Stage::kNew;
  std::string answer_;
};

/// Negotiate with Kerberos. Its first token says it all, so that it can go
/// out on any connection.
class KerberosMethod : public AuthMethod {
 public:
  explicit KerberosMethod(std::unique_ptr<KerberosClient> client)
      : client_(std::move(client)) {}

  Verdict OnChallenge(const std::vector<Challenge>& challenges) override {
    const Challenge* challenge = FindChallenge(challenges, "Negotiate");
    if (challenge != nullptr && !challenge->rest.empty()) {
      next_ = client_->NextToken(challenge->rest);
      if (next_) return Verdict::kAnswer;
    }
    // A connection of which this one did not know.
    if (challenge != nullptr && state_ == State::kSilent) {
      AuthorizeEach();
      return Verdict::kAnswer;
    }
    // The key distribution centre knows the user. If the server does not, it
    // may by another method.
    return Verdict::kUnusable;
  }

  std::optional<std::string> Authorize(const std::string& /*request_uri*/,
                                       const glib::WaitLimit& limit) override {
    if (next_) return "Negotiate " + *std::exchange(next_, std::nullopt);
    if (!each_ && state_ != State::kNew) {
      state_ = State::kSilent;
      return std::string();
    }
    state_ = State::kAnswered;
    std::string why;
    const std::optional<std::string> token = client_->FirstToken(limit, &why);
    if (!token) return std::nullopt;
    return "Negotiate " + *token;
  }

  void AuthorizeEach() override { each_ = true; }
  bool stays() const override { return next_.has_value(); }

 private:
  const std::unique_ptr<KerberosClient> client_;
  std::optional<std::string> next_;
  /// What the last request had.
  enum class State { kNew, kAnswered, kSilent };
  State state_ = State::kNew;
  bool each_ = false;
};

std::unique_ptr<AuthMethod> MakeKerberos(const LoginData& login,
                                         bool by_password,
                                         const glib::WaitLimit& limit,
                                         std::string* why) {
  // Without a realm it is no principal, and the search for a realm to go with
  // it would ask the network.
  if (by_password && login.user.find('@') == std::string::npos) {
    *why = "Kerberos with a password takes a user with a realm, USER@REALM";
    return nullptr;
  }
  const std::string user = by_password ? login.user : std::string();
  auto client =
      KerberosClient::Create(login.host, user, login.password, limit, why);
  // Whether there is a ticket for the service is known only by asking.
  if (!client || !client->FirstToken(limit, why)) return nullptr;
  return std::make_unique<KerberosMethod>(std::move(client));
}

}  // namespace

std::unique_ptr<AuthMethod> MakeAuthMethod(
    AuthMethodId id, const std::vector<Challenge>& challenges,
    const LoginData& login, const glib::WaitLimit& limit, std::string* why) {
  switch (id) {
    case AuthMethodId::kKerberosTicket:
      return MakeKerberos(login, false, limit, why);
    case AuthMethodId::kKerberosPassword:
      return MakeKerberos(login, true, limit, why);
    case AuthMethodId::kDigest: {
      auto digest = std::make_unique<DigestMethod>(login);
      if (!digest->Begin(challenges)) {
        *why = "its Digest challenge is none of MD5 with qop auth or without";
        return nullptr;
      }
      return digest;
    }
    case AuthMethodId::kNtlm:
      return std::make_unique<NtlmMethod>("NTLM", login);
    case AuthMethodId::kNtlmInNegotiate:
      return std::make_unique<NtlmMethod>("Negotiate", login);
    case AuthMethodId::kBasic:
      break;
  }
  return std::make_unique<BasicMethod>(login);
}

}  // namespace wms
