// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>
#include <vector>

namespace wms::test {

/// The frames of a stream each, as the SHA-256 of its bytes.
struct FrameSums {
  std::vector<std::string> video;
  std::vector<std::string> audio;

  bool operator==(const FrameSums&) const = default;
};

/// Runs the pipeline @a description to its end, and sums up what arrives at
/// its fakesinks "video" and "audio".
FrameSums SumFrames(const std::string& description);

/// End of a description for SumFrames.
inline constexpr const char* kVideoSink =
    " ! fakesink name=video sync=false signal-handoffs=true ";
inline constexpr const char* kAudioSink =
    " ! fakesink name=audio sync=false signal-handoffs=true ";

/// The same of an ASF file, with these decoders; null for a stream that is not
/// there.
FrameSums SumFramesOfFile(const std::string& path, const char* video_decoder,
                          const char* audio_decoder);

}  // namespace wms::test
