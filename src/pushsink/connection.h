// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "glib/ref.h"

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string>

namespace wms {

/// What a wait or a write on a connection came to.
enum class Io {
  kDone,
  kInterrupted,  ///< the cancellable was cancelled
  kReadable,     ///< the peer has spoken or closed: Read() tells
  kTimeout,
  kError,  ///< error() tells
};

/// What the kernel knows of a connection.
struct ConnectionInfo {
  std::uint64_t send_queue = 0;     ///< bytes the peer has not acknowledged
  std::uint64_t round_trip_us = 0;  ///< smoothed
};

/// The socket below @a connection, as one of its own: closing one does not
/// close the other. Null when the process has no descriptor left.
glib::Ref<GSocket> DetachSocket(GSocketConnection* connection);

/// A TCP connection whose owner writes to it in its own thread: non-blocking
/// calls, and one place that waits. Used by one thread at a time.
///
/// The calls go to the kernel itself: errno tells a reset from a close, which
/// GError does not, and a full buffer is no error worth an allocation.
class Connection {
 public:
  /// @param socket non-blocking from now on; null for no connection.
  /// @param cancellable ends each wait; has to outlive this.
  Connection(glib::Ref<GSocket> socket, GCancellable* cancellable);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Replaces the socket, null for none.
  void Reset(glib::Ref<GSocket> socket);
  /// Lets the kernel send no more, and waits a moment until what is on its way
  /// has been acknowledged: so that what it knows of that is the last word.
  void Settle();
  /// Makes the kernel forget what the peer has not acknowledged: closing the
  /// socket alone would go on delivering it.
  void Abort();
  bool is_open() const { return static_cast<bool>(socket_); }
  glib::Ref<GSocket> socket() const { return socket_; }

  /// Longest wait for the peer, in microseconds; 0 for no limit. Also how
  /// long the kernel keeps trying a peer that does not acknowledge, and after
  /// how long it finds out that an idle one has gone.
  void SetTimeout(std::int64_t timeout_us);

  /// Bounds what the kernel queues, so that a peer that has stalled is
  /// noticed in time, to some seconds of what the stream needs; 0 leaves it
  /// to the kernel.
  void BoundSendQueue(std::uint64_t bytes_per_second);

  /// Lets no wait from now on last beyond @a deadline_us, a monotonic time;
  /// 0 for no such bound.
  void SetDeadline(std::int64_t deadline_us) { deadline_us_ = deadline_us; }
  std::int64_t deadline() const { return deadline_us_; }

  /// Makes the next Send look whether the peer has spoken.
  void LookNext() { last_look_ = 0; }

  struct Sent {
    Io io;
    std::size_t size;         ///< bytes that the socket took
    std::span<iovec> unsent;  ///< what of the parts is left
  };
  /// Writes all of @a parts, which it changes. Looks about once a millisecond
  /// and before each wait whether the peer has spoken; then the caller Reads.
  Sent Send(std::span<iovec> parts);

  /// Waits until the peer has spoken or closed: kReadable.
  Io AwaitInput();

  /// The peer has spoken or closed, and nobody has read that.
  bool HasInput() const;

  /// The connection is over, and the peer has said nothing that was not read:
  /// Read() tells why.
  bool IsOver() const;

  /// Appends what has arrived to @a buffer, without waiting.
  /// @return kDone, or kError with error() 0 when the peer has closed, or
  ///   kTimeout when nothing has arrived.
  Io Read(std::string& buffer);

  /// No more will be written; the peer reads what is under way to its end.
  void ShutdownWrite();
  bool shut_down() const { return shut_down_; }

  /// Bytes that the peer has not acknowledged. A reset leaves the number as it
  /// was.
  std::uint64_t Unacknowledged() const;

  /// errno of the last kError; 0 is an orderly close by the peer.
  int error() const { return error_; }

  static ConnectionInfo Info(GSocket* socket);

 private:
  void ApplyOptions();
  void KeepAlive();
  Io Wait(short events);
  void AdaptToPace(std::int64_t now);
  void SetNoDelay(bool no_delay);
  int fd() const { return fd_; }

  glib::Ref<GSocket> socket_;
  int fd_ = -1;  // of socket_
  GCancellable* cancellable_;
  GPollFD wake_{};  // kept open: making one per wait halves the throughput
  std::int64_t timeout_us_ = 0;
  std::int64_t deadline_us_ = 0;
  std::uint64_t bytes_per_second_ = 0;
  std::int64_t last_send_ = 0;
  std::int64_t last_look_ = 0;
  unsigned burst_ = 0;
  bool no_delay_ = false;
  bool shut_down_ = false;
  int error_ = 0;
};

}  // namespace wms
