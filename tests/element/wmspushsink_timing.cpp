// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/repairing.h"

// The property fix-timing: streams whose times are far from those of others.

namespace wms::test {
namespace {

constexpr std::uint32_t kOrigin = 3600000000;
constexpr const char* kCure = "identity single-segment=true";

/// A sink that fixes times, playing. Stream 1 is video and 2 is audio.
struct Fixing : Repairing {
  explicit Fixing(bool fix = true) {
    push.Set("fix-timing", fix ? TRUE : FALSE);
    Play(MakeHeader());
  }
};

ByteVector PacketAt(std::uint8_t stream, std::uint32_t time_ms) {
  PacketSample sample;
  sample.stream = stream;
  sample.send_time_ms = time_ms;
  return MakePacket(sample);
}

void ExpectParts(const std::string& text, std::vector<std::string> parts) {
  for (const std::string& part : parts)
    EXPECT(text.find(part) != std::string::npos, text);
}

/// As an encoder makes it whose timestamps start at 1000 hours.
GST_START_TEST(test_video_at_1000_hours) {
  Fixing run;
  std::vector<ByteVector> moved;
  for (std::uint32_t time = 0; time < 400; time += 40) {
    moved.push_back(PacketAt(1, time));
    EXPECT_FLOW(run.push.Push(PacketAt(1, kOrigin + time)), GST_FLOW_OK);
  }
  ExpectPackets(run.Finish(), moved);
  EXPECT(run.push.messages().Count("WARNING") == 0,
         run.push.messages().Order());
}
GST_END_TEST

/// Any other offset is taken out, too; that it is a guess is told.
GST_START_TEST(test_constant_offset) {
  constexpr std::uint32_t kOffset = 5U * 3600 * 1000;
  Fixing run;
  std::vector<ByteVector> moved;
  for (std::uint32_t time = 0; time < 400; time += 40) {
    for (const std::uint8_t stream : {1, 2}) {
      const std::uint32_t came = stream == 2 ? time + kOffset : time;
      EXPECT_FLOW(run.push.Push(PacketAt(stream, came)), GST_FLOW_OK);
      moved.push_back(PacketAt(stream, time));
    }
  }
  ExpectPackets(run.Finish(), moved);
  fail_unless_equals_int(run.push.messages().Count("WARNING"), 1);
  ExpectParts(run.push.messages().TheFault("WARNING").text,
              {"the times of stream 2 are 18000000 ms ahead of those of the "
               "others",
               kCure});
}
GST_END_TEST

/// What players could not play is no push: the order of the packets does not
/// allow another time, and the error says so.
GST_START_TEST(test_video_at_1000_hours_behind_audio) {
  Fixing run;
  const std::vector<ByteVector> packets = {PacketAt(2, 0), PacketAt(2, 3000)};
  EXPECT_FLOW(run.push.PushAll(packets), GST_FLOW_OK);
  fail_unless(run.server.WaitForPackets(packets.size()));
  EXPECT_FLOW(run.push.Push(PacketAt(1, kOrigin)), GST_FLOW_ERROR);
  run.push.messages().WaitFor("ERROR");
  const Report error = run.push.messages().TheFault("ERROR");
  fail_unless(error.domain == GST_STREAM_ERROR);
  fail_unless_equals_int(error.code, GST_STREAM_ERROR_FORMAT);
  ExpectParts(error.text,
              {"the times of stream 1 are 3600000000 ms ahead of those of the "
               "others, at 1000 hours, and its packets come 3000 ms behind",
               kCure, "fix-timing=false"});
  ExpectPackets(run.server.Snapshot(), packets);
}
GST_END_TEST

/// Another offset, when it is certain that there are two timelines.
GST_START_TEST(test_offset_behind_audio) {
  constexpr std::uint32_t kOffset = 60000;
  Fixing run;
  EXPECT_FLOW(run.push.PushAll({PacketAt(2, 0), PacketAt(2, 3000)}),
              GST_FLOW_OK);
  EXPECT_FLOW(run.push.Push(PacketAt(1, kOffset)), GST_FLOW_OK);
  EXPECT_FLOW(run.push.Push(PacketAt(2, 3500)), GST_FLOW_OK);
  EXPECT_FLOW(run.push.Push(PacketAt(2, 4500)), GST_FLOW_ERROR);
  run.push.messages().WaitFor("ERROR");
  ExpectParts(
      run.push.messages().TheFault("ERROR").text,
      {"the times of stream 1 are 55500 ms ahead", "3000 ms behind", kCure});
}
GST_END_TEST

/// Without the property all of it is sent, and a warning has the cure.
GST_START_TEST(test_left_alone) {
  Fixing run(false);
  const std::vector<ByteVector> packets = {PacketAt(2, 0), PacketAt(2, 3000),
                                           PacketAt(1, kOrigin)};
  EXPECT_FLOW(run.push.PushAll(packets), GST_FLOW_OK);
  ExpectPackets(run.Finish(), packets);
  ExpectParts(run.push.messages().TheFault("WARNING").text,
              {"jump ahead by 3599997000 ms", kCure});
}
GST_END_TEST

/// Both streams jump: players wait and go on, so that it is a warning.
GST_START_TEST(test_jump_of_all_streams) {
  Fixing run;
  const std::vector<ByteVector> packets = {
      PacketAt(1, 0),     PacketAt(2, 0),     PacketAt(1, 500),
      PacketAt(1, 60000), PacketAt(2, 60000), PacketAt(1, 60500)};
  EXPECT_FLOW(run.push.PushAll(packets), GST_FLOW_OK);
  ExpectPackets(run.Finish(), packets);
  ExpectParts(run.push.messages().TheFault("WARNING").text,
              {"jump ahead by 59500 ms"});
}
GST_END_TEST

/// What asfmux makes of live video at 1000 hours beside sound: nothing of it
/// ever comes.
GST_START_TEST(test_stream_that_does_not_begin) {
  Fixing run;
  std::vector<ByteVector> packets;
  for (std::uint32_t i = 0; i < 520; ++i)
    packets.push_back(PacketAt(2, 20 * i));
  EXPECT_FLOW(run.push.PushAll(packets), GST_FLOW_OK);
  ExpectPackets(run.Finish(), packets);
  ExpectParts(run.push.messages().TheFault("WARNING").text,
              {"no packet of stream 1", kCure});
}
GST_END_TEST

Suite* wmspushsink_timing_suite() {
  Suite* suite = suite_create("wmspushsink_timing");
  TCase* timing = tcase_create("timing");
  suite_add_tcase(suite, timing);
  tcase_add_test(timing, test_video_at_1000_hours);
  tcase_add_test(timing, test_constant_offset);
  tcase_add_test(timing, test_video_at_1000_hours_behind_audio);
  tcase_add_test(timing, test_offset_behind_audio);
  tcase_add_test(timing, test_left_alone);
  tcase_add_test(timing, test_jump_of_all_streams);
  tcase_add_test(timing, test_stream_that_does_not_begin);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_timing_suite;
GST_CHECK_MAIN(wmspushsink_timing)
