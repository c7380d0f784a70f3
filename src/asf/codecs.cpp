// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/codecs.h"

#include <algorithm>
#include <string_view>

namespace wms::asf {
namespace {

enum class Family { kOther, kWindowsMedia, kFrames };

struct Audio {
  std::uint16_t tag;
  std::string_view name;
  Family family;
  std::uint16_t block_align;
  std::uint16_t bits_per_sample;
};

// MP3 has 0 bits per sample, as its decoders want it.
constexpr Audio kAudio[] = {
    {0x0001, "PCM", Family::kOther, 0, 0},
    {0x000A, "Windows Media Audio Voice 9", Family::kWindowsMedia, 0, 16},
    {0x0050, "MPEG Audio Layer 2", Family::kFrames, 1, 0},
    {0x0055, "MPEG Audio Layer 3", Family::kFrames, 1, 0},
    {0x00FF, "AAC", Family::kFrames, 1, 16},
    {0x0160, "Windows Media Audio V7", Family::kWindowsMedia, 0, 16},
    {0x0161, "Windows Media Audio V8", Family::kWindowsMedia, 0, 16},
    {0x0162, "Windows Media Audio Professional", Family::kWindowsMedia, 0, 0},
    {0x0163, "Windows Media Audio Lossless", Family::kWindowsMedia, 0, 0},
    {0x1610, "AAC", Family::kFrames, 1, 16},
    {0x706D, "AAC", Family::kFrames, 1, 16},
    {0xA106, "AAC", Family::kFrames, 1, 16},
};

struct Video {
  std::string_view compression;
  std::string_view name;
};

constexpr Video kVideo[] = {
    {"MP42", "Microsoft MPEG-4 Video V2"},
    {"MP43", "Microsoft MPEG-4 Video V3"},
    {"MPG4", "Microsoft MPEG-4 Video V1"},
    {"MSS1", "Windows Media Screen V7"},
    {"MSS2", "Windows Media Video 9 Screen"},
    {"WMV1", "Windows Media Video V7"},
    {"WMV2", "Windows Media Video V8"},
    {"WMV3", "Windows Media Video 9"},
    {"WMVA", "Windows Media Video 9 Advanced Profile"},
    {"WVC1", "Windows Media Video 9 Advanced Profile"},
};

}  // namespace

AudioCodec FindAudioCodec(std::uint16_t format_tag) {
  for (const Audio& known : kAudio) {
    if (known.tag != format_tag) continue;
    return {std::string(known.name), known.family == Family::kWindowsMedia,
            known.family == Family::kFrames, known.block_align,
            known.bits_per_sample};
  }
  AudioCodec codec;
  codec.name = "audio format " + std::to_string(format_tag);
  return codec;
}

std::string FindVideoCodec(Bytes compression) {
  std::string text(compression.begin(), compression.end());
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  for (const Video& known : kVideo) {
    if (known.compression == text) return std::string(known.name);
  }
  // What no codec's name has is not for people to read.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace wms::asf
