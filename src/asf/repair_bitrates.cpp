// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/repair_steps.h"

#include <algorithm>

// Bitrates, as the streams have them and as the packets carry them.

namespace wms::asf {
namespace {

/// Of each data packet as a rule: error correction (3), flags, lengths and
/// times (11), number of payloads (1), the heads of two payloads.
constexpr std::size_t kPayloadHead = 17;
constexpr std::size_t kPacketHead = 3 + 11 + 1 + 2 * kPayloadHead;
/// Size of an entry in the Stream Bitrate Properties Object ([ASF] 3.12).
constexpr std::size_t kEntrySize = 6;
/// Maximum Bitrate in the File Properties Object ([ASF] 3.2).
constexpr std::size_t kMaxBitrate = 76;
constexpr std::uint64_t kHundredNsPerSecond = 10000000;

/// What is left of a packet for payloads; at least half of it.
std::uint64_t RoomIn(std::uint32_t packet_size) {
  return std::max<std::uint64_t>(
      packet_size > kPacketHead ? packet_size - kPacketHead : 0,
      (packet_size + 1) / 2);
}

/// With the heads of packets, and one of a payload for each frame.
std::uint32_t WithOverhead(const StreamState& stream,
                           std::uint32_t packet_size) {
  const std::uint64_t room = RoomIn(packet_size);
  std::uint64_t bitrate =
      (std::uint64_t{stream.bitrate} * packet_size + room - 1) / room;
  if (stream.frame_time_100ns > 0) {
    bitrate += 8 * kPayloadHead * kHundredNsPerSecond / stream.frame_time_100ns;
  }
  return Limited(bitrate);
}

std::uint32_t WithoutOverhead(std::uint32_t bitrate,
                              std::uint32_t packet_size) {
  return Limited(bitrate * RoomIn(packet_size) / packet_size);
}

/// Of the Stream Bitrate Properties Object.
struct Entry {
  std::uint8_t stream;
  std::uint32_t bitrate;
  std::size_t offset;  // of the bitrate in the body
};

/// The entries of the Stream Bitrate Properties Object, as many as fit.
std::vector<Entry> ReadEntries(const HeaderNode& node) {
  std::vector<Entry> entries;
  ByteReader reader(node.body);
  const std::size_t count = reader.U16();
  for (std::size_t i = 0; i < count && reader.remaining() >= kEntrySize; ++i) {
    Entry entry{};
    entry.stream = static_cast<std::uint8_t>(reader.U16() & 0x7F);
    entry.offset = reader.offset();
    entry.bitrate = reader.U32();
    entries.push_back(entry);
  }
  return entries;
}

/// A field of the Extended Stream Properties Object; 0 where there is none.
std::uint64_t ExtendedValue(const HeaderTree& tree, std::uint8_t number,
                            std::size_t offset, std::size_t width) {
  const HeaderNode* node = tree.FindExtended(number);
  return node != nullptr ? node->Get(offset, width) : 0;
}

/// nAvgBytesPerSec of an audio stream.
std::uint32_t AudioBitrate(const HeaderNode& node) {
  if (node.Get(StreamFields::kTypeLength, 4) < AudioFields::kSize) return 0;
  return Limited(8 *
                 node.Get(StreamFields::kTypeData + AudioFields::kByteRate, 4));
}

/// What the header says of a stream.
std::uint32_t KnownBitrate(Repair& repair, const StreamState& stream) {
  auto bitrate = static_cast<std::uint32_t>(
      ExtendedValue(repair.tree, stream.number, ExtendedFields::kBitrate, 4));
  if (bitrate == 0 && stream.audio) {
    bitrate = AudioBitrate(repair.properties(stream));
  }
  const HeaderNode* node = repair.tree.Find(kStreamBitrateProperties);
  if (bitrate != 0 || node == nullptr) return bitrate;
  for (const Entry& entry : ReadEntries(*node)) {
    if (entry.stream == stream.number) {
      return WithoutOverhead(entry.bitrate, repair.packet_size);
    }
  }
  return 0;
}

/// What a stream takes in packets, by the Stream Bitrate Properties Object or
/// as it will be written there; 0 is unknown.
std::uint32_t SentBitrate(const StreamState& stream,
                          const std::vector<Entry>& entries,
                          std::uint32_t packet_size) {
  for (const Entry& entry : entries) {
    if (entry.stream == stream.number && entry.bitrate != 0) {
      return entry.bitrate;
    }
  }
  return stream.bitrate == 0 ? 0 : WithOverhead(stream, packet_size);
}

/// Gives what is left of the Maximum Bitrate to the one audio or video stream
/// of unknown bitrate. With several unknown it would be a guess.
void ShareMaximum(Repair& repair) {
  // Less than this part of it is no stream, but somebody's overhead.
  constexpr std::uint64_t kLeastPart = 16;
  const HeaderNode* node = repair.tree.Find(kStreamBitrateProperties);
  const std::vector<Entry> entries =
      node != nullptr ? ReadEntries(*node) : std::vector<Entry>();
  const std::uint64_t maximum =
      repair.tree.Find(kFileProperties)->Get(kMaxBitrate, 4);
  StreamState* unknown = nullptr;
  std::uint64_t known = 0;
  std::uint64_t sent = 0;
  for (StreamState& stream : repair.streams) {
    known += stream.bitrate;
    sent += SentBitrate(stream, entries, repair.packet_size);
    if (stream.bitrate != 0 || (!stream.audio && !stream.video)) continue;
    if (unknown != nullptr) return;
    unknown = &stream;
  }
  if (unknown == nullptr || maximum <= std::max(sent, known)) return;
  if (maximum - sent < maximum / kLeastPart) return;
  unknown->bitrate = static_cast<std::uint32_t>(maximum - known);
}

/// Gives what is left of @a total to audio and video of unknown bitrate.
void ShareTotal(Repair& repair, std::uint32_t total) {
  std::uint64_t left = total;
  std::vector<StreamState*> unknown;
  for (StreamState& stream : repair.streams) {
    if (!stream.audio && !stream.video) continue;
    left -= std::min<std::uint64_t>(left, stream.bitrate);
    if (stream.bitrate == 0) unknown.push_back(&stream);
  }
  for (StreamState* stream : unknown)
    stream->bitrate = Limited(left / unknown.size());
}

/// Has the object an entry for each stream of known bitrate.
void FillEntries(Repair& repair, HeaderNode& node) {
  const std::vector<Entry> entries = ReadEntries(node);
  for (StreamState& stream : repair.streams) {
    const auto found = std::find_if(
        entries.begin(), entries.end(),
        [&](const Entry& entry) { return entry.stream == stream.number; });
    stream.sent_bitrate = SentBitrate(stream, entries, repair.packet_size);
    if (stream.sent_bitrate == 0 ||
        (found != entries.end() && found->bitrate != 0)) {
      continue;
    }
    const std::string number = std::to_string(stream.number);
    if (found != entries.end()) {
      repair.Fix("3.12", node, found->offset, 4, stream.sent_bitrate,
                 "the bitrate of stream " + number);
      continue;
    }
    repair.Report("3.12", node, 0, "stream " + number + " has no bitrate",
                  "added with " + std::to_string(stream.sent_bitrate));
    ByteWriter writer(node.body);
    writer.U16(stream.number);
    writer.U32(stream.sent_bitrate);
    node.Set(0, 2, node.Get(0, 2) + 1);
  }
}

}  // namespace

void FindBitrates(Repair& repair) {
  for (StreamState& stream : repair.streams) {
    stream.bitrate = KnownBitrate(repair, stream);
    stream.frame_time_100ns = ExtendedValue(repair.tree, stream.number,
                                            ExtendedFields::kFrameTime, 8);
  }
  ShareMaximum(repair);
  for (StreamState& stream : repair.streams) {
    const auto hint = repair.hints.streams.find(stream.number);
    if (hint == repair.hints.streams.end()) continue;
    if (stream.bitrate == 0) stream.bitrate = hint->second.bitrate;
    if (stream.frame_time_100ns == 0) {
      stream.frame_time_100ns = hint->second.frame_time_100ns;
    }
  }
  ShareTotal(repair, repair.hints.total_bitrate);
  // Once more: by now there may be one alone that is unknown.
  ShareMaximum(repair);
  for (const StreamState& stream : repair.streams) {
    if (stream.bitrate != 0 || (!stream.audio && !stream.video)) continue;
    repair.Report(
        "3.12", repair.properties(stream), 0,
        "nobody knows the bitrate of stream " + std::to_string(stream.number),
        "left unknown", false);
  }
}

void RepairBitrates(Repair& repair) {
  HeaderTree& tree = repair.tree;
  HeaderNode* found = tree.Find(kStreamBitrateProperties);
  if (found != nullptr && found->body.size() >= 2) {
    // Entries that do not fit are cut off, so that others can be added.
    const std::size_t entries = ReadEntries(*found).size();
    repair.Fix("3.12", *found, 0, 2, entries, "the number of bitrates");
    found->body.resize(2 + entries * kEntrySize);
    FillEntries(repair, *found);
  } else {
    HeaderNode added = repair.NewNode(kStreamBitrateProperties);
    added.body.resize(2);
    FillEntries(repair, added);
    if (added.Get(0, 2) > 0) tree.objects.push_back(std::move(added));
  }
  std::uint64_t sum = 0;
  for (const StreamState& stream : repair.streams)
    sum += stream.sent_bitrate;
  HeaderNode& file = *tree.Find(kFileProperties);
  if (file.Get(kMaxBitrate, 4) < sum) {
    repair.Fix("3.2", file, kMaxBitrate, 4, Limited(sum),
               "the Maximum Bitrate, which is to be that of all streams,");
  }
}

}  // namespace wms::asf
