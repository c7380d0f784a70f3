// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/location.h"

#include "wmhttp/setup_body.h"

#include <algorithm>

namespace wms {
namespace {

constexpr int kDefaultPort = 80;
constexpr auto kUriFlags = static_cast<GUriFlags>(
    G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH |
    G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_SCHEME_NORMALIZE);
/// What RFC 3986 lets stand in a path or a query as it is, and escapes that
/// are there already.
constexpr const char* kTargetMarks = "!$&'()*+,;=:@/?%";

Error Invalid(HResult hr, std::string message) {
  return {hr, Fault::kLocal, std::move(message)};
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::string Escape(const char* text) {
  const glib::Chars escaped(g_uri_escape_string(text, kTargetMarks, FALSE));
  return escaped.get();
}

HResult HResultOf(const GError& error) {
  return g_error_matches(&error, G_URI_ERROR, G_URI_ERROR_BAD_HOST)
             ? HResult::NS_E_INVALID_NAME
             : HResult::E_INVALIDARG;
}

/// A host that a resolver can be asked for: no spaces, no empty labels, and
/// nothing that belongs to other parts of a URL, as the end of a password does
/// that has an @ in it.
bool IsHost(std::string_view host) {
  if (host.empty() || host.front() == '.' || host.size() > 253) return false;
  if (host.find("..") != std::string_view::npos) return false;
  const bool clean =
      std::none_of(host.begin(), host.end(), [](unsigned char c) {
        return c <= ' ' ||
               std::string_view("\"<>\\^`{|}%@/?#[]")
                       .find(static_cast<char>(c)) != std::string_view::npos;
      });
  // What has colons is an address of IPv6, or nothing.
  const bool colons = host.find(':') != std::string_view::npos;
  return clean &&
         (!colons || g_hostname_is_ip_address(std::string(host).c_str()));
}

Result<Location> FromUri(GUri* uri) {
  const char* host = g_uri_get_host(uri);
  if (std::string_view(g_uri_get_scheme(uri)) != "http") {
    return Invalid(HResult::NS_E_UNKNOWN_PROTOCOL,
                   "the URL's scheme is not http; a publishing point is "
                   "http://HOST[:PORT]/NAME");
  }
  if (host == nullptr || !IsHost(host)) {
    return Invalid(HResult::NS_E_INVALID_NAME,
                   "the URL has no valid host name; a publishing point is "
                   "http://HOST[:PORT]/NAME, with special characters in user "
                   "and password percent-encoded");
  }
  if (g_uri_get_port(uri) == 0) {
    return Invalid(HResult::E_INVALIDARG,
                   "the URL's port is 0; a publishing point is "
                   "http://HOST[:PORT]/NAME, with a port from 1 to 65535");
  }
  Location location;
  location.host = host;
  if (g_uri_get_port(uri) > 0) location.port = g_uri_get_port(uri);
  if (const char* user = g_uri_get_user(uri)) location.user = user;
  if (const char* password = g_uri_get_password(uri)) {
    location.password = password;
  }
  if (HasControlCharacter(location.user) ||
      HasControlCharacter(location.password)) {
    return Invalid(HResult::E_INVALIDARG,
                   "user or password in the URL hold a control character");
  }
  location.target = Escape(g_uri_get_path(uri));
  if (location.target.empty()) location.target = "/";
  if (const char* query = g_uri_get_query(uri)) {
    location.target += "?" + Escape(query);
  }
  location.text = "http://" + location.HostHeader() + location.target;
  return location;
}

}  // namespace

std::string Location::HostHeader() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  std::string text;
  text.append(is_ipv6 ? "[" : "").append(host).append(is_ipv6 ? "]" : "");
  if (port != kDefaultPort) text.append(":").append(std::to_string(port));
  return text;
}

glib::Uri Location::ToUri() const {
  return glib::Uri(g_uri_parse(text.c_str(), kUriFlags, nullptr));
}

Result<Location> ParseLocation(std::string_view url) {
  if (url.empty()) {
    return Invalid(HResult::E_INVALIDARG,
                   "no URL is set; give that of the publishing point, "
                   "http://HOST[:PORT]/NAME");
  }
  if (HasControlCharacter(url)) {
    return Invalid(HResult::E_INVALIDARG,
                   "the URL holds a control character; percent-encode it");
  }
  glib::ErrorPtr error;
  const glib::Uri uri(
      g_uri_parse(std::string(url).c_str(), kUriFlags, glib::Out(error)));
  if (!uri) {
    return Invalid(HResultOf(*error),
                   "the URL cannot be read; a publishing point is "
                   "http://HOST[:PORT]/NAME, with special characters in user, "
                   "password and name percent-encoded");
  }
  return FromUri(uri.get());
}

Result<Location> ResolveLocation(const Location& base,
                                 const std::string& reference) {
  if (!HasControlCharacter(reference)) {
    const glib::Uri base_uri = base.ToUri();
    const glib::Uri uri(g_uri_parse_relative(base_uri.get(), reference.c_str(),
                                             kUriFlags, nullptr));
    if (uri) return FromUri(uri.get());
  }
  return Error{HResult::NS_E_INVALID_REDIRECT, Fault::kPeer,
               "the server redirects to something that is no URL"};
}

Result<std::string> ParseTemplate(std::string_view template_url) {
  const auto invalid = [](const char* what) {
    return Invalid(HResult::NS_E_INVALID_PUSH_TEMPLATE,
                   std::string("the template URL ") + what +
                       "; give the path of a publishing point on the same "
                       "server, such as /live");
  };
  if (HasControlCharacter(template_url)) {
    return invalid("holds a control character");
  }
  std::string path(template_url);
  if (!template_url.starts_with('/')) {
    const Result<Location> location = ParseLocation(template_url);
    if (!location) return invalid("is neither a path nor an http URL");
    path = location->target;
  }
  path = Escape(path.c_str());
  if (!wmhttp::IsPathAbsolute(path)) return invalid("is no plain path");
  return path;
}

}  // namespace wms
