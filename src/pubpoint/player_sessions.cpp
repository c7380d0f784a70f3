// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/player_sessions.h"

#include "pubpoint/player.h"
#include "pubpoint/random.h"
#include "pubpoint/response.h"

#include <libsoup/soup.h>

#include <algorithm>

namespace wms::pubpoint {

PlayerSession::PlayerSession(PlayerSessions& sessions, std::uint32_t client_id,
                             std::string path)
    : sessions_(sessions),
      client_id_(client_id),
      path_(std::move(path)),
      used_(Deadline::Clock::now()),
      idle_([this] { ExpireIdle(); }) {}

void PlayerSession::CatchUp() {
  if (const auto player = player_.lock()) player->LookForEnd();
}

void PlayerSession::TakeRequest(const wmsp::Request& request) {
  idle_.Stop();
  used_ = Deadline::Clock::now();
  if (request.predictive_streams) predictive_ = *request.predictive_streams;
}

void PlayerSession::Answered() {
  if (state_ != PlayState::kStreaming) StartIdle();
}

std::shared_ptr<WmspFormat> PlayerSession::MakeFormat(
    const wmsp::Request& request, bool repeat_header) {
  // One that waits has a connection yet, which is of no use from now on; its
  // end is not this session's any more.
  if (const auto player = player_.lock()) player->Stop();
  const std::weak_ptr<PlayerSession> weak = weak_from_this();
  auto current = std::make_shared<std::weak_ptr<WmspFormat>>();
  auto format = std::make_shared<WmspFormat>(
      request, repeat_header, predictive_, [weak, current](PlayState state) {
        const auto self = weak.lock();
        if (self && self->format_.lock() == current->lock()) {
          self->SetState(state);
        }
      });
  *current = format;
  format_ = format;
  return format;
}

void PlayerSession::SetState(PlayState state) {
  state_ = state;
  used_ = Deadline::Clock::now();
  if (state == PlayState::kStreaming) {
    idle_.Stop();
  } else {
    StartIdle();
  }
}

void PlayerSession::Select(const wmsp::Request& request) {
  if (const auto format = format_.lock()) format->Select(request);
}

void PlayerSession::Stop() {
  if (const auto player = player_.lock()) player->Stop();
  SetState(PlayState::kIdle);
}

void PlayerSession::StartIdle() {
  idle_.Start(sessions_.core().options().timers.player_idle);
}

void PlayerSession::ExpireIdle() {
  const auto self = shared_from_this();
  if (const auto player = player_.lock()) player->Stop();
  sessions_.core().Log(LogLevel::kDebug,
                       "a player's session of " + path_ + " has expired");
  sessions_.Delete(client_id_);
}

Result<std::shared_ptr<PlayerSession>> PlayerSessions::Create(
    const std::string& path) {
  if (!MakeRoom()) {
    return Refusal(SOUP_STATUS_SERVICE_UNAVAILABLE,
                   "there are too many sessions of players");
  }
  for (;;) {
    std::uint32_t id = 0;
    if (const Result<void> drawn = FillRandom(
            std::span(reinterpret_cast<std::uint8_t*>(&id), sizeof id));
        !drawn) {
      return drawn.error();
    }
    // Some players take 0 for "none yet".
    if (id == 0 || sessions_.contains(id)) continue;
    auto session = std::make_shared<PlayerSession>(*this, id, path);
    sessions_[id] = session;
    return session;
  }
}

std::shared_ptr<PlayerSession> PlayerSessions::Find(
    std::uint32_t client_id) const {
  const auto found = sessions_.find(client_id);
  return found != sessions_.end() ? found->second : nullptr;
}

std::shared_ptr<PlayerSession> PlayerSessions::Find(
    std::uint32_t client_id, const std::string& path) const {
  auto session = Find(client_id);
  return session && session->path() == path ? session : nullptr;
}

bool PlayerSessions::MakeRoom() {
  if (sessions_.size() < core_.options().limits.player_sessions) return true;
  auto oldest = sessions_.end();
  for (auto i = sessions_.begin(); i != sessions_.end(); ++i) {
    const PlayState state = i->second->state();
    if (state == PlayState::kStreaming || state == PlayState::kWaiting) {
      continue;
    }
    if (oldest == sessions_.end() ||
        i->second->used() < oldest->second->used()) {
      oldest = i;
    }
  }
  if (oldest == sessions_.end()) return false;
  sessions_.erase(oldest);
  return true;
}

}  // namespace wms::pubpoint
