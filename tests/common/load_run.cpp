// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/load_run.h"

#include "common/load_peers.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

namespace wms::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// For all to end when the load has.
constexpr seconds kEndDeadline{20};

/// Encoders differ in their packet sizes, and so in their pace.
constexpr std::array<std::uint32_t, 5> kPacketSizes = {1400, 2000, 2900, 3600,
                                                       4800};

LoadStream MakeStream(std::uint32_t index, std::uint32_t bits_per_second) {
  LoadStream stream;
  stream.path = "/load" + std::to_string(index);
  stream.index = index;
  stream.packet_size = kPacketSizes[index % kPacketSizes.size()];
  stream.interval = std::chrono::nanoseconds(
      std::int64_t{1000000000} * 8 * stream.packet_size / bits_per_second);
  stream.header =
      MakeHeader({.packet_size = stream.packet_size,
                  .max_bitrate = bits_per_second,
                  .id = static_cast<std::uint8_t>(1 + index % 255)});
  return stream;
}

class Load {
 public:
  explicit Load(const LoadOptions& options)
      : options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Load() { close(epoll_); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  LoadResult Run();

 private:
  /// Peers have numbers: encoders first, then players.
  std::size_t PeerCount() const { return encoders_.size() + players_.size(); }
  LoadSocket& SocketOf(std::size_t peer);
  bool IsDone(std::size_t peer) const;

  void Begin();
  void Join(LoadClock::time_point now);
  void Watch(std::size_t peer, int operation);
  void Step(LoadClock::time_point until);
  void Serve(std::size_t peer, std::uint32_t events);
  void JoinAgain(std::size_t peer);
  bool AllDone() const;
  bool AllPlay() const;
  LoadResult Collect() const;
  void CollectPlayer(const LoadPlayer& player, LoadResult& result) const;

  const LoadOptions& options_;
  const int epoll_;
  LoadClock::time_point start_;
  std::vector<std::unique_ptr<LoadEncoder>> encoders_;
  std::vector<std::unique_ptr<LoadPlayer>> players_;
  std::vector<bool> wants_room_;
};

LoadSocket& Load::SocketOf(std::size_t peer) {
  return peer < encoders_.size() ? encoders_[peer]->socket()
                                 : players_[peer - encoders_.size()]->socket();
}

bool Load::IsDone(std::size_t peer) const {
  return peer < encoders_.size() ? encoders_[peer]->done()
                                 : players_[peer - encoders_.size()]->done();
}

void Load::Watch(std::size_t peer, int operation) {
  LoadSocket& socket = SocketOf(peer);
  wants_room_.resize(std::max(wants_room_.size(), peer + 1));
  wants_room_[peer] = socket.waiting() > 0;
  epoll_event event{};
  event.events = wants_room_[peer] ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = peer;
  epoll_ctl(epoll_, operation, socket.fd(), &event);
}

void Load::Begin() {
  start_ = LoadClock::now();
  for (std::uint32_t i = 0; i < options_.encoders; ++i) {
    encoders_.push_back(std::make_unique<LoadEncoder>(
        options_.port, MakeStream(i, options_.bits_per_second)));
    Watch(i, EPOLL_CTL_ADD);
  }
}

/// Each player joins when its turn has come and its stream is there.
void Load::Join(LoadClock::time_point now) {
  while (players_.size() < options_.players) {
    const auto turn = start_ + options_.join_time *
                                   static_cast<int>(players_.size() + 1) /
                                   static_cast<int>(options_.players);
    const LoadEncoder& encoder = *encoders_[players_.size() % encoders_.size()];
    if (now < turn || encoder.sent() == 0) return;
    players_.push_back(
        std::make_unique<LoadPlayer>(options_.port, encoder.stream()));
    Watch(PeerCount() - 1, EPOLL_CTL_ADD);
  }
}

void Load::Serve(std::size_t peer, std::uint32_t events) {
  if (IsDone(peer)) return;
  if ((events & EPOLLOUT) != 0) SocketOf(peer).Flush();
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
    if (peer < encoders_.size()) {
      encoders_[peer]->OnReadable();
    } else {
      players_[peer - encoders_.size()]->OnReadable();
    }
  }
  if (!IsDone(peer)) return;
  SocketOf(peer).Close();
  JoinAgain(peer);
}

