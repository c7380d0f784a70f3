// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/player_page.h"

#include "glib/ref.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <string_view>

namespace wms::pubpoint {
namespace {

/// RFC 1035: no host name is longer; the rest is for the port.
constexpr std::size_t kMaxHost = 253 + 6;

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:3em auto;"
    "padding:0 1em;color:#222;background:#fff}"
    "h1{font-size:1.4em;overflow-wrap:anywhere}"
    "code{display:block;padding:.5em .7em;margin:.3em 0;background:#f2f2f2;"
    "border-radius:.3em;overflow-wrap:anywhere;user-select:all}"
    ".live{color:#0a6b2d}.off{color:#777}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}"
    "code{background:#2b2b2b}.live{color:#5fd38a}.off{color:#999}}";

/// The Host header comes from the client: nothing but the characters of a
/// host and a port gets into a URL.
bool IsHost(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHost &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return g_ascii_isalnum(c) ||
                  std::string_view(".-_:[]").find(c) != std::string_view::npos;
         });
}

std::string Escaped(const std::string& text) {
  const glib::Chars escaped(
      g_markup_escape_text(text.data(), static_cast<gssize>(text.size())));
  return escaped.get();
}

void AppendUrl(std::string& html, std::string_view what, std::string_view url) {
  html.append("<p>").append(what).append("<code>").append(url);
  html.append("</code></p>\n");
}

}  // namespace

bool IsBrowser(const RequestHead& head) {
  return head.method == "GET" &&
         head.user_agent.find("Mozilla/") != std::string::npos &&
         head.accept.find("text/html") != std::string::npos;
}

std::string PlayerPage(const RequestHead& head, bool live) {
  const glib::Chars path(g_uri_escape_string(
      head.path.c_str(), G_URI_RESERVED_CHARS_ALLOWED_IN_PATH, FALSE));
  const std::string host = head.host.value_or("");
  const std::string rest =
      Escaped((IsHost(host) ? host : "localhost") + path.get());
  const std::string name = Escaped(head.path);
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
      name + "</title>\n<style>";
  html.append(kStyle).append("</style></head><body>\n<h1>");
  html.append(name).append("</h1>\n");
  html.append(live ? "<p class=\"live\">This stream is live.</p>\n"
                   : "<p class=\"off\">Nothing is pushed here now.</p>\n");
  html.append(
      "<p>A web browser cannot play it. Open one of these in a player, such as "
      "VLC, mpv, ffplay, MPlayer or Windows Media Player:</p>\n");
  AppendUrl(html, "Windows Media HTTP streaming", "mmsh://" + rest);
  AppendUrl(html, "the same as Windows Media Player writes it",
            "mms://" + rest);
  AppendUrl(html, "plain HTTP", "http://" + rest);
  return html + "</body></html>\n";
}

Response PageResponse(const std::string& page) {
  Response response;
  response.status = SOUP_STATUS_OK;
  response.Add("Content-Type", "text/html; charset=utf-8");
  response.Add("Content-Length", std::to_string(page.size()));
  response.Add("Cache-Control", "no-store");
  response.Add("X-Content-Type-Options", "nosniff");
  response.Add("Content-Security-Policy",
               "default-src 'none'; style-src 'unsafe-inline'");
  return response;
}

}  // namespace wms::pubpoint
