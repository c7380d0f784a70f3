// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "base/strictness.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wms::wmhttp {

inline constexpr std::string_view kPushSetupType =
    "application/x-wms-pushsetup";
inline constexpr std::string_view kPushStartType =
    "application/x-wms-pushstart";

enum class RequestType { kPushSetup, kPushStart, kOther };

/// What a Content-Type header value makes of a POST (2.2.1.1); letter case
/// and a charset parameter do not matter.
RequestType TypeOfContent(std::string_view content_type);

/// Headers of a PushSetup or a PushStart as a server got them; nothing for
/// those that are missing.
struct RequestHeaders {
  std::string_view content_type;
  std::string_view user_agent;
  std::optional<std::string_view> host;
  std::optional<std::string_view> cookie;  ///< a secret
  std::optional<std::string_view> accept_authentication;
  std::optional<std::string_view> cache_control;
  std::optional<std::string_view> content_encoding;
  /// Name of a header that 2.2.1 defines for responses only.
  std::optional<std::string_view> response_only;
};

/// Checks the headers that 2.2.2.1 and 2.2.2.2 define, and that 3.1.4.1.1
/// and 3.1.4.2.1 demand. Fails with NS_E_BAD_REQUEST, naming the section;
/// http_status is that of the response.
Result<void> CheckHeaders(const RequestHeaders& headers, RequestType type,
                          Strictness strictness);

/// The variable parts of a PushStart request (2.2.2.2).
struct PushStart {
  std::string target;  ///< path and query; the whole URL towards a proxy
  std::string host;    ///< with the port, unless that is 80
  std::string user_agent;
  /// Schemes that are enabled, for X-Accept-Authentication (2.2.1.9).
  std::string accept_authentication;
  std::string cookie;               ///< value of the Cookie header
  std::string authorization;        ///< "" where none is needed; a secret
  std::string proxy_authorization;  ///< likewise
  std::uint64_t content_length = 0;
};

/// Request line and headers, the empty line included.
std::string WritePushStart(const PushStart& request);

}  // namespace wms::wmhttp
