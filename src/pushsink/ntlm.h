// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wms::ntlm {

/// Who logs in. A secret.
struct Login {
  std::string domain;  ///< "" for none
  std::string user;
  std::string password;
};

/// Takes "DOMAIN\user" apart; without a backslash there is no domain.
Login MakeLogin(const std::string& user, const std::string& password);

/// What an answer has in it that is not of the server or of the user.
struct Freshness {
  std::uint64_t time = 0;  ///< 100 ns since 1601
  std::array<std::uint8_t, 8> client_challenge{};
};
/// The time of now and eight bytes of the kernel's random numbers; nothing
/// when it has none to give.
std::optional<Freshness> MakeFreshness();

using Message = std::vector<std::uint8_t>;

/// The first message, NEGOTIATE ([MS-NLMP] 2.2.1.1).
Message NegotiateMessage();

/// The third message, AUTHENTICATE (2.2.1.3), which answers the second,
/// CHALLENGE (2.2.1.2), by NTLMv2 (3.3.2). Fails with
/// NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE when @a challenge is none that this
/// can be done with, and with E_INVALIDARG when the login is no UTF-8.
Result<Message> AuthenticateMessage(Bytes challenge, const Login& login,
                                    const Freshness& freshness);

}  // namespace wms::ntlm
