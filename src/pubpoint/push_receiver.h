// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/connection.h"
#include "pubpoint/core.h"
#include "pubpoint/push_session.h"
#include "pubpoint/soup_request.h"
#include "pubpoint/watch.h"
#include "wmhttp/framing.h"

#include <cstdint>
#include <memory>

namespace wms::pubpoint {

/// Receives the body of one PushStart request: cuts it into packets for its
/// session as it comes, keeps no more than one read of them, and can answer at
/// any moment. When the body is complete it sends the response and gives the
/// connection back for the next request (3.2.5.2.1).
class PushReceiver : public SessionConnection,
                     public std::enable_shared_from_this<PushReceiver> {
 public:
  /// @param head of the PushStart; it has a Content-Length.
  PushReceiver(Core& core, Connection connection,
               std::shared_ptr<PushSession> session, const RequestHead& head);
  ~PushReceiver() override;
  PushReceiver(const PushReceiver&) = delete;
  PushReceiver& operator=(const PushReceiver&) = delete;

  /// Begins, from the loop. The session keeps this alive while it streams.
  void Begin();

  void Refuse(unsigned status) override;
  void CatchUp() override;

 private:
  void BeginReading();
  void WatchSocket();
  /// What of a socket is read.
  enum class Extent { kOneTurn, kAll };
  void Read(Extent extent);
  void Consume(Bytes bytes);
  void TakeBody();
  /// False when the body is over, one way or another, or its turn is.
  bool TakePackets();
  /// Counts @a packet for what it makes the server do in this turn.
  /// @return false when that was enough.
  bool Count(const wmhttp::Packet& packet);
  /// Goes on in another turn with what has been read.
  void Pause();
  void GoOn();
  void CloseBehindEnd();
  void Complete();
  void Violation(const Error& error);

  Core& core_;
  Connection connection_;
  const int fd_;  // of connection_, as long as it is open
  const std::shared_ptr<PushSession> session_;
  std::uint64_t left_;               // of Content-Length
  std::uint64_t packet_offset_ = 0;  // of the packet at hand, in the body
  const bool keep_alive_;
  const std::string address_;
  wmhttp::PacketReader reader_;
  std::size_t turn_bytes_ = 0;  // that may still be taken in this turn
  Watch start_;
  Watch readable_;
  Watch go_on_;  // set while paused
};

}  // namespace wms::pubpoint
