// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/connection.h"

#include "pushsink/errors.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/sockios.h>

namespace wms {
namespace {

/// Packets closer together than this belong to one burst.
constexpr std::int64_t kBurstGapUs = 1000;
/// From this many on the stream is taken to run as fast as it can: whole
/// segments are worth more than the delay of the last one.
constexpr unsigned kBurstLength = 32;
/// How often a sender looks whether the server has answered.
constexpr std::int64_t kLookIntervalUs = 1000;
/// Seconds of the stream that the kernel may queue, and bounds for streams
/// that are very slow or very fast.
constexpr std::uint64_t kQueueSeconds = 5;
constexpr std::uint64_t kMinQueue = 128U * 1024;
constexpr std::uint64_t kMaxQueue = 4U * 1024 * 1024;

/// Probes of an idle connection, and how long the kernel lets one wait at
/// most, in seconds.
constexpr std::int64_t kProbes = 3;
constexpr std::int64_t kMaxKeepAlive = 32767;

/// Longest wait for acknowledgements of a connection that is given up.
constexpr std::int64_t kSettleUs = 60000;

/// Something was sent that may still be acknowledged.
bool IsUnderWay(int fd) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      info.tcpi_state == TCP_CLOSE) {
    return false;
  }
  int queued = 0;
  int unsent = 0;
  return ioctl(fd, SIOCOUTQ, &queued) == 0 &&
         ioctl(fd, SIOCOUTQNSD, &unsent) == 0 && queued > unsent;
}

/// Up to this size parts are copied together and not handed over one by one:
/// the kernel reads a list of parts more slowly than that takes.
constexpr std::size_t kGatherSize = 6144;

std::size_t SizeOf(std::span<iovec> parts) {
  std::size_t size = 0;
  for (const iovec& part : parts)
    size += part.iov_len;
  return size;
}

