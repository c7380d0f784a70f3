// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <libsoup/soup.h>

#include <string>
#include <string_view>
#include <vector>

namespace wms {

/// One challenge of a WWW-Authenticate or Proxy-Authenticate header ([RFC2617]
/// 1.2).
struct Challenge {
  std::string scheme;  ///< as the peer writes it
  std::string rest;    ///< a token or parameters; "" for the scheme alone

  bool Is(std::string_view name) const;
  /// Scheme and rest, as libsoup wants it.
  std::string text() const {
    return rest.empty() ? scheme : scheme + ' ' + rest;
  }
};

/// More of them are not looked at.
inline constexpr std::size_t kMaxChallenges = 16;

/// All challenges of a response; @a header is the name of the header, which
/// may come several times.
std::vector<Challenge> ParseChallenges(SoupMessageHeaders* headers,
                                       const char* header);

/// The scheme's first one; null when there is none.
const Challenge* FindChallenge(const std::vector<Challenge>& challenges,
                               std::string_view scheme);

/// Value of a parameter, "" when it is not there.
std::string ChallengeParameter(const Challenge& challenge, const char* name);

}  // namespace wms
