// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmsp/framing.h"

#include <algorithm>
#include <cassert>
#include <string>

namespace wms::wmsp {
namespace {

constexpr std::uint8_t kFrame = 0x24;
constexpr std::size_t kReasonSize = 4;

/// An object in as many packets of its type as it takes (2.2.3.1.2).
void AppendObject(PacketId id, Bytes object, std::vector<std::uint8_t>& out) {
  std::uint32_t location_id = 0;
  std::uint8_t position = kFirstPart;
  do {
    const Bytes part = object.first(std::min(object.size(), kMaxPayload));
    object = object.subspan(part.size());
    if (object.empty()) position |= kLastPart;
    const PacketHeader header =
        EncodePacketHeader(id, location_id++, position, part.size());
    out.insert(out.end(), header.begin(), header.end());
    out.insert(out.end(), part.begin(), part.end());
    position = 0;
  } while (!object.empty());
}

void AppendReason(PacketId id, std::uint32_t reason,
                  std::vector<std::uint8_t>& out) {
  ByteWriter writer(out);
  writer.U8(kFrame);
  writer.U8(static_cast<std::uint8_t>(id));
  writer.U16(kReasonSize);
  writer.U32(reason);
}

}  // namespace

PacketHeader EncodePacketHeader(PacketId id, std::uint32_t location_id,
                                std::uint8_t af_flags,
                                std::size_t payload_size) {
  assert(payload_size <= kMaxPayload);
  const std::size_t size = kMmsHeaderSize + payload_size;
  PacketHeader header{};
  header[0] = kFrame;
  header[1] = static_cast<std::uint8_t>(id);
  StoreLe(&header[2], size, 2);
  StoreLe(&header[4], location_id, 4);
  header[8] = 0;  // Incarnation
  header[9] = af_flags;
  StoreLe(&header[10], size, 2);
  return header;
}

void AppendHeader(Bytes header, std::vector<std::uint8_t>& out) {
  AppendObject(PacketId::kHeader, header, out);
}

void AppendMetadata(std::uint32_t playlist_gen_id, std::uint32_t broadcast_id,
                    std::string_view features, std::vector<std::uint8_t>& out) {
  std::string text = "playlist-gen-id=" + std::to_string(playlist_gen_id) +
                     ", broadcast-id=" + std::to_string(broadcast_id) +
                     ", features=\"";
  text.append(features).append("\"").push_back('\0');
  AppendObject(
      PacketId::kMetadata,
      Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()),
      out);
}

void AppendEndOfStream(HResult reason, std::vector<std::uint8_t>& out) {
  AppendReason(PacketId::kEndOfStream, static_cast<std::uint32_t>(reason), out);
}

void AppendStreamChange(std::vector<std::uint8_t>& out) {
  AppendReason(PacketId::kStreamChange, 0, out);
}

}  // namespace wms::wmsp
