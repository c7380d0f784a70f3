// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

namespace wms::test {

/// System calls that can be made to fail, and the creation of threads.
enum class Call {
  kSocket,
  kConnect,
  kAccept,
  kSend,
  kReceive,
  kAddress,  ///< getsockname(), getpeername()
  kOption,   ///< getsockopt(), setsockopt()
  kPoll,
  kEpollCreate,
  kEpollControl,
  kEpollWait,
  kOpen,
  kDuplicate,  ///< of a descriptor, by fcntl()
  kWrite,      ///< pwrite()
  kThread,
};

/// What a session of a client needs.
inline constexpr Call kCalls[] = {Call::kSocket,  Call::kConnect, Call::kSend,
                                  Call::kReceive, Call::kPoll,    Call::kOpen,
                                  Call::kThread};

const char* CallName(Call call);

/// Whose calls a Fault counts.
enum class Whose { kEverybodys, kOtherThreads };

/// While one of these lives, the @a nth call of a kind in this process fails,
/// and none else. The program has to be linked with its symbols exported, so
/// that libraries find these calls first.
class Fault {
 public:
  /// @param whose kOtherThreads leaves the calls of this thread alone.
  /// @param error that it fails with, 0 for the most usual one.
  Fault(Call call, int nth, Whose whose = Whose::kEverybodys, int error = 0);
  ~Fault();
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;

  /// Whether there have been that many.
  bool happened() const;
};

}  // namespace wms::test
