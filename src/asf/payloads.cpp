// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/payloads.h"

#include "asf/packet_fields.h"

#include <algorithm>
#include <string>

namespace wms::asf {
namespace {

constexpr std::uint8_t kKeyFrame = 0x80;
constexpr std::uint8_t kStreamNumber = 0x7F;
constexpr std::uint8_t kPayloadCount = 0x3F;
/// Replicated data of that length means compressed payload data
/// ([ASF] 5.2.3.2, 5.2.3.4).
constexpr std::uint32_t kCompressed = 1;
/// Where the presentation time stands in replicated data, behind the size of
/// the media object ([ASF] 5.2.3.1).
constexpr std::uint32_t kTimeOffset = 4;
constexpr std::size_t kTimeSize = 4;
// Positions of the two-bit width codes in the property flags ([ASF] 5.2.2)
// and, for the payload length, in the payload flags (5.2.3.3).
constexpr unsigned kReplicatedLengthType = 0;
constexpr unsigned kOffsetType = 2;
constexpr unsigned kObjectNumberType = 4;
constexpr unsigned kStreamNumberType = 6;
constexpr unsigned kPayloadLengthType = 6;

std::uint32_t Offset(const ByteReader& reader) {
  return static_cast<std::uint32_t>(reader.offset());
}

/// How the payloads of one packet write their numbers.
struct Widths {
  explicit Widths(std::uint8_t flags)
      : object_number(WidthOfType(flags >> kObjectNumberType)),
        offset(WidthOfType(flags >> kOffsetType)),
        replicated_length(WidthOfType(flags >> kReplicatedLengthType)) {}

  std::size_t object_number;
  std::size_t offset;
  std::size_t replicated_length;
};

/// What stands in front of a payload's data or of its length.
Payload ReadHead(ByteReader& reader, const Widths& widths) {
  Payload payload;
  payload.begin = Offset(reader);
  const std::uint8_t stream = reader.U8();
  payload.stream = stream & kStreamNumber;
  payload.key_frame = (stream & kKeyFrame) != 0;
  reader.Number(widths.object_number);
  const std::uint32_t offset_at = Offset(reader);
  const std::uint64_t offset = reader.Number(widths.offset);
  const std::uint64_t replicated = reader.Number(widths.replicated_length);
  const std::uint32_t replicated_at = Offset(reader);
  reader.Take(static_cast<std::size_t>(replicated));
  // In compressed payload data the offset's place has the presentation time.
  payload.compressed = replicated == kCompressed;
  if (payload.compressed && widths.offset == kTimeSize) {
    payload.time = offset_at;
  } else if (replicated >= kTimeOffset + kTimeSize) {
    payload.time = replicated_at + kTimeOffset;
  }
  if (payload.compressed) payload.time_delta = replicated_at;
  payload.starts_object = payload.compressed || offset == 0;
  payload.data = Offset(reader);
  return payload;
}

Result<std::vector<Payload>> ReadSeveral(ByteReader& reader,
                                         const Widths& widths) {
  const std::uint8_t flags = reader.U8();
  const std::size_t count = flags & kPayloadCount;
  const std::size_t length_width = WidthOfType(flags >> kPayloadLengthType);
  if (count == 0) return InvalidPacket("it states that it has no payload");
  if (length_width == 0) return InvalidPacket("its payloads have no length");
  std::vector<Payload> payloads;
  payloads.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Payload payload = ReadHead(reader, widths);
    const std::uint64_t length = reader.Number(length_width);
    payload.data = Offset(reader);
    reader.Take(static_cast<std::size_t>(length));
    payload.end = Offset(reader);
    if (reader.failed()) {
      return InvalidPacket("payload " + std::to_string(i + 1) + " of " +
                           std::to_string(count) + " does not fit into it");
    }
    payloads.push_back(payload);
  }
  return payloads;
}

}  // namespace

Result<std::vector<Payload>> ParsePayloads(Bytes packet,
                                           const DataPacket& parsed) {
  // Beside the length type flags, which ParseDataPacket has read.
  const std::uint8_t flags = packet[parsed.parsing_info + 1];
  if (WidthOfType(flags >> kStreamNumberType) != 1) {
    return InvalidPacket("its stream numbers are not one byte long");
  }
  const Widths widths(flags);
  ByteReader reader(packet.first(parsed.payloads_end));
  reader.Take(parsed.payloads);
  if (parsed.multiple_payloads) return ReadSeveral(reader, widths);
  Payload payload = ReadHead(reader, widths);
  if (reader.failed()) return InvalidPacket("its payload does not fit into it");
  payload.end = static_cast<std::uint32_t>(parsed.payloads_end);
  return std::vector<Payload>{payload};
}

std::vector<std::uint8_t> KeepPayloads(Bytes packet, const DataPacket& parsed,
                                       const std::vector<Payload>& payloads,
                                       PayloadSet keep) {
  const Bytes head = packet.first(parsed.payloads);
  std::vector<std::uint8_t> out(head.begin(), head.end());
  ByteWriter writer(out);
  std::size_t count_offset = 0;
  if (parsed.multiple_payloads) {
    count_offset = out.size();
    writer.U8(packet[parsed.payloads] & ~kPayloadCount & 0xFF);
  }
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    if ((keep >> i & 1) == 0) continue;
    const Payload& payload = payloads[i];
    writer.Append(packet.subspan(payload.begin, payload.end - payload.begin));
    if (parsed.multiple_payloads) ++out[count_offset];
  }
  const LengthField& length = parsed.packet_length;
  StoreLe(&out[length.offset], out.size(), length.size);
  const LengthField& padding = parsed.padding_length;
  StoreLe(&out[padding.offset], 0, padding.size);
  return out;
}

std::optional<std::uint8_t> FirstVideoStream(const Header& header) {
  const auto found = std::find_if(
      header.streams.begin(), header.streams.end(),
      [](const Stream& stream) { return stream.type == StreamType::kVideo; });
  if (found == header.streams.end()) return std::nullopt;
  return found->number;
}

}  // namespace wms::asf
