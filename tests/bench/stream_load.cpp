// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "stream_load.h"

#include "marks.h"
#include "stream_peers.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <queue>
#include <utility>

namespace wms::bench {
namespace {

constexpr std::int64_t kMillisecond = 1000000;
/// What a stream has sent before players join: servers keep the newest part of
/// it, 2 s at the publishing point.
constexpr std::int64_t kBeforePlayers = 3000 * kMillisecond;
/// From one player to the next: none is to wait for the others' bursts.
constexpr std::int64_t kBetweenPlayers = 2 * kMillisecond;
/// From the last player's first byte to the time that is measured.
constexpr std::int64_t kSettle = 1000 * kMillisecond;
constexpr std::int64_t kJoinDeadline = 60000 * kMillisecond;

class StreamLoad {
 public:
  explicit StreamLoad(const StreamLoadOptions& options);
  ~StreamLoad() { close(epoll_); }
  StreamLoad(const StreamLoad&) = delete;
  StreamLoad& operator=(const StreamLoad&) = delete;

  StreamLoadResult Run();

 private:
  void Watch(int fd, std::size_t peer) const;
  /// Serves all until @a until, or until something has failed.
  void Go(std::int64_t until_ns);
  void Serve(std::size_t peer);
  std::int64_t Push(std::int64_t now_ns);
  void Fail(const std::string& failure);
  void StartStreams();
  void Join();
  bool AllPlay() const;

  const StreamLoadOptions& options_;
  const std::int64_t interval_ns_;
  const int epoll_;
  std::vector<std::unique_ptr<StreamPusher>> pushers_;
  std::vector<std::unique_ptr<StreamPlayer>> players_;
  using Due = std::pair<std::int64_t, std::size_t>;  // when, and whose
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(1 << 18);
  StreamLoadResult result_;
};

StreamLoad::StreamLoad(const StreamLoadOptions& options)
    : options_(options),
      interval_ns_(std::int64_t{options.packet_size} * 8 * 1000000000 /
                   options.bits_per_second),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

/// Peers have numbers: pushers first, then players.
void StreamLoad::Watch(int fd, std::size_t peer) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = peer;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
    std::perror("epoll_ctl");
    std::exit(1);
  }
}

void StreamLoad::Fail(const std::string& failure) {
  if (result_.failure.empty()) result_.failure = failure;
}

void StreamLoad::Serve(std::size_t peer) {
  if (peer < pushers_.size()) {
    pushers_[peer]->OnReadable();
    Fail(pushers_[peer]->failure());
    due_.emplace(pushers_[peer]->due_ns(), peer);
    return;
  }
  StreamPlayer& player = *players_[peer - pushers_.size()];
  player.OnReadable(room_, result_.delays_us);
  Fail(player.failure());
}

/// Sends what is due. When the next packet is.
std::int64_t StreamLoad::Push(std::int64_t now_ns) {
  while (!due_.empty() && due_.top().first <= now_ns) {
    const std::size_t peer = due_.top().second;
    due_.pop();
    pushers_[peer]->OnTime(now_ns);
    Fail(pushers_[peer]->failure());
    due_.emplace(pushers_[peer]->due_ns(), peer);
  }
  return due_.empty() ? INT64_MAX : due_.top().first;
}

void StreamLoad::Go(std::int64_t until_ns) {
  std::array<epoll_event, 256> events;
  std::int64_t now = Nanoseconds();
  while (now < until_ns && result_.failure.empty()) {
    const std::int64_t next = std::min(until_ns, Push(now));
    const std::int64_t left = std::max<std::int64_t>(next - Nanoseconds(), 0);
    const timespec wait{left / 1000000000, left % 1000000000};
    const int count =
        epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
    for (int i = 0; i < count; ++i)
      Serve(events[static_cast<std::size_t>(i)].data.u64);
    now = Nanoseconds();
  }
}

void StreamLoad::StartStreams() {
  for (std::uint32_t i = 0; i < options_.streams; ++i) {
    pushers_.push_back(
        std::make_unique<StreamPusher>(options_.dialect, options_.port, i,
                                       options_.packet_size, interval_ns_));
    Watch(pushers_.back()->fd(), i);
    Go(Nanoseconds() + kMillisecond);
  }
  const auto flows = [](const auto& pusher) { return pusher->sent() > 0; };
  const std::int64_t deadline = Nanoseconds() + kJoinDeadline;
  while (!std::ranges::all_of(pushers_, flows) && result_.failure.empty()) {
    Go(Nanoseconds() + 10 * kMillisecond);
    for (const auto& pusher : pushers_)
      pusher->Flush();
    if (Nanoseconds() > deadline) Fail("not all streams have begun");
  }
  Go(Nanoseconds() + kBeforePlayers);
}

bool StreamLoad::AllPlay() const {
  return std::ranges::all_of(
      players_, [](const auto& player) { return player->first_byte_ms() > 0; });
}

void StreamLoad::Join() {
  for (std::uint32_t i = 0; i < options_.players; ++i) {
    players_.push_back(
        std::make_unique<StreamPlayer>(options_.port, i % options_.streams));
    Watch(players_.back()->fd(), pushers_.size() + i);
    Go(Nanoseconds() + kBetweenPlayers);
  }
  const std::int64_t deadline = Nanoseconds() + kJoinDeadline;
  while (!AllPlay() && result_.failure.empty()) {
    Go(Nanoseconds() + 10 * kMillisecond);
    for (const auto& player : players_)
      player->Flush();
    if (Nanoseconds() > deadline) Fail("not all players have a stream");
  }
  Go(Nanoseconds() + kSettle);
}

StreamLoadResult StreamLoad::Run() {
  StartStreams();
  if (options_.before_players) options_.before_players();
  Join();
  for (const auto& player : players_)
    result_.first_byte_ms.push_back(player->first_byte_ms());
  result_.delays_us.clear();
  if (options_.begin) options_.begin();
  const std::int64_t begin = Nanoseconds();
  Go(begin + std::chrono::nanoseconds(options_.measure).count());
  if (options_.end) options_.end();
  result_.expected =
      static_cast<std::uint64_t>((Nanoseconds() - begin) / interval_ns_) *
      options_.players;
  for (const auto& player : players_)
    result_.skipped += player->skipped();
  return result_;
}

}  // namespace

StreamLoadResult RunStreamLoad(const StreamLoadOptions& options) {
  return StreamLoad(options).Run();
}

}  // namespace wms::bench
