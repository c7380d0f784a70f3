// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace wms::asf {

/// Largest header that a $H takes: the 16-bit length of the framing header
/// counts four bytes of its own ([MS-WMHTTP] 2.2.3.1). A $C takes four less.
inline constexpr std::size_t kMaxPushHeader = 65531;

/// What others know of a stream that its header does not say. 0 is unknown.
struct StreamHints {
  std::uint32_t bitrate = 0;           ///< of its data alone, in bit/s
  std::uint64_t frame_time_100ns = 0;  ///< of video
};

/// Texts in UTF-8 for the Content Description Object ([ASF] 3.10).
struct ContentDescription {
  std::string title;
  std::string author;
  std::string copyright;
  std::string description;

  bool empty() const {
    return title.empty() && author.empty() && copyright.empty() &&
           description.empty();
  }
};

/// What RepairHeader may rely on where the header says nothing.
struct RepairHints {
  std::map<std::uint8_t, StreamHints> streams;  ///< by stream number
  /// Of all audio and video together, in bit/s, 0 when unknown: what is left
  /// of it goes in equal parts to the streams whose bitrate nobody knows.
  std::uint32_t total_bitrate = 0;
  ContentDescription description;
};

/// One thing that is not as a broadcast has it.
struct Finding {
  std::string rule;        ///< section: "[ASF] 3.2"
  std::string object;      ///< "File Properties Object"
  std::size_t offset = 0;  ///< of the field or the object in the source
  std::string problem;
  std::string repair;    ///< what was done, or why nothing was
  bool repaired = true;  ///< false: it is left as it is
};

/// A finding as a line of text.
std::string Describe(const Finding& finding);

/// What a field of 32 bits can state of @a bitrate.
constexpr std::uint32_t Limited(std::uint64_t bitrate) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(
      bitrate, std::numeric_limits<std::uint32_t>::max()));
}

struct RepairedHeader {
  std::vector<std::uint8_t> bytes;
  std::vector<Finding> findings;
  /// Audio and video streams whose bitrate is known to nobody.
  std::vector<std::uint8_t> unknown_bitrates;
  /// It is protected by DRM: nothing was looked at, nothing changed.
  bool encrypted = false;
};

/// Makes of an ASF file header (Header Object and the first 50 bytes of the
/// Data Object) what Microsoft's encoders push as the header of a broadcast.
/// What is right stays byte for byte, so that a second repair changes nothing,
/// and nothing that describes the payloads changes its meaning.
///
/// Fails with NS_E_INVALID_DATA, naming object, offset and rule, when @a header
/// is not one, or when it is larger than kMaxPushHeader in the end.
Result<RepairedHeader> RepairHeader(Bytes header, const RepairHints& hints);

}  // namespace wms::asf
