// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/run_aside.h"
#include "pushsink/challenge.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wms {

/// What a method needs to answer with. Secrets.
struct LoginData {
  std::string host;  ///< that asks, without a port
  std::string user;
  std::string password;
};

/// A way to answer the challenges of one server or proxy. Used by one thread
/// at a time.
class AuthMethod {
 public:
  /// What a further challenge, after an answer, means.
  enum class Verdict {
    kAnswer,    ///< it is part of the exchange, or asks for the same anew
    kRefused,   ///< user and password are wrong
    kUnusable,  ///< it does not go on this way; says nothing of the password
  };

  virtual ~AuthMethod() = default;

  virtual Verdict OnChallenge(const std::vector<Challenge>& challenges) = 0;

  /// Value of Authorization for the next request, a POST; nothing when there
  /// is none to be had.
  /// @param request_uri of the request line that the peer is to read.
  /// @param limit of a wait for a key distribution centre.
  virtual std::optional<std::string> Authorize(
      const std::string& request_uri, const glib::WaitLimit& limit) = 0;

  /// From now on each request is to carry an answer, because the server
  /// wants that, although the scheme is one that authenticates a connection.
  virtual void AuthorizeEach() {}

  /// The next answer counts only on the connection of its challenge.
  virtual bool stays() const { return false; }
};

/// The methods, best first.
enum class AuthMethodId {
  kKerberosTicket,    ///< Negotiate with the tickets of the process
  kKerberosPassword,  ///< Negotiate with a ticket for the user
  kDigest,
  kNtlm,
  kNtlmInNegotiate,  ///< as the example in 4.8
  kBasic,
};

/// Answers @a challenges, of the scheme that the method belongs to, as the
/// user. Null when the method cannot be used here; @a why then may say so.
std::unique_ptr<AuthMethod> MakeAuthMethod(
    AuthMethodId id, const std::vector<Challenge>& challenges,
    const LoginData& login, const glib::WaitLimit& limit, std::string* why);

}  // namespace wms
