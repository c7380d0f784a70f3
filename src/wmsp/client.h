// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string_view>

namespace wms::wmsp {

/// The Client-Version variable of [MS-WMSP] 3.2.1: who asks, by the User-Agent
/// header (2.2.1.8).
struct Client {
  enum class Token { kOther, kNSPlayer, kNSServer, kWMCacheProxy };

  Token token = Token::kOther;
  unsigned major_version = 0;  ///< 0 when the header has no version
  unsigned minor_version = 0;

  /// True when its version is @a major.0 or later.
  bool AtLeast(unsigned major) const { return major_version >= major; }
  /// True for a client token of this protocol.
  bool known() const { return token != Token::kOther; }
};

/// Reads a User-Agent value. Letter case does not matter, versions outside of
/// the table of 2.2.1.8 are taken as they are, and what follows the version is
/// passed over: old players have numbers of their own.
Client ParseClient(std::string_view user_agent);

}  // namespace wms::wmsp
