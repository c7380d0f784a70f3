// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/connection.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace wms::pubpoint {
namespace {

/// Data of a stream, a std::shared_ptr<const void>.
constexpr const char* kHeldKey = "wms-held";

void FreeHeld(gpointer held) noexcept {
  delete static_cast<std::shared_ptr<const void>*>(held);
}

IoResult Outcome(ssize_t size) {
  if (size >= 0) return {IoResult::Status::kDone, static_cast<size_t>(size)};
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    return {IoResult::Status::kWouldBlock, 0};
  }
  return {IoResult::Status::kClosed, 0};
}

}  // namespace

void Hold(const Connection& connection, std::shared_ptr<const void> held) {
  g_object_set_data_full(
      G_OBJECT(connection.stream.get()), kHeldKey,
      std::make_unique<std::shared_ptr<const void>>(std::move(held)).release(),
      FreeHeld);
}

PlainConnection::PlainConnection(Connection connection) {
  if (!connection.stream) return;
  // A GSocket does not give its descriptor away.
  fd_ = fcntl(connection.fd(), F_DUPFD_CLOEXEC, 0);
  if (fd_ < 0) {
    fd_ = connection.fd();
    stream_ = std::move(connection.stream);
    return;
  }
  const std::unique_ptr<std::shared_ptr<const void>> held(
      static_cast<std::shared_ptr<const void>*>(
          g_object_steal_data(G_OBJECT(connection.stream.get()), kHeldKey)));
  if (held) held_ = std::move(*held);
  wms::pubpoint::Close(connection);
}

PlainConnection& PlainConnection::operator=(PlainConnection&& other) noexcept {
  if (this == &other) return *this;
  Close();
  fd_ = std::exchange(other.fd_, -1);
  stream_ = std::move(other.stream_);
  held_ = std::move(other.held_);
  return *this;
}

void PlainConnection::Close() {
  const int fd = std::exchange(fd_, -1);
  if (stream_) {
    Connection connection{std::exchange(stream_, {}), {}};
    wms::pubpoint::Close(connection);
  } else if (fd >= 0) {
    close(fd);
  }
  held_.reset();
}

IoResult Receive(int socket, std::span<std::uint8_t> buffer) {
  ssize_t size = 0;
  do {
    size = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  } while (size < 0 && errno == EINTR);
  if (size == 0) return {IoResult::Status::kClosed, 0};
  return Outcome(size);
}

IoResult Send(int socket, std::span<const Bytes> parts) {
  std::array<iovec, kMaxParts> vectors;
  const std::size_t count = std::min(parts.size(), kMaxParts);
  for (std::size_t i = 0; i < count; ++i) {
    // sendmsg() only reads, and iovec serves both directions.
    vectors[i].iov_base = const_cast<std::uint8_t*>(parts[i].data());  // NOLINT
    vectors[i].iov_len = parts[i].size();
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
  ssize_t size = 0;
  do {
    // A list costs the kernel more than what is in one piece.
    size = count == 1
               ? send(socket, vectors[0].iov_base, vectors[0].iov_len, kFlags)
               : sendmsg(socket, &message, kFlags);
  } while (size < 0 && errno == EINTR);
  return Outcome(size);
}

void Close(Connection& connection) {
  if (!connection.stream) return;
  // Closing a TCP socket does not wait; what could go wrong is of no use to
  // anybody any more.
  g_io_stream_close(G_IO_STREAM(connection.stream.get()), nullptr, nullptr);
  connection.stream.reset();
}

}  // namespace wms::pubpoint
