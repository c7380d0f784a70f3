// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header_repair.h"

#include "asf/header.h"
#include "asf/repair_steps.h"

#include <algorithm>
#include <utility>

namespace wms::asf {
namespace {

constexpr std::uint16_t kEncryptedContent = 0x8000;

Error Refused(std::string message) {
  return {HResult::NS_E_INVALID_DATA, Fault::kLocal,
          "ASF header: " + std::move(message)};
}

/// Whether the stream is protected by DRM, whose objects are signed.
bool IsEncrypted(HeaderTree& tree) {
  if (tree.Find(kContentEncryption) != nullptr ||
      tree.Find(kExtendedContentEncryption) != nullptr ||
      tree.FindInExtension(kAdvancedContentEncryption) != nullptr) {
    return true;
  }
  for (const HeaderNode& node : tree.objects) {
    if (node.id == kStreamProperties &&
        (node.Get(StreamFields::kFlags, 2) & kEncryptedContent) != 0) {
      return true;
    }
  }
  return false;
}

/// The streams that have a Stream Properties Object; their lengths fit.
Result<std::vector<StreamState>> ListStreams(const HeaderTree& tree) {
  std::vector<StreamState> streams;
  for (std::size_t i = 0; i < tree.objects.size(); ++i) {
    const HeaderNode& node = tree.objects[i];
    if (node.id != kStreamProperties) continue;
    const std::uint64_t lengths = node.Get(StreamFields::kTypeLength, 4) +
                                  node.Get(StreamFields::kCorrectionLength, 4);
    if (node.body.size() < StreamFields::kTypeData ||
        lengths > node.body.size() - StreamFields::kTypeData) {
      return Refused(
          "in the Stream Properties Object at offset " +
          std::to_string(node.offset) +
          " type-specific and error correction data do not fit ([ASF] 3.3)");
    }
    StreamState stream;
    stream.number =
        static_cast<std::uint8_t>(node.Get(StreamFields::kFlags, 1) & 0x7F);
    stream.audio = StartsWith(node.body, kAudioMedia);
    stream.video = StartsWith(node.body, kVideoMedia);
    stream.index = i;
    streams.push_back(stream);
  }
  return streams;
}

/// Takes the Padding Objects out of a header that is too large with them.
void DropPadding(Repair& repair) {
  for (auto* nodes : {&repair.tree.objects, &repair.tree.extension}) {
    std::erase_if(*nodes, [&repair](const HeaderNode& node) {
      if (node.id != kPadding) return false;
      repair.Report("3.17", node, 0,
                    "the header is too large for a push with it", "dropped");
      return true;
    });
  }
}

Error TooLarge(const HeaderTree& tree) {
  const HeaderNode* largest = &tree.data;
  for (const auto* nodes : {&tree.objects, &tree.extension}) {
    for (const HeaderNode& node : *nodes) {
      if (node.size() > largest->size()) largest = &node;
    }
  }
  return Refused("it has " + std::to_string(tree.size()) +
                 " bytes, and a push takes " + std::to_string(kMaxPushHeader) +
                 " ([MS-WMHTTP] 2.2.3.1); the " + ObjectName(largest->id) +
                 " at offset " + std::to_string(largest->offset) +
                 " takes most of them, " + std::to_string(largest->size()) +
                 ": have the source leave it out, or make it smaller");
}

void RunSteps(Repair& repair) {
  RepairFileProperties(repair);
  RepairExtension(repair);
  FindBitrates(repair);
  RepairStreamProperties(repair);
  RepairExtendedProperties(repair);
  RepairCodecList(repair);
  RepairBitrates(repair);
  RepairDescription(repair);
  RepairDataObject(repair);
  if (repair.tree.size() > kMaxPushHeader) DropPadding(repair);
  RepairSizes(repair);
}

}  // namespace

void Repair::Report(std::string_view section, const HeaderNode& node,
                    std::size_t body_offset, std::string problem,
                    std::string repair, bool repaired) {
  findings.push_back({"[ASF] " + std::string(section), ObjectName(node.id),
                      node.offset + kObjectHeaderSize + body_offset,
                      std::move(problem), std::move(repair), repaired});
}

void Repair::Fix(std::string_view section, HeaderNode& node,
                 std::size_t body_offset, std::size_t width,
                 std::uint64_t wanted, std::string_view what) {
  const std::uint64_t found = node.Get(body_offset, width);
  if (found == wanted) return;
  Report(section, node, body_offset,
         std::string(what) + " is " + std::to_string(found),
         "set to " + std::to_string(wanted));
  node.Set(body_offset, width, wanted);
}

HeaderNode Repair::NewNode(const Guid& id) const {
  HeaderNode node;
  node.id = id;
  node.offset = tree.end_offset();
  return node;
}

std::string Describe(const Finding& finding) {
  return finding.object + " at offset " + std::to_string(finding.offset) +
         " (" + finding.rule + "): " + finding.problem + "; " + finding.repair;
}

Result<RepairedHeader> RepairHeader(Bytes header, const RepairHints& hints) {
  const Result<Header> parsed = ParseHeader(header, Strictness::kTolerant);
  if (!parsed) return parsed.error();
  Result<HeaderTree> tree = ReadHeaderTree(header);
  if (!tree) return tree.error();
  RepairedHeader result;
  if (IsEncrypted(*tree)) {
    result.bytes.assign(header.begin(), header.end());
    result.encrypted = true;
    return result;
  }
  Result<std::vector<StreamState>> streams = ListStreams(*tree);
  if (!streams) return streams.error();
  Repair repair{std::move(*tree),    hints,
                std::move(*streams), {},
                parsed->packet_size, parsed->preroll_ms};
  RunSteps(repair);
  if (repair.tree.size() > kMaxPushHeader) return TooLarge(repair.tree);
  result.bytes = WriteHeaderTree(repair.tree);
  result.findings = std::move(repair.findings);
  for (const StreamState& stream : repair.streams) {
    if ((stream.audio || stream.video) && stream.bitrate == 0) {
      result.unknown_bitrates.push_back(stream.number);
    }
  }
  return result;
}

}  // namespace wms::asf
