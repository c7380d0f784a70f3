// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/core.h"
#include "pubpoint/watch.h"
#include "pubpoint/wmsp_format.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace wms::pubpoint {

class Player;
class PlayerSessions;

/// State of one player on the server ([MS-WMSP] 3.2.1): its client-id, what it
/// can do, and whether it is being served. It outlives connections, and ends
/// with the Idle-Timeout (3.2.6.2).
class PlayerSession : public std::enable_shared_from_this<PlayerSession> {
 public:
  PlayerSession(PlayerSessions& sessions, std::uint32_t client_id,
                std::string path);
  PlayerSession(const PlayerSession&) = delete;
  PlayerSession& operator=(const PlayerSession&) = delete;

  std::uint32_t client_id() const { return client_id_; }
  const std::string& path() const { return path_; }
  PlayState state() const { return state_; }
  bool predictive() const { return predictive_; }
  Deadline::Clock::time_point used() const { return used_; }

  /// Finds out whether the player is still there. One that closes its
  /// connection and comes back at once may be faster than the loop.
  void CatchUp();

  /// 3.2.5.1: a request has come; keeps what it says about the client.
  void TakeRequest(const wmsp::Request& request);
  /// 3.2.5.2: it is being answered.
  void Answered();

  /// What a Play is answered with; its states are this session's.
  std::shared_ptr<WmspFormat> MakeFormat(const wmsp::Request& request,
                                         bool repeat_header);
  /// The connection that the format is served on (Data-Connection).
  void SetPlayer(const std::shared_ptr<Player>& player) { player_ = player; }

  /// SelectStream (3.2.5.7); nothing to do while nothing is played.
  void Select(const wmsp::Request& request);
  /// Stop (3.2.5.10): no more $D.
  void Stop();

 private:
  void SetState(PlayState state);
  void StartIdle();
  void ExpireIdle();

  PlayerSessions& sessions_;
  const std::uint32_t client_id_;
  const std::string path_;
  PlayState state_ = PlayState::kInit;
  /// Client-features: without a Supported header the client has it (3.2.3).
  bool predictive_ = true;
  std::weak_ptr<WmspFormat> format_;
  std::weak_ptr<Player> player_;
  Deadline::Clock::time_point used_;
  Deadline idle_;
};

/// The sessions of all players, bounded in number: when there is no room, the
/// one that has been idle longest is deleted.
class PlayerSessions {
 public:
  explicit PlayerSessions(Core& core) : core_(core) {}
  PlayerSessions(const PlayerSessions&) = delete;
  PlayerSessions& operator=(const PlayerSessions&) = delete;

  /// A new session with a client-id that nobody has (3.2.3). Fails when all
  /// are streaming, or without random numbers; http_status is the response.
  Result<std::shared_ptr<PlayerSession>> Create(const std::string& path);

  /// The session of @a client_id, null when there is none; with @a path, only
  /// when it is for that.
  std::shared_ptr<PlayerSession> Find(std::uint32_t client_id) const;
  std::shared_ptr<PlayerSession> Find(std::uint32_t client_id,
                                      const std::string& path) const;

  void Delete(std::uint32_t client_id) { sessions_.erase(client_id); }
  std::size_t count() const { return sessions_.size(); }
  Core& core() const { return core_; }

 private:
  bool MakeRoom();

  Core& core_;
  std::map<std::uint32_t, std::shared_ptr<PlayerSession>> sessions_;
};

}  // namespace wms::pubpoint
