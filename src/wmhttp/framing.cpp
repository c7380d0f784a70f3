// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/framing.h"

#include <cassert>
#include <string>

namespace wms::wmhttp {
namespace {

struct TypeName {
  PacketId id;
  const char* name;
  const char* section;
};

constexpr TypeName kTypes[] = {
    {PacketId::kStreamChange, "$C", "2.2.3.2"},
    {PacketId::kData, "$D", "2.2.3.3"},
    {PacketId::kEndOfStream, "$E", "2.2.3.4"},
    {PacketId::kFiller, "$F", "2.2.3.5"},
    {PacketId::kHeader, "$H", "2.2.3.6"},
};

const TypeName* FindType(std::uint8_t id) {
  for (const TypeName& type : kTypes) {
    if (static_cast<std::uint8_t>(type.id) == id) return &type;
  }
  return nullptr;
}

Error Invalid(std::string message) {
  return {HResult::NS_E_INVALID_DATA, Fault::kPeer, std::move(message)};
}

Error WrongLength(const TypeName& type, std::size_t length) {
  return Invalid(std::string(type.section) + ": " + type.name +
                 " with a PacketLength of " + std::to_string(length));
}

/// Checks PacketLength against what the packet's type allows.
bool LengthIsValid(PacketId id, std::size_t length) {
  if (id == PacketId::kEndOfStream) return length == kReasonSize;
  const std::size_t reason = HasReason(id) ? kReasonSize : 0;
  if (length < reason || length - reason > MaxPayload(id)) return false;
  return length > reason || id == PacketId::kFiller;
}

}  // namespace

const char* PacketName(PacketId id) {
  const TypeName* type = FindType(static_cast<std::uint8_t>(id));
  return type != nullptr ? type->name : "$?";
}

FramingHeader EncodeFramingHeader(PacketId id, std::size_t payload_size,
                                  HResult reason) {
  assert(payload_size <= MaxPayload(id));
  const std::size_t reason_size = HasReason(id) ? kReasonSize : 0;
  FramingHeader header{};
  header.size = kFramingHeaderSize + reason_size;
  header.data[0] = kFrame;
  header.data[1] = static_cast<std::uint8_t>(id);
  StoreLe(&header.data[2], payload_size + reason_size, 2);
  if (id == PacketId::kEndOfStream) {
    StoreLe(&header.data[4], static_cast<std::uint32_t>(reason), 4);
  }
  return header;
}

Result<std::optional<Packet>> PacketReader::Next() {
  if (failure_) return *failure_;
  buffer_.Consume(unread_);
  unread_ = 0;
  Result<std::optional<Packet>> packet = ReadPacket();
  if (!packet) {
    failure_ = packet.error();
    buffer_.Clear();  // lets go of the piece: nobody asks for more of it
  }
  return packet;
}

void PacketReader::Keep() {
  buffer_.Consume(unread_);
  unread_ = 0;
  buffer_.Keep();
}

Result<std::optional<Packet>> PacketReader::ReadPacket() {
  const std::optional<Bytes> head = buffer_.Peek(kFramingHeaderSize);
  if (!head) return std::optional<Packet>();
  if ((*head)[0] != kFrame) {
    return Invalid("2.2.3.1.1: a packet starts with byte " +
                   std::to_string((*head)[0]) + ", not with 0x24");
  }
  const TypeName* type = FindType((*head)[1]);
  if (type == nullptr) {
    return Invalid("2.2.3: unknown PacketID " + std::to_string((*head)[1]));
  }
  const std::size_t length = LoadLe(head->data() + 2, 2);
  if (!LengthIsValid(type->id, length)) return WrongLength(*type, length);
  const std::optional<Bytes> whole = buffer_.Peek(kFramingHeaderSize + length);
  if (!whole) return std::optional<Packet>();

  Packet packet{type->id, 0, {}, whole->size()};
  std::size_t payload = kFramingHeaderSize;
  if (HasReason(type->id)) {
    packet.reason =
        static_cast<std::uint32_t>(LoadLe(whole->data() + payload, 4));
    payload += kReasonSize;
  }
  if (type->id == PacketId::kStreamChange && packet.reason != 0) {
    return Invalid("2.2.3.2: the Reason of $C is not 0");
  }
  packet.payload = whole->subspan(payload);
  unread_ = whole->size();
  return std::optional<Packet>(packet);
}

}  // namespace wms::wmhttp
