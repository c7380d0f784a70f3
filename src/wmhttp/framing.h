// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/chunk_buffer.h"
#include "base/result.h"

#include <array>
#include <optional>

namespace wms::wmhttp {

/// Packet types of a PushStart body ([MS-WMHTTP] 2.2.3).
enum class PacketId : std::uint8_t {
  kStreamChange = 'C',
  kData = 'D',
  kEndOfStream = 'E',
  kFiller = 'F',
  kHeader = 'H',
};

/// "$D", the way the specification writes it.
const char* PacketName(PacketId id);

/// First byte of every packet: the frame 0x24 with the B flag at 0
/// (2.2.3.1.1), which makes it a dollar sign.
inline constexpr std::uint8_t kFrame = 0x24;
inline constexpr std::size_t kFramingHeaderSize = 4;
inline constexpr std::size_t kReasonSize = 4;
/// Framing header and Reason, all of an $E packet.
inline constexpr std::size_t kEndOfStreamSize =
    kFramingHeaderSize + kReasonSize;
/// A whole packet is never larger than this.
inline constexpr std::size_t kMaxPacketSize = kFramingHeaderSize + 65535;

/// $C and $E carry the Reason field (2.2.3.2, 2.2.3.4).
constexpr bool HasReason(PacketId id) {
  return id == PacketId::kStreamChange || id == PacketId::kEndOfStream;
}

/// Largest payload of each type, in bytes (2.2.3.2 to 2.2.3.6).
constexpr std::size_t MaxPayload(PacketId id) {
  switch (id) {
    case PacketId::kHeader:
    case PacketId::kFiller:
      return 65531;
    case PacketId::kStreamChange:
      return 65527;
    case PacketId::kData:
      return 65535;
    case PacketId::kEndOfStream:
      break;
  }
  return 0;
}

/// The bytes in front of a payload.
struct FramingHeader {
  std::array<std::uint8_t, kFramingHeaderSize + kReasonSize> data;
  std::size_t size = 0;

  Bytes bytes() const { return Bytes(data).first(size); }
};

/// Framing header of a packet whose payload has @a payload_size bytes, at
/// most MaxPayload(id). @a reason goes out in $E; that of $C is always 0.
FramingHeader EncodeFramingHeader(PacketId id, std::size_t payload_size,
                                  HResult reason = HResult::S_OK);

/// One packet as it was received.
struct Packet {
  PacketId id;
  std::uint32_t reason;  ///< 0 for the types that have none
  Bytes payload;         ///< valid until the next call to the reader
  std::size_t size;      ///< of the whole packet on the wire
};

/// Reads packets from the body of a PushStart request, in pieces of any size.
/// Feed one piece, then call Next() until it yields nothing.
class PacketReader {
 public:
  void Feed(Bytes piece) {
    if (!failure_) buffer_.Feed(piece);
  }

  /// The next whole packet, or nothing until more is fed. Fails with
  /// NS_E_INVALID_DATA, naming the section, when the bytes are no packet; an
  /// error is lasting.
  Result<std::optional<Packet>> Next();

  /// Copies what Next has not given out yet: the fed memory may go then. The
  /// packet given out last goes with it.
  void Keep();

  /// Bytes that Next has not given out.
  std::size_t buffered() const { return buffer_.available() - unread_; }

 private:
  Result<std::optional<Packet>> ReadPacket();

  ChunkBuffer buffer_;
  std::size_t unread_ = 0;  // of the packet given out last
  std::optional<Error> failure_;
};

}  // namespace wms::wmhttp
