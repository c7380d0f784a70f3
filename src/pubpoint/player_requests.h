// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/core.h"
#include "pubpoint/player_sessions.h"
#include "pubpoint/registry.h"
#include "pubpoint/response.h"
#include "pubpoint/soup_request.h"
#include "wmsp/request.h"

namespace wms::pubpoint {

/// What @a head is in [MS-WMSP]; kNone for anybody else.
wmsp::Request ReadPlayerRequest(const RequestHead& head);

/// The server of [MS-WMSP] 3.2 for live streams, in the non-pipelined mode.
class PlayerRequests {
 public:
  PlayerRequests(Core& core, const Registry& registry)
      : core_(core), registry_(registry), sessions_(core) {}
  PlayerRequests(const PlayerRequests&) = delete;
  PlayerRequests& operator=(const PlayerRequests&) = delete;

  /// The body that @a head announces, when a Log may be as large; a refusal
  /// otherwise.
  Result<void> CheckBody(const RequestHead& head,
                         const wmsp::Request& request) const;

  /// Answers a request whose body, if it has one, has been read.
  void Answer(Connection connection, const RequestHead& head,
              const wmsp::Request& request);

 private:
  using SessionPtr = std::shared_ptr<PlayerSession>;

  /// The session of a Describe or a Play: that of the client-id, or a new one.
  struct Opened {
    SessionPtr session;
    bool reset = false;  ///< the client-id was that of no session
  };
  Result<Opened> Open(const RequestHead& head, const wmsp::Request& request);
  /// The session of any other request. An error's http_status is the response.
  Result<SessionPtr> SessionOf(const RequestHead& head,
                               const wmsp::Request& request) const;

  Result<void> Describe(Connection& connection, const RequestHead& head,
                        const wmsp::Request& request);
  Result<void> Play(Connection& connection, const RequestHead& head,
                    const wmsp::Request& request);
  /// SelectStream, KeepAlive, Log and Stop.
  Result<void> Control(Connection& connection, const RequestHead& head,
                       const wmsp::Request& request);
  void AnswerOptions(Connection connection, const RequestHead& head,
                     const wmsp::Request& request);
  Response MakeResponse(unsigned status, const wmsp::Request& request,
                        const PlayerSession* session, const LiveHeader* header,
                        bool reset) const;

  Core& core_;
  const Registry& registry_;
  PlayerSessions sessions_;
};

}  // namespace wms::pubpoint
