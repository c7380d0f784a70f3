// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "config.h"

#include "pubpoint/status_board.h"

#include <glib.h>

#include <algorithm>

namespace wms::pubpoint {
namespace {

/// Of a User-Agent header no more is shown than its first product.
constexpr std::size_t kMaxProduct = 80;

std::string FirstProduct(const std::string& user_agent) {
  const std::string product =
      user_agent.substr(0, std::min(user_agent.find(' '), kMaxProduct));
  // It may have been cut within a character, or never have been UTF-8.
  char* valid =
      g_utf8_make_valid(product.data(), static_cast<gssize>(product.size()));
  std::string text(valid);
  g_free(valid);
  return text;
}

const char* NameOf(PushFigures::State state) {
  switch (state) {
    case PushFigures::State::kWaiting:
      return "waiting";
    case PushFigures::State::kStreaming:
      return "streaming";
    case PushFigures::State::kInterrupted:
      break;
  }
  return "interrupted";
}

template <typename T>
void Add(std::vector<std::weak_ptr<T>>& list, const std::shared_ptr<T>& item) {
  std::erase_if(list,
                [](const std::weak_ptr<T>& old) { return old.expired(); });
  list.push_back(item);
}

}  // namespace

StatusBoard::StatusBoard()
    : since_(g_get_real_time() / G_USEC_PER_SEC),
      start_(std::chrono::steady_clock::now()),
      server_(std::make_shared<Totals>()) {}

std::shared_ptr<PointFigures> StatusBoard::AddPoint(std::string path) {
  // A point that is gone is listed until its last player is.
  for (const std::weak_ptr<PointFigures>& weak : points_) {
    auto old = weak.lock();
    if (old && old->path_ == path) return old;
  }
  auto point = std::make_shared<PointFigures>(std::move(path), server_);
  Add(points_, point);
  return point;
}

std::shared_ptr<PushFigures> StatusBoard::AddPush(
    const std::shared_ptr<PointFigures>& point) {
  auto push = std::make_shared<PushFigures>(point);
  point->push_ = push;
  return push;
}

std::shared_ptr<PlayerFigures> StatusBoard::AddPlayer(
    const std::shared_ptr<PointFigures>& point, std::string address,
    const std::string& user_agent, const char* kind) {
  auto player = std::make_shared<PlayerFigures>(point, std::move(address),
                                                FirstProduct(user_agent), kind);
  Add(point->players_, player);
  return player;
}

PushStatus StatusBoard::Describe(const PushFigures& push, SteadyTime now) {
  PushStatus status;
  status.address = push.address_;
  status.user_agent = FirstProduct(push.user_agent_);
  status.state = NameOf(push.state);
  status.since = push.since_;
  status.headers = push.headers_;
  status.packets = push.packets_;
  status.bytes = push.bytes_;
  status.bits_per_second = push.rate_.BitsPerSecond(now);
  status.lag_ms = push.lag_.Milliseconds(now);
  return status;
}

PlayerStatus StatusBoard::Describe(const PlayerFigures& player) {
  PlayerStatus status;
  status.address = player.address_;
  status.user_agent = player.user_agent_;
  status.kind = player.kind_;
  status.since = player.since_;
  status.sent_bytes = player.sent_bytes_;
  status.queued_bytes = player.queued_bytes;
  status.skipped_packets = player.skipped_packets_;
  return status;
}

PointStatus StatusBoard::Describe(const PointFigures& point, SteadyTime now) {
  PointStatus status;
  status.path = point.path_;
  status.live = point.live;
  status.totals = point.totals;
  if (const auto push = point.push_.lock()) status.push = Describe(*push, now);
  for (const std::weak_ptr<PlayerFigures>& weak : point.players_) {
    if (const auto player = weak.lock())
      status.players.push_back(Describe(*player));
  }
  return status;
}

ServerStatus StatusBoard::Snapshot() const {
  const SteadyTime now = std::chrono::steady_clock::now();
  ServerStatus status;
  status.version = WMSPUSH_VERSION;
  status.now = g_get_real_time() / G_USEC_PER_SEC;
  status.since = since_;
  status.uptime =
      std::chrono::duration_cast<std::chrono::seconds>(now - start_);
  status.totals = *server_;
  for (const std::weak_ptr<PointFigures>& weak : points_) {
    const auto point = weak.lock();
    if (!point) continue;
    status.totals += point->totals;
    status.points.push_back(Describe(*point, now));
  }
  std::sort(status.points.begin(), status.points.end(),
            [](const PointStatus& a, const PointStatus& b) {
              return a.path < b.path;
            });
  return status;
}

std::uint64_t PointStatus::QueuedBytes() const {
  std::uint64_t sum = 0;
  for (const PlayerStatus& player : players)
    sum += player.queued_bytes;
  return sum;
}

std::size_t ServerStatus::PushCount() const {
  return static_cast<std::size_t>(std::count_if(
      points.begin(), points.end(),
      [](const PointStatus& point) { return point.push.has_value(); }));
}

std::size_t ServerStatus::PlayerCount() const {
  std::size_t sum = 0;
  for (const PointStatus& point : points)
    sum += point.players.size();
  return sum;
}

}  // namespace wms::pubpoint
