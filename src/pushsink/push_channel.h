// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pushsink/connection.h"
#include "pushsink/logger.h"
#include "pushsink/push_counters.h"
#include "pushsink/push_target.h"
#include "pushsink/response_watch.h"
#include "wmhttp/length_remaining.h"
#include "wmhttp/push_state.h"
#include "wmhttp/request.h"
#include "wmhttp/send_window.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wms {

/// Carries the packets of a SendWindow to the server: in PushStart requests,
/// one after the other, with the fillers that each needs at its end, on one
/// connection as long as there is one ([MS-WMHTTP] 3.1.4.2 to 3.1.5.2). What
/// to do about a connection that breaks is for others to say. Used by one
/// thread at a time.
class PushChannel {
 public:
  /// How many packets leave in one system call at most, and how many bytes,
  /// but for a first packet that is larger: beyond that a call costs no less
  /// per byte.
  static constexpr std::size_t kMostTogether = 48;
  static constexpr std::size_t kMostBytesTogether = std::size_t{64} * 1024;

  /// @param socket the connection that PushSetup left open, or null.
  /// @param window the packets; it starts with a header.
  /// @param cancellable interrupts waits; outlives this, like @a counters
  ///   and @a window.
  PushChannel(PushTarget target, glib::Ref<GSocket> socket,
              wmhttp::SendWindow& window, GCancellable* cancellable,
              PushCounters& counters, Logger log);
  ~PushChannel();
  PushChannel(const PushChannel&) = delete;
  PushChannel& operator=(const PushChannel&) = delete;

  /// How long requests have to be at least, for packets and headers to fit.
  void FitRequests(std::size_t packet_size, std::size_t header_size);

  /// Sends what the window holds and was not sent yet, as many packets at once
  /// as there are; the header of the window before anything else when the
  /// session has none. An interruption fails with NS_E_SHUTDOWN: a packet of
  /// which a byte is out then goes on the next time, and those behind it have
  /// not been begun. Any other error means that the connection, or the
  /// session, is over.
  Result<void> Send();

  /// All that was begun is out.
  bool flushed() const { return control_.empty() && packet_left_ == 0; }
  /// No more packets will come: waits until the peer has closed.
  /// @param may_refuse this is the end of a PushStart that the server need not
  ///   take; it fails when it does not. Otherwise it fails for a status that
  ///   refuses pushes, and others cannot undo the end.
  /// @return bytes that the peer has not acknowledged.
  Result<std::uint64_t> Close(bool may_refuse);
  /// After Close: the server may not have read all that it acknowledged.
  bool cut() const { return responses_.cut(); }

  /// Whether @a error, of the last call, is a challenge to PushStart that an
  /// answer may be found for (3.1.5.2).
  bool IsChallenge(const Error& error) const;
  /// Finds it; the next Send begins PushStart anew with it, on the connection
  /// of the challenge where that is still good. What the window has of the
  /// request that was refused is sent again.
  Result<void> AnswerChallenge();

  /// Lets go of what the peer has acknowledged.
  void ReleaseAcknowledged();

  /// Gives the connection up. What was sent on it and is not known to have
  /// arrived will be sent again; with @a arrived false that is all that is
  /// left of it.
  void Abandon(bool arrived);

  /// The next PushStart goes on with the session: with $D or $C.
  void Resume();
  /// The next PushStart is the first one of its session: with $H.
  void Restart();
  /// The same for another session, which PushSetup has made.
  void Restart(PushTarget target, glib::Ref<GSocket> socket);

  /// The server takes what is sent on this connection, as far as anybody can
  /// tell: its TCP has acknowledged some of it, and it had the time to object.
  bool flowing();

  /// The session's header is known to have arrived whole. To be asked after
  /// Abandon.
  bool header_arrived() const { return !needs_header_; }
  /// The session had come to nothing on the last connection: no more than $H
  /// had been sent, or the peer had acknowledged none of it, and had not
  /// answered. To be asked after Abandon.
  bool unheard() const { return unheard_; }

  void SetDeadline(std::int64_t deadline_us) {
    connection_.SetDeadline(deadline_us);
  }
  std::int64_t deadline() const { return connection_.deadline(); }
  /// The next Send looks whether the peer has spoken.
  void LookNext() { connection_.LookNext(); }
  /// Fails when the connection is over, without a wait and without a byte
  /// sent. What the peer has said is left for the next Send.
  Result<void> Look();
  /// What the stream sends, 0 when that is not known: bounds the kernel's queue
  /// and, towards a proxy, the requests that come.
  void FitRate(std::uint64_t bytes_per_second);
  const PushTarget& target() const { return target_; }

 private:
  Result<void> Step(wmhttp::ClientEvent event);
  Result<void> SendHeader();
  Result<void> MakeRoom();
  Result<std::size_t> CountTogether() const;
  Result<void> BeginRequest();
  Result<void> FillRequest();
  Result<void> AwaitResponse();
  Result<void> OnSuccess(const Response& response);
  Result<void> QueueControl(wmhttp::PacketId id, Bytes payload);
  std::span<iovec> Unsent(std::size_t count, std::span<iovec> parts) const;
  Result<void> Write(std::size_t count);
  Result<void> Flush();
  void Take(std::size_t size);
  void Begin(std::uint64_t position);
  Result<void> EnsureConnected();
  std::int64_t WaitEnd() const;
  void UseConnection(glib::Ref<GSocket> socket);
  std::int64_t CloseGrace() const;
  std::uint64_t Acknowledged() const;
  std::uint64_t NextLength() const;
  void BeginConnection();
  void UseTarget(PushTarget target);
  ClientAuth* Challenged() const;
  bool ChallengedAfterEnd() const;
  void AddCredentials(wmhttp::PushStart& request);
  void LimitAuth();
  void NoteAcceptance();

  PushTarget target_;
  wmhttp::SendWindow& window_;
  Connection connection_;
  GCancellable* const cancellable_;
  PushCounters& counters_;
  const Logger log_;

  wmhttp::ClientState state_ = wmhttp::ClientState::kSetupComplete;
  wmhttp::PacketOrder order_;
  wmhttp::LengthRemaining remaining_;
  std::uint64_t least_length_ = 0;  // of a request
  std::uint64_t bytes_per_second_ = 0;
  bool needs_header_ = true;  // the session has none that arrived

  // Of this connection. What is on its way: first the requests' heads, $H and
  // $F in control_, then the end of the packet begun last. A packet is begun
  // when its first byte is out: order_ and remaining_ count it from then on.
  std::vector<std::uint8_t> control_;
  std::size_t packet_left_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t header_end_ = 0;    // of $H; 0 without one
  std::uint64_t head_end_ = 0;      // of the first request's head
  std::int64_t first_request_ = 0;  // when that was made
  bool begun_ = false;              // a packet of the window was
  bool flowing_ = false;
  bool unheard_ = false;  // of the connection before
  ResponseWatch responses_{connection_};
};

}  // namespace wms
