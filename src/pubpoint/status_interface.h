// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/core.h"
#include "pubpoint/registry.h"
#include "pubpoint/response.h"

#include <libsoup/soup.h>

#include <string>
#include <string_view>

namespace wms::pubpoint {

/// Largest body of a request to the status interface, in bytes.
inline constexpr std::size_t kMaxStatusBody = 4096;

/// What a request to the status interface says.
struct StatusRequest {
  std::string method;
  std::string path;
  std::string point;            ///< the query's, decoded; "" for none
  std::string token;            ///< of the body's form; a secret
  std::string address;          ///< of the peer, for the log
  bool from_here = false;       ///< the peer has a loopback address
  bool proxied = false;         ///< a proxy has left its mark
  std::string host;             ///< Host
  std::string origin;           ///< Origin
  std::string fetch_site;       ///< Sec-Fetch-Site
  bool requested_with = false;  ///< has X-Requested-With
};

/// Of a request whose body, if it has one, has been read.
StatusRequest ReadStatusRequest(SoupServerMessage* message);

/// True when the request comes from this machine, and not on behalf of
/// somebody else: neither through a proxy that says so nor from a web page
/// of another server whose name was made to point here.
bool IsLocal(const StatusRequest& request);

/// True for a request that no web page of another server can have caused: it
/// has the token of our page, or a header that pages may send to their own
/// server only, and nothing that speaks against it.
bool IsDeliberate(const StatusRequest& request, std::string_view token);

/// Shows what the server does, and ends pushes for its administrator
/// ([MS-WMHTTP] 3.2.4.1). Who may see it is said by ServerOptions::status;
/// only who is on the same machine may end a push.
class StatusInterface {
 public:
  StatusInterface(Core& core, Registry& registry)
      : core_(core), registry_(registry) {}

  /// Draws the token of the page's buttons.
  Result<void> Start();

  /// The whole response, head and body.
  std::string Answer(const StatusRequest& request);

 private:
  bool MayRead(const StatusRequest& request) const;
  std::string Read(const StatusRequest& request) const;
  std::string Disconnect(const StatusRequest& request);

  Core& core_;
  Registry& registry_;
  std::string token_;
};

}  // namespace wms::pubpoint
