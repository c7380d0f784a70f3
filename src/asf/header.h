// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/strictness.h"

#include <optional>
#include <vector>

namespace wms::asf {

/// Size of an object's identifier and length, which start every object.
inline constexpr std::size_t kObjectHeaderSize = 24;
/// The fixed initial portion of the Data Object ([ASF] 5.1); it closes the
/// "ASF file header" that $H and $C carry.
inline constexpr std::size_t kDataObjectHeaderSize = 50;
/// Largest header that is read. A push takes far less (wmhttp::MaxPayload);
/// the bound keeps a lying length from filling the memory.
inline constexpr std::size_t kMaxHeaderSize = 1 << 20;
/// Largest data packet: what the 16 bits of a framing header can say.
inline constexpr std::size_t kMaxPacketSize = 65535;

enum class StreamType { kAudio, kVideo, kOther };

/// One Stream Properties Object ([ASF] 3.3).
struct Stream {
  std::uint8_t number = 0;  ///< 1 to 127
  StreamType type = StreamType::kOther;
};

/// What a sender, a receiver and a player need of an ASF file header.
struct Header {
  std::size_t size = 0;  ///< of the whole: Header Object and 50 bytes more
  std::uint32_t packet_size = 0;  ///< of every data packet, in bytes
  bool broadcast = false;         ///< lengths and counts are unknown
  std::uint64_t preroll_ms = 0;   ///< to buffer before playing starts
  std::uint32_t max_bitrate = 0;  ///< of all streams, bit/s; 0 is unknown
  /// Bytes of data packets behind the header, 0 when that is not known.
  std::uint64_t data_size = 0;
  std::vector<Stream> streams;
};

/// True when @a data, at least 16 bytes, starts with a Header Object.
bool StartsHeader(Bytes data);

/// Size of the ASF file header that starts with @a prefix, 24 bytes of it.
/// Fails with NS_E_INVALID_DATA when that is no header, or too large a one.
Result<std::size_t> HeaderSize(Bytes prefix);

/// Reads a whole ASF file header: Header Object ([ASF] 3.1) and the first 50
/// bytes of the Data Object. Fails with NS_E_INVALID_DATA, naming the object
/// and the rule that it breaks. A tolerant reader takes the maximum packet size
/// for that of all packets where the minimum is another ([ASF] 3.2).
Result<Header> ParseHeader(Bytes data,
                           Strictness strictness = Strictness::kStrict);

}  // namespace wms::asf
