// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/push_state.h"

#include <string>

namespace wms::wmhttp {
namespace {

using Order = PacketOrder::State;

/// What an $E says by its reason is a packet of its own in 4.6.1 and 4.7.1.
enum class Step { kHeader, kStreamChange, kData, kFiller, kEnd, kEndOfEntry };

template <typename State, typename Event>
struct Transition {
  State from;
  Event event;
  State to;
};

template <typename State, typename Event, std::size_t kSize>
std::optional<State> Find(const Transition<State, Event> (&table)[kSize],
                          State from, Event event) {
  for (const auto& row : table) {
    if (row.from == from && row.event == event) return row.to;
  }
  return std::nullopt;
}

// 4.6.1, 4.7.1.
constexpr Transition<Order, Step> kOrder[] = {
    {Order::kStart, Step::kHeader, Order::kMedia},
    {Order::kAgain, Step::kHeader, Order::kMedia},
    {Order::kAgain, Step::kStreamChange, Order::kMedia},
    {Order::kMedia, Step::kData, Order::kMedia},
    {Order::kMedia, Step::kFiller, Order::kFilled},
    {Order::kMedia, Step::kEndOfEntry, Order::kSwitch},
    {Order::kMedia, Step::kEnd, Order::kEnded},
    {Order::kSwitch, Step::kStreamChange, Order::kMedia},
    {Order::kSwitch, Step::kFiller, Order::kFilled},
    {Order::kSwitch, Step::kEndOfEntry, Order::kSwitch},
    {Order::kSwitch, Step::kEnd, Order::kEnded},
    {Order::kFilled, Step::kStreamChange, Order::kMedia},
    {Order::kFilled, Step::kData, Order::kMedia},
    {Order::kFilled, Step::kFiller, Order::kFilled},
    {Order::kFilled, Step::kEndOfEntry, Order::kSwitch},
    {Order::kFilled, Step::kEnd, Order::kEnded},
};

// 4.7.
using Cs = ClientState;
using Ce = ClientEvent;
constexpr Transition<Cs, Ce> kClient[] = {
    {Cs::kIdle, Ce::kSetupRequested, Cs::kSetup},
    {Cs::kSetup, Ce::kSetupChallenged, Cs::kSetup},
    {Cs::kSetup, Ce::kSetupSucceeded, Cs::kSetupComplete},
    {Cs::kSetup, Ce::kFailed, Cs::kEnded},
    {Cs::kSetup, Ce::kDisconnected, Cs::kEnded},
    {Cs::kSetupComplete, Ce::kStartSent, Cs::kStartInProgress},
    {Cs::kSetupComplete, Ce::kFailed, Cs::kEnded},
    {Cs::kSetupComplete, Ce::kDisconnected, Cs::kEnded},
    {Cs::kStartInProgress, Ce::kLengthExhausted, Cs::kAwaitResponse},
    {Cs::kStartInProgress, Ce::kStartSucceeded, Cs::kSetupComplete},
    {Cs::kStartInProgress, Ce::kStartChallenged, Cs::kSetupComplete},
    {Cs::kStartInProgress, Ce::kEndSent, Cs::kEnded},
    {Cs::kStartInProgress, Ce::kFailed, Cs::kEnded},
    {Cs::kStartInProgress, Ce::kDisconnected, Cs::kEnded},
    {Cs::kAwaitResponse, Ce::kStartSucceeded, Cs::kSetupComplete},
    {Cs::kAwaitResponse, Ce::kStartChallenged, Cs::kSetupComplete},
    {Cs::kAwaitResponse, Ce::kFailed, Cs::kEnded},
    {Cs::kAwaitResponse, Ce::kDisconnected, Cs::kEnded},
    {Cs::kEnded, Ce::kReset, Cs::kIdle},
};

// 4.6.
using Ss = ServerState;
using Se = ServerEvent;
constexpr Transition<Ss, Se> kServer[] = {
    {Ss::kNoSession, Se::kSetupAccepted, Ss::kAwaitStart},
    {Ss::kAwaitStart, Se::kSetupAccepted, Ss::kAwaitStart},
    {Ss::kAwaitStart, Se::kStartAccepted, Ss::kStreaming},
    {Ss::kAwaitStart, Se::kConnectionClosed, Ss::kAwaitStart},
    {Ss::kAwaitStart, Se::kInactivityTimeout, Ss::kClosed},
    {Ss::kAwaitStart, Se::kIdleTimeout, Ss::kClosed},
    {Ss::kAwaitStart, Se::kAdministrativeDisconnect, Ss::kClosed},
    {Ss::kStreaming, Se::kBodyComplete, Ss::kAwaitStart},
    {Ss::kStreaming, Se::kConnectionClosed, Ss::kAwaitStart},
    {Ss::kStreaming, Se::kEndOfStream, Ss::kClosed},
    {Ss::kStreaming, Se::kIdleTimeout, Ss::kClosed},
    {Ss::kStreaming, Se::kAdministrativeDisconnect, Ss::kClosed},
    {Ss::kStreaming, Se::kViolation, Ss::kClosed},
};

Step StepOf(PacketId id, HResult reason) {
  switch (id) {
    case PacketId::kHeader:
      return Step::kHeader;
    case PacketId::kStreamChange:
      return Step::kStreamChange;
    case PacketId::kData:
      return Step::kData;
    case PacketId::kFiller:
      return Step::kFiller;
    case PacketId::kEndOfStream:
      break;
  }
  return reason == HResult::S_FALSE ? Step::kEndOfEntry : Step::kEnd;
}

const char* Expected(Order state) {
  switch (state) {
    case Order::kStart:
      return "$H";
    case Order::kAgain:
      return "$H or $C";
    case Order::kMedia:
      return "$D, $E or $F";
    case Order::kSwitch:
      return "$C, $E or $F";
    case Order::kFilled:
      return "$C, $D, $E or $F";
    case Order::kEnded:
      break;
  }
  return "nothing";
}

}  // namespace

void PacketOrder::BeginRequest() {
  if (state_ == State::kMedia) state_ = State::kFilled;
  if (state_ == State::kStart && has_request_) state_ = State::kAgain;
  has_request_ = true;
}

Result<void> PacketOrder::AdvanceByTable(PacketId id, HResult reason) {
  const std::optional<State> next = Find(kOrder, state_, StepOf(id, reason));
  if (!next) {
    return Error{HResult::NS_E_INVALID_REQUEST, Fault::kPeer,
                 std::string("4.6.1: ") + PacketName(id) + " where " +
                     Expected(state_) + " is expected"};
  }
  state_ = *next;
  return {};
}

std::optional<ClientState> NextState(ClientState state, ClientEvent event) {
  return Find(kClient, state, event);
}

std::optional<ServerState> NextState(ServerState state, ServerEvent event) {
  return Find(kServer, state, event);
}

const char* StateName(ClientState state) {
  switch (state) {
    case ClientState::kIdle:
      return "idle";
    case ClientState::kSetup:
      return "PushSetup";
    case ClientState::kSetupComplete:
      return "PushSetup complete";
    case ClientState::kStartInProgress:
      return "PushStart in progress";
    case ClientState::kAwaitResponse:
      return "awaiting the PushStart response";
    case ClientState::kEnded:
      break;
  }
  return "ended";
}

const char* StateName(ServerState state) {
  switch (state) {
    case ServerState::kNoSession:
      return "no session";
    case ServerState::kAwaitStart:
      return "awaiting PushStart";
    case ServerState::kStreaming:
      return "streaming";
    case ServerState::kClosed:
      break;
  }
  return "closed";
}

}  // namespace wms::wmhttp
