// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/stream_check.h"
#include "common/asf_samples.h"
#include "unit/asf_broadcast.h"

// What wms-asf-check finds.

namespace wms::test {
namespace {

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

/// What is wrong in a hundred ways is told no further.
GST_START_TEST(test_many_kinds) {
  PacketSample sample = Sample(0);
  sample.packet_length_width = 2;
  std::vector<Data> parts = {RightHeader()};
  for (unsigned i = 1; i <= 130; ++i) {
    parts.push_back(MakePacket(sample));
    StoreLe(parts.back().data() + 5, kPacketSize + i, 2);
  }
  const std::string lines = LinesOf(Joined(parts));
  EXPECT(std::count(lines.begin(), lines.end(), '\n') == 101, lines);
  EXPECT(lines.find("states a length of " + std::to_string(kPacketSize + 100) +
                    " bytes") != std::string::npos,
         lines);
  EXPECT(lines.find("and 29 more ([ASF] 5.2): it is wrong in yet another way; "
                    "no more are told apart") != std::string::npos,
         lines);
  // What is known is still counted as what it is.
  parts.insert(parts.end(), 3, parts[5]);
  const std::string more = LinesOf(Joined(parts));
  EXPECT(more.find("and 29 more ([ASF] 5.2): it is wrong in yet") !=
             std::string::npos,
         more);
  EXPECT(more.find("and 3 more ([ASF] 5.2): ASF data packet: it states a "
                   "length of " +
                   std::to_string(kPacketSize + 5)) != std::string::npos,
         more);
}
GST_END_TEST

/// However many headers come, so many findings are kept.
GST_START_TEST(test_many_headers) {
  asf::HeaderTree tree = BroadcastTree();
  tree.object_count = 3;
  const Data header = asf::WriteHeaderTree(tree);
  StreamCheck check;
  for (std::size_t i = 0; i < StreamCheck::kMaxKinds + 7; ++i)
    fail_unless(check.Feed(header).has_value());
  fail_unless_equals_uint64(check.header_findings().size(),
                            StreamCheck::kMaxKinds);
  fail_unless_equals_uint64(check.more_header_findings(), 7);
}
GST_END_TEST

/// What is passed over behind the data counts for the offsets, too.
GST_START_TEST(test_index_between_headers) {
  asf::HeaderTree tree = BroadcastTree();
  Data first = MakeHeader({.packet_size = kPacketSize, .broadcast = false});
  // The Data Object states that it has one packet and ends.
  StoreLe(first.data() + first.size() - 34, 50 + kPacketSize, 8);
  Data index(1024, 0x55);
  StoreLe(index.data() + 16, index.size(), 8);
  tree.object_count = 3;
  const std::string lines = LinesOf(Joined(
      {first, MakePacket(Sample(0)), index, asf::WriteHeaderTree(tree)}));
  EXPECT(lines.find("Header Object at offset " +
                    std::to_string(first.size() + kPacketSize + index.size() +
                                   24)) != std::string::npos,
         lines);
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

/// What fix-timing will do, and then there is no jump any more.
GST_START_TEST(test_timing) {
  constexpr std::uint32_t kThousandHours = 3600000000;
  constexpr const char* kCure =
      "put \"identity single-segment=true\" between each encoder and asfmux\n";
  const Data header = RightHeader();
  const auto lines = [&header](std::vector<std::uint32_t> sound,
                               std::vector<std::uint32_t> video) {
    Data stream = header;
    for (std::size_t i = 0; i < sound.size() || i < video.size(); ++i) {
      PacketSample sample;
      sample.packet_size = kPacketSize;
      for (const std::uint8_t number : {1, 2}) {
        const auto& times = number == 1 ? sound : video;
        if (i >= times.size()) continue;
        sample.stream = number;
        sample.send_time_ms = times[i];
        Append(stream, MakePacket(sample));
      }
    }
    return LinesOf(stream);
  };
  const auto place = [&header](std::size_t packet) {
    return "data packet " + std::to_string(packet) + " at offset " +
           std::to_string(header.size() + packet * kPacketSize) +
           " ([ASF] 5.2.3.1): ";
  };
  ExpectText(lines({0, 100, 200}, {0, 100, 200}), "");
  ExpectText(lines({0, 100}, {kThousandHours, kThousandHours + 100}),
             place(1) + "a stream starts at 1000 hours; moved to 0\n");
  ExpectText(lines({0, 100}, {60000, 60100}),
             place(1) +
                 "stream 2 starts far from the others; moved to begin with "
                 "them, with a warning: " +
                 kCure);
  Data stream = header;
  for (const std::uint32_t time : {0, 2000})
    Append(stream, MakePacket(Sample(time)));
  PacketSample video = Sample(kThousandHours);
  video.stream = 2;
  Append(stream, MakePacket(video));
  EXPECT(LinesOf(stream).find(
             place(2) +
             "stream 2 does not share the others' timeline, and comes too late "
             "to be moved; the push fails: " +
             kCure) == 0,
         LinesOf(stream));
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

Suite* asf_stream_check_suite() {
  Suite* suite = suite_create("asf_stream_check");
  TCase* check = tcase_create("check");
  suite_add_tcase(suite, check);
  tcase_add_test(check, test_clean);
  tcase_add_test(check, test_header);
  tcase_add_test(check, test_second_header);
  tcase_add_test(check, test_packets);
  tcase_add_test(check, test_many_kinds);
  tcase_add_test(check, test_many_headers);
  tcase_add_test(check, test_index_between_headers);
  tcase_add_test(check, test_send_times);
  tcase_add_test(check, test_timing);
  tcase_add_test(check, test_cut_short);
  tcase_add_test(check, test_unreadable);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_stream_check_suite;
GST_CHECK_MAIN(asf_stream_check)
