// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <string>

namespace wms::asf {

/// What is known of an audio format tag (wFormatTag, [ASF] 9.1).
struct AudioCodec {
  std::string name;  ///< "Windows Media Audio V8"
  /// Of the Windows Media Audio family, which has Audio Spread.
  bool windows_media = false;
  /// MPEG audio: frames that stand alone, never spread.
  bool frames = false;
  std::uint16_t block_align = 0;      ///< that it always has; 0 for others
  std::uint16_t bits_per_sample = 0;  ///< that it always has; 0 for others
};

AudioCodec FindAudioCodec(std::uint16_t format_tag);

/// Name of a video codec by the four characters of biCompression: "Windows
/// Media Video 9", or these characters for one that is not known here.
std::string FindVideoCodec(Bytes compression);

}  // namespace wms::asf
