// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"
#include "asf/repair_steps.h"

#include <algorithm>

// The objects that speak of the file as a whole.

namespace wms::asf {
namespace {

/// Offsets in the File Properties Object ([ASF] 3.2) without its first 24
/// bytes.
struct FileFields {
  static constexpr std::size_t kFileId = 0;
  static constexpr std::size_t kFileSize = 16;
  static constexpr std::size_t kPacketsCount = 32;
  static constexpr std::size_t kPlayDuration = 40;
  static constexpr std::size_t kSendDuration = 48;
  static constexpr std::size_t kFlags = 64;
  static constexpr std::size_t kMinPacketSize = 68;
  static constexpr std::size_t kMaxBitrate = 76;
};

/// Offsets in the Data Object ([ASF] 5.1) without its first 24 bytes.
struct DataFields {
  static constexpr std::size_t kFileId = 0;
  static constexpr std::size_t kPacketsCount = 16;
  static constexpr std::size_t kReserved = 24;
};

constexpr std::uint64_t kBroadcast = 1;
constexpr std::uint64_t kSeekable = 2;
constexpr std::size_t kGuidSize = 16;
/// What Microsoft's encoders write as the number of packets to come.
constexpr std::uint64_t kUnknownCount = 0xFFFFFFFF;

/// A number for each header that differs (FNV-1a).
std::uint64_t HashOf(const HeaderTree& tree, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037U ^ seed;
  for (const HeaderNode& node : tree.objects) {
    for (const std::uint8_t byte : node.body)
      hash = (hash ^ byte) * 1099511628211U;
  }
  return hash;
}

/// Some receivers find the end of a header by the zeros before 01 01, which a
/// File ID that ends in zero moves.
void RepairFileId(Repair& repair, HeaderNode& node) {
  const auto id = node.body.begin() + FileFields::kFileId;
  if (id[kGuidSize - 1] != 0) return;
  const bool empty =
      std::all_of(id, id + kGuidSize, [](std::uint8_t b) { return b == 0; });
  repair.Report("3.2", node, FileFields::kFileId,
                empty ? "the File ID is zero" : "the File ID ends in 0",
                empty ? "another made up" : "its last byte changed");
  if (empty) {
    const std::uint64_t low = HashOf(repair.tree, 1);
    const std::uint64_t high = HashOf(repair.tree, 2);
    node.Set(FileFields::kFileId, 8, low);
    node.Set(FileFields::kFileId + 8, 8, high);
  }
  // Not 1 either, which the same receivers look for.
  id[kGuidSize - 1] |= 0x80;
}

void Drop(Repair& repair, const Guid& id, std::string_view section) {
  std::erase_if(repair.tree.extension, [&](const HeaderNode& node) {
    if (node.id != id) return false;
    repair.Report(section, node, 0, "a broadcast has no index", "dropped");
    return true;
  });
}

void AppendText(std::vector<std::uint8_t>& lengths,
                std::vector<std::uint8_t>& texts, const std::string& text) {
  // A length is a 16-bit number of bytes; nobody shows titles as long.
  constexpr std::size_t kMaxUnits = 2000;
  const std::vector<std::uint8_t> encoded =
      text.empty() ? std::vector<std::uint8_t>() : ToUtf16(text, kMaxUnits);
  ByteWriter(lengths).U16(static_cast<std::uint16_t>(encoded.size()));
  texts.insert(texts.end(), encoded.begin(), encoded.end());
}

/// Whether a Content Description Object has no text.
bool SaysNothing(const HeaderNode& node) {
  constexpr std::size_t kLengths = 5;
  if (node.body.size() < 2 * kLengths) return true;
  return std::all_of(node.body.begin() + 2 * kLengths, node.body.end(),
                     [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

void RepairFileProperties(Repair& repair) {
  HeaderNode& node = *repair.tree.Find(kFileProperties);
  const std::uint64_t flags = node.Get(FileFields::kFlags, 4);
  if ((flags & kBroadcast) == 0 || (flags & kSeekable) != 0) {
    const std::uint64_t wanted = (flags & ~kSeekable) | kBroadcast;
    repair.Report("3.2", node, FileFields::kFlags,
                  (flags & kBroadcast) == 0
                      ? "the Broadcast flag is not set"
                      : "the Seekable flag of a broadcast is set",
                  "flags set to " + std::to_string(wanted));
    node.Set(FileFields::kFlags, 4, wanted);
  }
  repair.Fix("3.2", node, FileFields::kPacketsCount, 8, kUnknownCount,
             "the Data Packets Count of a broadcast");
  repair.Fix("3.2", node, FileFields::kPlayDuration, 8, 0,
             "the Play Duration of a broadcast");
  repair.Fix("3.2", node, FileFields::kSendDuration, 8, 0,
             "the Send Duration of a broadcast");
  repair.Fix("3.2", node, FileFields::kMinPacketSize, 4, repair.packet_size,
             "the Minimum Data Packet Size, which is to be the maximum,");
  RepairFileId(repair, node);
}

void RepairExtension(Repair& repair) {
  if (repair.tree.Find(kHeaderExtension) == nullptr) {
    HeaderNode node = repair.NewNode(kHeaderExtension);
    ByteWriter writer(node.body);
    writer.Append(kHeaderExtensionReserved);
    writer.U16(6);
    repair.Report("3.4", node, 0, "there is none", "added");
    repair.tree.objects.push_back(std::move(node));
    return;
  }
  std::size_t stated = repair.tree.extension_data_size;
  for (const HeaderNode& node : repair.tree.extension)
    stated -= node.size();
  if (stated != 0) {
    repair.Report("3.4", *repair.tree.Find(kHeaderExtension), 18,
                  "the size of its data is wrong", "set to what there is");
  }
  Drop(repair, kIndexParameters, "4.9");
  Drop(repair, kMediaObjectIndexParameters, "4.10");
  Drop(repair, kTimecodeIndexParameters, "4.11");
}

void RepairDescription(Repair& repair) {
  const ContentDescription& wanted = repair.hints.description;
  HeaderNode* found = repair.tree.Find(kContentDescription);
  if (wanted.empty() || (found != nullptr && !SaysNothing(*found))) return;
  std::vector<std::uint8_t> body;
  std::vector<std::uint8_t> texts;
  AppendText(body, texts, wanted.title);
  AppendText(body, texts, wanted.author);
  AppendText(body, texts, wanted.copyright);
  AppendText(body, texts, wanted.description);
  AppendText(body, texts, {});  // rating
  body.insert(body.end(), texts.begin(), texts.end());
  if (found == nullptr) {
    repair.tree.objects.push_back(repair.NewNode(kContentDescription));
    found = &repair.tree.objects.back();
  }
  repair.Report("3.10", *found, 0, "the header says nothing of the content",
                "filled in from tags");
  found->body = std::move(body);
}

void RepairDataObject(Repair& repair) {
  HeaderTree& tree = repair.tree;
  if (tree.data_object_size != kDataObjectHeaderSize) {
    HeaderNode size = tree.data;
    size.offset -= 8;  // it stands before what a body has
    repair.Report("5.1", size, 0,
                  "the Object Size of a broadcast is " +
                      std::to_string(tree.data_object_size),
                  "set to " + std::to_string(kDataObjectHeaderSize));
    tree.data_object_size = kDataObjectHeaderSize;
  }
  const HeaderNode& file = *tree.Find(kFileProperties);
  const auto wanted = file.body.begin() + FileFields::kFileId;
  const auto found = tree.data.body.begin() + DataFields::kFileId;
  if (!std::equal(wanted, wanted + kGuidSize, found)) {
    repair.Report("5.1", tree.data, DataFields::kFileId,
                  "the File ID is not that of the File Properties Object",
                  "made the same");
    std::copy(wanted, wanted + kGuidSize, found);
  }
  repair.Fix("5.1", tree.data, DataFields::kPacketsCount, 8, 0,
             "the Total Data Packets of a broadcast");
  repair.Fix("5.1", tree.data, DataFields::kReserved, 2, 0x0101,
             "the Reserved field");
}

void RepairSizes(Repair& repair) {
  HeaderTree& tree = repair.tree;
  HeaderNode self;
  self.id = kHeaderObject;
  const auto fix = [&](auto& field, std::size_t offset, std::size_t wanted,
                       const char* what) {
    if (field == wanted) return;
    repair.Report("3.1", self, offset,
                  std::string(what) + " is " + std::to_string(field),
                  "set to " + std::to_string(wanted));
    field = static_cast<std::remove_reference_t<decltype(field)>>(wanted);
  };
  fix(tree.object_count, 0, tree.objects.size(),
      "the Number of Header Objects");
  fix(tree.reserved1, 4, 1, "Reserved1");
  fix(tree.reserved2, 5, 2, "Reserved2");
  repair.Fix("3.2", *tree.Find(kFileProperties), FileFields::kFileSize, 8,
             tree.size(), "the File Size, for a broadcast that of the header,");
}

}  // namespace wms::asf
