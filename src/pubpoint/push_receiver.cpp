// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/push_receiver.h"

#include "pubpoint/response.h"

#include <libsoup/soup.h>

#include <algorithm>

namespace wms::pubpoint {
namespace {

/// Reads from one push before the others get their turn.
constexpr int kReadsPerTurn = 8;
/// Reads that take all that a socket holds, and bound how long a client that
/// goes on sending can take.
constexpr int kReadsToCatchUp = 64;

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

void PushReceiver::BeginReading() {
  start_.Reset();
  const std::weak_ptr<PushReceiver> weak = weak_from_this();
  readable_ = WatchReadable(fd_, [weak] {
    if (auto self = weak.lock()) self->Read(Extent::kOneTurn);
  });
  const std::vector<std::uint8_t> early = std::exchange(connection_.early, {});
  Consume(early);
}

void PushReceiver::CatchUp() {
  // By the time of another request libsoup has left this one.
  if (start_) BeginReading();
  Read(Extent::kAll);
}

void PushReceiver::Read(Extent extent) {
  const int most = extent == Extent::kOneTurn ? kReadsPerTurn : kReadsToCatchUp;
  for (int i = 0; i < most && connection_.stream; ++i) {
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
  TakeBody(bytes);
  // Packets that came in one read leave in one write.
  session_->point()->Flush();
}

void PushReceiver::TakeBody(Bytes bytes) {
  const std::size_t size =
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_));
  left_ -= size;
  reader_.Feed(bytes.first(size));
  if (!TakePackets() || left_ > 0) return;
  if (reader_.buffered() > 0) {
    Violation({HResult::NS_E_BAD_REQUEST, Fault::kPeer,
               "2.2.3: Content-Length ends within a packet"});
    return;
  }
  const Bytes behind = bytes.subspan(size);
  connection_.early.assign(behind.begin(), behind.end());
  Complete();
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
      // $E has ended the session. No response is needed unless the body is
      // at its end, too (3.2.5.5).
      readable_.Reset();
      const bool complete = left_ == 0;
      core_.CloseGently(std::move(connection_),
                        complete
                            ? WriteResponse(PushResponse(SOUP_STATUS_NO_CONTENT,
                                                         session_->push_id()),
                                            true)
                            : std::string());
      return false;
    }
  }
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
  core_.CloseGently(std::move(connection_),
                    WriteResponse(PushResponse(status), true));
}

}  // namespace wms::pubpoint
