// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/push_session.h"

#include "asf/data_packet.h"
#include "wmhttp/length_remaining.h"

#include <libsoup/soup.h>

#include <sys/socket.h>

#include <algorithm>

namespace wms::pubpoint {

using wmhttp::NextState;
using wmhttp::PacketId;
using wmhttp::ServerEvent;

namespace {

/// @a error of a packet, and the section that wants it to be ASF.
Error In(const char* section, Error error) {
  error.message = section + error.message;
  return error;
}

}  // namespace

PushSession::PushSession(Core& core, std::string push_id,
                         std::shared_ptr<PublishingPoint> point,
                         std::function<void(PushSession&)> deleted)
    : core_(core),
      push_id_(std::move(push_id)),
      point_(std::move(point)),
      figures_(core.board().AddPush(point_->figures())),
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

Result<void> PushSession::Setup(const wmhttp::SetupBody& body) {
  if (!Apply(ServerEvent::kSetupAccepted)) {
    return Error{HResult::NS_E_INVALID_REQUEST, Fault::kPeer,
                 "3.2.5.1: PushSetup while a PushStart is in progress",
                 SOUP_STATUS_CONFLICT};
  }
  // 2.2.2.2: the first PushStart after it begins with $H.
  order_ = {};
  auto_destroy_ = auto_destroy_ || body.auto_destroy;
  keep_point_ = body.keep;
  set_up_ = std::chrono::steady_clock::now();
  // It may have been running since a connection was lost (3.2.7.1).
  if (idle_.running()) idle_.Start(core_.options().timers.idle);
  inactivity_.Start(core_.options().timers.inactivity);
  core_.observer().OnSetup(point_->path());
  return {};
}

Result<void> PushSession::CheckLength(std::uint64_t content_length) const {
  if (core_.strictness() != Strictness::kStrict || packet_size_ == 0) return {};
  const std::uint64_t least =
      wmhttp::MinimumContentLength(packet_size_, header_size_);
  if (content_length >= least) return {};
  return Refusal(SOUP_STATUS_BAD_REQUEST, "3.1.4.2.1: a Content-Length of " +
                                              std::to_string(content_length) +
                                              " where this header needs " +
                                              std::to_string(least));
}

Result<void> PushSession::Start(std::shared_ptr<SessionConnection> connection,
                                std::uint64_t content_length) {
  if (Result<void> enough = CheckLength(content_length); !enough) {
    return enough;
  }
  if (!Apply(ServerEvent::kStartAccepted)) {
    return Error{HResult::NS_E_INVALID_REQUEST, Fault::kPeer,
                 "3.2.5.2: PushStart while another is in progress",
                 SOUP_STATUS_CONFLICT};
  }
  may_repeat_ = order_.state() != wmhttp::PacketOrder::State::kSwitch;
  order_.BeginRequest();
  claimed_ = true;
  content_length_ = content_length;
  connection_ = std::move(connection);
  figures_->state = PushFigures::State::kStreaming;
  socket_.reset();
  inactivity_.Stop();
  idle_.Start(core_.options().timers.idle);
  core_.observer().OnStart(point_->path());
  return {};
}

bool PushSession::unclaimed() const {
  const auto age = std::chrono::steady_clock::now() - set_up_;
  return !claimed_ && age >= core_.options().timers.unclaimed && socket_ &&
         g_socket_is_closed(socket_.get()) != FALSE;
}

void PushSession::Yield() {
  if (!Apply(ServerEvent::kInactivityTimeout)) return;
  core_.Log(LogLevel::kWarning, "push to " + point_->path() +
                                    ": a PushSetup that nobody went on with "
                                    "makes room for another");
  Delete();
}

bool PushSession::HasUnreadRequest() const {
  char byte = 0;
  return socket_ && recv(g_socket_get_fd(socket_.get()), &byte, 1,
                         MSG_PEEK | MSG_DONTWAIT) > 0;
}

void PushSession::CatchUp() {
  // It may leave this when it ends.
  const std::shared_ptr<SessionConnection> connection = connection_;
  if (connection) connection->CatchUp();
}

void PushSession::OnChallenged(wmhttp::RequestType type) {
  if (state_ != wmhttp::ServerState::kAwaitStart) return;
  if (type == wmhttp::RequestType::kPushSetup) {
    inactivity_.Start(core_.options().timers.inactivity);
  } else {
    idle_.Start(core_.options().timers.idle);
  }
}

Result<void> PushSession::Take(const wmhttp::Packet& packet) {
  const auto reason = static_cast<HResult>(packet.reason);
  if (Result<void> in_order = order_.Advance(packet.id, reason); !in_order) {
    return in_order;
  }
  Result<void> taken = TakePacket(packet, reason);
  may_repeat_ = false;
  return taken;
}

Result<void> PushSession::TakePacket(const wmhttp::Packet& packet,
                                     HResult reason) {
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
  const bool first = packet.id == PacketId::kHeader;
  const char* section = first ? "2.2.3.6: " : "2.2.3.2: ";
  const Result<asf::Header> header = asf::ParseHeader(packet.payload);
  if (!header) return In(section, header.error());
  const Result<asf::StreamNumbers> streams =
      asf::CheckHeader(packet.payload, core_.strictness());
  if (!streams) return In(section, streams.error());
  packet_size_ = header->packet_size;
  header_size_ = header->size;
  streams_ = *streams;
  if (Result<void> enough = CheckLength(content_length_); !enough) {
    return enough;
  }
  idle_.Start(core_.options().timers.idle);
  figures_->AddHeader(packet.payload.size());
  // Behind another PushSetup $H may say again what is known, and so may $C
  // behind a cut: then the stream goes on, and neither players nor recordings
  // notice.
  const bool again =
      (first || may_repeat_) && std::ranges::equal(header_, packet.payload);
  header_.assign(packet.payload.begin(), packet.payload.end());
  if (!again) point_->BeginStream(packet.payload, *header);
  core_.observer().OnHeader(point_->path(), packet.payload);
  return {};
}

Result<void> PushSession::TakeData(const wmhttp::Packet& packet) {
  constexpr const char* kSection = "2.2.3.3: ";
  const Result<asf::DataPacket> parsed = asf::ParseDataPacket(packet.payload);
  if (!parsed) return In(kSection, parsed.error());
  const Result<void> valid = asf::CheckDataPacket(
      packet.payload, *parsed, packet_size_, streams_, core_.strictness());
  if (!valid) return In(kSection, valid.error());
  Result<asf::PaddedPacket> padded =
      asf::RestorePadding(packet.payload, *parsed, packet_size_);
  if (!padded) return In(kSection, padded.error());
  idle_.Start(core_.options().timers.idle);
  figures_->AddPacket(packet.payload.size(), parsed->send_time_ms);
  core_.observer().OnPacket(point_->path(), packet.payload, *padded);
  point_->AddPacket(std::move(*padded));
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
  figures_->state = PushFigures::State::kWaiting;
  idle_.Stop();
  inactivity_.Start(core_.options().timers.inactivity);
  core_.observer().OnBodyComplete(point_->path());
}

void PushSession::LoseConnection() {
  if (!Apply(ServerEvent::kConnectionClosed)) return;
  // The Idle-Timeout goes on: until it expires the push may resume.
  connection_.reset();
  figures_->state = PushFigures::State::kInterrupted;
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
