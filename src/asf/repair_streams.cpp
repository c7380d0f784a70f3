// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/codecs.h"
#include "asf/repair_steps.h"

#include <algorithm>
#include <limits>

// The objects that speak of one stream each.

namespace wms::asf {
namespace {

constexpr std::size_t kSpreadSize = 8;  // of Audio Spread's data

std::string NumberOf(const StreamState& stream) {
  return "stream " + std::to_string(stream.number);
}

std::size_t TypeLength(const HeaderNode& node) {
  return static_cast<std::size_t>(node.Get(StreamFields::kTypeLength, 4));
}

/// Replaces type and data of the error correction.
void SetCorrection(HeaderNode& node, const Guid& type, Bytes data) {
  std::copy(type.begin(), type.end(),
            node.body.begin() + StreamFields::kCorrectionType);
  const std::size_t start = StreamFields::kTypeData + TypeLength(node);
  const auto old =
      static_cast<std::size_t>(node.Get(StreamFields::kCorrectionLength, 4));
  const auto at = node.body.begin() + static_cast<std::ptrdiff_t>(start);
  node.body.erase(at, at + static_cast<std::ptrdiff_t>(old));
  node.body.insert(node.body.begin() + static_cast<std::ptrdiff_t>(start),
                   data.begin(), data.end());
  node.Set(StreamFields::kCorrectionLength, 4, data.size());
}

/// Windows Media Audio is declared with Audio Spread, with a span of 1: that
/// leaves the payloads as they are.
void SpreadAudio(Repair& repair, HeaderNode& node, std::uint64_t block_align) {
  if (StartsWith(Bytes(node.body).subspan(StreamFields::kCorrectionType),
                 kAudioSpread)) {
    return;
  }
  if (block_align == 0) {
    repair.Report("3.3", node, StreamFields::kCorrectionType,
                  "Windows Media Audio is without Audio Spread",
                  "left: its block alignment is not known", false);
    return;
  }
  repair.Report("3.3", node, StreamFields::kCorrectionType,
                "Windows Media Audio is without Audio Spread",
                "set, with a span of 1");
  std::vector<std::uint8_t> data;
  ByteWriter writer(data);
  writer.U8(1);                                         // span
  writer.U16(static_cast<std::uint16_t>(block_align));  // virtual packet
  writer.U16(static_cast<std::uint16_t>(block_align));  // virtual chunk
  writer.U16(1);                                        // silence data
  writer.U8(0);
  SetCorrection(node, kAudioSpread, data);
}

/// What others than Windows Media Audio have no use for goes, unless the
/// payloads are scrambled by it.
void UnspreadAudio(Repair& repair, HeaderNode& node) {
  if (!StartsWith(Bytes(node.body).subspan(StreamFields::kCorrectionType),
                  kAudioSpread)) {
    return;
  }
  const std::size_t data = StreamFields::kTypeData + TypeLength(node);
  const bool has_data = node.Get(StreamFields::kCorrectionLength, 4) >= 1;
  if (has_data && node.body[data] > 1) {
    repair.Report("3.3", node, StreamFields::kCorrectionType,
                  "audio that is not Windows Media Audio has Audio Spread",
                  "left: its payloads are scrambled", false);
    return;
  }
  repair.Report("3.3", node, StreamFields::kCorrectionType,
                "audio that is not Windows Media Audio has Audio Spread",
                "set to No Error Correction");
  SetCorrection(node, kNoErrorCorrection, {});
}

void RepairAudio(Repair& repair, const StreamState& stream) {
  HeaderNode& node = repair.properties(stream);
  if (TypeLength(node) < AudioFields::kSize) {
    repair.Report("9.1", node, StreamFields::kTypeLength,
                  "the format of " + NumberOf(stream) + " is cut short", "left",
                  false);
    return;
  }
  constexpr std::size_t kData = StreamFields::kTypeData;
  const AudioCodec codec = FindAudioCodec(
      static_cast<std::uint16_t>(node.Get(kData + AudioFields::kFormatTag, 2)));
  const auto fill = [&](std::size_t offset, std::size_t width,
                        std::uint64_t value, const char* what) {
    if (value == 0 || node.Get(kData + offset, width) != 0) return;
    repair.Fix("9.1", node, kData + offset, width, value, what);
  };
  fill(AudioFields::kByteRate, 4, stream.bitrate / 8,
       "the Average Number of Bytes Per Second");
  fill(AudioFields::kBlockAlign, 2, codec.block_align, "the Block Alignment");
  fill(AudioFields::kBitsPerSample, 2, codec.bits_per_sample,
       "the Bits Per Sample");
  const std::uint64_t align = node.Get(kData + AudioFields::kBlockAlign, 2);
  if (codec.windows_media) {
    SpreadAudio(repair, node, align);
  } else if (codec.frames) {
    UnspreadAudio(repair, node);
  }
}

void RepairVideo(Repair& repair, const StreamState& stream) {
  HeaderNode& node = repair.properties(stream);
  if (TypeLength(node) < VideoFields::kSize) {
    repair.Report("9.2", node, StreamFields::kTypeLength,
                  "the format of " + NumberOf(stream) + " is cut short", "left",
                  false);
    return;
  }
  repair.Fix("9.2", node, StreamFields::kTypeData + VideoFields::kReservedFlags,
             1, 2, "the Reserved Flags field");
}

HeaderNode NewExtended(const Repair& repair, const StreamState& stream) {
  HeaderNode node = repair.NewNode(kExtendedStreamProperties);
  node.body.resize(ExtendedFields::kSize);
  node.Set(ExtendedFields::kStream, 2, stream.number);
  return node;
}

/// Fills in what is 0, which stands for "unknown".
void FillExtended(Repair& repair, const StreamState& stream, HeaderNode& node) {
  const std::string of = " of " + NumberOf(stream);
  const auto fill = [&](std::size_t offset, std::size_t width,
                        std::uint64_t value, const std::string& what) {
    if (value == 0 || node.Get(offset, width) != 0) return;
    repair.Fix("4.1", node, offset, width, value, what + of);
  };
  const std::uint64_t buffer_ms = std::min<std::uint64_t>(
      repair.preroll_ms, std::numeric_limits<std::uint32_t>::max());
  fill(ExtendedFields::kBitrate, 4, stream.bitrate, "the Data Bitrate");
  fill(ExtendedFields::kBuffer, 4, buffer_ms, "the Buffer Size");
  fill(ExtendedFields::kAlternateBitrate, 4,
       node.Get(ExtendedFields::kBitrate, 4), "the Alternate Data Bitrate");
  fill(ExtendedFields::kAlternateBuffer, 4,
       node.Get(ExtendedFields::kBuffer, 4), "the Alternate Buffer Size");
  if (stream.video) {
    fill(ExtendedFields::kFrameTime, 8, stream.frame_time_100ns,
         "the Average Time Per Frame");
  }
}

}  // namespace

void RepairStreamProperties(Repair& repair) {
  for (const StreamState& stream : repair.streams) {
    if (stream.audio) RepairAudio(repair, stream);
    if (stream.video) RepairVideo(repair, stream);
  }
}

void RepairExtendedProperties(Repair& repair) {
  for (const StreamState& stream : repair.streams) {
    if (!stream.audio && !stream.video) continue;
    HeaderNode* found = repair.tree.FindExtended(stream.number);
    if (found != nullptr) {
      FillExtended(repair, stream, *found);
    } else if (stream.bitrate != 0) {
      HeaderNode added = NewExtended(repair, stream);
      repair.Report("4.1", added, 0, NumberOf(stream) + " has none", "added");
      const std::size_t reported = repair.findings.size();
      FillExtended(repair, stream, added);
      repair.findings.resize(reported);  // that it was added says it all
      repair.tree.extension.push_back(std::move(added));
    }
  }
}

}  // namespace wms::asf
