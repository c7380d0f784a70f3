// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "asf/header.h"
#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace wms::asf {

/// Most payloads of one data packet: six bits count them ([ASF] 5.2.3.3).
inline constexpr std::size_t kMaxPayloads = 63;

/// One payload of a data packet ([ASF] 5.2.3).
struct Payload {
  std::uint8_t stream = 0;  ///< 0 to 127
  bool key_frame = false;   ///< it is of a key frame
  /// It is the first payload of its media object: its offset into that is 0,
  /// or it is compressed payload data, which holds whole objects.
  bool starts_object = false;
  bool compressed = false;  ///< compressed payload data ([ASF] 5.2.3.2)
  /// Offset of the presentation time (4 bytes, ms) of its media object; 0
  /// where it has none.
  std::uint32_t time = 0;
  /// Offset of the presentation time delta (1 byte, ms), which compressed
  /// payload data has; 0 for others.
  std::uint32_t time_delta = 0;
  std::uint32_t begin = 0;  ///< offset of its stream number in the packet
  std::uint32_t data = 0;   ///< offset of its data
  std::uint32_t end = 0;    ///< offset behind its data
};

/// Finds the payloads of @a packet, which @a parsed describes: a single one,
/// several, and either of them compressed. Fails with NS_E_INVALID_DATA when
/// a length does not fit into what the packet has.
///
/// @param packet it may end where the padding begins.
Result<std::vector<Payload>> ParsePayloads(Bytes packet,
                                           const DataPacket& parsed);

/// A set of the payloads of one packet: bit i stands for the i-th.
using PayloadSet = std::uint64_t;

/// The set of the first @a count payloads.
constexpr PayloadSet AllPayloads(std::size_t count) {
  return (PayloadSet{1} << count) - 1;
}

/// The packet without padding and with those of its @a payloads alone that
/// @a keep has, at least one. The lengths in its head say what it is then.
std::vector<std::uint8_t> KeepPayloads(Bytes packet, const DataPacket& parsed,
                                       const std::vector<Payload>& payloads,
                                       PayloadSet keep);

/// Number of the first video stream that the header lists; nothing when it
/// has none.
std::optional<std::uint8_t> FirstVideoStream(const Header& header);

}  // namespace wms::asf