ssize_t SendOne(int fd, const void* data, std::size_t size) {
  return send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t SendGathered(int fd, std::span<const iovec> parts) {
  std::array<char, kGatherSize> bytes;
  char* end = bytes.data();
  for (const iovec& part : parts) {
    std::memcpy(end, part.iov_base, part.iov_len);
    end += part.iov_len;
  }
  return SendOne(fd, bytes.data(),
                 static_cast<std::size_t>(end - bytes.data()));
}

/// Hands all of @a parts, @a size bytes, to the kernel, which need not take
/// all.
ssize_t SendParts(int fd, std::span<iovec> parts, std::size_t size) {
  if (parts.size() == 1) return SendOne(fd, parts[0].iov_base, size);
  if (size <= kGatherSize) return SendGathered(fd, parts);
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// Takes @a size bytes off the front of @a parts.
std::span<iovec> Advance(std::span<iovec> parts, std::size_t size) {
  while (!parts.empty() && size >= parts.front().iov_len) {
    size -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (!parts.empty()) {
    iovec& part = parts.front();
    part.iov_base = static_cast<char*>(part.iov_base) + size;
    part.iov_len -= size;
  }
  return parts;
}

}  // namespace

glib::Ref<GSocket> DetachSocket(GSocketConnection* connection) {
  GSocket* socket = g_socket_connection_get_socket(connection);
  const int fd = fcntl(g_socket_get_fd(socket), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return nullptr;
  auto detached = glib::Ref<GSocket>::Take(g_socket_new_from_fd(fd, nullptr));
  if (!detached) close(fd);
  return detached;
}

Connection::Connection(glib::Ref<GSocket> socket, GCancellable* cancellable)
    : cancellable_(cancellable) {
  g_cancellable_make_pollfd(cancellable_, &wake_);
  Reset(std::move(socket));
}

Connection::~Connection() {
  g_cancellable_release_fd(cancellable_);
}

void Connection::Reset(glib::Ref<GSocket> socket) {
  socket_ = std::move(socket);
  fd_ = socket_ ? g_socket_get_fd(socket_.get()) : -1;
  error_ = 0;
  burst_ = 0;
  last_send_ = 0;
  no_delay_ = false;
  shut_down_ = false;
  ApplyOptions();
}

void Connection::Settle() {
  const unsigned least = 1;
  setsockopt(fd(), SOL_SOCKET, SO_MAX_PACING_RATE, &least, sizeof(least));
  const std::int64_t end = g_get_monotonic_time() + kSettleUs;
  while (IsUnderWay(fd()) && g_get_monotonic_time() < end) {
    pollfd wake{wake_.fd, POLLIN, 0};
    if (poll(&wake, 1, 1) > 0) return;
  }
}

void Connection::Abort() {
  if (Unacknowledged() == 0) return;
  const linger at_once{1, 0};
  setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

void Connection::SetTimeout(std::int64_t timeout_us) {
  timeout_us_ = timeout_us;
  ApplyOptions();
}

void Connection::BoundSendQueue(std::uint64_t bytes_per_second) {
  bytes_per_second_ = bytes_per_second;
  ApplyOptions();
}

void Connection::ApplyOptions() {
  if (!socket_) return;
  g_socket_set_blocking(socket_.get(), FALSE);
  g_socket_set_option(socket_.get(), IPPROTO_TCP, TCP_USER_TIMEOUT,
                      static_cast<gint>(timeout_us_ / 1000), nullptr);
  KeepAlive();
  if (bytes_per_second_ == 0) return;
  const std::uint64_t size =
      std::clamp(bytes_per_second_ * kQueueSeconds, kMinQueue, kMaxQueue);
  g_socket_set_option(socket_.get(), SOL_SOCKET, SO_SNDBUF,
                      static_cast<gint>(size), nullptr);
}

/// An idle peer that has gone is found about when one that takes no data is:
/// with TCP_USER_TIMEOUT set, that and not the number of probes decides.
void Connection::KeepAlive() {
  const bool wanted = timeout_us_ > 0;
  g_socket_set_keepalive(socket_.get(), wanted);
  if (!wanted) return;
  const auto seconds = [this](std::int64_t divisor) {
    const std::int64_t whole = timeout_us_ / 1000000 / divisor;
    return static_cast<gint>(std::clamp<std::int64_t>(whole, 1, kMaxKeepAlive));
  };
  const auto set = [this](gint option, gint value) {
    g_socket_set_option(socket_.get(), IPPROTO_TCP, option, value, nullptr);
  };
  set(TCP_KEEPIDLE, seconds(2));
  set(TCP_KEEPINTVL, seconds(kProbes * 2));
  set(TCP_KEEPCNT, static_cast<gint>(kProbes));
}

Connection::Sent Connection::Send(std::span<iovec> parts) {
  const std::size_t whole = SizeOf(parts);
  std::size_t left = whole;
  const std::int64_t now = g_get_monotonic_time();
  AdaptToPace(now);
  if (now - last_look_ >= kLookIntervalUs) {
    last_look_ = now;
    if (HasInput()) return {Io::kReadable, 0, parts};
  }
  for (;;) {
    const ssize_t sent = SendParts(fd(), parts, left);
    if (sent >= 0) {
      parts = Advance(parts, static_cast<std::size_t>(sent));
      left -= static_cast<std::size_t>(sent);
      if (parts.empty()) return {Io::kDone, whole, parts};
      continue;
    }
    if (errno == EINTR) continue;
    Io io = Io::kError;
    error_ = errno;
    if (error_ == EAGAIN || error_ == EWOULDBLOCK) {
      io = Wait(POLLIN | POLLOUT);
      last_send_ = g_get_monotonic_time();  // a wait of ours is no gap
    }
    if (io != Io::kDone) return {io, whole - left, parts};
  }
}

Io Connection::AwaitInput() {
  // What the peer needs for its answer may lie in a segment that the kernel
  // has not filled yet, and holds back until all before it is acknowledged.
  burst_ = 0;
  SetNoDelay(true);
  const Io io = Wait(POLLIN);
  return io == Io::kDone ? Io::kReadable : io;
}

Io Connection::Read(std::string& buffer) {
  std::array<char, 4096> bytes;
  for (;;) {
    const ssize_t size = recv(fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size > 0) {
      buffer.append(bytes.data(), static_cast<std::size_t>(size));
      return Io::kDone;
    }
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return Io::kTimeout;
    }
    error_ = size == 0 ? 0 : errno;
    return Io::kError;
  }
}

void Connection::ShutdownWrite() {
  shutdown(fd(), SHUT_WR);
  shut_down_ = true;
}

std::uint64_t Connection::Unacknowledged() const {
  // The end that ShutdownWrite queues counts as one byte, the last.
  int queued = 0;
  if (ioctl(fd(), SIOCOUTQ, &queued) != 0 || queued <= 0) return 0;
  return static_cast<std::uint64_t>(queued) - (shut_down_ ? 1 : 0);
}

ConnectionInfo Connection::Info(GSocket* socket) {
  ConnectionInfo info;
  const int fd = g_socket_get_fd(socket);
  int queued = 0;
  if (ioctl(fd, SIOCOUTQ, &queued) == 0 && queued > 0) {
    info.send_queue = static_cast<std::uint64_t>(queued);
  }
  tcp_info tcp{};
  socklen_t size = sizeof(tcp);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &tcp, &size) == 0) {
    info.round_trip_us = tcp.tcpi_rtt;
  }
  return info;
}

bool Connection::HasInput() const {
  // A closed or broken connection has something to tell, too. A look by recv
  // would use up the reason why it broke.
  pollfd looked{fd(), POLLIN, 0};
  return poll(&looked, 1, 0) > 0;
}

bool Connection::IsOver() const {
  pollfd looked{fd(), POLLRDHUP, 0};
  int unread = 0;
  return poll(&looked, 1, 0) > 0 && ioctl(fd(), FIONREAD, &unread) == 0 &&
         unread == 0;
}

Io Connection::Wait(short events) {
  std::int64_t end = deadline_us_;
  if (timeout_us_ > 0) {
    const std::int64_t timeout = g_get_monotonic_time() + timeout_us_;
    end = end == 0 ? timeout : std::min(end, timeout);
  }
  for (;;) {
    if (g_cancellable_is_cancelled(cancellable_)) return Io::kInterrupted;
    int left_ms = -1;
    if (end > 0) {
      const std::int64_t left = end - g_get_monotonic_time();
      if (left <= 0) return Io::kTimeout;
      left_ms = static_cast<int>(
          std::min<std::int64_t>((left + 999) / 1000, G_MAXINT));
    }
    std::array<pollfd, 2> fds{pollfd{fd(), events, 0},
                              pollfd{wake_.fd, POLLIN, 0}};
    if (poll(fds.data(), fds.size(), left_ms) <= 0) continue;
    const int got = fds[0].revents;
    if ((events & POLLOUT) != 0 && (got & POLLIN) != 0) return Io::kReadable;
    if (got != 0) return Io::kDone;
  }
}

void Connection::AdaptToPace(std::int64_t now) {
  burst_ = now - last_send_ < kBurstGapUs ? burst_ + 1 : 0;
  last_send_ = now;
  SetNoDelay(burst_ < kBurstLength);
}

void Connection::SetNoDelay(bool no_delay) {
  if (no_delay == no_delay_) return;
  no_delay_ = no_delay;
  g_socket_set_option(socket_.get(), IPPROTO_TCP, TCP_NODELAY, no_delay ? 1 : 0,
                      nullptr);
}

}  // namespace wms
