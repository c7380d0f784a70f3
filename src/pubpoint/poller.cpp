// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/poller.h"

#include <glib-unix.h>

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace wms::pubpoint {
namespace {

/// Sockets that are served before others in the loop, libsoup's, get their
/// turn. epoll goes on with the next ones then.
constexpr std::size_t kSocketsPerTurn = 64;

/// Wakes both sides, whether it is waited for or not.
constexpr std::uint32_t kBroken = EPOLLHUP | EPOLLERR;

constexpr std::uint32_t EventOf(Poller::Side side) {
  return side == Poller::Side::kRead ? EPOLLIN : EPOLLOUT;
}

constexpr std::array kSides = {Poller::Side::kRead, Poller::Side::kWrite};

}  // namespace

struct Poller::LoopSource {
  GSource base;
  Poller* poller;
};

/// What the source of a slot that is watched alone calls.
struct Poller::AloneCall {
  Poller* poller;
  int fd;
  Side side;
};

std::uint32_t Poller::Socket::Wanted() const {
  std::uint32_t events = 0;
  for (const Side side : kSides) {
    const Slot& slot = slots[static_cast<std::size_t>(side)];
    if (slot.number != 0 && !slot.alone) events |= EventOf(side);
  }
  return events;
}

std::shared_ptr<Poller> Poller::OfThread() {
  thread_local std::weak_ptr<Poller> newest;
  glib::MainContext context(g_main_context_ref_thread_default());
  std::shared_ptr<Poller> poller = newest.lock();
  if (!poller || poller->context_ != context) {
    poller = std::make_shared<Poller>(Private(), std::move(context));
    newest = poller;
  }
  return poller;
}

Poller::Poller(Private, glib::MainContext context)
    : context_(std::move(context)) {
  static GSourceFuncs functions = {nullptr, nullptr, OnReady,
                                   nullptr, nullptr, nullptr};
  source_.reset(g_source_new(&functions, sizeof(LoopSource)));
  reinterpret_cast<LoopSource*>(source_.get())->poller = this;
  g_source_attach(source_.get(), context_.get());
}

Poller::~Poller() {
  g_source_destroy(source_.get());
  if (epoll_ >= 0) close(epoll_);
}

gboolean Poller::OnReady(GSource* source, GSourceFunc /*callback*/,
                         gpointer /*data*/) noexcept {
  // The last of its watches may go meanwhile.
  const auto poller =
      reinterpret_cast<LoopSource*>(source)->poller->shared_from_this();
  poller->Dispatch(poller->ready_tag_ != nullptr &&
                   g_source_query_unix_fd(source, poller->ready_tag_) != 0);
  return G_SOURCE_CONTINUE;
}

void Poller::Dispatch(bool sockets) {
  RunTimers();
  if (sockets) PollSockets();
  Arm(timers_.empty() ? Clock::time_point::max() : timers_.begin()->first.due);
}

Poller::TimerKey Poller::AddTimer(Clock::time_point due, Function expired) {
  const TimerKey key{due, ++numbers_};
  timers_.emplace(key, std::move(expired));
  if (due < armed_) Arm(due);
  return key;
}

void Poller::Remove(const TimerKey& timer) {
  // The loop may wake up for nothing then, which costs less than telling it.
  // What the function holds goes last: it may come back here.
  const auto removed = timers_.extract(timer);
}

void Poller::RunTimers() {
  // Those that are added meanwhile have a later time.
  const Clock::time_point now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first.due <= now) {
    const auto timer = timers_.extract(timers_.begin());
    timer.mapped()();
  }
}

void Poller::Arm(Clock::time_point due) {
  if (due == armed_) return;
  armed_ = due;
  gint64 ready = -1;
  if (due != Clock::time_point::max()) {
    const auto wait = std::max(due - Clock::now(), Clock::duration::zero());
    ready = g_get_monotonic_time() +
            std::chrono::ceil<std::chrono::microseconds>(wait).count();
  }
  g_source_set_ready_time(source_.get(), ready);
}

Poller::SocketKey Poller::AddSocket(int fd, Side side, Function ready) {
  Socket& socket = sockets_[fd];
  Slot& slot = socket.At(side);
  if (slot.alone) g_source_destroy(slot.alone.get());
  const Slot replaced =
      std::exchange(slot, {++numbers_, std::move(ready), nullptr});
  const std::uint64_t number = slot.number;
  if (!Register(fd, socket)) WatchAlone(fd, side, slot);
  return {fd, side, number};
}

