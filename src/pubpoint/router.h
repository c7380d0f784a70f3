// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/authenticator.h"
#include "pubpoint/core.h"
#include "pubpoint/player_requests.h"
#include "pubpoint/push_requests.h"
#include "pubpoint/registry.h"
#include "pubpoint/soup_request.h"
#include "pubpoint/status_interface.h"

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
  Router(Core& core, Registry& registry, Authenticator& authenticator,
         StatusInterface& status)
      : core_(core),
        registry_(registry),
        push_(core, registry, authenticator),
        players_(core, registry),
        status_(status) {}

  /// The head of a request has been read; libsoup may have refused it.
  void OnHead(SoupServerMessage* message);

  /// libsoup has answered a request itself: its head cannot be understood.
  void OnUnreadable(SoupServerMessage* message);

  /// libsoup has closed a connection because of the size of a head.
  void OnTooLarge(SoupServerMessage* message);

  /// All of a request has been read that OnHead left to libsoup.
  void OnRequest(SoupServerMessage* message);

 private:
  Connection Take(SoupServerMessage* message);
  void OnPost(SoupServerMessage* message, const RequestHead& head);
  void OnGet(SoupServerMessage* message, const RequestHead& head);
  void OnStatus(SoupServerMessage* message, const RequestHead& head);
  void AnswerStatus(SoupServerMessage* message);
  /// A request of [MS-WMSP].
  void OnPlayer(SoupServerMessage* message, const RequestHead& head,
                const wmsp::Request& request);
  /// Answers a request whose body, if it has one, has not been read.
  void Refuse(SoupServerMessage* message, const RequestHead& head,
              const Response& response);

  Core& core_;
  Registry& registry_;
  PushRequests push_;
  PlayerRequests players_;
  StatusInterface& status_;
};

}  // namespace wms::pubpoint
