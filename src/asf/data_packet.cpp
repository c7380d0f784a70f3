// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"

#include "asf/packet_fields.h"

#include <algorithm>
#include <optional>
#include <string>

namespace wms::asf {
namespace {

constexpr std::uint8_t kErrorCorrectionPresent = 0x80;
constexpr std::uint8_t kErrorCorrectionLengthType = 0x60;
constexpr std::uint8_t kErrorCorrectionLength = 0x0F;
constexpr std::uint8_t kMultiplePayloads = 0x01;
// Positions of the two-bit width codes in the length type flags.
constexpr unsigned kSequenceType = 1;
constexpr unsigned kPaddingLengthType = 3;
constexpr unsigned kPacketLengthType = 5;
/// Send time and duration.
constexpr std::size_t kTimesSize = 6;

unsigned TypeOfWidth(std::size_t width) {
  return width == 4 ? 3 : static_cast<unsigned>(width);
}

bool FitsWidth(std::uint64_t value, std::size_t width) {
  return width >= 4 || value < (std::uint64_t{1} << (8 * width));
}

/// The field of the width that @a type stands for at @a offset. At least four
/// bytes are there.
LengthField ReadField(Bytes packet, std::size_t offset, unsigned type) {
  constexpr std::uint32_t kMasks[] = {0, 0xFF, 0xFFFF, 0xFFFFFFFF};
  const auto bytes =
      static_cast<std::uint32_t>(LoadLe(packet.data() + offset, 4));
  return {offset, WidthOfType(type), bytes & kMasks[type & 3]};
}

/// Where the fields in front of the payloads stand, from the packet's start.
struct Layout {
  std::size_t parsing_info;
  unsigned flags;  // the length type flags
  std::size_t packet_length;
  std::size_t sequence;
  std::size_t padding_length;
  std::size_t times;
};

constexpr const char* kHeadDoesNotFit = "its head does not fit into it";

/// Finds that out. What is wrong when there are no such fields, else null.
const char* ReadLayout(Bytes packet, Layout& layout) {
  if (packet.empty()) return kHeadDoesNotFit;
  layout.parsing_info = 0;
  layout.flags = packet[0];
  if ((layout.flags & kErrorCorrectionPresent) != 0) {
    if ((layout.flags & kErrorCorrectionLengthType) != 0) {
      return "its error correction has a length type other than 0";
    }
    layout.parsing_info = 1U + (layout.flags & kErrorCorrectionLength);
    if (layout.parsing_info >= packet.size()) return kHeadDoesNotFit;
    layout.flags = packet[layout.parsing_info];
  }
  // Behind the property flags: how the payloads write their numbers.
  layout.packet_length = layout.parsing_info + 2;
  layout.sequence =
      layout.packet_length + WidthOfType(layout.flags >> kPacketLengthType);
  layout.padding_length =
      layout.sequence + WidthOfType(layout.flags >> kSequenceType);
  layout.times =
      layout.padding_length + WidthOfType(layout.flags >> kPaddingLengthType);
  const bool fits = layout.times + kTimesSize <= packet.size();
  return fits ? nullptr : kHeadDoesNotFit;
}

/// Where the padding starts: by [ASF] it is the last part of an explicit
/// packet length, by asfmux it comes after it.
std::size_t PayloadsEnd(const DataPacket& packet, std::size_t size) {
  const std::size_t padding = packet.padding_length.value;
  if (packet.packet_length.size == 0) return size - std::min(padding, size);
  const std::size_t length = packet.packet_length.value;
  if (length + padding == size) return length;
  return length - std::min(padding, length);
}

/// Sizes of the rewritten packet on the way to RestorePadding.
struct Restored {
  std::size_t packet_length_width;
  std::size_t padding_width;
  std::size_t padding;
};

/// Finds the narrowest padding length field, not narrower than what is there,
/// that can state what remains of @a packet_size.
std::optional<Restored> PlanRestore(const DataPacket& parsed,
                                    std::size_t packet_size) {
  Restored plan{};
  // A width that cannot state the full size says nothing worth keeping: a
  // packet without the field has the size that the header gives.
  plan.packet_length_width = FitsWidth(packet_size, parsed.packet_length.size)
                                 ? parsed.packet_length.size
                                 : 0;
  const std::size_t fixed = parsed.payloads_end - parsed.packet_length.size -
                            parsed.padding_length.size +
                            plan.packet_length_width;
  for (const std::size_t width : {0, 1, 2, 4}) {
    if (width < parsed.padding_length.size) continue;
    if (fixed + width > packet_size) break;
    plan.padding_width = width;
    plan.padding = packet_size - fixed - width;
    if (FitsWidth(plan.padding, width)) return plan;
  }
  return std::nullopt;
}

/// What ParseDataPacket finds in the packet that @a plan makes of @a parsed.
DataPacket Describe(DataPacket parsed, const Restored& plan,
                    std::size_t packet_size) {
  const std::size_t payloads_size = parsed.payloads_end - parsed.payloads;
  LengthField& length = parsed.packet_length;
  length.size = static_cast<std::uint8_t>(plan.packet_length_width);
  length.value = length.size > 0 ? static_cast<std::uint32_t>(packet_size) : 0;
  parsed.sequence.offset = length.offset + length.size;
  LengthField& padding = parsed.padding_length;
  padding.offset = parsed.sequence.offset + parsed.sequence.size;
  padding.size = static_cast<std::uint8_t>(plan.padding_width);
  padding.value = static_cast<std::uint32_t>(plan.padding);
  parsed.payloads = padding.offset + padding.size + kTimesSize;
  parsed.payloads_end = parsed.payloads + payloads_size;
  parsed.padding = plan.padding;
  return parsed;
}

/// Whether an explicit packet length says what [ASF] wants it to say.
bool CountsPadding(const DataPacket& parsed, std::size_t packet_size) {
  return parsed.packet_length.size == 0 ||
         parsed.packet_length.value == packet_size;
}

}  // namespace

Result<DataPacket> ParseDataPacket(Bytes packet) {
  Layout layout;
  if (const char* wrong = ReadLayout(packet, layout); wrong != nullptr) {
    return InvalidPacket(wrong);
  }
  const unsigned flags = layout.flags;
  DataPacket parsed;
  parsed.parsing_info = layout.parsing_info;
  parsed.multiple_payloads = (flags & kMultiplePayloads) != 0;
  parsed.packet_length =
      ReadField(packet, layout.packet_length, flags >> kPacketLengthType);
  parsed.sequence = ReadField(packet, layout.sequence, flags >> kSequenceType);
  parsed.padding_length =
      ReadField(packet, layout.padding_length, flags >> kPaddingLengthType);
  const std::uint8_t* at = packet.data() + layout.times;
  parsed.send_time_ms = static_cast<std::uint32_t>(LoadLe(at, 4));
  parsed.duration_ms = static_cast<std::uint16_t>(LoadLe(at + 4, 2));
  parsed.payloads = layout.times + kTimesSize;
  if (parsed.packet_length.value > packet.size()) {
    return InvalidPacket("it states a length of " +
                         std::to_string(parsed.packet_length.value) +
                         " bytes and has " + std::to_string(packet.size()));
  }
  parsed.payloads_end = PayloadsEnd(parsed, packet.size());
  if (parsed.payloads_end <= parsed.payloads) {
    return InvalidPacket("its padding of " +
                         std::to_string(parsed.padding_length.value) +
                         " bytes leaves no room for a payload");
  }
  parsed.padding = packet.size() - parsed.payloads_end;
  return parsed;
}

std::optional<std::uint32_t> ReadSendTime(Bytes packet) {
  Layout layout;
  if (ReadLayout(packet, layout) != nullptr) return std::nullopt;
  return static_cast<std::uint32_t>(LoadLe(packet.data() + layout.times, 4));
}

StrippedPacket StripPadding(Bytes packet, const DataPacket& parsed) {
  StrippedPacket stripped;
  if (parsed.padding == 0) {
    stripped.rest = packet;
    return stripped;
  }
  stripped.head_size = parsed.payloads;
  std::copy_n(packet.begin(), parsed.payloads, stripped.head_data.begin());
  std::uint8_t* head = stripped.head_data.data();
  const LengthField& length = parsed.packet_length;
  StoreLe(head + length.offset, parsed.payloads_end, length.size);
  StoreLe(head + parsed.padding_length.offset, 0, parsed.padding_length.size);
  stripped.rest =
      packet.subspan(parsed.payloads, parsed.payloads_end - parsed.payloads);
  return stripped;
}

Result<PaddedPacket> RestorePadding(Bytes packet, const DataPacket& parsed,
                                    std::size_t packet_size) {
  PaddedPacket padded;
  ByteWriter writer(padded.bytes);
  if (packet.size() == packet_size && CountsPadding(parsed, packet_size)) {
    writer.Append(packet.first(parsed.payloads_end));
    padded.parsed = parsed;
    return padded;
  }
  const std::optional<Restored> plan = PlanRestore(parsed, packet_size);
  if (!plan) {
    return InvalidPacket("it has " + std::to_string(packet.size()) +
                         " bytes, and the header allows " +
                         std::to_string(packet_size));
  }
  padded.parsed = Describe(parsed, *plan, packet_size);
  padded.bytes.reserve(padded.parsed.payloads_end);
  writer.Append(packet.first(parsed.parsing_info));
  unsigned flags = packet[parsed.parsing_info];
  flags &= ~((3U << kPacketLengthType) | (3U << kPaddingLengthType));
  flags |= TypeOfWidth(plan->packet_length_width) << kPacketLengthType;
  flags |= TypeOfWidth(plan->padding_width) << kPaddingLengthType;
  writer.U8(static_cast<std::uint8_t>(flags));
  writer.U8(packet[parsed.parsing_info + 1]);
  writer.Number(packet_size, plan->packet_length_width);
  writer.Number(parsed.sequence.value, parsed.sequence.size);
  writer.Number(plan->padding, plan->padding_width);
  writer.U32(parsed.send_time_ms);
  writer.U16(parsed.duration_ms);
  writer.Append(
      packet.subspan(parsed.payloads, parsed.payloads_end - parsed.payloads));
  return padded;
}

}  // namespace wms::asf
