// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header.h"
#include "asf/rules.h"
#include "pubpoint/core.h"
#include "pubpoint/publishing_point.h"
#include "pubpoint/watch.h"
#include "wmhttp/framing.h"
#include "wmhttp/push_state.h"
#include "wmhttp/request.h"
#include "wmhttp/setup_body.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wms::pubpoint {

/// The connection that a PushStart is being received on.
class SessionConnection {
 public:
  virtual ~SessionConnection() = default;
  /// Sends the response at once, in the middle of the body, and closes.
  virtual void Refuse(unsigned status) = 0;
  /// Takes what has been received on it already, with its end if that has.
  virtual void CatchUp() = 0;
};

/// State of one push session on the server ([MS-WMHTTP] 3.2.1): its push-id,
/// its two timers, and where in the protocol it is (4.6, 4.6.1). It outlives
/// connections, so that a push can resume (3.2.7.1).
class PushSession : public std::enable_shared_from_this<PushSession> {
 public:
  /// @param push_id a secret.
  /// @param deleted called once, when the state of the session is deleted.
  PushSession(Core& core, std::string push_id,
              std::shared_ptr<PublishingPoint> point,
              std::function<void(PushSession&)> deleted);
  PushSession(const PushSession&) = delete;
  PushSession& operator=(const PushSession&) = delete;

  /// A PushSetup has been accepted (3.2.5.1), for the first time or again.
  /// Fails when a PushStart is in progress.
  Result<void> Setup(const wmhttp::SetupBody& body);

  /// The head of a PushStart has been accepted (3.2.5.2); its body of
  /// @a content_length bytes comes on @a connection. Fails when another is in
  /// progress, and when the strict find it too short (3.1.4.2.1).
  Result<void> Start(std::shared_ptr<SessionConnection> connection,
                     std::uint64_t content_length);

  /// Another request for this session has come: takes first what its PushStart
  /// has left in the socket. A client that lost its connection and comes back
  /// at once may be faster than the loop finds out about the old one.
  void CatchUp();

  /// A challenge was the answer to a request of @a type (3.2.5.1, 3.2.5.2).
  void OnChallenged(wmhttp::RequestType type);

  /// A packet of the body (3.2.5.3 to 3.2.5.7). Fails when it breaks a rule;
  /// the caller then says so with Violate. An $E may end the session.
  Result<void> Take(const wmhttp::Packet& packet);

  /// All of Content-Length has been received. The response is due.
  void CompleteBody();
  /// The client closed the connection in the middle of the body (3.2.7.1).
  void LoseConnection();
  /// The client broke a rule: the session is deleted.
  void Violate();
  /// The server wants it to end (3.2.4.1): refused with @a status, deleted.
  void Disconnect(unsigned status);

  /// Nobody has begun a PushStart, and it looks as if nobody will: the
  /// connection of the PushSetup was closed some time ago.
  bool unclaimed() const;
  /// Makes room for another session: deleted.
  void Yield();

  /// The connection that the next request may come on, to be closed when the
  /// Inactivity-Timeout expires; null forgets it.
  void RememberSocket(GSocket* socket);
  bool Remembers(GSocket* socket) const { return socket_.get() == socket; }
  /// The next request has come on it, at least in part, and was not read yet.
  bool HasUnreadRequest() const;

  /// Of the newest header, 0 before the first: what each $D stands for.
  std::uint32_t packet_size() const { return packet_size_; }

  PushFigures& figures() { return *figures_; }
  const std::string& push_id() const { return push_id_; }
  const std::shared_ptr<PublishingPoint>& point() const { return point_; }
  bool auto_destroy() const { return auto_destroy_; }
  /// The client asked to keep the publishing point, in so many words.
  bool keep_point() const { return keep_point_; }
  bool streaming() const { return state_ == wmhttp::ServerState::kStreaming; }
  bool closed() const { return state_ == wmhttp::ServerState::kClosed; }

 private:
  bool Apply(wmhttp::ServerEvent event);
  Result<void> CheckLength(std::uint64_t content_length) const;
  Result<void> TakePacket(const wmhttp::Packet& packet, HResult reason);
  Result<void> TakeHeader(const wmhttp::Packet& packet);
  Result<void> TakeData(const wmhttp::Packet& packet);
  void TakeEnd(HResult reason);
  void ExpireIdle();
  void ExpireInactivity();
  void Delete();

  Core& core_;
  const std::string push_id_;
  const std::shared_ptr<PublishingPoint> point_;
  const std::shared_ptr<PushFigures> figures_;
  const std::function<void(PushSession&)> deleted_;
  bool auto_destroy_ = false;
  bool keep_point_ = false;
  wmhttp::ServerState state_ = wmhttp::ServerState::kNoSession;
  wmhttp::PacketOrder order_;
  std::chrono::steady_clock::time_point set_up_;  // the last time
  bool claimed_ = false;                          // by a PushStart
  bool may_repeat_ = false;           // this packet is the first of its request
  std::vector<std::uint8_t> header_;  // the newest of this session
  // Of the newest header.
  std::uint32_t packet_size_ = 0;
  std::size_t header_size_ = 0;
  asf::StreamNumbers streams_;
  std::uint64_t content_length_ = 0;  // of the newest PushStart
  Deadline idle_;
  Deadline inactivity_;
  std::shared_ptr<SessionConnection> connection_;  // while streaming
  glib::Ref<GSocket> socket_;                      // between requests
};

}  // namespace wms::pubpoint