void Poller::Remove(const SocketKey& key) {
  Slot* const slot = Find(key.fd, key.side);
  if (slot == nullptr || slot->number != key.number) return;
  if (slot->alone) g_source_destroy(slot->alone.get());
  // What the function holds goes last: it may come back here.
  const Slot removed = std::exchange(*slot, {});
  const auto at = sockets_.find(key.fd);
  // Where that fails the next event shows it, see Wake().
  Register(key.fd, at->second);
  if (std::all_of(at->second.slots.begin(), at->second.slots.end(),
                  [](const Slot& s) { return s.number == 0; })) {
    sockets_.erase(at);
  }
}

Poller::Slot* Poller::Find(int fd, Side side) {
  const auto at = sockets_.find(fd);
  return at != sockets_.end() ? &at->second.At(side) : nullptr;
}

bool Poller::Open() {
  if (epoll_ >= 0) return true;
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return false;
  ready_tag_ = g_source_add_unix_fd(source_.get(), epoll_, G_IO_IN);
  return true;
}

bool Poller::Register(int fd, Socket& socket) {
  const std::uint32_t wanted = socket.Wanted();
  if (wanted == socket.registered) return true;
  if (!Open()) return false;
  epoll_event event{};
  event.events = wanted;
  event.data.fd = fd;
  int operation = EPOLL_CTL_MOD;
  if (socket.registered == 0) operation = EPOLL_CTL_ADD;
  if (wanted == 0) operation = EPOLL_CTL_DEL;
  int result = epoll_ctl(epoll_, operation, fd, &event);
  if (result != 0 && operation == EPOLL_CTL_ADD && errno == EEXIST) {
    // Once it could not be taken out.
    result = epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
  }
  if (result != 0) return false;
  socket.registered = wanted;
  return true;
}

void Poller::WatchAlone(int fd, Side side, Slot& slot) {
  slot.alone.reset(
      g_unix_fd_source_new(fd, side == Side::kRead ? G_IO_IN : G_IO_OUT));
  const GUnixFDSourceFunc call = [](gint /*fd*/, GIOCondition /*condition*/,
                                    gpointer data) -> gboolean {
    // By value: the call may end this source.
    const AloneCall to = *static_cast<AloneCall*>(data);
    const auto poller = to.poller->shared_from_this();
    poller->Call(to.fd, to.side);
    return G_SOURCE_CONTINUE;
  };
  g_source_set_callback(
      slot.alone.get(),
      reinterpret_cast<GSourceFunc>(  // NOLINT: GLib's way
          reinterpret_cast<void (*)()>(call)),
      std::make_unique<AloneCall>(AloneCall{this, fd, side}).release(),
      [](gpointer data) { delete static_cast<AloneCall*>(data); });
  g_source_attach(slot.alone.get(), context_.get());
}

void Poller::PollSockets() {
  std::array<epoll_event, kSocketsPerTurn> events;
  const int count = epoll_wait(epoll_, events.data(), events.size(), 0);
  // What is added meanwhile has not been asked for: neither the other side of
  // a socket, nor a new one in the place of one that is closed.
  const std::uint64_t newest = numbers_;
  for (int i = 0; i < count; ++i) {
    Wake(events[static_cast<std::size_t>(i)].data.fd,
         events[static_cast<std::size_t>(i)].events, newest);
  }
}

void Poller::Wake(int fd, std::uint32_t events, std::uint64_t newest) {
  const auto at = sockets_.find(fd);
  if (at == sockets_.end()) {
    // Removed a moment ago, or that has failed: then it would come for ever.
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    return;
  }
  Register(fd, at->second);
  for (const Side side : kSides) {
    if ((events & (EventOf(side) | kBroken)) == 0) continue;
    const Slot* const slot = Find(fd, side);
    if (slot == nullptr || slot->number == 0 || slot->number > newest) continue;
    Call(fd, side);
  }
}

void Poller::Call(int fd, Side side) {
  Slot* slot = Find(fd, side);
  const std::uint64_t number = slot->number;
  // It stays here while it runs, whatever becomes of its slot.
  Function ready = std::move(slot->ready);
  ready();
  slot = Find(fd, side);
  if (slot != nullptr && slot->number == number) slot->ready = std::move(ready);
}

}  // namespace wms::pubpoint
