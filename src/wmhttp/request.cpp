// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/request.h"

#include "base/text.h"
#include "wmhttp/cookies.h"
#include "wmhttp/product.h"

namespace wms::wmhttp {
namespace {

constexpr unsigned kBadRequest = 400;
constexpr unsigned kUnsupportedMediaType = 415;

Error Broken(std::string message, unsigned status = kBadRequest) {
  return {HResult::NS_E_BAD_REQUEST, Fault::kPeer, std::move(message), status};
}

/// Ctype [";charset=UTF-8"], and no blank beside the semicolon.
bool IsContentType(std::string_view value) {
  const auto [type, charset] = SplitAt(value, ';');
  return TypeOfContent(type) != RequestType::kOther && type == Trim(type) &&
         (type.size() == value.size() ||
          EqualsIgnoringCase(charset, "charset=UTF-8"));
}

/// What a section of the client's part demands and real encoders leave out.
Result<void> CheckPresence(const RequestHeaders& headers, RequestType type) {
  const std::string section =
      type == RequestType::kPushSetup ? "3.1.4.1.1" : "3.1.4.2.1";
  if (!headers.host) return Broken("2.2.2: there is no Host");
  if (!headers.cookie) return Broken(section + ": there is no Cookie");
  if (!headers.accept_authentication) {
    return Broken(section + ": there is no X-Accept-Authentication");
  }
  if (!headers.cache_control) {
    return Broken("2.2.2: there is no Cache-Control");
  }
  if (headers.response_only) {
    return Broken(section + ": " + std::string(*headers.response_only) +
                  " is defined for responses only");
  }
  return {};
}

Result<void> CheckCookie(std::string_view cookie, Strictness strictness) {
  if (!FindPushId(cookie).empty()) return {};
  const bool named = HasPushId(cookie);
  if (strictness == Strictness::kStrict) {
    return Broken(named ? "2.2.1.3.1: the push-id has no valid value"
                        : "2.2.1.3: the Cookie has no push-id");
  }
  // An empty one is met in the field, and means none.
  if (named && !HasPushId(cookie, "")) {
    return Broken("2.2.1.3.1: the push-id has no valid value");
  }
  return {};
}

}  // namespace

RequestType TypeOfContent(std::string_view content_type) {
  const std::string_view type = Trim(SplitAt(content_type, ';').first);
  if (EqualsIgnoringCase(type, kPushSetupType)) return RequestType::kPushSetup;
  if (EqualsIgnoringCase(type, kPushStartType)) return RequestType::kPushStart;
  return RequestType::kOther;
}

Result<void> CheckHeaders(const RequestHeaders& headers, RequestType type,
                          Strictness strictness) {
  if (Result<void> agent = CheckUserAgent(headers.user_agent, strictness);
      !agent) {
    return Broken(agent.error().message);
  }
  if (headers.content_encoding &&
      !EqualsIgnoringCase(*headers.content_encoding, "identity")) {
    return Broken("2.2.2: the body has a Content-Encoding",
                  kUnsupportedMediaType);
  }
  if (strictness == Strictness::kStrict) {
    if (!IsContentType(headers.content_type)) {
      return Broken("2.2.1.1: the Content-Type has more than a charset UTF-8",
                    kUnsupportedMediaType);
    }
    if (Result<void> all = CheckPresence(headers, type); !all) return all;
  }
  return headers.cookie ? CheckCookie(*headers.cookie, strictness)
                        : Result<void>();
}

std::string WritePushStart(const PushStart& request) {
  std::string text = "POST " + request.target + " HTTP/1.1\r\n";
  const auto add = [&text](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text.append(name).append(": ").append(value).append("\r\n");
  };
  add("Content-Type", kPushStartType);
  add("X-Accept-Authentication", request.accept_authentication);
  add("User-Agent", request.user_agent);
  add("Host", request.host);
  add("Content-Length", std::to_string(request.content_length));
  add("Cache-Control", "no-cache");
  add("Cookie", request.cookie);
  add("Authorization", request.authorization);
  add("Proxy-Authorization", request.proxy_authorization);
  return text + "\r\n";
}

}  // namespace wms::wmhttp
