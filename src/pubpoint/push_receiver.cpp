// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/push_receiver.h"

#include "pubpoint/response.h"

#include <libsoup/soup.h>

#include <algorithm>

namespace wms::pubpoint {
namespace {

/// How far one push is read before the others get their turn: in reads, and in
/// bytes of packets with their padding, since a few bytes may stand for a
/// packet of 64 KiB, which is recorded, say.
struct Turn {
  int reads;
  std::size_t bytes;
};
constexpr Turn kOneTurn{8, std::size_t{2} << 20};
/// Takes all that a socket holds, and bounds how long a client that goes on
/// sending can take.
constexpr Turn kCatchUp{64, std::size_t{16} << 20};

}  // namespace

PushReceiver::PushReceiver(Core& core, Connection connection,
                           std::shared_ptr<PushSession> session,
                           const RequestHead& head)
    : core_(core),
      connection_(std::move(connection)),
      fd_(connection_.fd()),
      session_(std::move(session)),
      left_(head.content_length.value_or(0)),
      keep_alive_(head.keep_alive),
      address_(head.address) {}

PushReceiver::~PushReceiver() {
  readable_.Reset();
  Close(connection_);
}

void PushReceiver::Begin() {
  const std::weak_ptr<PushReceiver> weak = weak_from_this();
  // libsoup is still at work on the request that brought this connection.
  start_ = WatchTime(std::chrono::milliseconds(0), [weak] {
    if (auto self = weak.lock()) self->BeginReading();
  });
}

void PushReceiver::WatchSocket() {
  const std::weak_ptr<PushReceiver> weak = weak_from_this();
  readable_ = WatchReadable(fd_, [weak] {
    if (auto self = weak.lock()) self->Read(Extent::kOneTurn);
  });
}

void PushReceiver::BeginReading() {
  start_.Reset();
  WatchSocket();
  turn_bytes_ = kOneTurn.bytes;
  const std::vector<std::uint8_t> early = std::exchange(connection_.early, {});
  Consume(early);
}

void PushReceiver::CatchUp() {
  // By the time of another request libsoup has left this one.
  if (start_) BeginReading();
  Read(Extent::kAll);
}

void PushReceiver::Read(Extent extent) {
  const Turn& turn = extent == Extent::kOneTurn ? kOneTurn : kCatchUp;
  turn_bytes_ = turn.bytes;
  if (go_on_) GoOn();
  for (int i = 0; i < turn.reads && connection_.stream && !go_on_; ++i) {
    const std::span<std::uint8_t> buffer = core_.read_buffer();
    const IoResult read = Receive(fd_, buffer);
    if (read.status == IoResult::Status::kWouldBlock) return;
    if (read.status == IoResult::Status::kClosed) {
      readable_.Reset();
      Close(connection_);
      session_->LoseConnection();
      return;
    }
    Consume(buffer.first(read.size));
    // Most likely that was all; what comes behind it comes in its own turn.
    if (extent == Extent::kOneTurn && read.size < buffer.size()) return;
  }
}

void PushReceiver::Consume(Bytes bytes) {
  const std::size_t size =
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_));
  left_ -= size;
  const Bytes behind = bytes.subspan(size);
  connection_.early.assign(behind.begin(), behind.end());
  reader_.Feed(bytes.first(size));
  TakeBody();
}

void PushReceiver::TakeBody() {
  const auto self = shared_from_this();
  if (TakePackets() && left_ == 0) {
    if (reader_.buffered() > 0) {
      Violation({HResult::NS_E_BAD_REQUEST, Fault::kPeer,
                 "2.2.3: Content-Length ends within a packet"});
    } else {
      Complete();
    }
  }
  // Packets that came in one read leave in one write.
  session_->point()->FlushWhenDue();
}

bool PushReceiver::Count(const wmhttp::Packet& packet) {
  const bool data = packet.id == wmhttp::PacketId::kData;
  const std::size_t size =
      std::max<std::size_t>(packet.size, data ? session_->packet_size() : 0);
  turn_bytes_ -= std::min(size, turn_bytes_);
  return turn_bytes_ > 0;
}

void PushReceiver::Pause() {
  readable_.Reset();
  reader_.Keep();
  const std::weak_ptr<PushReceiver> weak = weak_from_this();
  go_on_ = WatchTime(std::chrono::milliseconds(0), [weak] {
    if (auto self = weak.lock()) self->Read(Extent::kOneTurn);
  });
}

void PushReceiver::GoOn() {
  go_on_.Reset();
  WatchSocket();
  TakeBody();
}

bool PushReceiver::TakePackets() {
  while (true) {
    const Result<std::optional<wmhttp::Packet>> packet = reader_.Next();
    if (!packet) {
      Violation(packet.error());
      return false;
    }
    if (!packet->has_value()) return true;
    if (const Result<void> taken = session_->Take(**packet); !taken) {
      Violation(taken.error());
      return false;
    }
    packet_offset_ += (*packet)->size;
    if (session_->closed()) {
      CloseBehindEnd();
      return false;
    }
    if (!Count(**packet)) {
      Pause();
      return false;
    }
  }
}

void PushReceiver::CloseBehindEnd() {
  // $E has ended the session. No response is needed unless the body is at its
  // end, too (3.2.5.5).
  readable_.Reset();
  const bool complete = left_ == 0;
  core_.CloseGently(
      std::move(connection_),
      complete
          ? WriteResponse(
                PushResponse(SOUP_STATUS_NO_CONTENT, session_->push_id()), true)
          : std::string());
}

void PushReceiver::Complete() {
  const auto self = shared_from_this();
  readable_.Reset();
  session_->CompleteBody();
  session_->RememberSocket(connection_.socket());
  core_.Respond(std::move(connection_),
                PushResponse(SOUP_STATUS_NO_CONTENT, session_->push_id()),
                keep_alive_);
}

void PushReceiver::Violation(const Error& error) {
  core_.Violation("push to " + session_->point()->path() + " from " + address_ +
                      ", byte " + std::to_string(packet_offset_) +
                      " of the body",
                  error.message, session_->point()->figures().get());
  const auto self = shared_from_this();
  session_->Violate();
  Refuse(SOUP_STATUS_BAD_REQUEST);
}

void PushReceiver::Refuse(unsigned status) {
  if (!connection_.stream) return;
  readable_.Reset();
  start_.Reset();
  go_on_.Reset();
  core_.CloseGently(std::move(connection_),
                    WriteResponse(PushResponse(status), true));
}

}  // namespace wms::pubpoint
