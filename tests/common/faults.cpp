// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/faults.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <dlfcn.h>
#include <pthread.h>

namespace wms::test {
namespace {

constexpr int kNone = -1;
std::atomic<int> chosen{kNone};
std::atomic<int> left{0};
std::atomic<bool> fired{false};
std::atomic<int> wanted_error{0};
/// Thread whose calls do not count, 0 for none.
std::atomic<pid_t> spared{0};

/// Whether this call is the one; then errno says why.
bool IsDue(Call call, int error) {
  if (chosen != static_cast<int>(call)) return false;
  if (spared != 0 && spared == gettid()) return false;
  if (--left != 0) return false;
  fired = true;
  errno = wanted_error != 0 ? wanted_error.load() : error;
  return true;
}

template <typename Function>
Function* Next(Function* /*type*/, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

const char* CallName(Call call) {
  switch (call) {
    case Call::kSocket:
      return "socket";
    case Call::kConnect:
      return "connect";
    case Call::kAccept:
      return "accept";
    case Call::kSend:
      return "send";
    case Call::kReceive:
      return "receive";
    case Call::kAddress:
      return "address";
    case Call::kOption:
      return "option";
    case Call::kPoll:
      return "poll";
    case Call::kEpollCreate:
      return "epoll_create1";
    case Call::kEpollControl:
      return "epoll_ctl";
    case Call::kEpollWait:
      return "epoll_wait";
    case Call::kOpen:
      return "open";
    case Call::kDuplicate:
      return "duplicate";
    case Call::kWrite:
      return "write";
    case Call::kThread:
      return "thread";
  }
  return "";
}

Fault::Fault(Call call, int nth, Whose whose, int error) {
  fired = false;
  left = nth;
  wanted_error = error;
  spared = whose == Whose::kOtherThreads ? gettid() : 0;
  chosen = static_cast<int>(call);
}

Fault::~Fault() {
  chosen = kNone;
}

bool Fault::happened() const {
  return fired;
}

}  // namespace wms::test

using wms::test::Call;
using wms::test::IsDue;
using wms::test::Next;

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" {

int socket(int domain, int type, int protocol) noexcept {
  static const auto next = Next(&socket, "socket");
  if (IsDue(Call::kSocket, EMFILE)) return -1;
  return next(domain, type, protocol);
}

int connect(int fd, const sockaddr* address, socklen_t size) {
  static const auto next = Next(&connect, "connect");
  if (IsDue(Call::kConnect, ENETUNREACH)) return -1;
  return next(fd, address, size);
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
  static const auto next = Next(&send, "send");
  if (IsDue(Call::kSend, ECONNRESET)) return -1;
  return next(fd, data, size, flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static const auto next = Next(&sendmsg, "sendmsg");
  if (IsDue(Call::kSend, ECONNRESET)) return -1;
  return next(fd, message, flags);
}

ssize_t recv(int fd, void* data, size_t size, int flags) {
  static const auto next = Next(&recv, "recv");
  if (IsDue(Call::kReceive, ECONNRESET)) return -1;
  return next(fd, data, size, flags);
}

ssize_t recvfrom(int fd, void* data, size_t size, int flags, sockaddr* address,
                 socklen_t* address_size) {
  static const auto next = Next(&recvfrom, "recvfrom");
  if (IsDue(Call::kReceive, ECONNRESET)) return -1;
  return next(fd, data, size, flags, address, address_size);
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
  static const auto next = Next(&recvmsg, "recvmsg");
  if (IsDue(Call::kReceive, ECONNRESET)) return -1;
  return next(fd, message, flags);
}

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  static const auto next = Next(&accept4, "accept4");
  if (IsDue(Call::kAccept, EMFILE)) return -1;
  return next(fd, address, size, flags);
}

int getsockname(int fd, sockaddr* address, socklen_t* size) noexcept {
  static const auto next = Next(&getsockname, "getsockname");
  if (IsDue(Call::kAddress, ENOBUFS)) return -1;
  return next(fd, address, size);
}

int getpeername(int fd, sockaddr* address, socklen_t* size) noexcept {
  static const auto next = Next(&getpeername, "getpeername");
  if (IsDue(Call::kAddress, ENOTCONN)) return -1;
  return next(fd, address, size);
}

int getsockopt(int fd, int level, int name, void* value,
               socklen_t* size) noexcept {
  static const auto next = Next(&getsockopt, "getsockopt");
  if (IsDue(Call::kOption, ENOBUFS)) return -1;
  return next(fd, level, name, value, size);
}

int setsockopt(int fd, int level, int name, const void* value,
               socklen_t size) noexcept {
  static const auto next = Next(&setsockopt, "setsockopt");
  if (IsDue(Call::kOption, ENOBUFS)) return -1;
  return next(fd, level, name, value, size);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  static const auto next = Next(&pwrite, "pwrite64");
  if (IsDue(Call::kWrite, ENOSPC)) return -1;
  return next(fd, data, size, offset);
}

int poll(pollfd* fds, nfds_t count, int timeout) {
  static const auto next = Next(&poll, "poll");
  // GLib complains of anything but a signal.
  if (IsDue(Call::kPoll, EINTR)) return -1;
  return next(fds, count, timeout);
}

int epoll_create1(int flags) noexcept {
  static const auto next = Next(&epoll_create1, "epoll_create1");
  if (IsDue(Call::kEpollCreate, EMFILE)) return -1;
  return next(flags);
}

int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  static const auto next = Next(&epoll_ctl, "epoll_ctl");
  if (IsDue(Call::kEpollControl, ENOSPC)) return -1;
  return next(epoll, operation, fd, event);
}

int epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
  static const auto next = Next(&epoll_wait, "epoll_wait");
  if (IsDue(Call::kEpollWait, EINTR)) return -1;
  return next(epoll, events, most, timeout);
}

int open(const char* path, int flags, ...) {
  static const auto next = Next(&open, "open");
  if (IsDue(Call::kOpen, EMFILE)) return -1;
  va_list arguments;
  va_start(arguments, flags);
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it has begun
  const mode_t mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return next(path, flags, mode);
}

int fcntl(int fd, int command, ...) {
  static const auto next = Next(&fcntl, "fcntl64");
  if (command == F_DUPFD_CLOEXEC && IsDue(Call::kDuplicate, EMFILE)) return -1;
  va_list arguments;
  va_start(arguments, command);
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it has begun
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return next(fd, command, argument);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*start)(void*), void* argument) noexcept {
  static const auto next = Next(&pthread_create, "pthread_create");
  if (IsDue(Call::kThread, EAGAIN)) return EAGAIN;
  return next(thread, attributes, start, argument);
}

}  // extern "C"
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
