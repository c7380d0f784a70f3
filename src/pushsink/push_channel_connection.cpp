// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The part of the channel that opens, gives up and closes connections.

#include "pushsink/errors.h"
#include "pushsink/open_socket.h"
#include "pushsink/push_channel.h"

#include <algorithm>
#include <utility>

namespace wms {
namespace {

/// How long a server may take to close after all of the stream has arrived.
constexpr std::int64_t kCloseGraceUs = 1000000;
/// How long after $E it has for that before this side does.
constexpr std::int64_t kPeerCloseUs = 100000;
/// A server that refuses a PushStart has said so by then.
constexpr std::int64_t kObjectionUs = 100000;

using wmhttp::ClientState;
using wmhttp::PacketId;

}  // namespace

Result<std::uint64_t> PushChannel::Close(bool may_refuse) {
  if (!connection_.is_open()) return std::uint64_t{0};
  // What the peer still says is read, since closing with unread data resets
  // the connection, and a reset can overtake our last packets.
  const std::int64_t deadline = connection_.deadline();
  for (;;) {
    const std::int64_t now = g_get_monotonic_time();
    const bool first = !connection_.shut_down();
    connection_.SetDeadline(std::min(deadline, now + CloseGrace()));
    const Io io = connection_.AwaitInput();
    connection_.SetDeadline(deadline);
    if (io == Io::kInterrupted) return CancelledError();
    if (io == Io::kTimeout && first) {
      connection_.ShutdownWrite();
      continue;
    }
    if (io == Io::kReadable && may_refuse) {
      const Result<void> read = responses_.Read();
      if (read) continue;
      if (read.error().http_status != 0) return read.error();
    } else if (io == Io::kReadable) {
      const bool open = responses_.ReadAfterEnd(log_);
      if (ChallengedAfterEnd()) {
        return ErrorFromStatus(responses_.refusal()->status);
      }
      if (open) continue;
    }
    // With everything acknowledged, a peer that does not close has no claim.
    const std::uint64_t left = connection_.Unacknowledged();
    const bool wait = io == Io::kTimeout && left > 0;
    if (wait && g_get_monotonic_time() < deadline) continue;
    if (responses_.refused()) {
      const Response& refusal = *responses_.refusal();
      return ErrorFromResponse(refusal.status, refusal.headers.get());
    }
    return left;
  }
}

/// How long the peer has to close, until it is told that no more will come,
/// and then once more. One that closes because of $E goes first: a proxy that
/// is told may drop what it has not passed on.
std::int64_t PushChannel::CloseGrace() const {
  if (connection_.shut_down() || target_.using_proxy) return kCloseGraceUs;
  return kPeerCloseUs;
}

std::uint64_t PushChannel::Acknowledged() const {
  const std::uint64_t left =
      connection_.is_open() ? connection_.Unacknowledged() : 0;
  // On PushSetup's connection its request may still count.
  return left < written_ ? written_ - left : 0;
}

void PushChannel::ReleaseAcknowledged() {
  window_.Acknowledge(Acknowledged());
}

void PushChannel::Abandon(bool arrived) {
  if (connection_.is_open() && arrived) connection_.Settle();
  const std::uint64_t acknowledged = arrived ? Acknowledged() : 0;
  const bool carries_header = header_end_ > 0;
  unheard_ =
      carries_header && !responses_.heard() && (!begun_ || acknowledged == 0);
  if (carries_header && acknowledged >= header_end_) needs_header_ = false;
  window_.Acknowledge(acknowledged);
  window_.Rewind();
  UseConnection(nullptr);
}

/// Turns to another connection, null for none yet.
void PushChannel::UseConnection(glib::Ref<GSocket> socket) {
  NoteAcceptance();
  if (connection_.is_open()) connection_.Abort();
  connection_.Reset(std::move(socket));
  responses_.Clear();
  counters_.SetSocket(connection_.socket());
  BeginConnection();
}

/// Nothing is under way: what comes next is a PushStart.
void PushChannel::BeginConnection() {
  state_ = ClientState::kSetupComplete;
  control_.clear();
  packet_left_ = 0;
  written_ = 0;
  header_end_ = 0;
  head_end_ = 0;
  first_request_ = 0;
  begun_ = false;
  flowing_ = false;
  order_ = {};
  if (needs_header_) return;
  // 2.2.2.2: further requests begin with $C or $D, whatever came last.
  if (!order_.Advance(PacketId::kHeader)) return;
  order_.BeginRequest();
}

void PushChannel::Resume() {
  // What $E with S_FALSE says goes without saying then.
  while (!window_.empty() && window_.oldest().reason == HResult::S_FALSE)
    window_.DropOldest();
}

void PushChannel::Restart() {
  needs_header_ = true;
  order_ = {};
  Resume();
  // $H takes the place of $C.
  while (!window_.empty() && window_.oldest().id == PacketId::kStreamChange)
    window_.DropOldest();
}

void PushChannel::Restart(PushTarget target, glib::Ref<GSocket> socket) {
  UseTarget(std::move(target));
  UseConnection(std::move(socket));
  Restart();
}

Result<void> PushChannel::Look() {
  if (!connection_.is_open() || !connection_.IsOver()) return {};
  return responses_.Read();
}

/// When a wait that begins now ends at the latest; 0 for never.
std::int64_t PushChannel::WaitEnd() const {
  const std::int64_t deadline = connection_.deadline();
  if (target_.timeout_us == 0) return deadline;
  const std::int64_t timeout = g_get_monotonic_time() + target_.timeout_us;
  return deadline == 0 ? timeout : std::min(deadline, timeout);
}

/// Opens a connection of its own, when PushSetup's or the last request's was
/// closed (3.1.4.2.1).
Result<void> PushChannel::EnsureConnected() {
  if (connection_.is_open()) return {};
  Result<OpenedSocket> opened = OpenSocket(target_, WaitEnd(), cancellable_);
  if (!opened) return opened.error();
  // What the proxy was told is nothing for the server to know.
  if (target_.to_proxy && !opened->to_proxy) target_.proxy_auth.reset();
  target_.to_proxy = opened->to_proxy;
  target_.using_proxy = target_.using_proxy || opened->to_proxy;
  connection_.Reset(std::move(opened->socket));
  counters_.SetSocket(connection_.socket());
  log_(LogLevel::kDebug, "a new connection for PushStart");
  return {};
}

bool PushChannel::flowing() {
  if (flowing_) return true;
  if (first_request_ == 0) return false;
  // Most are asked too early: the kernel need not be for those.
  if (g_get_monotonic_time() - first_request_ < kObjectionUs) return false;
  const bool answered = responses_.answered();
  if (!answered && (responses_.heard() || connection_.HasInput())) return false;
  flowing_ = Acknowledged() > head_end_;
  return flowing_;
}

}  // namespace wms
