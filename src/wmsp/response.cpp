// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmsp/response.h"

#include <algorithm>

namespace wms::wmsp {
namespace {

/// 3.2.5.2: less than the timer, for what processing and the network take.
constexpr std::chrono::milliseconds kTimeoutMargin{5000};
/// 2.2.1.4.29: the smallest value of the token.
constexpr std::chrono::milliseconds kMinTimeout{1000};
/// The first version with the Supported header and $M.
constexpr unsigned kVersion9 = 9;

}  // namespace

std::string PragmaValue(const ResponseTokens& tokens) {
  std::string value = "no-cache";
  if (tokens.client_id) {
    value += ",client-id=" + std::to_string(*tokens.client_id);
  }
  if (tokens.reset) value += ",xResetStrm=1";
  if (tokens.features) {
    value.append(",features=\"").append(kLiveFeatures).append("\"");
  }
  if (tokens.playlist_gen_id != 0) {
    value += ",playlist-gen-id=" + std::to_string(tokens.playlist_gen_id);
  }
  if (tokens.client_id) {
    const auto timeout =
        std::max(tokens.idle_timeout - kTimeoutMargin, kMinTimeout);
    value += ",timeout=" + std::to_string(timeout.count());
  }
  return value;
}

std::string_view ContentTypeOf(RequestType type, const Client& client) {
  if (type != RequestType::kDescribe && type != RequestType::kPlay) return {};
  if (!client.AtLeast(kVersion9)) return "application/octet-stream";
  return type == RequestType::kDescribe ? "application/vnd.ms.wms-hdr.asfv1"
                                        : "application/x-mms-framed";
}

std::string_view SupportedValue(const Client& client) {
  if (!client.AtLeast(kVersion9)) return {};
  return "com.microsoft.wm.sswitch, com.microsoft.wm.predstrm";
}

bool WantsMetadata(const Client& client) {
  return client.AtLeast(kVersion9);
}

}  // namespace wms::wmsp
