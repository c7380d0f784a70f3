// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/asf_samples.h"

#include "asf/data_packet.h"
#include "asf/guids.h"
#include "asf/header.h"
#include "common/padded_packet.h"

#include <cstdlib>

namespace wms::test {
namespace {

constexpr asf::Guid kHeaderExtension = {0xB5, 0x03, 0xBF, 0x5F, 0x2E, 0xA9,
                                        0xCF, 0x11, 0x8E, 0xE3, 0x00, 0xC0,
                                        0x0C, 0x20, 0x53, 0x65};
constexpr asf::Guid kReserved1 = {0x11, 0xD2, 0xD3, 0xAB, 0xBA, 0xA9,
                                  0xCF, 0x11, 0x8E, 0xE6, 0x00, 0xC0,
                                  0x0C, 0x20, 0x53, 0x65};
constexpr asf::Guid kNoErrorCorrection = {0x00, 0x57, 0xFB, 0x20, 0x55, 0x5B,
                                          0xCF, 0x11, 0xA8, 0xFD, 0x00, 0x80,
                                          0x5F, 0x5C, 0x44, 0x2B};

constexpr asf::Guid kPadding = {0x74, 0xD4, 0x06, 0x18, 0xDF, 0xCA, 0x09, 0x45,
                                0xA4, 0xBA, 0x9A, 0xAB, 0xCB, 0x96, 0xAA, 0xE8};

/// Appends an object: its identifier, its size, its body.
void AppendObject(ByteVector& out, const asf::Guid& id,
                  const ByteVector& body) {
  ByteWriter writer(out);
  writer.Append(id);
  writer.U64(asf::kObjectHeaderSize + body.size());
  writer.Append(body);
}

ByteVector FileProperties(const HeaderSample& sample) {
  ByteVector body;
  ByteWriter writer(body);
  for (int i = 0; i < 16; ++i)
    writer.U8(sample.id);
  writer.Zeros(8 + 8 + 8 + 8 + 8);  // size, date, packets, durations
  writer.U64(sample.preroll_ms);
  writer.U32(sample.broadcast ? 1 : 0);
  writer.U32(sample.packet_size);
  writer.U32(sample.packet_size);
  writer.U32(sample.max_bitrate);
  return body;
}

ByteVector StreamProperties(unsigned number) {
  const bool video = number == 1;
  ByteVector specific;
  ByteWriter data(specific);
  if (video) {
    data.U32(320);
    data.U32(240);
    data.U8(2);
    data.U16(40);
    data.U32(40);  // BITMAPINFOHEADER
    data.U32(320);
    data.U32(240);
    data.U16(1);
    data.U16(24);
    data.U32(0x32564D57);  // WMV2
    data.Zeros(20);
  } else {
    data.U16(0x161);  // WMA 2
    data.U16(2);
    data.U32(44100);
    data.U32(16000);
    data.U16(743);
    data.U16(16);
    data.U16(0);
  }
  ByteVector body;
  ByteWriter writer(body);
  writer.Append(video ? asf::kVideoMedia : asf::kAudioMedia);
  writer.Append(kNoErrorCorrection);
  writer.U64(0);
  writer.U32(static_cast<std::uint32_t>(specific.size()));
  writer.U32(0);
  writer.U16(static_cast<std::uint16_t>(number));
  writer.U32(0);
  writer.Append(specific);
  return body;
}

unsigned TypeOfWidth(unsigned width) {
  return width == 4 ? 3 : width;
}

}  // namespace

void Append(ByteVector& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

ByteVector MakeHeader(const HeaderSample& sample) {
  ByteVector objects;
  AppendObject(objects, asf::kFileProperties, FileProperties(sample));
  ByteVector extension;
  ByteWriter extension_writer(extension);
  extension_writer.Append(kReserved1);
  extension_writer.U16(6);
  extension_writer.U32(0);
  AppendObject(objects, kHeaderExtension, extension);
  for (unsigned i = 1; i <= sample.streams; ++i)
    AppendObject(objects, asf::kStreamProperties, StreamProperties(i));
  if (sample.padding > 0) {
    AppendObject(objects, kPadding, ByteVector(sample.padding));
  }

  ByteVector header;
  ByteWriter writer(header);
  writer.Append(asf::kHeaderObject);
  writer.U64(30 + objects.size());
  writer.U32(2 + sample.streams);
  writer.U8(1);
  writer.U8(2);
  writer.Append(objects);
  writer.Append(asf::kDataObject);
  writer.U64(asf::kDataObjectHeaderSize);
  for (int i = 0; i < 16; ++i)
    writer.U8(sample.id);
  writer.U64(0);
  writer.U8(1);
  writer.U8(1);
  return header;
}

ByteVector MakePacket(const PacketSample& sample) {
  ByteVector packet;
  ByteWriter writer(packet);
  if (sample.error_correction) {
    writer.U8(0x82);
    writer.U16(0);
  }
  writer.U8(
      static_cast<std::uint8_t>(TypeOfWidth(sample.sequence_width) << 1 |
                                TypeOfWidth(sample.padding_width) << 3 |
                                TypeOfWidth(sample.packet_length_width) << 5));
  writer.U8(0x5D);
  writer.Number(sample.packet_size, sample.packet_length_width);
  writer.Number(sample.number, sample.sequence_width);
  writer.Number(sample.padding, sample.padding_width);
  writer.U32(sample.send_time_ms);
  writer.U16(sample.duration_ms);
  // The payload: stream, object number, offset, replicated data.
  const std::size_t fixed = packet.size() + 1 + 1 + 4 + 1 + 8;
  if (fixed + sample.padding > sample.packet_size) std::abort();
  const std::size_t size = sample.packet_size - fixed - sample.padding;
  writer.U8(0x80 | sample.stream);
  writer.U8(sample.number);
  writer.U32(0);
  writer.U8(8);
  writer.U32(static_cast<std::uint32_t>(size));
  writer.U32(sample.send_time_ms);
  for (std::size_t i = 0; i < size; ++i)
    writer.U8(static_cast<std::uint8_t>(sample.number + i));
  writer.Zeros(sample.padding);
  return packet;
}

void SetSendTime(std::span<std::uint8_t> packet, std::uint32_t send_time_ms) {
  constexpr std::size_t kTimes = 4 + 2;  // send time, duration
  const auto parsed = asf::ParseDataPacket(packet);
  if (!parsed) std::abort();
  StoreLe(packet.data() + parsed->payloads - kTimes, send_time_ms, 4);
}

ByteVector MakePacket(const std::vector<PayloadSample>& payloads,
                      std::uint32_t send_time_ms, std::uint32_t packet_size) {
  constexpr unsigned kTwoByteLengths = 0x80;
  ByteVector body;
  ByteWriter writer(body);
  writer.U8(static_cast<std::uint8_t>(kTwoByteLengths | payloads.size()));
  for (const PayloadSample& payload : payloads) {
    writer.U8((payload.key_frame ? 0x80 : 0) | payload.stream);
    writer.U8(static_cast<std::uint8_t>(send_time_ms / 100));
    writer.U32(payload.offset);
    writer.U8(8);
    writer.U32(static_cast<std::uint32_t>(payload.size));
    writer.U32(send_time_ms);
    writer.U16(static_cast<std::uint16_t>(payload.size));
    for (std::size_t i = 0; i < payload.size; ++i)
      writer.U8(static_cast<std::uint8_t>(payload.stream + i));
  }
  ByteVector packet;
  ByteWriter head(packet);
  head.U8(0x82);
  head.U16(0);
  head.U8(0x11);  // several payloads, a padding length of two bytes
  head.U8(0x5D);
  const std::size_t fixed = packet.size() + 2 + 6 + body.size();
  if (fixed > packet_size) std::abort();
  head.U16(static_cast<std::uint16_t>(packet_size - fixed));
  head.U32(send_time_ms);
  head.U16(100);
  head.Append(body);
  head.Zeros(packet_size - fixed);
  return packet;
}

std::vector<ByteVector> MakePackets(std::size_t count,
                                    std::uint32_t packet_size) {
  constexpr unsigned kWidths[] = {0, 1, 2, 4};
  std::vector<ByteVector> packets;
  for (std::size_t i = 0; i < count; ++i) {
    PacketSample sample;
    sample.packet_size = packet_size;
    sample.number = static_cast<std::uint8_t>(i);
    sample.send_time_ms = static_cast<std::uint32_t>(100 * i);
    sample.error_correction = i % 3 != 0;
    // One byte cannot state the length of a packet that large.
    sample.packet_length_width = i % 4 == 1 ? 2 : kWidths[i % 4];
    sample.sequence_width = kWidths[(i / 4) % 4];
    if (i % 2 == 1) {
      sample.padding_width = kWidths[1 + (i / 2) % 3];
      sample.padding = sample.padding_width == 1 ? 200 : packet_size / 2;
    }
    packets.push_back(MakePacket(sample));
  }
  return packets;
}

ByteVector Stripped(Bytes packet) {
  const auto parsed = asf::ParseDataPacket(packet);
  if (!parsed) std::abort();
  const asf::StrippedPacket stripped = asf::StripPadding(packet, *parsed);
  ByteVector out;
  Append(out, stripped.head());
  Append(out, stripped.rest);
  return out;
}

ByteVector Restored(Bytes stripped, std::size_t packet_size) {
  const auto padded = Padded(stripped, packet_size);
  if (!padded) std::abort();
  return Whole(*padded);
}

}  // namespace wms::test
