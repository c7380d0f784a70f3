// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/bitrate_meter.h"
#include "asf/data_packet.h"
#include "asf/payloads.h"
#include "common/asf_samples.h"
#include "unit/check.h"

// What packets tell of bitrates and frame times.

namespace wms::test {
namespace {

using asf::BitrateMeter;

/// A packet of 1000 bytes: video of @a video bytes, and sound of 200.
ByteVector Packet(std::uint32_t time_ms, std::size_t video = 500) {
  return MakePacket(std::vector<PayloadSample>{{.stream = 1, .size = video},
                                               {.stream = 2, .size = 200}},
                    time_ms);
}

void Add(BitrateMeter& meter, const ByteVector& packet) {
  const HeapBytes copy(packet);
  const Result<void> added = meter.Add(copy.bytes());
  EXPECT(added.has_value(), added.error().message);
}

GST_START_TEST(test_figures) {
  BitrateMeter meter;
  for (std::uint32_t time = 0; time < 1000; time += 100)
    Add(meter, Packet(time));
  // The last packet lasts for 100 ms, too.
  fail_unless_equals_uint64(meter.media_ms(), 1000);
  auto figures = meter.Figures();
  fail_unless_equals_int(figures.size(), 2);
  fail_unless_equals_int(figures[1].bitrate, 10 * 500 * 8);
  fail_unless_equals_int(figures[2].bitrate, 10 * 200 * 8);
  fail_unless_equals_uint64(figures[1].frame_time_100ns, 1000000);
}
GST_END_TEST

// More than a header can state.
GST_START_TEST(test_more_than_32_bits) {
  BitrateMeter meter;
  const std::vector<PayloadSample> large = {{.stream = 1, .size = 65400}};
  for (std::uint32_t i = 0; i <= 16; ++i) {
    ByteVector packet = MakePacket(large, i / 16, 65535);
    const std::size_t head = asf::ParseDataPacket(packet)->payloads;
    StoreLe(packet.data() + head - 2, 0, 2);  // its duration
    Add(meter, packet);
  }
  fail_unless_equals_uint64(meter.Figures()[1].bitrate, 0xFFFFFFFF);
}
GST_END_TEST

GST_START_TEST(test_bounds) {
  BitrateMeter by_time;
  for (std::uint32_t time = 0; !by_time.done(); time += 100)
    Add(by_time, Packet(time));
  fail_unless_equals_int(by_time.packets(), 20);
  BitrateMeter by_count;
  while (!by_count.done())
    Add(by_count, Packet(0));
  fail_unless_equals_int(by_count.packets(), BitrateMeter::kMaxPackets);
  BitrateMeter by_size;
  while (!by_size.done())
    Add(by_size, MakePacket({.packet_size = 60000}));
  fail_unless_equals_int(by_size.packets(),
                         (BitrateMeter::kMaxBytes + 59999) / 60000);
}
GST_END_TEST

/// Nothing is divided by no time.
GST_START_TEST(test_no_time) {
  BitrateMeter meter;
  while (!meter.done())
    Add(meter, MakePacket({.duration_ms = 0}));
  fail_unless_equals_uint64(meter.media_ms(), 0);
  fail_unless_equals_int(meter.Figures().at(1).bitrate, 0);
}
GST_END_TEST

/// No stream has a gap of that length: the step is none of media.
GST_START_TEST(test_a_step_in_send_times) {
  BitrateMeter meter;
  for (const std::uint32_t time : {0U, 100U, 3600000000U, 3600000100U})
    Add(meter, Packet(time));
  fail_unless_equals_uint64(meter.media_ms(), 300);
}
GST_END_TEST

/// A packet whose last payload is longer than the packet.
ByteVector BadPayloads(std::uint32_t time_ms) {
  ByteVector packet = Packet(time_ms);
  const auto parsed = asf::ParseDataPacket(packet);
  const auto payloads = asf::ParsePayloads(packet, *parsed);
  StoreLe(packet.data() + payloads->back().data - 2, 0xFFFF, 2);
  fail_if(asf::ParsePayloads(packet, *parsed).has_value());
  return packet;
}

/// It is sent, and counts, but says nothing of streams.
GST_START_TEST(test_malformed_payloads) {
  BitrateMeter meter;
  for (std::uint32_t time = 0; time < 1000; time += 100)
    Add(meter, time % 200 == 0 ? Packet(time) : BadPayloads(time));
  fail_unless_equals_int(meter.packets(), 10);
  fail_unless_equals_uint64(meter.media_ms(), 1000);
  auto figures = meter.Figures();
  fail_unless_equals_int(figures[1].bitrate, 5 * 500 * 8);
  BitrateMeter only;
  while (!only.done())
    Add(only, BadPayloads(0));
  fail_unless(only.Figures().empty());
  fail_unless_equals_int(only.packets(), BitrateMeter::kMaxPackets);
}
GST_END_TEST

/// Nobody could send it: it has no send time.
GST_START_TEST(test_malformed_head) {
  BitrateMeter meter;
  const HeapBytes cut(Bytes(Packet(0)).first(6));
  const Result<void> added = meter.Add(cut.bytes());
  fail_if(added.has_value());
  fail_unless(added.error().hresult == HResult::NS_E_INVALID_DATA);
  fail_unless_equals_int(meter.packets(), 0);
}
GST_END_TEST

Suite* asf_bitrate_meter_suite() {
  Suite* suite = suite_create("asf_bitrate_meter");
  TCase* meter = tcase_create("meter");
  suite_add_tcase(suite, meter);
  tcase_add_test(meter, test_figures);
  tcase_add_test(meter, test_more_than_32_bits);
  tcase_add_test(meter, test_bounds);
  tcase_add_test(meter, test_no_time);
  tcase_add_test(meter, test_a_step_in_send_times);
  tcase_add_test(meter, test_malformed_payloads);
  tcase_add_test(meter, test_malformed_head);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_bitrate_meter_suite;
GST_CHECK_MAIN(asf_bitrate_meter)
