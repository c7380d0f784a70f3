// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <netinet/in.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace wms::bench {

/// A network of this process's own with a link that takes time, so that all of
/// TCP goes through it, the handshake too: a program that listens at kHere is
/// reached at kThere. A TUN device carries what is sent to kThere out of the
/// kernel; it goes back in, the addresses exchanged, half a round trip later.
class DelayedLink {
 public:
  static constexpr in_addr_t kHere = 0xC6120001;   // 198.18.0.1: RFC 2544
  static constexpr in_addr_t kThere = 0xC6120002;  // 198.18.0.2

  /// Takes the process into a network namespace of its own; before any thread
  /// has begun. Needs root, or a kernel that lets users have namespaces.
  /// @return false, with a word to stderr, when the machine does not allow it.
  static bool EnterOwnNetwork();

  /// In such a network. Ends the program when that cannot be set up.
  DelayedLink();
  ~DelayedLink();
  DelayedLink(const DelayedLink&) = delete;
  DelayedLink& operator=(const DelayedLink&) = delete;

  /// From the next packet on.
  void SetRoundTrip(std::chrono::microseconds round_trip) {
    one_way_ns_ = std::chrono::nanoseconds(round_trip).count() / 2;
  }

 private:
  void Run();

  const int tun_;
  const int stop_;
  std::atomic<std::int64_t> one_way_ns_{0};
  std::thread thread_;
};

}  // namespace wms::bench
