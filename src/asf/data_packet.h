// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <optional>
#include <vector>

namespace wms::asf {

/// A number in the payload parsing information whose width the packet states.
struct LengthField {
  std::size_t offset = 0;  ///< from the start of the packet
  std::uint8_t size = 0;   ///< 0, 1, 2 or 4 bytes; 0 is "not there"
  std::uint32_t value = 0;

  bool operator==(const LengthField&) const = default;
};

/// Where the parts of a data packet stand ([ASF] 5.2):
///
///     [error correction] | length type flags | property flags |
///     [packet length] [sequence] [padding length] | send time | duration |
///     payloads | padding
struct DataPacket {
  std::size_t parsing_info = 0;  ///< offset of the length type flags
  LengthField packet_length;
  LengthField sequence;
  LengthField padding_length;
  std::uint32_t send_time_ms = 0;
  std::uint16_t duration_ms = 0;
  bool multiple_payloads = false;
  std::size_t payloads = 0;      ///< offset behind the duration
  std::size_t payloads_end = 0;  ///< offset of the padding, if any
  std::size_t padding = 0;       ///< bytes of it behind payloads_end

  bool operator==(const DataPacket&) const = default;
};

/// Reads the head of one data packet, @a packet being all of it. Fails with
/// NS_E_INVALID_DATA when its lengths do not fit into it.
///
/// The padding counts into an explicit packet length; asfmux leaves it out.
/// Both are understood: payloads_end is right for either.
Result<DataPacket> ParseDataPacket(Bytes packet);

/// The send time of @a packet alone, in milliseconds; nothing when its head
/// does not fit into it.
std::optional<std::uint32_t> ReadSendTime(Bytes packet);

/// A data packet without padding, as $D carries it: a short head that was
/// rewritten and the rest of the packet where it lies. An empty head means
/// that the packet goes out as it is.
struct StrippedPacket {
  /// Error correction (16), flags (2), three lengths (12), times (6).
  static constexpr std::size_t kMaxHead = 36;

  std::array<std::uint8_t, kMaxHead> head_data;
  std::size_t head_size = 0;
  Bytes rest;

  Bytes head() const { return Bytes(head_data).first(head_size); }
  std::size_t size() const { return head_size + rest.size(); }
};

/// Takes the Padding Data field away and sets the Padding Length field to 0
/// and the Packet Length field, where there is one, to the new length
/// ([MS-WMHTTP] 2.2.3.3). No field changes its width and no byte of a payload
/// moves, so the result refers to the memory of @a packet, which @a parsed
/// describes. That may end where the padding begins.
StrippedPacket StripPadding(Bytes packet, const DataPacket& parsed);

/// A data packet that states its padding and is kept without: a few bytes may
/// stand for 65,535.
struct PaddedPacket {
  std::vector<std::uint8_t> bytes;  ///< up to where the padding begins
  DataPacket parsed;                ///< of the whole; padding says how much

  /// With its padding, which is zeros: as long as the header says.
  std::size_t size() const { return bytes.size() + parsed.padding; }
};

/// Undoes StripPadding: @a packet, which @a parsed describes, filled up to
/// @a packet_size bytes, with the padding counted into the packet length as
/// [ASF] has it, also where a sender has left it out and kept the padding.
/// Fails with NS_E_INVALID_DATA when the packet is too large.
Result<PaddedPacket> RestorePadding(Bytes packet, const DataPacket& parsed,
                                    std::size_t packet_size);

}  // namespace wms::asf
