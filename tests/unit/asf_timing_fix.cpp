// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/timing_fix.h"
#include "common/asf_samples.h"
#include "unit/check.h"

// Streams that start at 1000 hours, or far from the others, moved where that
// is possible.

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
  fail_if(fix.misfit().has_value());
  fail_if(fix.alignment().has_value(), "1000 hours are known to be wrong");
}
GST_END_TEST

/// As asfmux makes it of one stream from there: presentation times count from
/// the preroll, send times from 1000 hours, for ever.
GST_START_TEST(test_send_times_alone) {
  constexpr std::uint32_t kPreroll = 5000;
  TimingFix fix = MakeFix();
  for (const std::uint32_t time : {0U, 40U, 4000000U, 0xF0000000U}) {
    Data packet = Packet(1, kPreroll + time);
    SetSendTime(packet, kOrigin + time);
    Data expected = packet;
    SetSendTime(expected, time);
    ExpectApplied(fix, packet, expected, std::to_string(time));
  }
  fail_unless(fix.shifting() && fix.active());
  fail_if(fix.misfit().has_value() || fix.alignment().has_value());
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
  fail_unless(fix.misfit().has_value());
  fail_unless_equals_int(fix.misfit()->stream, 1);
  fail_unless_equals_int(fix.misfit()->behind_ms, 3000);
  fail_unless_equals_int64(fix.misfit()->offset_ms, kOrigin);
}
GST_END_TEST

/// No more than so many packets are taken apart for it; but it is seen when it
/// begins with a jump.
GST_START_TEST(test_a_stream_that_never_begins) {
  TimingFix fix = MakeFix();
  for (std::size_t i = 0; i < TimingFix::kMaxPackets; ++i) {
    fail_unless_equals_int(fix.missing(), 0);
    fix.Apply(Packet(2, static_cast<std::uint32_t>(i) * 40));
  }
  fail_unless_equals_int(fix.missing(), 1);
  const std::uint32_t last = TimingFix::kMaxPackets * 40;
  fix.Apply(Packet(1, last));
  fail_unless_equals_int(fix.missing(), 1);  // it has not been looked at
  fix.Apply(Packet(1, kOrigin));
  fail_unless(fix.misfit().has_value());
  fail_unless_equals_int(fix.misfit()->stream, 1);
}
GST_END_TEST

constexpr std::uint32_t kFiveHours = 5U * 3600 * 1000;

/// Sound and pictures in turn, @a offset apart, from @a start on; @a first of
/// them comes first.
void Interleaved(std::uint8_t first, std::uint32_t start, std::uint32_t offset,
                 std::uint32_t expected_start) {
  TimingFix fix = MakeFix();
  const std::string context =
      std::to_string(first) + ", " + std::to_string(offset);
  const auto second = static_cast<std::uint8_t>(3 - first);
  for (std::uint32_t time = 0; time < 30000; time += 100) {
    ExpectApplied(fix, Packet(first, start + time),
                  Packet(first, expected_start + time), context);
    ExpectApplied(fix, Packet(second, start + offset + time),
                  Packet(second, expected_start + time), context);
  }
  fail_unless(fix.alignment().has_value());
  fail_unless(fix.alignment()->stream == second);
  fail_unless_equals_int64(fix.alignment()->offset_ms,
                           static_cast<std::int32_t>(offset));
  fail_if(fix.misfit().has_value());
}

/// An offset that no encoder is known for: they begin together then.
GST_START_TEST(test_constant_offset) {
  for (const std::uint8_t first : {1, 2}) {
    Interleaved(first, 0, kFiveHours, 0);
    Interleaved(first, kFiveHours, 0U - kFiveHours, kFiveHours);
    Interleaved(first, 7000, 10001, 7000);
    // The wrap is no jump.
    Interleaved(first, 0xFFFFFF00, kFiveHours, 0xFFFFFF00);
  }
}
GST_END_TEST

/// One of 1000 hours, and the other of yet another origin.
GST_START_TEST(test_two_origins) {
  TimingFix fix = MakeFix();
  for (std::uint32_t time = 0; time < 2000; time += 100) {
    ExpectApplied(fix, Packet(1, kOrigin + time), Packet(1, time), "video");
    ExpectApplied(fix, Packet(2, kFiveHours + time), Packet(2, time), "audio");
  }
  fail_unless_equals_int(fix.alignment()->stream, 2);
}
GST_END_TEST

/// A stream may begin seconds after another, in its place.
GST_START_TEST(test_no_offset) {
  for (const std::uint32_t start : {0U, 5000U, 60000U}) {
    TimingFix fix = MakeFix();
    for (std::uint32_t time = 0; time < start; time += 100)
      ExpectApplied(fix, Packet(2, time), Packet(2, time), "audio");
    ExpectApplied(fix, Packet(1, start), Packet(1, start), "video");
    ExpectApplied(fix, Packet(2, start), Packet(2, start), "audio");
    fail_if(fix.alignment().has_value() || fix.misfit().has_value());
  }
  TimingFix ahead = MakeFix();  // up to what is still a gap
  ExpectApplied(ahead, Packet(2, 0), Packet(2, 0), "audio");
  ExpectApplied(ahead, Packet(1, 10000), Packet(1, 10000), "video");
}
GST_END_TEST

