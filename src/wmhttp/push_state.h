// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "wmhttp/framing.h"

#include <optional>

// The state machines of the protocol as tables: what may follow what, for
// both ends. Nobody else decides about order.
//
//     client                                     server
//       | POST, Content-Type: x-wms-pushsetup       |
//       |------------------------------------------>|
//       |        204, Set-Cookie: push-id=ID        |
//       |<------------------------------------------|
//       | POST, Content-Type: x-wms-pushstart       |
//       |------------------------------------------>|
//       | $H $D $D ... $E(S_FALSE) $C $D ... $F     |
//       |------------------------------------------>|
//       |   204, when Content-Length is used up     |
//       |<------------------------------------------|
//       | POST, x-wms-pushstart: $D $D ... $E(S_OK) |
//       |------------------------------------------>|
//       |                    close                  |

namespace wms::wmhttp {

/// Order of the packets in PushStart bodies ([MS-WMHTTP] 4.6.1 for the one
/// who receives, 4.7.1 for the one who sends). It outlives a request: the
/// next one goes on at the last known state.
class PacketOrder {
 public:
  enum class State {
    kStart,   ///< nothing yet: $H
    kAgain,   ///< nothing yet, in a further request: $H, $C
    kMedia,   ///< after $H, $C or $D: $D, $E, $F
    kSwitch,  ///< after $E S_FALSE: $C, $E, $F
    kFilled,  ///< after $F: $C, $D, $E, $F
    kEnded,   ///< after any other $E: nothing
  };

  /// The body of a request begins. A further one may begin with $C also where
  /// within a request an $E with S_FALSE would have to come first, and where
  /// the $H of the first was lost with its connection (2.2.2.2, 3.2.7.1).
  void BeginRequest();

  /// Goes on past a packet; @a reason counts for $E alone. Fails with
  /// NS_E_INVALID_REQUEST, and stays, when the packet may not come here.
  Result<void> Advance(PacketId id, HResult reason = HResult::S_OK) {
    // Most packets by far.
    if (id == PacketId::kData && state_ == State::kMedia) return {};
    return AdvanceByTable(id, reason);
  }

  State state() const { return state_; }

 private:
  Result<void> AdvanceByTable(PacketId id, HResult reason);

  State state_ = State::kStart;
  bool has_request_ = false;
};

/// The client's side of a session (4.7).
enum class ClientState {
  kIdle,             ///< no session
  kSetup,            ///< PushSetup is under way
  kSetupComplete,    ///< the server waits for PushStart
  kStartInProgress,  ///< packets may be sent
  kAwaitResponse,    ///< Length-Remaining is 0: only the response helps
  kEnded,            ///< the session is over, well or not
};

enum class ClientEvent {
  kSetupRequested,
  kSetupChallenged,  ///< 401 or 407, and credentials to answer with
  kSetupSucceeded,
  kStartChallenged,  ///< 401 or 407 to PushStart, and an answer to it
  kStartSent,        ///< request line and headers of a PushStart
  kLengthExhausted,
  kStartSucceeded,  ///< 2xx after the whole body
  kEndSent,         ///< $E with any reason but S_FALSE
  kFailed,          ///< an error status, a lost connection
  kDisconnected,    ///< this side closed the connection
  kReset,           ///< a new session may begin
};

/// The server's side of a session (4.6).
enum class ServerState {
  kNoSession,
  kAwaitStart,  ///< the Inactivity-Timeout timer runs
  kStreaming,   ///< the Idle-Timeout timer runs
  kClosed,      ///< the session state is deleted
};

enum class ServerEvent {
  kSetupAccepted,
  kStartAccepted,
  kBodyComplete,              ///< all of Content-Length has been received
  kConnectionClosed,          ///< by the client, before the session's end
  kEndOfStream,               ///< $E with any reason but S_FALSE
  kIdleTimeout,               ///< 3.2.6.1
  kInactivityTimeout,         ///< 3.2.6.2
  kAdministrativeDisconnect,  ///< 3.2.4.1
  kViolation,                 ///< the client broke a rule of the protocol
};

/// The state after @a event, or nothing when the event has no place there.
std::optional<ClientState> NextState(ClientState state, ClientEvent event);
std::optional<ServerState> NextState(ServerState state, ServerEvent event);

const char* StateName(ClientState state);
const char* StateName(ServerState state);

}  // namespace wms::wmhttp
