// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/push_session.h"

#include "asf/data_packet.h"

#include <libsoup/soup.h>

namespace wms::pubpoint {

using wmhttp::NextState;
using wmhttp::PacketId;
using wmhttp::ServerEvent;

PushSession::PushSession(Core& core, std::string push_id,
                         std::shared_ptr<PublishingPoint> point,
                         std::function<void(PushSession&)> deleted)
    : core_(core),
      push_id_(std::move(push_id)),
      point_(std::move(point)),
      deleted_(std::move(deleted)),
      idle_([this] { ExpireIdle(); }),
      inactivity_([this] { ExpireInactivity(); }) {
  idle_.Start(core_.options().timers.idle);  // 3.2.3
}

bool PushSession::Apply(ServerEvent event) {
  const auto next = NextState(state_, event);
  if (!next) return false;
  state_ = *next;
  return true;
}

Result<void> PushSession::Setup(bool auto_destroy) {
  if (!Apply(ServerEvent::kSetupAccepted)) {
    return Error{HResult::NS_E_INVALID_REQUEST, Fault::kPeer,
                 "3.2.5.1: PushSetup while a PushStart is in progress",
                 SOUP_STATUS_CONFLICT};
  }
  auto_destroy_ = auto_destroy_ || auto_destroy;
  inactivity_.Start(core_.options().timers.inactivity);
  core_.observer().OnSetup(point_->path());
  return {};
}

Result<void> PushSession::Start(std::shared_ptr<SessionConnection> connection) {
  if (!Apply(ServerEvent::kStartAccepted)) {
    return Error{HResult::NS_E_INVALID_REQUEST, Fault::kPeer,
                 "3.2.5.2: PushStart while another is in progress",
                 SOUP_STATUS_CONFLICT};
  }
  connection_ = std::move(connection);
  socket_.reset();
  inactivity_.Stop();
  idle_.Start(core_.options().timers.idle);
  core_.observer().OnStart(point_->path());
  return {};
}

Result<void> PushSession::Take(const wmhttp::Packet& packet) {
  const auto reason = static_cast<HResult>(packet.reason);
  if (Result<void> in_order = order_.Advance(packet.id, reason); !in_order) {
    return in_order;
  }
  switch (packet.id) {
    case PacketId::kHeader:
    case PacketId::kStreamChange:
      return TakeHeader(packet);
    case PacketId::kData:
      return TakeData(packet);
    case PacketId::kEndOfStream:
      TakeEnd(reason);
      return {};
    case PacketId::kFiller:
      break;
  }
  return {};
}

Result<void> PushSession::TakeHeader(const wmhttp::Packet& packet) {
  const Result<asf::Header> header = asf::ParseHeader(packet.payload);
  if (!header) return header.error();
  packet_size_ = header->packet_size;
  idle_.Start(core_.options().timers.idle);
  point_->BeginStream(packet.payload, *header);
  core_.observer().OnHeader(point_->path(), packet.payload);
  return {};
}

Result<void> PushSession::TakeData(const wmhttp::Packet& packet) {
  std::vector<std::uint8_t> whole;
  const Result<void> restored =
      asf::RestorePadding(packet.payload, packet_size_, whole);
  if (!restored) return restored.error();
  idle_.Start(core_.options().timers.idle);
  core_.observer().OnPacket(point_->path(), packet.payload, whole);
  point_->AddPacket(std::move(whole));
  return {};
}

void PushSession::TakeEnd(HResult reason) {
  core_.observer().OnEnd(point_->path(), static_cast<std::uint32_t>(reason));
  if (reason == HResult::S_FALSE) return;
  core_.Log(LogLevel::kInfo, "push to " + point_->path() + " ends with " +
                                 std::string(HResultName(reason)));
  if (Apply(ServerEvent::kEndOfStream)) Delete();
}

void PushSession::CompleteBody() {
  if (!Apply(ServerEvent::kBodyComplete)) return;
  connection_.reset();
  idle_.Stop();
  inactivity_.Start(core_.options().timers.inactivity);
  core_.observer().OnBodyComplete(point_->path());
}

void PushSession::LoseConnection() {
  if (!Apply(ServerEvent::kConnectionClosed)) return;
  // The Idle-Timeout goes on: until it expires the push may resume.
  connection_.reset();
  core_.Log(LogLevel::kWarning, "push to " + point_->path() +
                                    " has lost its connection and may resume");
  core_.observer().OnConnectionLost(point_->path());
}

void PushSession::Violate() {
  if (Apply(ServerEvent::kViolation)) Delete();
}

void PushSession::Disconnect(unsigned status) {
  if (!Apply(ServerEvent::kAdministrativeDisconnect)) return;
  if (connection_) connection_->Refuse(status);
  Delete();
}

void PushSession::RememberSocket(GSocket* socket) {
  socket_ = glib::Ref<GSocket>::Share(socket);
}

void PushSession::ExpireIdle() {
  if (!Apply(ServerEvent::kIdleTimeout)) return;
  core_.Log(LogLevel::kWarning,
            "push to " + point_->path() + ": the Idle-Timeout has expired");
  if (connection_) connection_->Refuse(SOUP_STATUS_REQUEST_TIMEOUT);
  Delete();
}

void PushSession::ExpireInactivity() {
  if (!Apply(ServerEvent::kInactivityTimeout)) return;
  core_.Log(LogLevel::kWarning, "push to " + point_->path() +
                                    ": the Inactivity-Timeout has expired");
  Delete();
}

void PushSession::Delete() {
  const auto self = shared_from_this();
  idle_.Stop();
  inactivity_.Stop();
  connection_.reset();
  // Between requests libsoup has the connection: it closes at the end of the
  // stream. A socket that is closed already stays as it is.
  if (socket_) g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr);
  socket_.reset();
  point_->EndStream();
  core_.observer().OnClosed(point_->path());
  deleted_(*self);
}

}  // namespace wms::pubpoint
