// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <span>
#include <vector>

namespace wms::test {

using ByteVector = std::vector<std::uint8_t>;

/// What an ASF file header for tests says.
struct HeaderSample {
  std::uint32_t packet_size = 1000;
  unsigned streams = 2;  ///< the first is video, the others are audio
  bool broadcast = true;
  std::uint64_t preroll_ms = 3000;
  std::uint32_t max_bitrate = 300000;
  /// In the File ID, so that headers can differ.
  std::uint8_t id = 1;
  /// Bytes of a Padding Object, 0 for none.
  std::size_t padding = 0;
};

/// A whole ASF file header: Header Object with File Properties, Stream
/// Properties and Header Extension, and 50 bytes of Data Object.
ByteVector MakeHeader(const HeaderSample& sample = {});

/// What a data packet for tests looks like.
struct PacketSample {
  std::uint32_t packet_size = 1000;
  /// Bytes of padding behind the payload.
  std::size_t padding = 0;
  /// Widths of the length fields: 0, 1, 2 or 4 bytes. The padding has to fit
  /// into its field; without one there is none.
  unsigned packet_length_width = 0;
  unsigned sequence_width = 0;
  unsigned padding_width = 0;
  bool error_correction = true;
  std::uint32_t send_time_ms = 0;
  std::uint16_t duration_ms = 100;
  std::uint8_t stream = 1;
  /// Object number and the first byte of the payload, which counts up.
  std::uint8_t number = 0;
};

/// One data packet with a single payload, packet_size bytes long. An explicit
/// packet length counts the padding in, as [ASF] 5.2.2 has it.
ByteVector MakePacket(const PacketSample& sample = {});

/// Writes another send time into @a packet, which has to be a data packet.
void SetSendTime(std::span<std::uint8_t> packet, std::uint32_t send_time_ms);

/// A payload of a packet with several.
struct PayloadSample {
  std::uint8_t stream = 1;
  bool key_frame = true;
  std::uint32_t offset = 0;  ///< into its media object
  std::size_t size = 100;    ///< of its data
};

/// One data packet with several payloads, padded to @a packet_size; the bytes
/// of each payload count up from its stream number.
ByteVector MakePacket(const std::vector<PayloadSample>& payloads,
                      std::uint32_t send_time_ms,
                      std::uint32_t packet_size = 1000);

/// @a count packets with send times 100 ms apart; every other one is padded,
/// and all widths of the length fields occur.
std::vector<ByteVector> MakePackets(std::size_t count,
                                    std::uint32_t packet_size = 1000);

/// The packet as $D carries it: without padding ([MS-WMHTTP] 2.2.3.3).
ByteVector Stripped(Bytes packet);

/// What a receiver makes of Stripped(packet): padded to @a packet_size again.
ByteVector Restored(Bytes stripped, std::size_t packet_size);

/// Appends to @a out.
void Append(ByteVector& out, Bytes bytes);

}  // namespace wms::test
