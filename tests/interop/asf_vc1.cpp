// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// VC-1 in ASF. Nothing in Debian encodes it; so the frames here are of bytes
// that mean nothing, in files that ffmpeg's muxer takes for WMV3 and WVC1. What
// counts is that each comes out as it went in, at its time.

#include "asf_files.h"
#include "base/bytes.h"
#include "common/scratch_dir.h"
#include "gst_push.h"
#include "loopback/expect.h"

#include <gst/check/gstcheck.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

namespace wms::test {
namespace {

using ByteVector = std::vector<std::uint8_t>;

constexpr std::uint32_t kWidth = 160;
constexpr std::uint32_t kHeight = 120;
constexpr std::uint32_t kFrames = 75;
constexpr std::uint32_t kFrameMs = 40;
constexpr std::uint32_t kKeyFrameInterval = 25;

/// The bytes of a frame: of any size, also larger than a packet. Without zeros
/// there is no start code in them. The first of them tells the type of an
/// advanced profile's picture: I, or P.
ByteVector Frame(std::mt19937& random, bool key_frame) {
  const std::size_t size =
      key_frame ? 9000 : std::uniform_int_distribution<>(1, 700)(random);
  ByteVector frame(size);
  std::uniform_int_distribution<> byte(1, 255);
  for (std::uint8_t& b : frame)
    b = static_cast<std::uint8_t>(byte(random));
  frame[0] = key_frame ? 0xC1 : 0x01;
  return frame;
}

/// Main profile, with the file header of SMPTE 421M, annex L.
ByteVector MainProfile() {
  ByteVector file;
  ByteWriter writer(file);
  writer.U32(0xC5000000 | kFrames);
  writer.U32(4);
  writer.U32(0x011AF94E);  // structure C
  writer.U32(kHeight);
  writer.U32(kWidth);
  writer.U32(12);
  writer.U32(0x80000000);  // structure B
  writer.U32(0);
  writer.U32(1000 / kFrameMs);
  std::mt19937 random(1);
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    const bool key_frame = i % kKeyFrameInterval == 0;
    const ByteVector frame = Frame(random, key_frame);
    writer.U32(static_cast<std::uint32_t>(frame.size()) |
               (key_frame ? 0x80000000 : 0));
    writer.U32(i * kFrameMs);
    writer.Append(frame);
  }
  return file;
}

/// Advanced profile: units behind start codes (annex E). The sequence header
/// says kWidth, kHeight, and no more than it has to.
ByteVector AdvancedProfile() {
  const ByteVector sequence = {0,    0,    1,    0x0F, 0xD2, 0x00,
                               0x04, 0xF0, 0x3B, 0x08, 0x80};
  const ByteVector entry_point = {0, 0, 1, 0x0E, 0x00, 0x00, 0x80};
  const ByteVector frame_start = {0, 0, 1, 0x0D};
  ByteVector file;
  ByteWriter writer(file);
  std::mt19937 random(2);
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    const bool key_frame = i % kKeyFrameInterval == 0;
    if (key_frame) {
      writer.Append(sequence);
      writer.Append(entry_point);
    }
    writer.Append(frame_start);
    writer.Append(Frame(random, key_frame));
  }
  return file;
}

struct Source {
  const char* name;
  ByteVector (*make)();
  const char* format;  // of ffmpeg
  const char* tag;     // that the ASF has to have
  const char* more;    // further options of ffmpeg
  bool audio;
  bool asfmux;  // taken apart and put together by GStreamer
};

constexpr const char* kSound = "-f lavfi -i sine=d=3:r=44100 -c:a wmav2";

const Source kSources[] = {
    {"WMV3", MainProfile, "vc1test", "WMV3", "", false, false},
    {"WMV3, small packets", MainProfile, "vc1test", "WMV3", "-packet_size 500",
     false, false},
    {"WMV3 and WMA2", MainProfile, "vc1test", "WMV3", kSound, true, false},
    {"WMV3 by asfmux", MainProfile, "vc1test", "WMV3", "", false, true},
    {"WVC1", AdvancedProfile, "vc1", "WVC1", "", false, false},
    {"WVC1 and WMA2", AdvancedProfile, "vc1", "WVC1", kSound, true, false},
    {"WVC1 by asfmux", AdvancedProfile, "vc1", "WVC1", "", false, true},
};

/// Time, size and hash of each frame, as ffmpeg finds them. It looks into the
/// pictures, too, and complains.
std::string Frames(const std::string& file) {
  return OutputOf("ffmpeg -v fatal -i " + file +
                  " -map 0 -c copy -f framehash - | grep -v '^#'");
}

std::size_t CountPictures(const std::string& input) {
  return std::stoul(OutputOf("ffmpeg -v fatal " + input +
                             " -map 0:v -c copy -f framehash - | grep -c "
                             "'^0,'"));
}

/// Hash of all pictures in a row.
std::string Pictures(const std::string& input) {
  return OutputOf("ffmpeg -v fatal " + input + " -map 0:v -c copy -f md5 -");
}

/// Writes @a source as an ASF file, and looks whether ffmpeg has done so.
void Make(const Source& source, const std::string& dir,
          const std::string& file) {
  const std::string elementary = dir + "/elementary";
  const ByteVector bytes = source.make();
  std::ofstream(elementary, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  const std::string input =
      std::string("-f ") + source.format + " -i " + elementary;
  Run("ffmpeg -v fatal " + input + " " + source.more + " -c:v copy -f asf " +
      file);
  fail_unless_equals_int(CountPictures("-i " + file), kFrames);
  EXPECT(Pictures("-i " + file) == Pictures(input), source.name);
  EXPECT(OutputOf("ffprobe -v fatal -select_streams v -show_entries "
                  "stream=codec_tag_string -of csv=p=0 " +
                  file) == std::string(source.tag) + "\n",
         source.name);
}

/// asfmux instead of ffmpeg's muxer, for one stream.
std::string Remux(const std::string& file) {
  std::string out = file + ".asfmux";
  Pipeline("filesrc location=" + file +
           " ! asfdemux ! asfmux ! filesink location=" + out)
      .WaitForEnd(kPatience);
  return out;
}

GST_START_TEST(test_frames_are_untouched) {
  const Source& source = kSources[__i__];
  const ScratchDir dir;
  std::string file = dir.path() + "/source.asf";
  const std::string pushed = dir.path() + "/pushed.asf";
  Make(source, dir.path(), file);
  if (source.asfmux) file = Remux(file);
  const std::string recorded = Push(file, dir.path(), pushed);
  EXPECT(
      Demuxed(pushed, true, source.audio) == Demuxed(file, true, source.audio),
      std::string(source.name) + ": GStreamer finds other frames");
  EXPECT(Frames(recorded) == Frames(pushed), source.name);
  // Of asfmux's own files ffmpeg loses the last frames.
  if (!source.asfmux) EXPECT(Frames(pushed) == Frames(file), source.name);
  fail_unless_equals_int(CountPictures("-i " + pushed), kFrames);
  std::string output;
  const int status = Check(pushed, output);
  EXPECT(status == 0, source.name + (": " + output));
}
GST_END_TEST

Suite* asf_vc1_suite() {
  Suite* suite = suite_create("asf_vc1");
  TCase* frames = tcase_create("frames");
  tcase_set_timeout(frames, 3 * kPatience);
  suite_add_tcase(suite, frames);
  tcase_add_loop_test(frames, test_frames_are_untouched, 0,
                      static_cast<int>(std::size(kSources)));
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_vc1_suite;
GST_CHECK_MAIN(asf_vc1)
