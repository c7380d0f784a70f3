// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace wms::pubpoint {

/// The nonces of Digest authentication (RFC 2617 3.2.1). A nonce is a number
/// and its keyed digest, so that those which nobody has used need no memory.
/// Of each that is in use the highest nonce count is kept: whoever repeats a
/// header that he has seen is found out.
class NonceTable {
 public:
  using Clock = std::chrono::steady_clock;

  /// Nonces in use at a time; beyond that the oldest is good no more.
  static constexpr std::size_t kMaxEntries = 1024;

  /// @param lifetime from the moment a nonce is made or was last used.
  explicit NonceTable(std::chrono::milliseconds lifetime)
      : lifetime_(lifetime) {}

  /// Draws the key.
  Result<void> Start();

  std::string Make(Clock::time_point now = Clock::now());

  /// Counts a use of @a nonce with @a nc, its nonce count of eight
  /// hexadecimal digits. False when the nonce is not ours or too old, and
  /// when the count is not higher than all before: another nonce is due then.
  bool Use(std::string_view nonce, std::string_view nc,
           Clock::time_point now = Clock::now());

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t count = 0;
    Clock::time_point last_use;
  };

  std::string Write(std::uint64_t number, std::uint64_t made_ms) const;
  void Trim(Clock::time_point now);

  const std::chrono::milliseconds lifetime_;
  std::array<std::uint8_t, 32> key_{};
  std::uint64_t next_ = 0;
  std::uint64_t oldest_ = 0;  // number of the oldest that is still good
  std::map<std::uint64_t, Entry> entries_;  // by number
};

}  // namespace wms::pubpoint
