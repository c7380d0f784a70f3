// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header_repair.h"
#include "asf/header_tree.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// What the files that repair headers share; nobody else needs it.

namespace wms::asf {

/// Offsets in the Stream Properties Object ([ASF] 3.3) without its first 24
/// bytes.
struct StreamFields {
  static constexpr std::size_t kCorrectionType = 16;
  static constexpr std::size_t kTypeLength = 40;
  static constexpr std::size_t kCorrectionLength = 44;
  static constexpr std::size_t kFlags = 48;
  static constexpr std::size_t kTypeData = 54;
};

/// Offsets in the type-specific data of audio ([ASF] 9.1).
struct AudioFields {
  static constexpr std::size_t kFormatTag = 0;
  static constexpr std::size_t kChannels = 2;
  static constexpr std::size_t kSampleRate = 4;
  static constexpr std::size_t kByteRate = 8;
  static constexpr std::size_t kBlockAlign = 12;
  static constexpr std::size_t kBitsPerSample = 14;
  static constexpr std::size_t kSize = 16;  // at least
};

/// Offsets in the type-specific data of video ([ASF] 9.2).
struct VideoFields {
  static constexpr std::size_t kReservedFlags = 8;
  static constexpr std::size_t kCompression = 27;  // biCompression
  static constexpr std::size_t kSize = 51;         // at least
};

/// What the steps know of a stream.
struct StreamState {
  std::uint8_t number = 0;
  bool audio = false;
  bool video = false;
  std::size_t index = 0;      ///< of its Stream Properties Object in the tree
  std::uint32_t bitrate = 0;  ///< of its data; 0 is unknown
  std::uint32_t sent_bitrate = 0;      ///< with packet overhead
  std::uint64_t frame_time_100ns = 0;  ///< 0 is unknown
};

/// A header under repair.
struct Repair {
  HeaderTree tree;
  const RepairHints& hints;
  std::vector<StreamState> streams;
  std::vector<Finding> findings;
  std::uint32_t packet_size = 0;
  std::uint64_t preroll_ms = 0;

  HeaderNode& properties(const StreamState& stream) {
    return tree.objects[stream.index];
  }

  /// Adds a finding about @a node, @a body_offset bytes behind its size.
  void Report(std::string_view section, const HeaderNode& node,
              std::size_t body_offset, std::string problem, std::string repair,
              bool repaired = true);

  /// Has a field say @a wanted, with a finding when it says something else.
  void Fix(std::string_view section, HeaderNode& node, std::size_t body_offset,
           std::size_t width, std::uint64_t wanted, std::string_view what);

  /// A node to add.
  HeaderNode NewNode(const Guid& id) const;
};

// The steps, in this order. Those about streams rely on FindBitrates.

/// [ASF] 3.2: flags, sizes, counts and durations of a broadcast; the sizes
/// that depend on other steps left out.
void RepairFileProperties(Repair& repair);
/// [ASF] 3.4: there is a Header Extension Object; 4.9 to 4.11: none that speak
/// of indices.
void RepairExtension(Repair& repair);
/// Finds the bitrate of every stream: of the header, of hints, of the total.
void FindBitrates(Repair& repair);
/// [ASF] 3.3, 9.1, 9.2: error correction and format of each stream.
void RepairStreamProperties(Repair& repair);
/// [ASF] 4.1: bitrate, buffer and frame time of each stream.
void RepairExtendedProperties(Repair& repair);
/// [ASF] 3.5: the codec of each stream.
void RepairCodecList(Repair& repair);
/// [ASF] 3.12 and 3.2: the bitrate of each stream and of all.
void RepairBitrates(Repair& repair);
/// [ASF] 3.10: texts that the header lacks.
void RepairDescription(Repair& repair);
/// [ASF] 5.1: the Data Object of a broadcast.
void RepairDataObject(Repair& repair);
/// [ASF] 3.1 and 3.2: number of objects and size of the header.
void RepairSizes(Repair& repair);

/// UTF-16, lowest byte first, with a terminating zero; bytes of @a text that
/// are no UTF-8 become U+FFFD. At most @a limit code units.
std::vector<std::uint8_t> ToUtf16(std::string_view text, std::size_t limit);

}  // namespace wms::asf
