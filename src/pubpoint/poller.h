// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <tuple>
#include <unordered_map>

namespace wms::pubpoint {

/// What the publishing point waits for in one thread, sockets and times: all
/// of it is one source of GLib, around an epoll descriptor, so that a turn of
/// the main loop costs what there is to do and not what there is to wait for.
/// Used through the watches of watch.h, which keep it alive.
class Poller : public std::enable_shared_from_this<Poller> {
  /// Only OfThread() makes one.
  struct Private {};

 public:
  using Clock = std::chrono::steady_clock;
  using Function = std::function<void()>;
  enum class Side { kRead, kWrite };

  /// A time that is waited for; they expire in this order.
  struct TimerKey {
    Clock::time_point due;
    std::uint64_t number;  // counts what is waited for from 1
    bool operator<(const TimerKey& other) const {
      return std::tie(due, number) < std::tie(other.due, other.number);
    }
  };
  /// A side of a socket that is waited for.
  struct SocketKey {
    int fd;
    Side side;
    std::uint64_t number;
  };

  /// The one of the thread's default context.
  static std::shared_ptr<Poller> OfThread();

  Poller(Private, glib::MainContext context);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Calls @a expired once, when it is @a due or later.
  TimerKey AddTimer(Clock::time_point due, Function expired);

  /// Calls @a ready each time @a fd can be read or written without waiting,
  /// or its connection is broken. A side has one function: another one takes
  /// its place. To be removed before @a fd is closed.
  SocketKey AddSocket(int fd, Side side, Function ready);

  /// From here on the function is not called, even if its time has come. What
  /// has been removed already may be removed again.
  void Remove(const TimerKey& timer);
  void Remove(const SocketKey& key);

 private:
  /// What one side of a socket is waited for with.
  struct Slot {
    std::uint64_t number = 0;  // 0: nothing waits
    Function ready;
    glib::Source alone;  // where epoll has no room for it
  };
  struct Socket {
    std::array<Slot, 2> slots;  // by Side
    std::uint32_t registered = 0;

    Slot& At(Side side) { return slots[static_cast<std::size_t>(side)]; }
    std::uint32_t Wanted() const;
  };
  struct LoopSource;
  struct AloneCall;

  static gboolean OnReady(GSource* source, GSourceFunc callback,
                          gpointer data) noexcept;

  void Dispatch(bool sockets);
  void RunTimers();
  void PollSockets();
  void Wake(int fd, std::uint32_t events, std::uint64_t newest);
  void Call(int fd, Side side);
  Slot* Find(int fd, Side side);
  bool Open();
  bool Register(int fd, Socket& socket);
  void WatchAlone(int fd, Side side, Slot& slot);
  void Arm(Clock::time_point due);

  const glib::MainContext context_;
  glib::Source source_;
  gpointer ready_tag_ = nullptr;  // of epoll_ in source_
  int epoll_ = -1;
  std::uint64_t numbers_ = 0;
  std::map<TimerKey, Function> timers_;
  /// What source_ wakes up for, which may be too early.
  Clock::time_point armed_ = Clock::time_point::max();
  std::unordered_map<int, Socket> sockets_;
};

}  // namespace wms::pubpoint
