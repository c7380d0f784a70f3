// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/push_setup.h"

#include "pushsink/errors.h"
#include "pushsink/response.h"
#include "pushsink/setup_exchange.h"
#include "wmhttp/product.h"

#include <utility>

namespace wms {
namespace {

/// Redirections that are followed before the server is taken to be confused.
constexpr unsigned kMaxRedirects = 5;

/// 3.1.5.1: 300 to 304 name another URL, 305 a proxy.
bool IsRedirect(unsigned status) {
  return status >= 300 && status <= SOUP_STATUS_USE_PROXY;
}

}  // namespace

PushSetup::PushSetup(SetupRequest request)
    : request_(std::move(request)),
      first_site_(request_.target.location.HostHeader()) {}

Result<SetupResult> PushSetup::Run() {
  request_.on_status(Status::kLocating);
  state_ = *wmhttp::NextState(state_, wmhttp::ClientEvent::kSetupRequested);
  for (unsigned hop = 0; hop <= kMaxRedirects; ++hop) {
    // User and password go to nobody but the server they were given for.
    const bool trusted = request_.target.location.HostHeader() == first_site_;
    SetupExchange exchange(request_, state_, trusted);
    if (Result<void> done = exchange.Perform(); !done) return done.error();
    if (!IsRedirect(exchange.status())) return Finish(exchange);
    const char* where =
        soup_message_headers_get_one(exchange.response_headers(), "Location");
    Result<void> redirected = exchange.status() == SOUP_STATUS_USE_PROXY
                                  ? UseProxy(where != nullptr ? where : "")
                                  : Redirect(where != nullptr ? where : "");
    if (!redirected) return redirected.error();
  }
  return Error{HResult::NS_E_INVALID_REDIRECT, Fault::kPeer,
               "the server redirects again and again; give the URL of the "
               "publishing point itself"};
}

Result<SetupResult> PushSetup::Finish(SetupExchange& exchange) {
  const unsigned status = exchange.status();
  if (status < 200 || status >= 300) {
    state_ = *wmhttp::NextState(state_, wmhttp::ClientEvent::kFailed);
    return ErrorFromResponse(status, exchange.response_headers());
  }
  if (request_.target.check_server) {
    const char* server =
        soup_message_headers_get_one(exchange.response_headers(), "Server");
    Result<void> checked = wmhttp::CheckServer(server != nullptr ? server : "");
    if (!checked) return checked.error();
  }
  state_ = *wmhttp::NextState(state_, wmhttp::ClientEvent::kSetupSucceeded);
  return SetupResult{request_.target, exchange.TakeSocket()};
}

/// The URL stays as it is, and is asked for there.
Result<void> PushSetup::UseProxy(const std::string& where) {
  Result<Proxy> proxy = ParseProxy(where);
  if (!proxy || !proxy->required) {
    return Error{HResult::NS_E_INVALID_REDIRECT, Fault::kPeer,
                 "the server wants a proxy to be used, and does not name it as "
                 "http://HOST:PORT"};
  }
  request_.log(LogLevel::kInfo, "redirected to a proxy");
  // Credentials are for the proxy that they were given for.
  proxy->user.clear();
  proxy->password.clear();
  request_.target.proxy = std::move(*proxy);
  request_.target.using_proxy = true;
  return {};
}

Result<void> PushSetup::Redirect(const std::string& reference) {
  Result<Location> location =
      ResolveLocation(request_.target.location, reference);
  if (reference.empty() || !location) {
    return Error{HResult::NS_E_INVALID_REDIRECT, Fault::kPeer,
                 "the server redirects to something that is no http URL"};
  }
  request_.log(LogLevel::kInfo, "redirected to " + location->text);
  // What one server has set is nothing for another to know.
  if (location->HostHeader() != request_.target.location.HostHeader()) {
    request_.target.cookies = {};
  }
  request_.target.location = std::move(*location);
  request_.target.using_proxy = false;
  return {};
}

}  // namespace wms
