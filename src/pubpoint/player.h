// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/connection.h"
#include "pubpoint/core.h"
#include "pubpoint/delivery_queue.h"
#include "pubpoint/player_format.h"
#include "pubpoint/watch.h"

#include <memory>
#include <span>
#include <string_view>

namespace wms::pubpoint {

/// A player's connection: writes what is queued as fast as it is taken. The
/// queue is bounded; who falls behind goes on with a later key frame or is
/// dropped (ServerOptions::slow_players), always between whole packets, so
/// that a slow player costs the push nothing.
class Player : public std::enable_shared_from_this<Player> {
 public:
  Player(Core& core, PlainConnection connection,
         std::shared_ptr<PlayerFormat> format,
         std::shared_ptr<PlayerFigures> figures);
  ~Player();
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /// Begins with @a head, the response's, the header and the newest packets,
  /// and watches for the player to go.
  void Start(std::string_view head, const HeaderRef& header,
             std::span<const PacketRef> burst);

  /// The next packet of the stream. It leaves with Flush, so that packets that
  /// come together do so in one write.
  void Deliver(const PacketRef& packet);
  void Flush();

  /// Another header takes the place of the one before.
  void Switch(const HeaderRef& header);

  /// The stream has ended: closes when all that is queued has been written.
  void End();

  /// Closes behind what has been begun, at once if nothing has.
  void Stop();

  /// Finds out whether the player has closed its side.
  void LookForEnd();

  /// False when nothing can be queued any more.
  bool open() const { return state_ == State::kOpen; }

  /// How often packets were left out because it took them too slowly.
  std::size_t skips() const { return skips_; }

 private:
  enum class State { kOpen, kFinishing, kClosed };

  bool HasRoom(std::size_t cost) const;
  /// As far as the socket takes what waits already.
  void MakeRoom(std::size_t cost);
  void Queue(Delivery delivery);
  void Push(Delivery delivery);
  /// What the policy says for a player whose queue is full.
  void FallBehind();
  void SkipQueued();
  void Drop();
  void Finish();
  void KeepBegun();
  /// As much as the socket takes, and no more than others can wait for.
  void Write();
  /// False when that was all for now; @a left is what Write may still write.
  bool WriteSome(std::size_t& left);
  void GoOnWhenWritable();
  void Advance(std::size_t size);
  void Gone(bool flushed);

  Core& core_;
  PlainConnection connection_;
  const std::shared_ptr<PlayerFormat> format_;
  const std::shared_ptr<PlayerFigures> figures_;
  State state_ = State::kOpen;
  DeliveryQueue queue_;
  std::size_t queued_bytes_ = 0;  // by Delivery::cost
  /// The packets among those that it began with: they are no sign of a slow
  /// player. What has gone of them is no room for later ones.
  std::size_t burst_bytes_ = 0;
  std::size_t front_written_ = 0;  // of the first delivery
  std::size_t skips_ = 0;
  bool took_some_ = false;    // since the last skip
  bool socket_full_ = false;  // when it was written to last
  Watch writable_;
  Watch readable_;
  Watch flush_timer_;
};

}  // namespace wms::pubpoint
