// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/player.h"

#include <algorithm>
#include <array>
#include <utility>

namespace wms::pubpoint {
namespace {

/// How much one player is written to before the others get their turn, however
/// fast it reads.
constexpr std::size_t kOneTurn = std::size_t{1} << 20;

Delivery Text(std::string_view text) {
  return ControlDelivery(std::vector<std::uint8_t>(text.begin(), text.end()));
}

}  // namespace

Player::Player(Core& core, PlainConnection connection,
               std::shared_ptr<PlayerFormat> format,
               std::shared_ptr<PlayerFigures> figures)
    : core_(core),
      connection_(std::move(connection)),
      format_(std::move(format)),
      figures_(std::move(figures)) {}

Player::~Player() {
  readable_.Reset();
  writable_.Reset();
}

void Player::Start(std::string_view head, const HeaderRef& header,
                   std::span<const PacketRef> burst) {
  const std::weak_ptr<Player> weak = weak_from_this();
  readable_ = WatchReadable(connection_.fd(), [weak] {
    if (auto self = weak.lock()) self->LookForEnd();
  });
  // In one piece: some players look for the header behind the first read.
  Push(Text(head));
  Queue(format_->Begin(header));
  if (!open()) return;
  for (const PacketRef& packet : burst) {
    if (std::optional<Delivery> delivery = format_->Data(packet)) {
      burst_bytes_ += delivery->cost();
      Push(std::move(*delivery));
    }
  }
  Flush();
}

bool Player::HasRoom(std::size_t cost) const {
  return queued_bytes_ + cost <=
         core_.options().limits.player_queue + burst_bytes_;
}

void Player::MakeRoom(std::size_t cost) {
  // What has not been written yet says nothing about how fast it reads, and so
  // its turn is as long as that takes.
  while (!HasRoom(cost) && !socket_full_ && !queue_.empty())
    Write();
}

void Player::Deliver(const PacketRef& packet) {
  if (!open()) return;
  const std::size_t most = sizeof(Delivery) + wmsp::kPacketHeaderSize +
                           std::max(packet->padded().size(), packet->memory());
  MakeRoom(most);
  if (open() && !HasRoom(most)) FallBehind();
  if (!open()) return;
  if (std::optional<Delivery> delivery = format_->Data(packet)) {
    Push(std::move(*delivery));
  }
}

void Player::Flush() {
  // While there is a watch, that does the writing.
  if (!writable_) Write();
}

void Player::Switch(const HeaderRef& header) {
  if (!open()) return;
  std::optional<Delivery> delivery = format_->Switch(header);
  if (!delivery) {
    End();
    return;
  }
  Queue(std::move(*delivery));
  Flush();
}

void Player::Queue(Delivery delivery) {
  MakeRoom(delivery.cost());
  if (!open()) return;
  if (!HasRoom(delivery.cost())) SkipQueued();
  // No skipping makes room for what is no packet.
  if (HasRoom(delivery.cost())) {
    Push(std::move(delivery));
  } else {
    Drop();
  }
}

void Player::Push(Delivery delivery) {
  queued_bytes_ += delivery.cost();
  figures_->queued_bytes = queued_bytes_;
  queue_.Push(std::move(delivery));
}

void Player::End() {
  if (!open()) return;
  if (std::optional<Delivery> delivery = format_->End()) {
    Push(std::move(*delivery));
  }
  if (open()) Finish();
}

void Player::Stop() {
  if (!open()) return;
  KeepBegun();
  Finish();
}

void Player::FallBehind() {
  // Who takes nothing at all has no use for a later key frame either.
  const bool hopeless = skips_ > 0 && !took_some_;
  if (core_.options().slow_players == SlowPlayers::kDrop || hopeless) {
    Drop();
    return;
  }
  if (skips_ == 0) {
    core_.Log(
        LogLevel::kWarning,
        figures_->Name() + " takes its data too slowly and misses some of it");
  }
  SkipQueued();
}

void Player::SkipQueued() {
  ++skips_;
  took_some_ = false;
  std::size_t unsent = 0;
  bool begun = front_written_ > 0;  // the first one
  queue_.Filter([&](const Delivery& delivery) {
    if (std::exchange(begun, false)) return true;
    if (delivery.kind == Delivery::Kind::kControl) return true;
    queued_bytes_ -= delivery.cost();
    ++unsent;
    return false;
  });
  burst_bytes_ = 0;
  figures_->queued_bytes = queued_bytes_;
  figures_->AddSkipped(unsent);
  format_->Skip(unsent);
}

void Player::Drop() {
  core_.Log(LogLevel::kWarning,
            figures_->Name() + " takes its data too slowly and is dropped: " +
                std::to_string(queued_bytes_) + " bytes were waiting for it");
  figures_->AddDrop();
  KeepBegun();
  Finish();
}

void Player::KeepBegun() {
  // What has been begun is finished, so that it ends behind a whole packet.
  bool begun = front_written_ > 0;  // the first one
  queue_.Filter(
      [&begun](const Delivery&) { return std::exchange(begun, false); });
  queued_bytes_ = queue_.empty() ? 0 : queue_.front().cost();
  figures_->queued_bytes = queued_bytes_;
}

void Player::Finish() {
  state_ = State::kFinishing;
  const std::weak_ptr<Player> weak = weak_from_this();
  flush_timer_ = WatchTime(core_.options().timers.player_flush, [weak] {
    if (auto self = weak.lock()) self->Gone(false);
  });
  if (!writable_ || queue_.empty()) Write();
}

void Player::Write() {
  socket_full_ = false;
  std::size_t left = kOneTurn;
  while (!queue_.empty()) {
    if (!WriteSome(left)) return;
  }
  writable_.Reset();
  if (state_ == State::kFinishing) Gone(true);
}

bool Player::WriteSome(std::size_t& left) {
  std::array<Bytes, kMaxParts> parts;
  std::size_t count = 0;
  std::size_t size = 0;
  std::size_t skip = front_written_;
  for (const Delivery& delivery : queue_.items()) {
    if (count + 4 > kMaxParts || size >= left) break;
    for (Bytes part :
         {delivery.prefix(), delivery.head, delivery.rest, delivery.padding}) {
      const std::size_t written = std::min(skip, part.size());
      skip -= written;
      part = part.subspan(written);
      size += part.size();
      if (!part.empty()) parts[count++] = part;
    }
  }
  const IoResult sent = Send(connection_.fd(), std::span(parts).first(count));
  switch (sent.status) {
    case IoResult::Status::kClosed:
      Gone(false);
      return false;
    case IoResult::Status::kWouldBlock:
      socket_full_ = true;
      GoOnWhenWritable();
      return false;
    case IoResult::Status::kDone:
      Advance(sent.size);
      left -= std::min(left, sent.size);
      if (left > 0 || queue_.empty()) return true;
      GoOnWhenWritable();
      return false;
  }
  return false;
}

void Player::GoOnWhenWritable() {
  if (writable_) return;
  const std::weak_ptr<Player> weak = weak_from_this();
  writable_ = WatchWritable(connection_.fd(), [weak] {
    if (auto self = weak.lock()) self->Write();
  });
}

void Player::Advance(std::size_t size) {
  took_some_ = took_some_ || size > 0;
  figures_->AddSent(size);
  size += front_written_;
  while (!queue_.empty() && size >= queue_.front().size()) {
    const Delivery& gone = queue_.front();
    size -= gone.size();
    queued_bytes_ -= gone.cost();
    // The burst's packets are in front of all others.
    if (gone.kind == Delivery::Kind::kData) {
      burst_bytes_ -= std::min(burst_bytes_, gone.cost());
    }
    queue_.Pop();
  }
  front_written_ = size;
  figures_->queued_bytes = queued_bytes_;
}

void Player::LookForEnd() {
  if (!connection_) return;
  const IoResult read = Receive(connection_.fd(), core_.read_buffer());
  if (read.status == IoResult::Status::kClosed) Gone(false);
}

void Player::Gone(bool flushed) {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  state_ = State::kClosed;
  writable_.Reset();
  readable_.Reset();
  flush_timer_.Reset();
  queue_.Clear();
  queued_bytes_ = 0;
  core_.Log(
      LogLevel::kInfo,
      figures_->Name() + " has ended" +
          (skips_ > 0 ? ", it has skipped " + std::to_string(skips_) + " times"
                      : ""));
  if (flushed) {
    core_.CloseGently(std::move(connection_));
  } else {
    connection_.Close();
  }
  format_->OnGone();
  core_.RemovePlayer(self);
}

}  // namespace wms::pubpoint
