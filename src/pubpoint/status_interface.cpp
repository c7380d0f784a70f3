// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/status_interface.h"

#include "glib/ref.h"
#include "pubpoint/secrets.h"
#include "pubpoint/status.h"
#include "pubpoint/status_paths.h"

#include <algorithm>
#include <array>
#include <memory>

namespace wms::pubpoint {
namespace {

constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr const char* kMetrics = "text/plain; version=0.0.4; charset=utf-8";
constexpr const char* kText = "text/plain; charset=utf-8";

/// What a push gets that its administrator ends: not 503, after which a
/// client would do well to come back.
constexpr unsigned kDisconnectStatus = SOUP_STATUS_FORBIDDEN;

using Form = std::unique_ptr<GHashTable, glib::Deleter<g_hash_table_unref>>;

std::string Field(const char* form, const char* name) {
  if (form == nullptr) return "";
  const Form fields(soup_form_decode(form));
  const void* value = g_hash_table_lookup(fields.get(), name);
  return value != nullptr ? static_cast<const char*>(value) : "";
}

bool IsLoopback(GInetAddress* address) {
  if (g_inet_address_get_is_loopback(address) != FALSE) return true;
  // ::ffff:127.0.0.1 is what an IPv4 peer looks like to a socket for both.
  constexpr std::array<guint8, 13> kMapped = {0, 0, 0, 0,    0,    0,  0,
                                              0, 0, 0, 0xFF, 0xFF, 127};
  return g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6 &&
         std::equal(kMapped.begin(), kMapped.end(),
                    g_inet_address_to_bytes(address));
}

bool IsLoopback(GSocketAddress* address) {
  return address != nullptr && G_IS_INET_SOCKET_ADDRESS(address) &&
         IsLoopback(
             g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

/// A name of this machine that no name server was asked for.
bool IsLocalHost(const std::string& host) {
  glib::ErrorPtr error;
  const glib::Uri uri(g_uri_parse(("http://" + host + "/").c_str(),
                                  G_URI_FLAGS_NONE, glib::Out(error)));
  if (!uri) return false;
  const std::string name = g_uri_get_host(uri.get());
  if (g_ascii_strcasecmp(name.c_str(), "localhost") == 0) return true;
  const auto address = glib::Ref<GInetAddress>::Take(
      g_inet_address_new_from_string(name.c_str()));
  return address && IsLoopback(address.get());
}

std::string Write(Response response, const char* type, const std::string& body,
                  bool with_body = true) {
  response.Add("Content-Type", type);
  response.Add("Content-Length", std::to_string(body.size()));
  response.Add("Cache-Control", "no-store");
  response.Add("X-Content-Type-Options", "nosniff");
  // The page has no script and loads nothing. Nobody may put it into a frame
  // and have its buttons pressed there.
  response.Add("Content-Security-Policy",
               "default-src 'none'; style-src 'unsafe-inline'; "
               "form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
  // With "no-referrer" the page's own form would have no Origin.
  response.Add("Referrer-Policy", "same-origin");
  std::string text = WriteResponse(response, true);
  return with_body ? text + body : text;
}

std::string WriteError(unsigned status, const std::string& why) {
  Response response;
  response.status = status;
  return Write(std::move(response), kText, why + "\n");
}

std::string RefuseMethod(const char* allowed) {
  Response response;
  response.status = SOUP_STATUS_METHOD_NOT_ALLOWED;
  response.Add("Allow", allowed);
  return Write(std::move(response), kText,
               std::string("this takes ") + allowed + "\n");
}

}  // namespace

StatusRequest ReadStatusRequest(SoupServerMessage* message) {
  SoupMessageHeaders* headers =
      soup_server_message_get_request_headers(message);
  const auto header = [headers](const char* name) {
    const char* value = soup_message_headers_get_list(headers, name);
    return std::string(value != nullptr ? value : "");
  };
  GUri* uri = soup_server_message_get_uri(message);
  GSocketAddress* peer = soup_server_message_get_remote_address(message);
  StatusRequest request;
  request.method = soup_server_message_get_method(message);
  request.path = g_uri_get_path(uri);
  request.point = Field(g_uri_get_query(uri), "point");
  request.from_here = IsLoopback(peer);
  if (peer != nullptr) {
    const glib::Chars text(
        g_socket_connectable_to_string(G_SOCKET_CONNECTABLE(peer)));
    request.address = text.get();
  }
  request.proxied = !header("Forwarded").empty() || !header("Via").empty() ||
                    !header("X-Forwarded-For").empty();
  request.host = header("Host");
  request.origin = header("Origin");
  request.fetch_site = header("Sec-Fetch-Site");
  request.requested_with = !header("X-Requested-With").empty();
  const glib::BytesPtr body(
      soup_message_body_flatten(soup_server_message_get_request_body(message)));
  gsize size = 0;
  const void* data = g_bytes_get_data(body.get(), &size);
  const std::string form(static_cast<const char*>(data), size);
  request.token = Field(form.c_str(), "token");
  return request;
}

bool IsLocal(const StatusRequest& request) {
  return request.from_here && !request.proxied &&
         (request.host.empty() || IsLocalHost(request.host));
}

bool IsDeliberate(const StatusRequest& request, std::string_view token) {
  if (!request.origin.empty() && request.origin != "http://" + request.host)
    return false;
  if (!request.fetch_site.empty() && request.fetch_site != "same-origin" &&
      request.fetch_site != "none") {
    return false;
  }
  return request.requested_with ||
         (!token.empty() && EqualsSecret(request.token, token));
}

Result<void> StatusInterface::Start() {
  // As hard to guess as a push-id, and made like one.
  Result<std::string> token = MakePushId();
  if (!token) return token.error();
  token_ = std::move(*token);
  return {};
}

bool StatusInterface::MayRead(const StatusRequest& request) const {
  return core_.options().status == StatusAccess::kPublic || IsLocal(request);
}

std::string StatusInterface::Answer(const StatusRequest& request) {
  if (core_.options().status == StatusAccess::kOff) {
    return WriteError(SOUP_STATUS_NOT_FOUND, "there is nothing here");
  }
  if (request.path == kDisconnectPath) {
    if (request.method != "POST") return RefuseMethod("POST");
    return Disconnect(request);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return RefuseMethod("GET, HEAD");
  }
  if (!MayRead(request)) {
    return WriteError(SOUP_STATUS_FORBIDDEN,
                      "the status is shown on the server's own machine only, "
                      "unless it runs with --status=public");
  }
  return Read(request);
}

std::string StatusInterface::Read(const StatusRequest& request) const {
  const ServerStatus status = core_.board().Snapshot();
  Response response;
  response.status = SOUP_STATUS_OK;
  const bool with_body = request.method == "GET";
  if (request.path == kStatusJsonPath) {
    return Write(std::move(response), kJson, StatusJson(status), with_body);
  }
  if (request.path == kMetricsPath) {
    return Write(std::move(response), kMetrics, StatusMetrics(status),
                 with_body);
  }
  // The buttons are for who may use them.
  return Write(std::move(response), kHtml,
               StatusPage(status, IsLocal(request) ? token_ : ""), with_body);
}

std::string StatusInterface::Disconnect(const StatusRequest& request) {
  if (!IsLocal(request) || !IsDeliberate(request, token_)) {
    core_.Log(LogLevel::kWarning,
              request.address + ": a request to disconnect is refused");
    return WriteError(SOUP_STATUS_FORBIDDEN,
                      "pushes are ended from the server's own machine, with "
                      "the button of the status page or with a header "
                      "X-Requested-With");
  }
  if (!registry_.Disconnect(request.point, kDisconnectStatus)) {
    return WriteError(SOUP_STATUS_NOT_FOUND, "nobody is pushing there");
  }
  core_.Log(LogLevel::kInfo, "push to " + request.point +
                                 " is disconnected by the administrator at " +
                                 request.address);
  Response response;
  response.Add("Cache-Control", "no-store");
  return WriteResponse(response, true);
}

}  // namespace wms::pubpoint
