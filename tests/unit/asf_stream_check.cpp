// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/bitrate_meter.h"
#include "asf/stream_check.h"
#include "common/asf_samples.h"
#include "unit/asf_broadcast.h"

// What wms-asf-check finds, and what is measured of packets.

namespace wms::test {
namespace {

using asf::BitrateMeter;
using asf::StreamCheck;

constexpr std::uint32_t kPacketSize = 1400;  // of BroadcastTree

Data RightHeader() {
  return asf::WriteHeaderTree(BroadcastTree());
}

PacketSample Sample(std::uint32_t send_time_ms) {
  PacketSample sample;
  sample.packet_size = kPacketSize;
  sample.send_time_ms = send_time_ms;
  return sample;
}

Data Joined(const std::vector<Data>& parts) {
  Data out;
  for (const Data& part : parts)
    Append(out, Bytes(part));
  return out;
}

/// All lines about a stream, which is fed in pieces of @a size.
std::string Lines(Bytes stream, std::size_t size) {
  StreamCheck check;
  for (const Data& piece : Pieces(stream, size)) {
    const HeapBytes bytes(piece);
    const Result<void> fed = check.Feed(bytes.bytes());
    EXPECT(fed.has_value(), fed.error().message);
  }
  const Result<void> finished = check.Finish();
  EXPECT(finished.has_value(), finished.error().message);
  std::string lines;
  for (const asf::Finding& finding : check.header_findings())
    lines += Describe(finding) + "\n";
  for (const asf::PacketFinding& finding : check.packet_findings())
    lines += Describe(finding) + "\n";
  EXPECT(lines.empty() == check.clean(), lines);
  return lines;
}

/// The same however the stream is cut.
std::string LinesOf(const Data& stream) {
  const std::string lines = Lines(stream, stream.size());
  ExpectText(Lines(stream, 1), lines);
  ExpectText(Lines(stream, 977), lines);
  return lines;
}

GST_START_TEST(test_clean) {
  ExpectText(
      LinesOf(Joined({RightHeader(), MakePacket(Sample(0)),
                      MakePacket(Sample(10000)), MakePacket(Sample(10000))})),
      "");
}
GST_END_TEST

GST_START_TEST(test_header) {
  asf::HeaderTree tree = BroadcastTree();
  tree.object_count = 3;
  ExpectText(LinesOf(asf::WriteHeaderTree(tree)),
             "Header Object at offset 24 ([ASF] 3.1): the Number of Header "
             "Objects is 3; set to 6\n");
}
GST_END_TEST

/// Offsets count from the start of the stream, also in a second header.
GST_START_TEST(test_second_header) {
  asf::HeaderTree tree = BroadcastTree();
  tree.object_count = 3;
  const Data first = RightHeader();
  ExpectText(LinesOf(Joined(
                 {first, MakePacket(Sample(0)), asf::WriteHeaderTree(tree)})),
             "Header Object at offset " +
                 std::to_string(first.size() + kPacketSize + 24) +
                 " ([ASF] 3.1): the Number of Header Objects is 3; set to 6\n");
}
GST_END_TEST

struct PacketCase {
  Data packets;
  const char* line;  // behind "data packet 1 at offset N"
};

GST_START_TEST(test_packets) {
  PacketSample foreign = Sample(0);
  foreign.stream = 7;
  PacketSample sequence = Sample(0);
  sequence.sequence_width = 1;
  PacketSample padded = Sample(0);
  padded.packet_length_width = 2;
  padded.padding_width = 2;
  padded.padding = 100;
  Data asfmux = MakePacket(padded);
  StoreLe(asfmux.data() + 5, kPacketSize - 100, 2);
  const PacketCase cases[] = {
      {MakePacket(foreign),
       "([ASF] 5.2.3): a payload is of stream 7, which the header does not "
       "have; sent as it is"},
      {MakePacket(sequence),
       "([ASF] 5.2.2): the Sequence Type is not 0; sent as it is"},
      {asfmux,
       "([ASF] 5.2.2): the Packet Length leaves the padding out; set to the "
       "length that is sent"},
      {Data(kPacketSize, 0xFF),
       "([ASF] 5.2): ASF data packet: its error correction has a length type "
       "other than 0; the push fails"},
  };
  const Data start = Joined({RightHeader(), MakePacket(Sample(0))});
  for (const PacketCase& c : cases) {
    const std::string place =
        "data packet 1 at offset " + std::to_string(start.size()) + " ";
    ExpectText(LinesOf(Joined({start, c.packets})), place + c.line + "\n");
    // Many of them are one line.
    ExpectText(LinesOf(Joined({start, c.packets, c.packets, c.packets})),
               place + "and 2 more " + c.line + "\n");
  }
}
GST_END_TEST

GST_START_TEST(test_send_times) {
  constexpr std::uint32_t kThousandHours = 3600000000;
  const auto lines = [](std::uint32_t first, std::uint32_t second) {
    return LinesOf(Joined({RightHeader(), MakePacket(Sample(first)),
                           MakePacket(Sample(second))}));
  };
  ExpectText(lines(0xFFFFFFF0, 10), "");  // the wrap
  EXPECT(lines(100, 99).find("the send time goes back; sent as it is") !=
             std::string::npos,
         lines(100, 99));
  EXPECT(lines(0, kThousandHours)
                 .find("jumps ahead by more than 10 s; sent "
                       "with a warning: put \"identity "
                       "single-segment=true\"") != std::string::npos,
         lines(0, kThousandHours));
}
GST_END_TEST

GST_START_TEST(test_cut_short) {
  Data stream = Joined({RightHeader(), MakePacket(Sample(0))});
  stream.pop_back();
  EXPECT(LinesOf(stream).find("the last 1399 bytes are no whole packet; not "
                              "sent") != std::string::npos,
         LinesOf(stream));
}
GST_END_TEST

GST_START_TEST(test_unreadable) {
  StreamCheck empty;
  ExpectError(empty.Finish(), HResult::NS_E_INVALID_DATA, Fault::kLocal,
              "this is not ASF", "nothing");
  StreamCheck text;
  ExpectError(text.Feed(Data(100, 'x')), HResult::NS_E_INVALID_DATA,
              Fault::kLocal, "this is not ASF", "text");
}
GST_END_TEST

GST_START_TEST(test_meter) {
  BitrateMeter meter;
  // 40 ms each: 100 bytes of video, 25 times a second, 50 of audio.
  std::size_t packets = 0;
  for (; !meter.done(); ++packets) {
    const std::vector<PayloadSample> payloads = {{.stream = 2, .size = 100},
                                                 {.stream = 1, .size = 50}};
    const Result<void> added = meter.Add(
        MakePacket(payloads, static_cast<std::uint32_t>(40 * packets)));
    EXPECT(added.has_value(), added.error().message);
  }
  fail_unless_equals_int(packets, 49);  // the last one has 100 ms more
  const auto figures = meter.Figures();
  fail_unless_equals_int(figures.at(2).bitrate, 20000);
  fail_unless_equals_int(figures.at(1).bitrate, 10000);
  fail_unless_equals_int(figures.at(2).frame_time_100ns, 400000);
}
GST_END_TEST

/// It ends, also without any time going by.
GST_START_TEST(test_meter_is_bounded) {
  BitrateMeter meter;
  std::size_t packets = 0;
  PacketSample sample;
  sample.duration_ms = 0;
  for (; !meter.done(); ++packets)
    fail_unless(meter.Add(MakePacket(sample)).has_value());
  fail_unless_equals_int(packets, BitrateMeter::kMaxPackets);
  fail_unless_equals_int(meter.Figures().at(1).bitrate, 0);

  BitrateMeter jumping;
  sample.send_time_ms = 0;
  fail_unless(jumping.Add(MakePacket(sample)).has_value());
  sample.send_time_ms = 3600000000;
  fail_unless(jumping.Add(MakePacket(sample)).has_value());
  fail_unless(!jumping.done(), "a jump is no time that goes by");
  ExpectError(jumping.Add(Data(1000, 0xFF)), HResult::NS_E_INVALID_DATA,
              Fault::kLocal, "ASF data packet", "malformed");
}
GST_END_TEST

Suite* asf_stream_check_suite() {
  Suite* suite = suite_create("asf_stream_check");
  TCase* check = tcase_create("check");
  suite_add_tcase(suite, check);
  tcase_add_test(check, test_clean);
  tcase_add_test(check, test_header);
  tcase_add_test(check, test_second_header);
  tcase_add_test(check, test_packets);
  tcase_add_test(check, test_send_times);
  tcase_add_test(check, test_cut_short);
  tcase_add_test(check, test_unreadable);
  tcase_add_test(check, test_meter);
  tcase_add_test(check, test_meter_is_bounded);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_stream_check_suite;
GST_CHECK_MAIN(asf_stream_check)
