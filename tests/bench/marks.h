// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <span>
#include <vector>

namespace wms::bench {

/// Nanoseconds of the clock that all processes of the machine share.
std::int64_t Nanoseconds();

/// What a packet of a benchmark says at its end, so that whoever gets it knows
/// when all of it is there, whatever has been put around it.
struct Mark {
  std::uint32_t stream = 0;
  std::uint32_t number = 0;  ///< counts up from 0
  std::int64_t time_ns = 0;  ///< Nanoseconds() that its delay is counted from
};

inline constexpr std::size_t kMarkSize = 24;

/// Writes @a mark into the last kMarkSize bytes of @a packet.
void PutMark(std::span<std::uint8_t> packet, const Mark& mark);

/// Finds marks in what arrives on a connection, also those that are cut.
class MarkScanner {
 public:
  /// Puts every mark that has its last byte in @a bytes behind @a found.
  void Scan(Bytes bytes, std::vector<Mark>& found);

 private:
  std::vector<std::uint8_t> rest_;  // less than a mark
};

}  // namespace wms::bench
