// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/connection.h"
#include "pubpoint/core.h"
#include "pubpoint/watch.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace wms::pubpoint {

/// Bytes that all players of a point share: a header or a packet, whole.
using Chunk = std::shared_ptr<const std::vector<std::uint8_t>>;

/// A player's connection: writes what is queued as fast as it is taken. The
/// queue is bounded; who falls behind it is dropped behind a whole packet, so
/// that a slow player costs the push nothing.
class Player : public std::enable_shared_from_this<Player> {
 public:
  Player(Core& core, Connection connection, std::string name,
         std::shared_ptr<PlayerFigures> figures);
  ~Player();
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /// Begins with @a head, the response's, and watches for the player to go.
  void Start(std::string_view head);

  /// Queues one chunk, or drops the player when that is one too many.
  void Queue(const Chunk& chunk);

  /// Closes when all that is queued has been written.
  void Finish();

  /// False when nothing can be queued any more.
  bool open() const { return state_ == State::kOpen; }

 private:
  enum class State { kOpen, kFinishing, kClosed };

  void Drop();
  void StartFlush();
  void Write();
  void Advance(std::size_t size);
  void LookForEnd();
  void Gone(bool flushed);

  Core& core_;
  Connection connection_;
  const std::string name_;  // for the log: point and address
  const std::shared_ptr<PlayerFigures> figures_;
  State state_ = State::kOpen;
  std::deque<Chunk> queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t front_written_ = 0;  // of the first chunk
  Watch writable_;
  Watch readable_;
  Watch flush_timer_;
};

}  // namespace wms::pubpoint