/// Commands come when there is something to command.
GST_START_TEST(test_commands_are_left) {
  asf::Header header;
  header.streams = {{1, asf::StreamType::kVideo}, {3, asf::StreamType::kOther}};
  TimingFix fix;
  fix.Begin(header);
  ExpectApplied(fix, Packet(1, 0), Packet(1, 0), "video");
  ExpectApplied(fix, Packet(3, 60000), Packet(3, 60000), "command");
  fail_if(fix.alignment().has_value() || fix.shifting());
}
GST_END_TEST

/// Pictures begin behind a gap that the sound has, too: what was taken out of
/// one is taken out of the other.
GST_START_TEST(test_a_gap_taken_for_an_offset) {
  TimingFix fix = MakeFix();
  ExpectApplied(fix, Packet(2, 0), Packet(2, 0), "audio");
  ExpectApplied(fix, Packet(1, 30000), Packet(1, 0), "video");
  ExpectApplied(fix, Packet(2, 30050), Packet(2, 50), "audio");
  ExpectApplied(fix, Packet(1, 30100), Packet(1, 100), "video");
  ExpectApplied(fix, Packet(2, 30150), Packet(2, 150), "audio");
}
GST_END_TEST

/// The same, when the sound has gone on for long: it is left.
GST_START_TEST(test_a_gap_before_a_stream_begins) {
  TimingFix fix = MakeFix();
  for (std::uint32_t time = 0; time <= 3000; time += 100)
    fix.Apply(Packet(2, time));
  for (std::uint32_t time = 33000; time < 40000; time += 100) {
    ExpectApplied(fix, Packet(1, time), Packet(1, time), "video");
    ExpectApplied(fix, Packet(2, time), Packet(2, time), "audio");
  }
  fail_if(fix.misfit().has_value() || fix.active());
}
GST_END_TEST

/// Two timelines, and no telling by how much: it is certain when the others go
/// on with theirs.
GST_START_TEST(test_offset_too_late) {
  TimingFix fix = MakeFix();
  for (std::uint32_t time = 0; time <= 3000; time += 100)
    fix.Apply(Packet(2, time));
  std::uint32_t time = 3000;
  for (; !fix.misfit() && time < 10000; time += 100) {
    ExpectApplied(fix, Packet(1, kFiveHours + time),
                  Packet(1, kFiveHours + time), "video");
    ExpectApplied(fix, Packet(2, time), Packet(2, time), "audio");
  }
  fail_unless(fix.misfit().has_value());
  fail_unless_equals_int(fix.misfit()->stream, 1);
  fail_unless_equals_int(fix.misfit()->behind_ms, 3000);
  fail_unless_equals_int64(fix.misfit()->offset_ms, kFiveHours);
  fail_unless(time > 4000 && time < 4500);
}
GST_END_TEST

/// Moved streams come a little late: send times wait for them.
GST_START_TEST(test_send_times_do_not_go_back) {
  TimingFix fix = MakeFix();
  for (std::uint32_t time = 0; time <= 400; time += 100)
    fix.Apply(Packet(2, time));
  std::uint32_t last = 400;
  for (std::uint32_t time = 0; time <= 3000; time += 100) {
    for (const std::uint8_t stream : {1, 2}) {
      const std::uint32_t sent = stream == 1 ? time : time + 500;
      const Bytes applied =
          fix.Apply(Packet(stream, stream == 1 ? kOrigin + time : sent));
      const auto parsed = asf::ParseDataPacket(applied);
      const auto payloads = asf::ParsePayloads(applied, *parsed);
      fail_unless(parsed->send_time_ms >= last);
      last = parsed->send_time_ms;
      fail_unless_equals_int(LoadLe(applied.data() + payloads->front().time, 4),
                             sent);
    }
  }
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
  tcase_add_test(timing, test_send_times_alone);
  tcase_add_test(timing, test_interleaved);
  tcase_add_test(timing, test_payloads_of_both_in_one_packet);
  tcase_add_test(timing, test_too_late);
  tcase_add_test(timing, test_a_stream_that_never_begins);
  tcase_add_test(timing, test_constant_offset);
  tcase_add_test(timing, test_two_origins);
  tcase_add_test(timing, test_no_offset);
  tcase_add_test(timing, test_commands_are_left);
  tcase_add_test(timing, test_a_gap_taken_for_an_offset);
  tcase_add_test(timing, test_a_gap_before_a_stream_begins);
  tcase_add_test(timing, test_offset_too_late);
  tcase_add_test(timing, test_send_times_do_not_go_back);
  tcase_add_test(timing, test_garbage);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_timing_fix_suite;
GST_CHECK_MAIN(asf_timing_fix)
