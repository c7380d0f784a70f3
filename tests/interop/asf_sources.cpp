// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// ASF from ffmpeg and from GStreamer, pushed with a repaired header: what
// ffmpeg and GStreamer take out of it is what was in the source.

#include "asf_files.h"
#include "common/asf_samples.h"
#include "common/child_process.h"
#include "common/scratch_dir.h"
#include "gst_push.h"
#include "loopback/expect.h"
#include "loopback/program.h"

#include <sys/resource.h>

#include <fstream>
#include <iterator>

namespace wms::test {
namespace {

constexpr const char* kVideo = "testsrc=s=160x120:r=25:d=3";
constexpr const char* kAudio = "sine=d=3:r=44100";

struct FfmpegSource {
  const char* name;
  const char* codecs;  // options of ffmpeg
  bool video;
  bool audio;
};

const FfmpegSource kFfmpegSources[] = {
    {"wmv1, wma1", "-c:v wmv1 -c:a wmav1 -b:a 64k", true, true},
    {"wmv2, wma2", "-c:v wmv2 -c:a wmav2 -b:a 64k", true, true},
    {"wmv2, wma2, small packets",
     "-c:v wmv2 -c:a wmav2 -b:a 64k -packet_size 500", true, true},
    {"wmv2, wma2, largest packets",
     "-c:v wmv2 -c:a wmav2 -b:a 64k -packet_size 65535", true, true},
    {"msmpeg4v3, mp3", "-c:v msmpeg4 -c:a libmp3lame -b:a 64k", true, true},
    {"wmv2 alone", "-c:v wmv2", true, false},
    {"wma1 alone", "-c:a wmav1 -b:a 64k", false, true},
    {"wma2 alone", "-c:a wmav2 -b:a 64k", false, true},
    {"mp3 alone", "-c:a libmp3lame -b:a 64k", false, true},
    {"aac alone", "-c:a aac -b:a 64k", false, true},
};

GST_START_TEST(test_from_ffmpeg) {
  const FfmpegSource& source = kFfmpegSources[__i__];
  const ScratchDir dir;
  const std::string file = dir.path() + "/source.asf";
  const std::string pushed = dir.path() + "/pushed.asf";
  std::string command = "ffmpeg -v error";
  if (source.video) command += std::string(" -f lavfi -i ") + kVideo;
  if (source.audio) command += std::string(" -f lavfi -i ") + kAudio;
  Run(command + " " + source.codecs + " -f asf " + file);
  const std::string recorded = Push(file, dir.path(), pushed);
  EXPECT(Hashes(recorded) == Hashes(file), source.name);
  EXPECT(Hashes(pushed) == Hashes(file), source.name);
  EXPECT(Demuxed(pushed, source.video, source.audio) ==
             Demuxed(file, source.video, source.audio),
         std::string(source.name) + ": GStreamer finds other frames");
  std::string output;
  fail_unless_equals_int(Check(file, output), 1);
  EXPECT(output.find("[ASF] 3.2): the Broadcast flag is not set; flags set to "
                     "1\n") != std::string::npos,
         output);
  const int status = Check(pushed, output);
  EXPECT(status == 0 && output.empty(), source.name + (": " + output));
}
GST_END_TEST

struct GstSource {
  const char* name;
  const char* pipeline;  // behind "asfmux name=mux ! filesink "
  bool video;
  bool audio;
};

#define VIDEO(encoder)                                                        \
  "videotestsrc num-buffers=75 ! "                                            \
  "video/x-raw,width=160,height=120,framerate=25/1 ! videoconvert ! " encoder \
  " ! identity single-segment=true ! queue ! mux. "
#define AUDIO(encoder)                                                  \
  "audiotestsrc num-buffers=130 ! audio/x-raw,rate=44100,channels=2 ! " \
  "audioconvert ! " encoder " ! queue ! mux. "

const GstSource kGstSources[] = {
    {"wmv1, wma1", VIDEO("avenc_wmv1") AUDIO("avenc_wmav1"), true, true},
    {"wmv2, wma2", VIDEO("avenc_wmv2") AUDIO("avenc_wmav2"), true, true},
    {"wmv2 alone", VIDEO("avenc_wmv2"), true, false},
    {"wma2 alone", AUDIO("avenc_wmav2"), false, true},
    {"mp3 alone", AUDIO("lamemp3enc ! mpegaudioparse"), false, true},
};

// asfmux leaves the padding out of the packet length, which costs ffmpeg the
// last frames of the source itself: GStreamer says what is in it.
GST_START_TEST(test_from_gstreamer) {
  const GstSource& source = kGstSources[__i__ / 2];
  const bool streamable = __i__ % 2 == 0;
  const ScratchDir dir;
  const std::string file = dir.path() + "/source.asf";
  const std::string pushed = dir.path() + "/pushed.asf";
  Pipeline(std::string("asfmux name=mux streamable=") +
           (streamable ? "true" : "false") + " ! filesink location=" + file +
           " " + source.pipeline)
      .WaitForEnd(kPatience);
  const std::string recorded = Push(file, dir.path(), pushed);
  EXPECT(Demuxed(pushed, source.video, source.audio) ==
             Demuxed(file, source.video, source.audio),
         std::string(source.name) + ": GStreamer finds other frames");
  EXPECT(Hashes(recorded) == Hashes(pushed), source.name);
  std::string output;
  fail_unless_equals_int(Check(file, output), 1);
  const int status = Check(pushed, output);
  EXPECT(status == 0, source.name + (": " + output));
}
GST_END_TEST

GST_START_TEST(test_from_avmux_asf) {
  const ScratchDir dir;
  const std::string file = dir.path() + "/source.asf";
  const std::string pushed = dir.path() + "/pushed.asf";
  Pipeline("avmux_asf name=mux ! filesink location=" + file + " " +
           VIDEO("avenc_wmv2") AUDIO("avenc_wmav2"))
      .WaitForEnd(kPatience);
  const std::string recorded = Push(file, dir.path(), pushed);
  EXPECT(Hashes(recorded) == Hashes(file), "");
  EXPECT(Hashes(pushed) == Hashes(file), "");
}
GST_END_TEST

GST_START_TEST(test_check_program) {
  const ScratchDir dir;
  std::string output;
  fail_unless_equals_int(Check(dir.path() + "/missing", output), 2);
  const std::string file = dir.path() + "/text";
  std::ofstream(file) << std::string(100, 'x');
  fail_unless_equals_int(Check(file, output), 2);
  EXPECT(output.find("it does not start with a Header Object") !=
             std::string::npos,
         output);
  const std::string program = EnvironmentValue("ASF_CHECK");
  fail_unless_equals_int(ChildProcess({program}).Wait(output), 2);
  fail_unless_equals_int(ChildProcess({program, "--bad"}).Wait(output), 2);
  fail_unless_equals_int(ChildProcess({program, "--version"}).Wait(output), 0);
  Run("ffmpeg -v error -f lavfi -i sine=d=1 -c:a wmav2 -f asf " + file +
      ".asf");
  fail_unless_equals_int(
      ChildProcess({"/bin/sh", "-c", program + " -q - < " + file + ".asf"})
          .Wait(output),
      1);
  fail_unless(output.empty());
}
GST_END_TEST

void WriteLongFile(const std::string& file, std::size_t packets,
                   std::uint32_t packet_size) {
  std::ofstream out(file, std::ios::binary);
  const auto write = [&out](const ByteVector& bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  };
  HeaderSample header;
  header.packet_size = packet_size;
  write(MakeHeader(header));
  PacketSample packet;
  packet.packet_size = packet_size;
  for (std::size_t i = 0; i < packets; ++i) {
    packet.send_time_ms = static_cast<std::uint32_t>(i);
    write(MakePacket(packet));
  }
}

/// Pushes and checks @a file, and returns the memory, in kilobytes, of the
/// largest process that this, or anything before, was done by.
long MemoryOfPush(const std::string& file, const std::string& url) {
  std::string output;
  const int status =
      ChildProcess({"gst-launch-1.0", "-q", "filesrc", "location=" + file, "!",
                    "wmspushsink", "sync=false", "location=" + url})
          .Wait(output);
  EXPECT(status == 0, output);
  fail_unless_equals_int(
      ChildProcess({EnvironmentValue("ASF_CHECK"), "-q", file}).Wait(output),
      1);
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return used.ru_maxrss;
}

/// A file takes no more memory for being many times as long. The short one is
/// first, and pays for GStreamer's look at all plugins there are.
GST_START_TEST(test_large_file) {
  constexpr std::uint32_t kPacketSize = 8000;
  constexpr std::size_t kFewPackets = 500;     // 4 MB
  constexpr std::size_t kManyPackets = 25000;  // 200 MB
  constexpr long kMoreKilobytes = 20000;
  const ScratchDir dir;
  Program server({"--port", "0", "--log-level", "error"});
  const std::string line = server.OutLine();
  const std::string url = line.substr(line.find("http://"));
  const std::string file = dir.path() + "/file.asf";
  WriteLongFile(file, kFewPackets, kPacketSize);
  const long few = MemoryOfPush(file, url + "short");
  WriteLongFile(file, kManyPackets, kPacketSize);
  const long many = MemoryOfPush(file, url + "long");
  EXPECT(many < few + kMoreKilobytes,
         std::to_string(few) + " kB, then " + std::to_string(many));
}
GST_END_TEST

Suite* asf_sources_suite() {
  Suite* suite = suite_create("asf_sources");
  TCase* sources = tcase_create("sources");
  tcase_set_timeout(sources, 3 * kPatience);
  suite_add_tcase(suite, sources);
  // First, since it looks at the largest child process that there was.
  tcase_add_test(sources, test_large_file);
  tcase_add_loop_test(sources, test_from_ffmpeg, 0,
                      static_cast<int>(std::size(kFfmpegSources)));
  tcase_add_loop_test(sources, test_from_gstreamer, 0,
                      static_cast<int>(2 * std::size(kGstSources)));
  tcase_add_test(sources, test_from_avmux_asf);
  tcase_add_test(sources, test_check_program);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_sources_suite;
GST_CHECK_MAIN(asf_sources)
