// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pusher.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace wms::test {

/// A push and a player of it that do nothing wrong, in a thread of their own,
/// while others attack the server: a packet goes out when the player has got
/// the one before, so that each of them is seen to arrive, in order.
class HonestPair {
 public:
  /// Waits until the player gets packets; fails the running test when it does
  /// not come to that.
  explicit HonestPair(unsigned port, const std::string& path = "/honest");
  ~HonestPair();
  HonestPair(const HonestPair&) = delete;
  HonestPair& operator=(const HonestPair&) = delete;

  /// Goes on for at least @a packets more, ends the push in order, and fails
  /// the running test, with @a attack, unless each packet has arrived and the
  /// stream has ended with them.
  void Finish(const std::string& attack, unsigned packets = 100);

 private:
  static constexpr std::size_t kPacketSize = 1000;

  ByteVector Packet(unsigned number) const;
  bool Exchange();
  void Run();

  const ByteVector header_ = MakeHeader({.packet_size = kPacketSize});
  Pusher pusher_;
  std::unique_ptr<RawClient> player_;
  std::atomic<unsigned> arrived_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> stop_{false};
  /// Longest time from a packet's sending to its arrival. The thread's until
  /// that is joined.
  std::chrono::milliseconds slowest_{0};
  std::thread thread_;
};

}  // namespace wms::test
