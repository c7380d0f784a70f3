// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/payloads.h"
#include "asf/play_duration.h"
#include "common/asf_samples.h"
#include "unit/asf_broadcast.h"
#include "unit/check.h"

#include <limits>

// How long a file plays: until its last object has been presented.

namespace wms::test {
namespace {

using asf::PlayDuration;

// What BroadcastTree says.
constexpr std::uint8_t kAudio = 1;
constexpr std::uint8_t kVideo = 2;
constexpr std::uint32_t kPrerollMs = 3000;
constexpr std::uint64_t kFrameTime = 333333;
constexpr std::uint64_t kTicksPerMs = 10000;

/// A header whose video states @a frame_time.
Data Header(std::uint64_t frame_time = kFrameTime) {
  asf::HeaderTree tree = BroadcastTree();
  tree.FindExtended(kVideo)->Set(asf::ExtendedFields::kFrameTime, 8,
                                 frame_time);
  return asf::WriteHeaderTree(tree);
}

/// A packet of one payload, with a presentation time of its own.
ByteVector Packet(std::uint8_t stream, std::uint32_t send_time_ms,
                  std::uint32_t time_ms) {
  PacketSample sample;
  sample.stream = stream;
  sample.send_time_ms = send_time_ms;
  ByteVector packet = MakePacket(sample);
  const auto parsed = asf::ParseDataPacket(packet);
  const auto payloads = asf::ParsePayloads(packet, *parsed);
  StoreLe(packet.data() + payloads->front().time, time_ms, 4);
  return packet;
}

void Add(PlayDuration& duration, const ByteVector& packet) {
  const HeapBytes copy(packet);
  const auto parsed = asf::ParseDataPacket(copy.bytes());
  fail_unless(parsed.has_value());
  duration.Add(copy.bytes(), *parsed);
}

/// The usual packet: presented a preroll behind its send time.
void Add(PlayDuration& duration, std::uint8_t stream,
         std::uint32_t send_time_ms) {
  Add(duration, Packet(stream, send_time_ms, send_time_ms + kPrerollMs));
}

GST_START_TEST(test_nothing) {
  fail_if(PlayDuration(Header()).Get().has_value());
}
GST_END_TEST

GST_START_TEST(test_frame_time_of_the_header) {
  PlayDuration duration(Header());
  for (const std::uint32_t time : {0, 33, 67, 100})
    Add(duration, kVideo, time);
  fail_unless_equals_uint64(*duration.Get(),
                            (kPrerollMs + 100) * kTicksPerMs + kFrameTime);
}
GST_END_TEST

GST_START_TEST(test_as_long_as_the_one_before) {
  PlayDuration duration(Header(0));
  for (const std::uint32_t time : {0, 40, 80, 120})
    Add(duration, kVideo, time);
  fail_unless_equals_uint64(*duration.Get(), (kPrerollMs + 160) * kTicksPerMs);
}
GST_END_TEST

/// B-frames come behind the frame that is presented after them.
GST_START_TEST(test_out_of_order) {
  PlayDuration duration(Header(0));
  std::uint32_t send_time = 0;
  for (const std::uint32_t time : {0, 120, 40, 80, 240, 160, 200})
    Add(duration, Packet(kVideo, send_time += 40, kPrerollMs + 40 + time));
  fail_unless_equals_uint64(*duration.Get(), (kPrerollMs + 280) * kTicksPerMs);
}
GST_END_TEST

/// An object in several packets is one object.
GST_START_TEST(test_parts_of_an_object) {
  PlayDuration duration(Header(0));
  for (const std::uint32_t time : {0, 40, 80, 80, 80})
    Add(duration, kVideo, time);
  fail_unless_equals_uint64(*duration.Get(), (kPrerollMs + 120) * kTicksPerMs);
}
GST_END_TEST

GST_START_TEST(test_sound_lasts_longer) {
  PlayDuration duration(Header());
  Add(duration, kVideo, 0);
  for (const std::uint32_t time : {0, 46, 93, 139})
    Add(duration, kAudio, time);
  Add(duration, kVideo, 100);
  fail_unless_equals_uint64(*duration.Get(),
                            (kPrerollMs + 139 + 46) * kTicksPerMs);
}
GST_END_TEST

GST_START_TEST(test_one_object) {
  PlayDuration duration(Header(0));
  Add(duration, kVideo, 0);
  // The packet's 100 ms.
  fail_unless_equals_uint64(*duration.Get(), (kPrerollMs + 100) * kTicksPerMs);
}
GST_END_TEST

/// A recording that begins in mid-stream, or begins with a gap.
GST_START_TEST(test_start) {
  for (const std::uint32_t start : {5000U, 0xFFFFFFF0U}) {
    PlayDuration duration(Header());
    for (const std::uint32_t time : {0, 33, 67, 100})
      Add(duration, kVideo, start + time);
    fail_unless_equals_uint64(*duration.Get(),
                              (kPrerollMs + 100) * kTicksPerMs + kFrameTime);
  }
  PlayDuration late(Header());
  Add(late, Packet(kVideo, 0, kPrerollMs + 500));
  fail_unless_equals_uint64(*late.Get(),
                            (kPrerollMs + 500) * kTicksPerMs + kFrameTime);
}
GST_END_TEST

/// Presentation times that leave the preroll out: it counts all the same.
GST_START_TEST(test_times_without_preroll) {
  PlayDuration duration(Header());
  for (const std::uint32_t time : {0, 33, 67, 100})
    Add(duration, Packet(kVideo, time, time));
  fail_unless_equals_uint64(*duration.Get(),
                            (kPrerollMs + 100) * kTicksPerMs + kFrameTime);
}
GST_END_TEST

/// Objects of compressed payload data are a delta apart ([ASF] 5.2.3.2).
GST_START_TEST(test_compressed) {
  const ByteVector whole = MakePacket();
  const auto head = asf::ParseDataPacket(whole);
  ByteVector packet(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(
                                                       head->payloads));
  ByteWriter writer(packet);
  writer.U8(kAudio);
  writer.U8(0);            // object number
  writer.U32(kPrerollMs);  // presentation time
  writer.U8(1);
  constexpr std::uint8_t kDelta = 20;
  writer.U8(kDelta);
  for (int i = 0; i < 5; ++i)
    writer.Append(Data{2, 0xAA, 0xBB});
  PlayDuration duration(Header());
  Add(duration, packet);
  fail_unless_equals_uint64(*duration.Get(),
                            (kPrerollMs + 5 * kDelta) * kTicksPerMs);
}
GST_END_TEST

/// Two streams, one of which starts at 1000 hours: the times go to and fro.
GST_START_TEST(test_another_origin) {
  constexpr std::uint32_t kOrigin = 1000U * 3600 * 1000;
  PlayDuration duration(Header());
  for (const std::uint32_t time : {0, 33, 67, 100}) {
    Add(duration, kAudio, time);
    Add(duration, kVideo, kOrigin + time);
  }
  fail_unless_equals_uint64(
      *duration.Get(),
      (std::uint64_t{kOrigin} + kPrerollMs + 100) * kTicksPerMs + kFrameTime);
}
GST_END_TEST

GST_START_TEST(test_garbage) {
  asf::HeaderTree tree = BroadcastTree();
  constexpr std::size_t kPrerollField = 56;
  tree.Find(asf::kFileProperties)
      ->Set(kPrerollField, 8, std::numeric_limits<std::uint64_t>::max());
  PlayDuration duration(asf::WriteHeaderTree(tree));
  Random random;
  for (int round = 0; round < 5000; ++round) {
    ByteVector packet = MakePacket(
        std::vector<PayloadSample>{{.stream = kAudio}, {.stream = kVideo}},
        random.Next());
    for (int i = 0; i < 3; ++i)
      packet[random.Next() % packet.size()] = random.Next() & 0xFF;
    const HeapBytes copy(packet);
    const auto parsed = asf::ParseDataPacket(copy.bytes());
    if (parsed) duration.Add(copy.bytes(), *parsed);
    duration.Get();
  }
}
GST_END_TEST

Suite* asf_play_duration_suite() {
  Suite* suite = suite_create("asf_play_duration");
  TCase* duration = tcase_create("duration");
  suite_add_tcase(suite, duration);
  tcase_add_test(duration, test_nothing);
  tcase_add_test(duration, test_frame_time_of_the_header);
  tcase_add_test(duration, test_as_long_as_the_one_before);
  tcase_add_test(duration, test_out_of_order);
  tcase_add_test(duration, test_parts_of_an_object);
  tcase_add_test(duration, test_sound_lasts_longer);
  tcase_add_test(duration, test_one_object);
  tcase_add_test(duration, test_start);
  tcase_add_test(duration, test_times_without_preroll);
  tcase_add_test(duration, test_compressed);
  tcase_add_test(duration, test_another_origin);
  tcase_add_test(duration, test_garbage);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_play_duration_suite;
GST_CHECK_MAIN(asf_play_duration)
