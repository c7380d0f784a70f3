// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pubpoint/nonce_table.h"
#include "pubpoint/options.h"
#include "pubpoint/password_checker.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wms::pubpoint {

/// What a request says about who sends it.
struct Credential {
  std::string_view method;
  std::string_view path;                   ///< decoded
  std::string_view authorization;          ///< a secret; "" when missing
  std::string_view accept_authentication;  ///< X-Accept-Authentication
};

/// HTTP access authentication of push clients: Basic, and Digest with MD5 and
/// qop "auth" (RFC 2617).
class Authenticator {
 public:
  enum class Outcome {
    kAccepted,
    kMissing,  ///< there is no Authorization
    kWrong,    ///< user or password are wrong, or the scheme is not enabled
    kStale,    ///< the password is right; another nonce is due
    kBusy,     ///< the password cannot be looked at now: 503
  };
  struct Answer {
    Outcome outcome = Outcome::kWrong;
    std::string user{};  ///< with kAccepted
  };
  using Done = std::function<void(const Answer&)>;

  explicit Authenticator(const ServerOptions& options);

  /// Draws the keys. Fails for a user that cannot be meant.
  Result<void> Start();

  /// False when everybody may push.
  bool required() const { return !users_.empty(); }

  /// Calls @a done at once or, while a hash is computed, later from the main
  /// loop; never when this is destroyed before.
  void Check(const Credential& credential, const Done& done);

  /// Values for WWW-Authenticate: of the schemes that are enabled those that
  /// X-Accept-Authentication lists, or all when it lists none of them
  /// (3.2.5.1). @a stale tells the client that its password is right.
  std::vector<std::string> Challenges(const Credential& credential, bool stale);

 private:
  void CheckBasic(std::string_view parameters, const Done& done);
  Outcome CheckDigest(const Credential& credential, std::string_view parameters,
                      std::string& name);
  /// MD5 of user, realm and password; "" where only a hash is known.
  std::string Ha1(const User& user) const;

  std::map<std::string, User, std::less<>> users_;
  const std::string realm_;
  unsigned schemes_;
  NonceTable nonces_;
  PasswordChecker passwords_;
};

}  // namespace wms::pubpoint
