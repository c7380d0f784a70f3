// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pubpoint/options.h"

#include <array>
#include <chrono>
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
/// qop "auth" (RFC 2617). A nonce is a time and its keyed digest, so that
/// none but our own pass and no list of them is kept.
class Authenticator {
 public:
  Authenticator(const std::vector<User>& users, unsigned schemes,
                std::string realm);

  /// Draws the key that nonces are made with.
  Result<void> Start();

  /// False when everybody may push.
  bool required() const { return !users_.empty(); }

  /// True when the credential is that of a user.
  bool Accepts(const Credential& credential) const;

  /// Values for WWW-Authenticate: of the schemes that are enabled those that
  /// X-Accept-Authentication lists, or all when it lists none of them
  /// (3.2.5.1).
  std::vector<std::string> Challenges(const Credential& credential) const;

 private:
  bool AcceptsBasic(std::string_view parameters) const;
  bool AcceptsDigest(const Credential& credential,
                     std::string_view parameters) const;
  std::string MakeNonce(std::int64_t seconds) const;
  /// Only a nonce of ours that is not too old.
  bool IsFresh(std::string_view nonce) const;

  const std::map<std::string, std::string, std::less<>> users_;
  const unsigned schemes_;
  const std::string realm_;
  std::array<std::uint8_t, 32> key_{};
};

}  // namespace wms::pubpoint
