// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/length_remaining.h"

#include <algorithm>

namespace wms::wmhttp {
namespace {

/// A rest that a filler can use up exactly.
bool CanBeFilled(std::uint64_t rest) {
  return rest == 0 || rest >= kFramingHeaderSize;
}

}  // namespace

std::uint64_t MinimumContentLength(std::size_t packet_size,
                                   std::size_t header_size) {
  const std::uint64_t packets = 3 * (kFramingHeaderSize + packet_size);
  // $C has the longer head of the two, and 4 bytes must remain (3.1.4.5).
  const std::uint64_t header =
      kFramingHeaderSize + kReasonSize + header_size + kFramingHeaderSize;
  return std::max(packets, header);
}

/// The same where less than a framing header would be left.
bool LengthRemaining::AdmitsAtEnd(PacketId id, std::size_t size,
                                  HResult reason) const {
  if (size > left_) return false;
  const std::uint64_t rest = left_ - size;
  switch (id) {
    case PacketId::kEndOfStream:
      // 3.1.4.4 wants it sent when 8 bytes are left. After S_FALSE there is
      // more to come, so a rest too small for any packet must not be left.
      return reason != HResult::S_FALSE || CanBeFilled(rest);
    case PacketId::kFiller:
      return CanBeFilled(rest);
    case PacketId::kHeader:
    case PacketId::kStreamChange:
    case PacketId::kData:
      break;
  }
  // 3.1.4.3, 3.1.4.5: the packet and one more framing header.
  return rest >= kFramingHeaderSize;
}

std::optional<std::size_t> LengthRemaining::NextFiller() const {
  if (left_ < kFramingHeaderSize) return std::nullopt;
  const std::uint64_t largest =
      kFramingHeaderSize + MaxPayload(PacketId::kFiller);
  std::uint64_t size = std::min(left_, largest);
  // The next one needs room for its own framing header.
  if (!CanBeFilled(left_ - size)) size -= kFramingHeaderSize;
  return static_cast<std::size_t>(size) - kFramingHeaderSize;
}

}  // namespace wms::wmhttp
