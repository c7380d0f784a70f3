// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/nonce_table.h"

#include "base/text.h"
#include "glib/ref.h"
#include "pubpoint/random.h"
#include "pubpoint/secrets.h"

#include <charconv>

namespace wms::pubpoint {
namespace {

bool ReadHex(std::string_view text, std::uint64_t& value) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, 16);
  return read.ec == std::errc() && read.ptr == end;
}

std::string Hex(std::uint64_t value) {
  std::array<char, 16> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, 16);
  return {text.data(), end.ptr};
}

std::uint64_t Milliseconds(NonceTable::Clock::time_point time) {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch())
          .count());
}

}  // namespace

Result<void> NonceTable::Start() {
  return FillRandom(key_);
}

std::string NonceTable::Make(Clock::time_point now) {
  return Write(next_++, Milliseconds(now));
}

std::string NonceTable::Write(std::uint64_t number,
                              std::uint64_t made_ms) const {
  const std::string text = Hex(number) + "-" + Hex(made_ms);
  return text + "-" + Mac(key_, text);
}

bool NonceTable::Use(std::string_view nonce, std::string_view nc,
                     Clock::time_point now) {
  constexpr std::size_t kCountSize = 8;
  const auto [number_text, rest] = SplitAt(nonce, '-');
  std::uint64_t number = 0;
  std::uint64_t made_ms = 0;
  std::uint64_t count = 0;
  if (!ReadHex(number_text, number) ||
      !ReadHex(SplitAt(rest, '-').first, made_ms) || nc.size() != kCountSize ||
      !ReadHex(nc, count)) {
    return false;
  }
  // A time that is not ours must not make the arithmetic overflow.
  const auto now_ms = Milliseconds(now);
  if (made_ms > now_ms) return false;
  const Clock::time_point made =
      now - std::chrono::milliseconds(now_ms - made_ms);
  if (number < oldest_ || !EqualsSecret(nonce, Write(number, made_ms))) {
    return false;
  }
  const auto known = entries_.find(number);
  const auto start = known != entries_.end() ? known->second.last_use : made;
  if (now - start > lifetime_) return false;
  if (known != entries_.end() && count <= known->second.count) return false;
  entries_[number] = {count, now};
  Trim(now);
  return true;
}

void NonceTable::Trim(Clock::time_point now) {
  // What has expired is recognized by its time alone only if it was never
  // used: all up to it are given up.
  while (!entries_.empty() &&
         (entries_.size() > kMaxEntries ||
          now - entries_.begin()->second.last_use > lifetime_)) {
    oldest_ = entries_.begin()->first + 1;
    entries_.erase(entries_.begin());
  }
}

}  // namespace wms::pubpoint
