// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "wmhttp/framing.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace wms::wmhttp {

/// Content-Length of a PushStart that may stay open for good (3.1.4.2.1).
inline constexpr std::uint64_t kUnboundedContentLength = 2147483647;

/// The smallest Content-Length that 3.1.4.2.1 allows a PushStart: room for
/// three data packets of @a packet_size bytes, and for the largest header.
std::uint64_t MinimumContentLength(std::size_t packet_size,
                                   std::size_t header_size);

/// The Length-Remaining variable of [MS-WMHTTP] 3.1.1: what is left of the
/// Content-Length of a PushStart, and the rules by which a packet is sent or
/// has to wait for the next request (3.1.4.3 to 3.1.4.5).
class LengthRemaining {
 public:
  explicit LengthRemaining(std::uint64_t content_length = 0)
      : left_(content_length) {}

  /// True when a packet of type @a id and @a size bytes, framing header
  /// included, may be sent now. When it is false, send the fillers, await the
  /// response and start the next request. What it leaves can be filled
  /// exactly; only an $E that ends the session (@a reason) need not care.
  bool Admits(PacketId id, std::size_t size,
              HResult reason = HResult::S_OK) const {
    // Another packet has room behind it: any may be sent.
    if (left_ >= size + kFramingHeaderSize) return true;
    return AdmitsAtEnd(id, size, reason);
  }

  /// Counts a packet of @a size bytes that goes out; @a size <= left().
  void Spend(std::size_t size) { left_ -= size; }

  /// Payload size of the next $F on the way to exactly 0, nothing when that
  /// is reached. Spend it, and ask again.
  std::optional<std::size_t> NextFiller() const;

  std::uint64_t left() const { return left_; }

 private:
  bool AdmitsAtEnd(PacketId id, std::size_t size, HResult reason) const;

  std::uint64_t left_;
};

}  // namespace wms::wmhttp
