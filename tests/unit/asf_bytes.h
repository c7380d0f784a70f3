// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/guids.h"
#include "base/bytes.h"
#include "unit/check.h"

#include <optional>

// Smallest ASF structures, every field of which a test can bend.

namespace wms::test {

inline Data Object(const asf::Guid& id, Bytes body,
                   std::optional<std::uint64_t> stated_size = {}) {
  Data out;
  ByteWriter writer(out);
  writer.Append(id);
  writer.U64(stated_size.value_or(24 + body.size()));
  writer.Append(body);
  return out;
}

struct HeaderSpec {
  std::uint32_t min_packet_size = 60;
  std::uint32_t max_packet_size = 60;
  std::uint32_t flags = 1;  // broadcast
  std::uint64_t preroll_ms = 3000;
  std::uint32_t max_bitrate = 123456;
  std::uint64_t data_object_size = 50;
};

/// File Properties Object ([ASF] 3.2), its first 24 bytes left out.
inline Data FileProperties(const HeaderSpec& spec) {
  Data out;
  ByteWriter writer(out);
  writer.Append(Pattern(16));  // file id
  writer.Zeros(8 + 8 + 8 + 8 + 8);
  writer.U64(spec.preroll_ms);
  writer.U32(spec.flags);
  writer.U32(spec.min_packet_size);
  writer.U32(spec.max_packet_size);
  writer.U32(spec.max_bitrate);
  return out;
}

/// Stream Properties Object ([ASF] 3.3), its first 24 bytes left out.
inline Data StreamProperties(const asf::Guid& type, std::uint16_t flags) {
  Data out;
  ByteWriter writer(out);
  writer.Append(type);
  writer.Zeros(16 + 8);
  writer.U32(4);
  writer.U32(0);
  writer.U16(flags);
  writer.Zeros(4);
  writer.U32(0x01020304);  // type-specific data
  return out;
}

inline Data DataObject(std::uint64_t size) {
  Data body = Pattern(16);  // file id
  ByteWriter writer(body);
  writer.U64(0);
  writer.U16(0x0101);
  return Object(asf::kDataObject, body, size);
}

/// Header Object around @a objects, and the 50 bytes of a Data Object.
inline Data HeaderOf(Bytes objects, Bytes data_object,
                     std::optional<std::uint64_t> stated_size = {}) {
  Data body;
  ByteWriter writer(body);
  writer.U32(2);
  writer.U8(1);
  writer.U8(2);
  writer.Append(objects);
  Data out = Object(asf::kHeaderObject, body, stated_size);
  Append(out, data_object);
  return out;
}

/// Header with one audio stream, number 1.
inline Data MakeHeader(const HeaderSpec& spec) {
  Data objects = Object(asf::kFileProperties, FileProperties(spec));
  Append(objects,
         Object(asf::kStreamProperties, StreamProperties(asf::kAudioMedia, 1)));
  return HeaderOf(objects, DataObject(spec.data_object_size));
}

inline Data MakeHeader(std::uint32_t packet_size) {
  return MakeHeader(
      {.min_packet_size = packet_size, .max_packet_size = packet_size});
}

struct PacketSpec {
  std::optional<std::size_t> error_correction = {};  // bytes of its data
  std::uint8_t packet_length_width = 0;
  std::uint8_t sequence_width = 0;
  std::uint8_t padding_width = 0;
  bool multiple_payloads = false;
  bool length_leaves_padding_out = false;  // as asfmux writes it
  std::uint32_t sequence = 0;
  std::uint32_t send_time_ms = 0x12345678;
  std::uint16_t duration_ms = 0x9ABC;
  std::size_t payload = 20;
  std::size_t padding = 0;
};

inline unsigned WidthCode(std::size_t width) {
  return width == 4 ? 3 : static_cast<unsigned>(width);
}

/// Bytes before the payload.
inline std::size_t HeadSize(const PacketSpec& spec) {
  return (spec.error_correction ? 1 + *spec.error_correction : 0) + 2 +
         spec.packet_length_width + spec.sequence_width + spec.padding_width +
         6;
}

inline std::size_t FullSize(const PacketSpec& spec) {
  return HeadSize(spec) + spec.payload + spec.padding;
}

/// Data packet ([ASF] 5.2); its padding is not zero, to be told apart.
inline Data MakePacket(const PacketSpec& spec) {
  Data out;
  ByteWriter writer(out);
  if (spec.error_correction) {
    writer.U8(static_cast<std::uint8_t>(0x80 | *spec.error_correction));
    writer.Append(Pattern(*spec.error_correction, 1));
  }
  writer.U8(static_cast<std::uint8_t>(WidthCode(spec.packet_length_width) << 5 |
                                      WidthCode(spec.padding_width) << 3 |
                                      WidthCode(spec.sequence_width) << 1 |
                                      (spec.multiple_payloads ? 1 : 0)));
  writer.U8(0x5D);
  writer.Number(
      FullSize(spec) - (spec.length_leaves_padding_out ? spec.padding : 0),
      spec.packet_length_width);
  writer.Number(spec.sequence, spec.sequence_width);
  writer.Number(spec.padding, spec.padding_width);
  writer.U32(spec.send_time_ms);
  writer.U16(spec.duration_ms);
  writer.Append(Pattern(spec.payload, 2));
  out.resize(out.size() + spec.padding, 0xEE);
  return out;
}

}  // namespace wms::test
