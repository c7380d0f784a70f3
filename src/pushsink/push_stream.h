// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "asf/header.h"
#include "base/result.h"
#include "pushsink/connection.h"
#include "pushsink/logger.h"
#include "pushsink/push_counters.h"
#include "pushsink/push_target.h"
#include "pushsink/response_watch.h"
#include "wmhttp/length_remaining.h"
#include "wmhttp/push_state.h"
#include "wmhttp/request.h"

#include <vector>

namespace wms {

/// The PushStart requests of one session, from $H to $E ([MS-WMHTTP] 3.1.4.2
/// to 3.1.5.2). Used by one thread at a time; each call may wait for the
/// network.
///
/// A call that is interrupted before its packet was begun fails with
/// NS_E_SHUTDOWN and has done nothing. Once the first byte is out, the packet
/// is taken: the rest is kept and goes out before anything else. Any other
/// error is the end of the session.
class PushStream {
 public:
  /// @param socket the connection that PushSetup left open, or null.
  /// @param cancellable interrupts waits; outlives this, like @a counters.
  PushStream(PushTarget target, glib::Ref<GSocket> socket,
             GCancellable* cancellable, PushCounters& counters, Logger log);
  ~PushStream();
  PushStream(const PushStream&) = delete;
  PushStream& operator=(const PushStream&) = delete;

  /// Sends PushStart and $H; @a parsed describes @a header. Never interrupted:
  /// what does not go out now is kept.
  Result<void> Start(Bytes header, const asf::Header& parsed);

  /// Sends $E with S_FALSE and $C (3.1.4.4, 3.1.4.5).
  Result<void> Switch(Bytes header, const asf::Header& parsed);

  /// Sends $D.
  Result<void> SendData(const asf::StrippedPacket& packet);

  /// Sends $E with S_OK. When it is interrupted, call it again.
  Result<void> SendEnd();

  /// Closes in order: the peer reads all there is, and closes. Waits for that
  /// no longer than until the deadline, which has to be set.
  /// @return bytes that the peer had not acknowledged when that had passed,
  ///   which the kernel goes on trying to deliver, or when the peer closed,
  ///   which are lost; NS_E_SHUTDOWN when it is interrupted: call it again.
  Result<std::uint64_t> Close();

  /// Monotonic time that no wait lasts beyond; 0 for no such bound.
  void SetDeadline(std::int64_t deadline_us) {
    connection_.SetDeadline(deadline_us);
  }

  bool started() const { return !header_.empty(); }
  std::size_t packet_size() const { return packet_size_; }
  bool ended() const { return state_ == wmhttp::ClientState::kEnded; }
  /// $E with S_OK is out, all of it.
  bool finished() const { return ended() && pending_.empty(); }
  Bytes header() const { return header_; }
  /// A Switch was interrupted in its midst: call it again.
  bool switching() const { return switching_; }

 private:
  Result<void> Step(wmhttp::ClientEvent event);
  Result<void> EnsureConnected();
  void Drop();
  Result<void> Connect();
  void QueueRequest();
  Result<void> QueuePacket(wmhttp::PacketId id, Bytes payload,
                           HResult reason = HResult::S_OK);
  void FitRequests(const asf::Header& parsed);

  Result<void> MakeRoom(wmhttp::PacketId id, std::size_t size,
                        HResult reason = HResult::S_OK);
  Result<void> FillRequest();
  Result<void> AwaitResponse();

  Result<void> Flush();
  Result<bool> Write(std::span<iovec> parts);
  void Keep(std::span<iovec> parts);
  bool MayStartAgain(const Error& error) const;
  Result<void> StartAgain();
  Result<void> Recover(const Error& error);

  Result<void> OnSuccess(const Response& response);

  // How a challenge to PushStart is answered: push_stream_auth.cpp.
  ClientAuth* Challenged(const Error& error) const;
  Result<void> AnswerChallenge(ClientAuth& auth);
  Result<void> Restart(bool keep_connection);
  void AddCredentials(wmhttp::PushStart& request);

  PushTarget target_;
  Connection connection_;
  GCancellable* const cancellable_;
  PushCounters& counters_;
  const Logger log_;

  wmhttp::ClientState state_ = wmhttp::ClientState::kSetupComplete;
  wmhttp::PacketOrder order_;
  wmhttp::LengthRemaining remaining_;
  std::vector<std::uint8_t> header_;   // what $H or $C carried last
  std::vector<std::uint8_t> pending_;  // goes out before anything else
  std::size_t packet_size_ = 0;        // of that header's stream
  std::uint64_t content_length_ = 0;
  ResponseWatch responses_{connection_};
  bool switching_ = false;  // $E with S_FALSE is out, $C is not
  bool started_again_ = false;
  bool start_succeeded_ = false;  // a PushStart has had a 2xx
};

}  // namespace wms