void Load::JoinAgain(std::size_t peer) {
  if (peer < encoders_.size()) return;
  auto& player = players_[peer - encoders_.size()];
  const LoadEncoder& encoder = *encoders_[player->stream().index];
  if (!player->too_early() || !encoder.streaming()) return;
  player = std::make_unique<LoadPlayer>(options_.port, encoder.stream());
  Watch(peer, EPOLL_CTL_ADD);
}

void Load::Step(LoadClock::time_point until) {
  for (const auto& encoder : encoders_)
    until = std::min(until, encoder->due());
  const auto wait = std::chrono::ceil<milliseconds>(until - LoadClock::now());
  std::array<epoll_event, 64> events;
  const int count =
      epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                 static_cast<int>(std::max<std::int64_t>(wait.count(), 0)));
  for (int i = 0; i < count; ++i)
    Serve(events[static_cast<std::size_t>(i)].data.u64,
          events[static_cast<std::size_t>(i)].events);
  const LoadClock::time_point now = LoadClock::now();
  for (const auto& encoder : encoders_)
    encoder->OnTime(now);
  for (std::size_t peer = 0; peer < PeerCount(); ++peer) {
    if (!IsDone(peer) && wants_room_[peer] != (SocketOf(peer).waiting() > 0)) {
      Watch(peer, EPOLL_CTL_MOD);
    }
  }
}

bool Load::AllDone() const {
  for (std::size_t peer = 0; peer < PeerCount(); ++peer) {
    if (!IsDone(peer)) return false;
  }
  return true;
}

/// Every player has joined, and has had some of its stream.
bool Load::AllPlay() const {
  return players_.size() == options_.players &&
         std::ranges::all_of(players_, [](const auto& player) {
           return player->received() > 0 || player->done();
         });
}

LoadResult Load::Run() {
  Begin();
  auto next_sample = start_ + seconds(1);
  const auto end = start_ + options_.duration;
  // On a busy machine some come late: the streams wait for them.
  const auto latest = end + kEndDeadline;
  for (auto now = start_; now < end || (now < latest && !AllPlay());
       now = LoadClock::now()) {
    Join(now);
    if (now >= next_sample) {
      if (options_.sample) options_.sample();
      next_sample += seconds(1);
    }
    // Turns to join are a few milliseconds apart.
    const auto turn = players_.size() < options_.players ? now + milliseconds(5)
                                                         : next_sample;
    Step(now < end ? std::min(turn, end) : turn);
  }
  for (std::size_t i = 0; i < encoders_.size(); ++i)
    encoders_[i]->End();
  const auto deadline = LoadClock::now() + kEndDeadline;
  while (!AllDone() && LoadClock::now() < deadline)
    Step(deadline);
  return Collect();
}

void Load::CollectPlayer(const LoadPlayer& player, LoadResult& result) const {
  result.packets_received += player.received();
  result.bytes_received +=
      std::uint64_t{player.received()} * player.stream().packet_size;
  result.packets_lost += player.lost();
  const std::uint32_t sent = encoders_[player.stream().index]->sent();
  if (player.received() > 0) result.packets_lost += sent - player.next();
  result.delays.insert(result.delays.end(), player.delays().begin(),
                       player.delays().end());
  if (!player.failure().empty()) {
    result.failures.push_back(player.failure());
  } else if (player.received() == 0) {
    result.failures.push_back("player of " + player.stream().path +
                              ": it got no packet");
  } else if (!player.done()) {
    result.failures.push_back("player of " + player.stream().path +
                              ": it has not ended");
  }
}

LoadResult Load::Collect() const {
  LoadResult result;
  for (const auto& encoder : encoders_) {
    result.packets_sent += encoder->sent();
    result.bytes_sent +=
        std::uint64_t{encoder->sent()} * encoder->stream().packet_size;
    if (!encoder->failure().empty()) {
      result.failures.push_back(encoder->failure());
    } else if (!encoder->done()) {
      result.failures.push_back("encoder of " + encoder->stream().path +
                                ": it has not ended");
    }
  }
  for (const auto& player : players_)
    CollectPlayer(*player, result);
  if (players_.size() < options_.players) {
    result.failures.push_back("not all players came to join");
  }
  std::sort(result.delays.begin(), result.delays.end());
  return result;
}

}  // namespace

LoadResult RunLoad(const LoadOptions& options) {
  return Load(options).Run();
}

}  // namespace wms::test
