// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/codecs.h"
#include "asf/repair_steps.h"

#include <algorithm>
#include <optional>

// The Codec List Object ([ASF] 3.5).

namespace wms::asf {
namespace {

constexpr std::size_t kFixedSize = 16 + 4;  // reserved, number of entries
constexpr std::size_t kCount = 16;
constexpr std::uint16_t kVideoType = 1;
constexpr std::uint16_t kAudioType = 2;
constexpr std::size_t kMaxText = 256;

struct Entry {
  std::uint16_t type = 0;
  std::vector<std::uint8_t> information;
};

struct Entries {
  std::vector<Entry> list;
  std::size_t end = kFixedSize;  // where the next one goes in the body
};

/// The entries, or nothing when they do not fit into the object.
std::optional<Entries> ReadEntries(const HeaderNode& node) {
  Entries entries;
  ByteReader reader(node.body);
  reader.Take(16);
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    Entry entry;
    entry.type = reader.U16();
    reader.Take(std::size_t{2} * reader.U16());  // name
    reader.Take(std::size_t{2} * reader.U16());  // description
    const Bytes information = reader.Take(reader.U16());
    entry.information.assign(information.begin(), information.end());
    entries.list.push_back(std::move(entry));
  }
  if (reader.failed()) return std::nullopt;
  entries.end = reader.offset();
  return entries;
}

void WriteText(ByteWriter& writer, const std::string& text) {
  if (text.empty()) {
    writer.U16(0);
    return;
  }
  const std::vector<std::uint8_t> encoded = ToUtf16(text, kMaxText);
  writer.U16(static_cast<std::uint16_t>(encoded.size() / 2));
  writer.Append(encoded);
}

struct Codec {
  Entry entry;
  std::string name;
  std::string description;
};

std::string DescribeAudio(const HeaderNode& node, std::uint32_t bitrate) {
  constexpr std::size_t kData = StreamFields::kTypeData;
  const std::uint64_t channels = node.Get(kData + AudioFields::kChannels, 2);
  const std::uint64_t rate = node.Get(kData + AudioFields::kSampleRate, 4);
  std::string text;
  if (bitrate > 0) text = std::to_string((bitrate + 500) / 1000) + " kbps, ";
  text += std::to_string(rate / 1000) + " kHz, ";
  if (channels == 1) return text + "mono";
  if (channels == 2) return text + "stereo";
  return text + std::to_string(channels) + " channels";
}

/// What the list is to say of a stream; nothing when its format is cut short.
std::optional<Codec> CodecOf(Repair& repair, const StreamState& stream) {
  const HeaderNode& node = repair.properties(stream);
  const std::uint64_t length = node.Get(StreamFields::kTypeLength, 4);
  const Bytes data = Bytes(node.body).subspan(StreamFields::kTypeData);
  Codec codec;
  if (stream.audio && length >= AudioFields::kSize) {
    codec.entry.type = kAudioType;
    codec.entry.information.assign(data.begin(), data.begin() + 2);
    codec.name =
        FindAudioCodec(static_cast<std::uint16_t>(LoadLe(data.data(), 2))).name;
    codec.description = DescribeAudio(node, stream.bitrate);
    return codec;
  }
  if (stream.video && length >= VideoFields::kSize) {
    const Bytes compression = data.subspan(VideoFields::kCompression, 4);
    codec.entry.type = kVideoType;
    codec.entry.information.assign(compression.begin(), compression.end());
    codec.name = FindVideoCodec(compression);
    return codec;
  }
  return std::nullopt;
}

void AddEntry(HeaderNode& node, const Codec& codec) {
  ByteWriter writer(node.body);
  writer.U16(codec.entry.type);
  WriteText(writer, codec.name);
  WriteText(writer, codec.description);
  writer.U16(static_cast<std::uint16_t>(codec.entry.information.size()));
  writer.Append(codec.entry.information);
  node.Set(kCount, 4, node.Get(kCount, 4) + 1);
}

void Empty(HeaderNode& node) {
  node.body.assign(kCodecListReserved.begin(), kCodecListReserved.end());
  node.body.resize(kFixedSize);
}

}  // namespace

void RepairCodecList(Repair& repair) {
  HeaderNode* found = repair.tree.Find(kCodecList);
  HeaderNode added = repair.NewNode(kCodecList);
  Empty(added);
  HeaderNode& node = found != nullptr ? *found : added;
  std::optional<Entries> entries = ReadEntries(node);
  if (!entries) {
    repair.Report("3.5", node, 0, "its entries do not fit into it",
                  "made anew");
    Empty(node);
    entries.emplace();
  }
  for (const StreamState& stream : repair.streams) {
    const std::optional<Codec> codec = CodecOf(repair, stream);
    if (!codec) continue;
    // Streams of one codec have an entry each: what is matched is used up.
    const auto match = std::find_if(
        entries->list.begin(), entries->list.end(), [&](const Entry& entry) {
          return entry.type == codec->entry.type &&
                 entry.information == codec->entry.information;
        });
    if (match != entries->list.end()) {
      entries->list.erase(match);
      continue;
    }
    repair.Report("3.5", node, 0,
                  "no entry for stream " + std::to_string(stream.number),
                  "added: " + codec->name);
    // What is behind the last entry is none.
    node.body.resize(entries->end);
    AddEntry(node, *codec);
    entries->end = node.body.size();
  }
  if (found == nullptr && node.Get(kCount, 4) > 0) {
    repair.tree.objects.push_back(std::move(added));
  }
}

}  // namespace wms::asf
