// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "glib/ref.h"

#include <span>
#include <vector>

namespace wms::pubpoint {

/// A TCP connection that libsoup has handed over: from here on its socket is
/// read and written without waiting, by whoever owns this.
struct Connection {
  glib::Ref<GSocketConnection> stream;
  /// Bytes behind the request's head that libsoup had read already.
  std::vector<std::uint8_t> early;

  GSocket* socket() const {
    return g_socket_connection_get_socket(stream.get());
  }
  int fd() const { return g_socket_get_fd(socket()); }
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
inline constexpr std::size_t kMaxParts = 48;
IoResult Send(int socket, std::span<const Bytes> parts);

/// Closes it at once; unread bytes make that a reset.
void Close(Connection& connection);

}  // namespace wms::pubpoint
