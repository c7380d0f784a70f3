// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "wmsp/request.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wms::wmsp {

/// What a live stream is, for the features token and for $M (2.2.1.4.8).
inline constexpr std::string_view kLiveFeatures = "broadcast,live";

/// What the Pragma header of a response says (3.2.5.2).
struct ResponseTokens {
  std::optional<std::uint32_t> client_id;
  /// Idle-Timeout of the session; its token says somewhat less.
  std::chrono::milliseconds idle_timeout{60000};
  std::uint32_t playlist_gen_id = 0;  ///< 0 for none
  bool features = false;              ///< of Describe and Play
  bool reset = false;                 ///< xResetStrm
};

/// Value of the Pragma header. No token in it is kept from clients of some
/// version. playlist-gen-id is defined for requests (2.2.1.4.18), and 3.2.5.2
/// demands it in responses all the same.
std::string PragmaValue(const ResponseTokens& tokens);

/// Value of the Content-Type header of Describe and Play; "" for the others,
/// whose responses are empty. Clients before 9.0 are told octet-stream, which
/// is all that servers of their time had (3.2.5.4, 3.2.5.6).
std::string_view ContentTypeOf(RequestType type, const Client& client);

/// Value of the Supported header towards @a client; "" for one before 9.0, to
/// which that header may not be sent (2.2.1.7, 3.2.5.2).
std::string_view SupportedValue(const Client& client);

/// True when $M goes to @a client before each $H (3.2.4.2, 3.2.5.4, 3.2.5.6):
/// this server calls itself Cougar, version 9.5, so that those of version 9
/// and later have to get it, and older ones must not.
bool WantsMetadata(const Client& client);

}  // namespace wms::wmsp
