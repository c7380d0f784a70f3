// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/request.h"

#include "wmhttp/text.h"

namespace wms::wmhttp {

RequestType TypeOfContent(std::string_view content_type) {
  const std::string_view type = Trim(SplitAt(content_type, ';').first);
  if (EqualsIgnoringCase(type, kPushSetupType)) return RequestType::kPushSetup;
  if (EqualsIgnoringCase(type, kPushStartType)) return RequestType::kPushStart;
  return RequestType::kOther;
}

std::string WritePushStart(const PushStart& request) {
  std::string text = "POST " + request.target + " HTTP/1.1\r\n";
  const auto add = [&text](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text.append(name).append(": ").append(value).append("\r\n");
  };
  add("Content-Type", kPushStartType);
  add("X-Accept-Authentication", kAcceptAuthentication);
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
