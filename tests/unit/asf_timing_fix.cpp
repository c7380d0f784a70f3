// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/timing_fix.h"
#include "common/asf_samples.h"
#include "unit/check.h"

// Streams that start at 1000 hours, moved where that is possible.

namespace wms::test {
namespace {

using asf::TimingFix;
constexpr std::uint32_t kOrigin = asf::kEncoderOriginMs;

TimingFix MakeFix() {
  asf::Header header;
  header.streams = {{1, asf::StreamType::kVideo}, {2, asf::StreamType::kAudio}};
  TimingFix fix;
  fix.Begin(header);
  return fix;
}

Data Packet(std::uint8_t stream, std::uint32_t time_ms) {
  PacketSample sample;
  sample.stream = stream;
  sample.send_time_ms = time_ms;
  return MakePacket(sample);
}

void ExpectApplied(TimingFix& fix, const Data& packet, const Data& expected,
                   const std::string& context) {
  const HeapBytes source(packet);
  const Bytes applied = fix.Apply(source.bytes());
  EXPECT(Same(applied, expected), context + ": " + Hex(applied));
}

GST_START_TEST(test_off_by_default) {
  fail_unless(!TimingFix().active());
}
GST_END_TEST

GST_START_TEST(test_right_times_are_left) {
  TimingFix fix = MakeFix();
  fail_unless(fix.active());
  ExpectApplied(fix, Packet(1, 0), Packet(1, 0), "video");
  fail_unless(fix.active(), "the audio has not begun");
  ExpectApplied(fix, Packet(2, 10), Packet(2, 10), "audio");
  fail_unless(!fix.active(), "packets need not be looked at any more");
}
GST_END_TEST

GST_START_TEST(test_one_stream) {
  TimingFix fix = MakeFix();
  for (const std::uint32_t time : {0U, 40U, 80U, 0xF0000000U}) {
    ExpectApplied(fix, Packet(1, kOrigin + time), Packet(1, time),
                  std::to_string(time));
  }
  fail_unless(fix.shifting() && fix.active());
  fail_unless_equals_int(fix.too_late(), 0);
}
GST_END_TEST

/// In the order of time, but for the offset.
GST_START_TEST(test_interleaved) {
  TimingFix fix = MakeFix();
  for (std::uint32_t time = 0; time < 2000; time += 100) {
    ExpectApplied(fix, Packet(2, time), Packet(2, time), "audio");
    ExpectApplied(fix, Packet(1, kOrigin + time), Packet(1, time), "video");
  }
  fail_unless(fix.shifting());
}
GST_END_TEST

GST_START_TEST(test_payloads_of_both_in_one_packet) {
  TimingFix fix = MakeFix();
  const Data packet = MakePacket(
      std::vector<PayloadSample>{{.stream = 1}, {.stream = 1}}, kOrigin + 500);
  const Data expected =
      MakePacket(std::vector<PayloadSample>{{.stream = 1}, {.stream = 1}}, 500);
  const HeapBytes source(packet);
  const Bytes applied = fix.Apply(source.bytes());
  const auto parsed = asf::ParseDataPacket(applied);
  fail_unless_equals_int(parsed->send_time_ms, 500);
  const auto payloads = asf::ParsePayloads(applied, *parsed);
  for (const asf::Payload& payload : *payloads)
    fail_unless_equals_int(LoadLe(applied.data() + payload.time, 4), 500);
  fail_unless_equals_int(applied.size(), expected.size());
}
GST_END_TEST

/// As asfmux orders them: all audio, and then the video from its beginning.
GST_START_TEST(test_too_late) {
  TimingFix fix = MakeFix();
  for (std::uint32_t time = 0; time <= 3000; time += 100)
    ExpectApplied(fix, Packet(2, time), Packet(2, time), "audio");
  ExpectApplied(fix, Packet(1, kOrigin), Packet(1, kOrigin), "video");
  fail_unless(!fix.shifting());
  fail_unless_equals_int(fix.too_late(), 1);
  fail_unless_equals_int(fix.late_ms(), 3000);
  fail_unless(!fix.active());
}
GST_END_TEST

GST_START_TEST(test_a_stream_that_never_begins) {
  TimingFix fix = MakeFix();
  std::size_t packets = 0;
  for (; fix.active(); ++packets)
    fix.Apply(Packet(1, 0));
  fail_unless_equals_int(packets, TimingFix::kMaxPackets);
}
GST_END_TEST

GST_START_TEST(test_garbage) {
  TimingFix fix = MakeFix();
  Random random;
  for (int round = 0; round < 5000; ++round) {
    const HeapBytes packet(round % 2 == 0 ? random.Bytes(100)
                                          : Packet(1, random.Next()));
    fail_unless_equals_int(fix.Apply(packet.bytes()).size(),
                           packet.bytes().size());
  }
}
GST_END_TEST

Suite* asf_timing_fix_suite() {
  Suite* suite = suite_create("asf_timing_fix");
  TCase* timing = tcase_create("timing");
  suite_add_tcase(suite, timing);
  tcase_add_test(timing, test_off_by_default);
  tcase_add_test(timing, test_right_times_are_left);
  tcase_add_test(timing, test_one_stream);
  tcase_add_test(timing, test_interleaved);
  tcase_add_test(timing, test_payloads_of_both_in_one_packet);
  tcase_add_test(timing, test_too_late);
  tcase_add_test(timing, test_a_stream_that_never_begins);
  tcase_add_test(timing, test_garbage);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_timing_fix_suite;
GST_CHECK_MAIN(asf_timing_fix)
