// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/authenticator.h"
#include "pubpoint/core.h"
#include "pubpoint/player_requests.h"
#include "pubpoint/registry.h"
#include "pubpoint/soup_request.h"

#include <libsoup/soup.h>

namespace wms::pubpoint {

/// Decides what becomes of a request, and answers it. libsoup reads the heads
/// and the bodies of PushSetup. For PushStart and for players the connection
/// is taken over as soon as the head is there: libsoup could neither answer
/// in the middle of a body nor stream one without holding it. The responses
/// are written here, too: libsoup leaves out the Content-Length of a 204, and
/// then closes the connection that the PushStart is to come on.
class Router {
 public:
  Router(Core& core, Registry& registry, const Authenticator& authenticator)
      : core_(core),
        registry_(registry),
        authenticator_(authenticator),
        players_(core, registry) {}

  /// The head of a request has been read; libsoup may have refused it.
  void OnHead(SoupServerMessage* message);

  /// All of a request has been read that OnHead left to libsoup.
  void OnRequest(SoupServerMessage* message);

 private:
  Connection Take(SoupServerMessage* message);
  void OnPost(SoupServerMessage* message, const RequestHead& head);
  void OnPushStart(SoupServerMessage* message, const RequestHead& head);
  void OnGet(SoupServerMessage* message, const RequestHead& head);
  /// A request of [MS-WMSP].
  void OnPlayer(SoupServerMessage* message, const RequestHead& head,
                const wmsp::Request& request);
  Response Setup(SoupServerMessage* message, const RequestHead& head);
  /// Answers a request whose body, if it has one, has not been read.
  void Refuse(SoupServerMessage* message, const RequestHead& head,
              const Response& response);
  /// The session that a PushStart goes on with (3.2.5.2). An error's
  /// http_status is the response.
  Result<std::shared_ptr<PushSession>> SessionOf(const RequestHead& head) const;
  Result<void> CheckClient(const RequestHead& head) const;
  Response RefuseClient(const RequestHead& head, const Error& error) const;

  Core& core_;
  Registry& registry_;
  const Authenticator& authenticator_;
  PlayerRequests players_;
};

}  // namespace wms::pubpoint
