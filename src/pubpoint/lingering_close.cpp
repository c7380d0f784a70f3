// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/lingering_close.h"

#include <sys/socket.h>

#include <array>

namespace wms::pubpoint {

LingeringClose::LingeringClose(PlainConnection connection, std::string response,
                               std::chrono::milliseconds limit,
                               std::size_t drain_bytes,
                               std::span<std::uint8_t> buffer)
    : connection_(std::move(connection)),
      response_(std::move(response)),
      limit_(limit),
      drain_left_(drain_bytes),
      buffer_(buffer) {}

LingeringClose::~LingeringClose() {
  io_.Reset();
}

void LingeringClose::Start(std::function<void()> done) {
  done_ = std::move(done);
  const std::weak_ptr<LingeringClose> weak = weak_from_this();
  timer_ = WatchTime(limit_, [weak] {
    if (auto self = weak.lock()) self->Finish();
  });
  Write();
}

void LingeringClose::Write() {
  const Bytes all(reinterpret_cast<const std::uint8_t*>(response_.data()),
                  response_.size());
  const std::weak_ptr<LingeringClose> weak = weak_from_this();
  while (written_ < all.size()) {
    const std::array<Bytes, 1> part = {all.subspan(written_)};
    const IoResult sent = Send(connection_.fd(), part);
    if (sent.status == IoResult::Status::kWouldBlock) {
      io_ = WatchWritable(connection_.fd(), [weak] {
        if (auto self = weak.lock()) self->Write();
      });
      return;
    }
    if (sent.status == IoResult::Status::kClosed) break;
    written_ += sent.size;
  }
  // A peer that is gone already shows when it is read.
  shutdown(connection_.fd(), SHUT_WR);
  io_ = WatchReadable(connection_.fd(), [weak] {
    if (auto self = weak.lock()) self->Drain();
  });
}

void LingeringClose::Drain() {
  const IoResult read = Receive(connection_.fd(), buffer_);
  if (read.status == IoResult::Status::kWouldBlock) return;
  if (read.status == IoResult::Status::kClosed || read.size >= drain_left_) {
    Finish();
    return;
  }
  drain_left_ -= read.size;
}

void LingeringClose::Finish() {
  const auto self = shared_from_this();
  io_.Reset();
  timer_.Reset();
  connection_.Close();
  const auto done = std::exchange(done_, nullptr);
  if (done) done();
}

}  // namespace wms::pubpoint
