// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/proxy.h"

#include "pushsink/location.h"

#include <utility>

namespace wms {
namespace {

constexpr std::string_view kDirect = "direct://";

glib::Ref<GProxyResolver> Always(const std::string& uri) {
  return glib::Ref<GProxyResolver>::Take(
      g_simple_proxy_resolver_new(uri.c_str(), nullptr));
}

/// Where @a connection leads; null when that is no HTTP proxy.
glib::Ref<GSocketAddress> HttpProxyAddress(GSocketConnection* connection) {
  auto address = glib::Ref<GSocketAddress>::Take(
      g_socket_connection_get_remote_address(connection, nullptr));
  if (!G_IS_PROXY_ADDRESS(address.get())) return nullptr;
  // Proxies of other kinds are tunnels, behind which is the server.
  const std::string_view protocol =
      g_proxy_address_get_protocol(G_PROXY_ADDRESS(address.get()));
  return protocol == "http" ? address : nullptr;
}

}  // namespace

Result<Proxy> ParseProxy(std::string_view text) {
  Proxy proxy;
  if (text.empty()) {
    proxy.resolver =
        glib::Ref<GProxyResolver>::Share(g_proxy_resolver_get_default());
    return proxy;
  }
  if (text == kDirect) {
    proxy.resolver = Always(std::string(kDirect));
    return proxy;
  }
  Result<Location> location = ParseLocation(text);
  if (!location || location->target != "/") {
    return Error{HResult::E_INVALIDARG, Fault::kLocal,
                 "the proxy is not given as http://HOST:PORT; a proxy that "
                 "wants credentials may have USER:PASSWORD@ before the host"};
  }
  proxy.resolver = Always("http://" + location->HostHeader());
  proxy.required = true;
  proxy.user = std::move(location->user);
  proxy.password = std::move(location->password);
  return proxy;
}

bool LeadsToProxy(GSocketConnection* connection) {
  return static_cast<bool>(HttpProxyAddress(connection));
}

std::string ProxyHost(GSocketConnection* connection) {
  const glib::Ref<GSocketAddress> address = HttpProxyAddress(connection);
  if (!address) return {};
  const char* uri = g_proxy_address_get_uri(G_PROXY_ADDRESS(address.get()));
  const Result<Location> location = ParseLocation(uri != nullptr ? uri : "");
  return location ? location->host : std::string();
}

Error ProxyError(Error error) {
  switch (error.hresult) {
    case HResult::NS_E_SERVER_NOT_FOUND:
      error.hresult = HResult::NS_E_PROXY_NOT_FOUND;
      error.message = "the proxy's host name is not known; check the proxy";
      break;
    case HResult::NS_E_PUSH_CANNOTCONNECT:
    case HResult::NS_E_CONNECT_TIMEOUT:
      error.hresult = HResult::NS_E_CANNOT_CONNECT_TO_PROXY;
      error.message = "no connection to the proxy; check its host and port";
      break;
    default:
      break;
  }
  return error;
}

}  // namespace wms
