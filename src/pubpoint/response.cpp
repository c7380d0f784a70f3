// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "config.h"

#include "glib/ref.h"
#include "pubpoint/response.h"

#include <libsoup/soup.h>

#include <memory>

namespace wms::pubpoint {
namespace {

using DateTime = std::unique_ptr<GDateTime, glib::Deleter<g_date_time_unref>>;

/// [MS-WMSP] 2.2.1.7. No feature in it concerns a push client (2.2.1.7 of
/// [MS-WMHTTP]), which only sees that there is a Windows Media server.
constexpr const char* kSupported =
    "com.microsoft.wm.srvppair, com.microsoft.wm.sswitch";

std::string HttpDate() {
  const DateTime now(g_date_time_new_now_utc());
  const glib::Chars text(soup_date_time_to_string(now.get(), SOUP_DATE_HTTP));
  return text.get();
}

}  // namespace

std::string ServerHeader() {
  return "Cougar/9.5 wms-publishing-point/" WMSPUSH_VERSION;
}

Error Refusal(unsigned status, std::string message) {
  return {HResult::NS_E_BAD_REQUEST, Fault::kPeer, std::move(message), status};
}

Response PushResponse(unsigned status, std::string_view push_id) {
  Response response;
  response.status = status;
  response.Add("Pragma", "no-cache, timeout=60000");
  response.Add("Cache-Control", "no-cache");
  response.push_id = push_id;
  response.Add("Supported", kSupported);
  response.Add("Content-Length", "0");
  return response;
}

Response PlayerResponse() {
  Response response;
  response.status = SOUP_STATUS_OK;
  response.Add("Content-Type", "video/x-ms-asf");
  response.Add("Pragma", "no-cache");
  response.Add("Cache-Control", "no-cache");
  return response;
}

Response WebClientResponse(const std::string& url) {
  const glib::Chars escaped(
      g_markup_escape_text(url.data(), static_cast<gssize>(url.size())));
  Response response;
  response.status = SOUP_STATUS_OK;
  response.body = std::string("<asx version=\"3.0\">\r\n<entry><ref href=\"") +
                  escaped.get() + "\"/></entry>\r\n</asx>\r\n";
  response.Add("Content-Type", "video/x-ms-asf");
  response.Add("Pragma", "no-cache");
  response.Add("Cache-Control", "no-cache");
  response.Add("Content-Length", std::to_string(response.body.size()));
  return response;
}

Response RedirectResponse(const std::string& url) {
  Response response = PushResponse(SOUP_STATUS_FOUND);
  response.Add("Location", url);
  return response;
}

Response PlainResponse(unsigned status) {
  Response response;
  response.status = status;
  response.Add("Content-Length", "0");
  return response;
}

std::string WriteResponse(const Response& response, bool close) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     soup_status_get_phrase(response.status) + "\r\n";
  const auto add = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  add("Server", ServerHeader());
  add("Date", HttpDate());
  for (const auto& [name, value] : response.headers)
    add(name, value);
  if (!response.push_id.empty()) {
    add("Set-Cookie", "push-id=" + response.push_id);
  }
  if (close) add("Connection", "close");
  return text + "\r\n" + response.body;
}

}  // namespace wms::pubpoint
