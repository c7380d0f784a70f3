// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/player.h"

#include <algorithm>
#include <array>

namespace wms::pubpoint {

Player::Player(Core& core, Connection connection, std::string name,
               std::shared_ptr<PlayerFigures> figures)
    : core_(core),
      connection_(std::move(connection)),
      name_(std::move(name)),
      figures_(std::move(figures)) {}

Player::~Player() {
  Close(connection_);
}

void Player::Start(std::string_view head) {
  const std::weak_ptr<Player> weak = weak_from_this();
  readable_ = WatchSocket(connection_.socket(), G_IO_IN, [weak] {
    if (auto self = weak.lock()) self->LookForEnd();
  });
  Queue(std::make_shared<const std::vector<std::uint8_t>>(head.begin(),
                                                          head.end()));
}

void Player::Queue(const Chunk& chunk) {
  if (!open()) return;
  if (queued_bytes_ + chunk->size() > core_.options().limits.player_queue) {
    Drop();
    return;
  }
  queue_.push_back(chunk);
  queued_bytes_ += chunk->size();
  figures_->queued_bytes = queued_bytes_;
  // While it waits for room, the watch does the writing.
  if (!writable_) Write();
}

void Player::Finish() {
  if (!open()) return;
  state_ = State::kFinishing;
  StartFlush();
}

void Player::Drop() {
  core_.Log(LogLevel::kWarning,
            name_ + " takes its data too slowly and is dropped: " +
                std::to_string(queued_bytes_) + " bytes were waiting for it");
  figures_->AddDrop();
  state_ = State::kFinishing;
  // What has been begun is finished, so that it ends behind a whole packet.
  queue_.resize(front_written_ > 0 ? 1 : 0);
  queued_bytes_ = queue_.empty() ? 0 : queue_.front()->size() - front_written_;
  figures_->queued_bytes = queued_bytes_;
  StartFlush();
}

void Player::StartFlush() {
  const std::weak_ptr<Player> weak = weak_from_this();
  flush_timer_ = WatchTime(core_.options().timers.player_flush, [weak] {
    if (auto self = weak.lock()) self->Gone(false);
  });
  if (!writable_ || queue_.empty()) Write();
}

void Player::Write() {
  while (!queue_.empty()) {
    std::array<Bytes, kMaxParts> parts;
    const std::size_t count = std::min(queue_.size(), kMaxParts);
    for (std::size_t i = 0; i < count; ++i)
      parts[i] = *queue_[i];
    parts[0] = parts[0].subspan(front_written_);
    const IoResult sent =
        Send(connection_.socket(), std::span(parts).first(count));
    if (sent.status == IoResult::Status::kClosed) {
      Gone(false);
      return;
    }
    if (sent.status == IoResult::Status::kWouldBlock) {
      if (writable_) return;
      const std::weak_ptr<Player> weak = weak_from_this();
      writable_ = WatchSocket(connection_.socket(), G_IO_OUT, [weak] {
        if (auto self = weak.lock()) self->Write();
      });
      return;
    }
    Advance(sent.size);
  }
  writable_.Reset();
  if (state_ == State::kFinishing) Gone(true);
}

void Player::Advance(std::size_t size) {
  queued_bytes_ -= size;
  figures_->queued_bytes = queued_bytes_;
  figures_->AddSent(size);
  size += front_written_;
  while (!queue_.empty() && size >= queue_.front()->size()) {
    size -= queue_.front()->size();
    queue_.pop_front();
  }
  front_written_ = size;
}

void Player::LookForEnd() {
  const IoResult read = Receive(connection_.socket(), core_.read_buffer());
  if (read.status == IoResult::Status::kClosed) Gone(false);
}

void Player::Gone(bool flushed) {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  state_ = State::kClosed;
  writable_.Reset();
  readable_.Reset();
  flush_timer_.Reset();
  queue_.clear();
  core_.Log(LogLevel::kInfo, name_ + " has ended");
  if (flushed) {
    core_.CloseGently(std::move(connection_));
  } else {
    Close(connection_);
  }
  core_.RemovePlayer(self);
}

}  // namespace wms::pubpoint
