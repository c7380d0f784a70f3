// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/strictness.h"
#include "pubpoint/connection.h"
#include "pubpoint/observer.h"
#include "pubpoint/options.h"
#include "pubpoint/response.h"
#include "pubpoint/status_board.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace wms::pubpoint {

class LingeringClose;
class Player;

/// What all parts of a server share: its options, its log, and the ownership
/// of connections that outlive what they belonged to.
class Core {
 public:
  explicit Core(ServerOptions options);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const ServerOptions& options() const { return options_; }
  Observer& observer() const { return *observer_; }
  Strictness strictness() const {
    return options_.strict ? Strictness::kStrict : Strictness::kTolerant;
  }
  void Log(LogLevel level, const std::string& line) const;
  /// Reports that a peer broke a rule, and counts it: for @a point, for the
  /// server when it concerns none.
  void Violation(const std::string& where, const std::string& what,
                 PointFigures* point = nullptr);
  StatusBoard& board() { return board_; }

  /// One read's worth of memory for all connections: what is in it is used
  /// up before the next read.
  std::span<std::uint8_t> read_buffer() { return read_buffer_; }

  /// Writes @a response, ends this side of the connection, and reads what
  /// comes for a while before closing, so that the peer gets to read the
  /// response. It may be empty.
  void CloseGently(PlainConnection connection, std::string response = {});

  /// Answers a request that has been read to its end. With @a keep the
  /// connection goes back to the HTTP server for the next one, unless bytes
  /// came behind the request: they have no place to go back to, and in this
  /// protocol no client sends any before it has the response (3.1.4.3).
  void Respond(Connection connection, const Response& response, bool keep);

  /// How connections get back to the HTTP server, {} when they do not.
  void SetHandBack(std::function<void(Connection)> hand_back) {
    hand_back_ = std::move(hand_back);
  }

  /// Players live here until their connection is closed.
  void AddPlayer(std::shared_ptr<Player> player);
  void RemovePlayer(const std::shared_ptr<Player>& player);
  std::size_t player_count() const { return players_.size(); }

  /// Calls @a quiet as soon as there is no player and no lingering
  /// connection.
  void NotifyQuiet(std::function<void()> quiet);
  /// Cuts all that NotifyQuiet would wait for.
  void CutAll();

 private:
  void RemoveLingering(const std::shared_ptr<LingeringClose>& closing);
  void CheckQuiet();

  const ServerOptions options_;
  Observer no_observer_;
  Observer* const observer_;
  StatusBoard board_;
  std::vector<std::uint8_t> read_buffer_;
  std::function<void(Connection)> hand_back_;
  std::function<void()> quiet_;
  std::set<std::shared_ptr<Player>> players_;
  std::set<std::shared_ptr<LingeringClose>> lingering_;
};

}  // namespace wms::pubpoint
