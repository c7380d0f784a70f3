// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header_tree.h"
#include "unit/check.h"

// A header with everything that Microsoft's encoders put into that of a
// broadcast, in their order: Windows Media Audio 2 (stream 1) and Windows
// Media Video 9 (stream 2).

namespace wms::test {

inline asf::HeaderNode Node(const asf::Guid& id, Bytes body) {
  asf::HeaderNode node;
  node.id = id;
  node.body = ToData(body);
  return node;
}

inline Data Utf16(std::string_view text) {
  Data out;
  for (const char c : text)
    Append(out, Data{static_cast<std::uint8_t>(c), 0});
  Append(out, Data{0, 0});
  return out;
}

inline Data CodecEntry(std::uint16_t type, std::string_view name,
                       Bytes information) {
  Data out;
  ByteWriter writer(out);
  writer.U16(type);
  const Data text = Utf16(name);
  writer.U16(static_cast<std::uint16_t>(text.size() / 2));
  writer.Append(text);
  writer.U16(0);
  writer.U16(static_cast<std::uint16_t>(information.size()));
  writer.Append(information);
  return out;
}

inline Data CodecListBody() {
  Data out = ToData(asf::kCodecListReserved);
  ByteWriter writer(out);
  writer.U32(2);
  writer.Append(CodecEntry(2, "Windows Media Audio 9.2", Data{0x61, 0x01}));
  writer.Append(CodecEntry(1, "Windows Media Video 9", Raw("WMV3")));
  return out;
}

inline Data BitratesBody() {
  Data out;
  ByteWriter writer(out);
  writer.U16(2);
  writer.U16(1);
  writer.U32(130000);
  writer.U16(2);
  writer.U32(357000);
  return out;
}

/// File Properties Object ([ASF] 3.2); the size is that of the whole header.
inline Data FilePropertiesBody(std::uint64_t size) {
  Data out = Pattern(16, 5);
  ByteWriter writer(out);
  writer.U64(size);
  writer.U64(0x01CBC3541A441610);  // creation date
  writer.U64(0xFFFFFFFF);
  writer.U64(0);
  writer.U64(0);
  writer.U64(3000);
  writer.U32(9);
  writer.U32(1400);
  writer.U32(1400);
  writer.U32(487000);
  return out;
}

inline Data ExtendedBody(std::uint16_t stream, std::uint32_t bitrate,
                         std::uint64_t frame_time) {
  Data out;
  ByteWriter writer(out);
  writer.U64(0);
  writer.U64(0);
  for (int i = 0; i < 2; ++i) {
    writer.U32(bitrate);
    writer.U32(1500);
    writer.U32(0);
  }
  writer.U32(0);
  writer.U32(0);
  writer.U16(stream);
  writer.U16(0);
  writer.U64(frame_time);
  writer.U32(0);
  return out;
}

inline Data StreamBody(const asf::Guid& type, const asf::Guid& correction,
                       std::uint16_t number, Bytes format, Bytes data) {
  Data out = ToData(type);
  ByteWriter writer(out);
  writer.Append(correction);
  writer.U64(0);
  writer.U32(static_cast<std::uint32_t>(format.size()));
  writer.U32(static_cast<std::uint32_t>(data.size()));
  writer.U16(number);
  writer.U32(0x6CCE6200);
  writer.Append(format);
  writer.Append(data);
  return out;
}

struct AudioFormat {
  std::uint16_t tag = 0x161;
  std::uint32_t byte_rate = 16000;
  std::uint16_t block_align = 743;
  std::uint16_t bits = 16;
};

inline Data AudioFormatBytes(const AudioFormat& format) {
  Data out;
  ByteWriter writer(out);
  writer.U16(format.tag);
  writer.U16(2);
  writer.U32(44100);
  writer.U32(format.byte_rate);
  writer.U16(format.block_align);
  writer.U16(format.bits);
  writer.U16(10);
  writer.Append(Pattern(10));
  return out;
}

inline Data VideoFormatBytes() {
  Data out;
  ByteWriter writer(out);
  writer.U32(320);
  writer.U32(240);
  writer.U8(2);
  writer.U16(44);
  writer.U32(44);
  writer.U32(320);
  writer.U32(240);
  writer.U16(1);
  writer.U16(24);
  writer.Append(Raw("WMV3"));
  writer.Zeros(20);
  writer.Append(Pattern(4));
  return out;
}

inline Data SpreadBytes(std::uint16_t block_align) {
  Data out;
  ByteWriter writer(out);
  writer.U8(1);
  writer.U16(block_align);
  writer.U16(block_align);
  writer.U16(1);
  writer.U8(0);
  return out;
}

inline asf::HeaderNode AudioNode(const AudioFormat& format = {}) {
  return Node(
      asf::kStreamProperties,
      StreamBody(asf::kAudioMedia, asf::kAudioSpread, 1,
                 AudioFormatBytes(format), SpreadBytes(format.block_align)));
}

inline asf::HeaderNode VideoNode() {
  return Node(asf::kStreamProperties,
              StreamBody(asf::kVideoMedia, asf::kNoErrorCorrection, 2,
                         VideoFormatBytes(), {}));
}

/// Header Object and Data Object as pieces, ready to be bent; WriteHeaderTree
/// makes a header of it.
inline asf::HeaderTree BroadcastTree() {
  asf::HeaderTree tree;
  tree.objects = {
      Node(asf::kCodecList, CodecListBody()),
      Node(asf::kStreamBitrateProperties, BitratesBody()),
      Node(asf::kFileProperties, FilePropertiesBody(0)),
      Node(asf::kHeaderExtension, asf::kHeaderExtensionReserved),
      AudioNode(),
      VideoNode(),
  };
  Append(tree.objects[3].body, Data{6, 0});
  tree.extension = {
      Node(asf::kExtendedStreamProperties, ExtendedBody(1, 128000, 0)),
      Node(asf::kExtendedStreamProperties, ExtendedBody(2, 350000, 333333)),
      Node(asf::kPadding, Data(100)),
  };
  Data data = Pattern(16, 5);
  ByteWriter writer(data);
  writer.U64(0);
  writer.U16(0x0101);
  tree.data = Node(asf::kDataObject, data);
  tree.data_object_size = 50;
  tree.object_count = 6;
  tree.Find(asf::kFileProperties)->Set(16, 8, tree.size());
  return tree;
}

}  // namespace wms::test
