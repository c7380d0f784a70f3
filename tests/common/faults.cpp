// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/faults.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

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

/// Whether this call is the one; then errno says why.
bool IsDue(Call call, int error) {
  if (chosen != static_cast<int>(call) || --left != 0) return false;
  fired = true;
  errno = error;
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
    case Call::kSend:
      return "send";
    case Call::kReceive:
      return "receive";
    case Call::kPoll:
      return "poll";
    case Call::kOpen:
      return "open";
    case Call::kThread:
      return "thread";
  }
  return "";
}

Fault::Fault(Call call, int nth) {
  fired = false;
  left = nth;
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

int poll(pollfd* fds, nfds_t count, int timeout) {
  static const auto next = Next(&poll, "poll");
  // GLib complains of anything but a signal.
  if (IsDue(Call::kPoll, EINTR)) return -1;
  return next(fds, count, timeout);
}

int open(const char* path, int flags, ...) {
  static const auto next = Next(&open, "open");
  if (IsDue(Call::kOpen, EMFILE)) return -1;
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return next(path, flags, mode);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*start)(void*), void* argument) noexcept {
  static const auto next = Next(&pthread_create, "pthread_create");
  if (IsDue(Call::kThread, EAGAIN)) return EAGAIN;
  return next(thread, attributes, start, argument);
}

}  // extern "C"
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
