// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/asf_samples.h"
#include "common/padded_packet.h"
#include "pubpoint/recent_packets.h"

#include <gst/check/gstcheck.h>

#include <malloc.h>

// What new players begin with.

namespace wms::test {
namespace {

using pubpoint::LiveHeader;
using pubpoint::LivePacket;
using pubpoint::RecentPackets;

constexpr std::uint32_t kPacketSize = 2000;

LiveHeader Header() {
  LiveHeader header;
  header.bytes = MakeHeader({.packet_size = kPacketSize});
  header.parsed = *asf::ParseHeader(header.bytes);
  header.first_video = asf::FirstVideoStream(header.parsed);
  return header;
}

pubpoint::PacketRef Packet(const LiveHeader& header,
                           const std::vector<PayloadSample>& payloads,
                           std::uint32_t send_time_ms,
                           std::uint32_t packet_size = kPacketSize) {
  const ByteVector packet =
      Stripped(MakePacket(payloads, send_time_ms, packet_size));
  return std::make_shared<const LivePacket>(*Padded(packet, packet_size), 0,
                                            header);
}

pubpoint::PacketRef Video(const LiveHeader& header, bool key_frame,
                          std::uint32_t send_time_ms) {
  return Packet(header, {{.stream = 1, .key_frame = key_frame}}, send_time_ms);
}

// A send time that is a little earlier than the one before is no age of days.
GST_START_TEST(test_send_time_goes_back) {
  const LiveHeader header = Header();
  const pubpoint::Limits limits;
  for (const std::uint32_t start : {1000U, 0U, 0xFFFFFFFFU}) {
    RecentPackets recent(limits);
    recent.Add(Video(header, true, start));
    recent.Add(Video(header, false, start - 1));
    recent.Add(Video(header, false, start + 40));
    fail_unless_equals_int(static_cast<int>(recent.Burst().size()), 3);
  }
}
GST_END_TEST

// The newest key frame stays as long as the limits for it say, and then goes
// with all behind it.
GST_START_TEST(test_old_key_frame) {
  const LiveHeader header = Header();
  const pubpoint::Limits limits;
  const auto time = static_cast<std::uint32_t>(limits.key_frame_time.count());
  RecentPackets recent(limits);
  recent.Add(Video(header, false, 0));
  fail_unless(recent.Burst().empty());
  recent.Add(Video(header, true, 0));
  recent.Add(Video(header, false, time));
  fail_unless_equals_int(static_cast<int>(recent.Burst().size()), 2);
  recent.Add(Video(header, false, time + 1));
  fail_unless(recent.Burst().empty());
}
GST_END_TEST

// Packets of many empty payloads take more memory than they have bytes.
GST_START_TEST(test_memory_of_small_payloads) {
  const LiveHeader header = Header();
  const pubpoint::Limits limits;
  const std::size_t most = limits.recent_bytes + limits.key_frame_bytes;
  std::vector<PayloadSample> payloads(
      asf::kMaxPayloads, {.stream = 1, .key_frame = true, .size = 0});
  RecentPackets recent(limits);
  // 0 where a sanitizer takes the place of malloc.
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < most / 100; ++i)
    recent.Add(Packet(header, payloads, 0));
  const std::size_t taken = mallinfo2().uordblks - before;
  std::size_t memory = 0;
  for (const auto& packet : recent.Burst())
    memory += packet->memory();
  fail_unless(memory > limits.recent_bytes / 2 && memory <= most);
  fail_unless(taken <= 2 * most, "%zu bytes", taken);
}
GST_END_TEST

// Packets that are all padding take next to no memory, and are 64 KiB each for
// a player that gets them whole.
GST_START_TEST(test_padding_is_bounded) {
  const LiveHeader header = Header();
  const pubpoint::Limits limits;
  const std::size_t most = limits.burst_bytes / asf::kMaxPacketSize;
  for (const bool key_frames : {false, true}) {
    RecentPackets recent(limits);
    const auto add = [&](bool key_frame) {
      recent.Add(Packet(header,
                        {{.stream = 1, .key_frame = key_frame, .size = 1}}, 0,
                        asf::kMaxPacketSize));
    };
    add(true);
    for (std::size_t i = 1; i < most; ++i)
      add(key_frames);
    fail_unless_equals_int(recent.Burst().size(), most);
    // It begins later, or waits for the next key frame.
    add(key_frames);
    fail_unless_equals_int(recent.Burst().size(), key_frames ? most : 0);
    add(true);
    fail_unless_equals_int(recent.Burst().size(), key_frames ? most : 1);
  }
}
GST_END_TEST

Suite* pubpoint_recent_suite() {
  Suite* suite = suite_create("pubpoint_recent");
  TCase* recent = tcase_create("recent");
  suite_add_tcase(suite, recent);
  tcase_add_test(recent, test_send_time_goes_back);
  tcase_add_test(recent, test_old_key_frame);
  tcase_add_test(recent, test_memory_of_small_payloads);
  tcase_add_test(recent, test_padding_is_bounded);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_recent_suite;
GST_CHECK_MAIN(pubpoint_recent)
