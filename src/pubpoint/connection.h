// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "glib/ref.h"

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace wms::pubpoint {

/// A TCP connection that libsoup has handed over, and may get back: from here
/// on its socket is read and written without waiting, by whoever owns this.
struct Connection {
  glib::Ref<GSocketConnection> stream;
  /// Bytes behind the request's head that libsoup had read already.
  std::vector<std::uint8_t> early;

  GSocket* socket() const {
    return g_socket_connection_get_socket(stream.get());
  }
  int fd() const { return g_socket_get_fd(socket()); }
};

/// Keeps @a held until @a connection is closed, whichever of the two forms it
/// has by then.
void Hold(const Connection& connection, std::shared_ptr<const void> held);

/// A TCP connection that libsoup does not get back: a descriptor, without
/// GLib's objects, which take some KiB.
class PlainConnection {
 public:
  PlainConnection() = default;
  /// What libsoup had read of it behind the request is lost.
  PlainConnection(Connection connection);  // NOLINT: the same connection
  PlainConnection(PlainConnection&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        stream_(std::move(other.stream_)),
        held_(std::move(other.held_)) {}
  PlainConnection& operator=(PlainConnection&& other) noexcept;
  ~PlainConnection() { Close(); }

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  /// Closes it at once; unread bytes make that a reset.
  void Close();

 private:
  int fd_ = -1;
  /// Has the descriptor where there was none for a second one.
  glib::Ref<GSocketConnection> stream_;
  std::shared_ptr<const void> held_;
};

/// What came of one read or write that does not wait.
struct IoResult {
  enum class Status { kDone, kWouldBlock, kClosed };
  Status status = Status::kDone;
  std::size_t size = 0;  ///< bytes, with kDone
};

/// Reads what there is, at most @a buffer. kClosed is the end of the stream
/// and any error.
IoResult Receive(int socket, std::span<std::uint8_t> buffer);

/// Writes what the kernel takes of @a parts, at most kMaxParts of them.
inline constexpr std::size_t kMaxParts = 64;
IoResult Send(int socket, std::span<const Bytes> parts);

/// Closes it at once; unread bytes make that a reset.
void Close(Connection& connection);

}  // namespace wms::pubpoint
