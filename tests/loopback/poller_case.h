// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "expect.h"
#include "glib/ref.h"
#include "pubpoint/watch.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <string_view>

namespace wms::test {

/// Two sockets that are connected with each other.
class SocketPair {
 public:
  SocketPair() {
    fail_unless_equals_int(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds_.data()), 0);
  }
  ~SocketPair() {
    CloseSocket();
    ClosePeer();
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  /// The one that is watched.
  int socket() const { return fds_[0]; }

  void CloseSocket() { Close(fds_[0]); }
  void ClosePeer() { Close(fds_[1]); }

  /// Makes it readable.
  void Feed(std::string_view text = "x") const {
    fail_unless(send(fds_[1], text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
  }
  /// Takes all there is; true unless the peer is gone.
  bool Drain() const {
    std::array<char, 4096> buffer;
    ssize_t size = 0;
    do {
      size = recv(fds_[0], buffer.data(), buffer.size(), 0);
    } while (size > 0);
    return size < 0 && errno == EAGAIN;
  }
  /// Writes until there is no room.
  void Fill() const {
    const std::array<char, 4096> bytes{};
    while (send(fds_[0], bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
    }
  }
  /// Makes room for it again.
  void DrainPeer() const {
    std::array<char, 4096> buffer;
    while (recv(fds_[1], buffer.data(), buffer.size(), 0) > 0) {
    }
  }

 private:
  static void Close(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }

  std::array<int, 2> fds_{-1, -1};
};

/// A main loop that is turned by hand, as the thread's default. Make it before
/// the watches.
class PollerLoop {
 public:
  PollerLoop() : context_(g_main_context_new()), as_default_(context_.get()) {}

  GMainContext* context() const { return context_.get(); }

  /// One turn, without waiting; true when there was something to do.
  bool Turn() const {
    return g_main_context_iteration(context_.get(), FALSE) != FALSE;
  }
  /// Turns, waiting in between, until @a holds. The test's timeout ends it.
  void RunUntil(const std::function<bool()>& holds) const {
    while (!holds())
      g_main_context_iteration(context_.get(), TRUE);
  }
  /// Turns until there is nothing more to do at once; false when that does not
  /// end.
  bool Settle() const {
    constexpr int kMostTurns = 1000;
    for (int i = 0; i < kMostTurns; ++i) {
      if (!Turn()) return true;
    }
    return false;
  }

 private:
  glib::MainContext context_;
  glib::ThreadDefault as_default_;
};

}  // namespace wms::test
