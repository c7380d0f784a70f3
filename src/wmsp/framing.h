// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace wms::wmsp {

/// Packet types that this server sends ([MS-WMSP] 2.2.3).
enum class PacketId : std::uint8_t {
  kStreamChange = 'C',
  kData = 'D',
  kEndOfStream = 'E',
  kHeader = 'H',
  kMetadata = 'M',
};

inline constexpr std::size_t kFramingHeaderSize = 4;
/// LocationId, Incarnation, AFFlags and PacketSize (2.2.3.1.2).
inline constexpr std::size_t kMmsHeaderSize = 8;
/// All that stands in front of a payload.
inline constexpr std::size_t kPacketHeaderSize =
    kFramingHeaderSize + kMmsHeaderSize;
/// Largest payload of one MMS data packet: that is at most 65,535 bytes, its
/// own header included.
inline constexpr std::size_t kMaxPayload = 65535 - kMmsHeaderSize;

/// AFFlags of $H and $M: what part of the object a packet has.
inline constexpr std::uint8_t kFirstPart = 0x04;
inline constexpr std::uint8_t kLastPart = 0x08;

using PacketHeader = std::array<std::uint8_t, kPacketHeaderSize>;

/// Framing header and MMS header of a packet whose payload has
/// @a payload_size bytes, at most kMaxPayload.
///
/// The B flag (2.2.3.1.1) is left 0. It is worth something to clients that ask
/// for an accelerated start, which is not offered here, and players in the
/// field know 0x24 alone.
PacketHeader EncodePacketHeader(PacketId id, std::uint32_t location_id,
                                std::uint8_t af_flags,
                                std::size_t payload_size);

/// Appends an ASF header as $H packets, as many as it takes (2.2.3.5).
void AppendHeader(Bytes header, std::vector<std::uint8_t>& out);

/// Appends a $M packet (2.2.3.6) without a Content Description List.
/// @param features as in the features token, without quotation marks.
void AppendMetadata(std::uint32_t playlist_gen_id, std::uint32_t broadcast_id,
                    std::string_view features, std::vector<std::uint8_t>& out);

/// Appends $E with @a reason (2.2.3.4), or $C, whose Reason is 0 (2.2.3.2).
void AppendEndOfStream(HResult reason, std::vector<std::uint8_t>& out);
void AppendStreamChange(std::vector<std::uint8_t>& out);

}  // namespace wms::wmsp
