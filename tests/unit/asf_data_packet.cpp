// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"
#include "common/padded_packet.h"
#include "unit/asf_packets.h"

namespace wms::test {
namespace {

using asf::DataPacket;
using asf::ParseDataPacket;

GST_START_TEST(test_fields) {
  ForEveryPadded({0, 1, 13}, [](const PacketSpec& spec) {
    const std::string context = Describe(spec);
    const HeapBytes packet(MakePacket(spec));
    const DataPacket parsed = MustParse(packet.bytes(), context);
    const std::size_t info =
        spec.error_correction ? 1 + *spec.error_correction : 0;
    EXPECT(parsed.parsing_info == info, context);
    EXPECT(parsed.multiple_payloads == spec.multiple_payloads, context);
    EXPECT(parsed.packet_length.offset == info + 2, context);
    EXPECT(parsed.packet_length.size == spec.packet_length_width, context);
    EXPECT(parsed.sequence.offset == info + 2 + spec.packet_length_width,
           context);
    EXPECT(parsed.sequence.size == spec.sequence_width, context);
    const std::uint64_t sequence_mask =
        (std::uint64_t{1} << (8 * spec.sequence_width)) - 1;
    EXPECT(parsed.sequence.value == (spec.sequence & sequence_mask), context);
    EXPECT(parsed.padding_length.size == spec.padding_width, context);
    EXPECT(parsed.padding_length.value == spec.padding, context);
    EXPECT(parsed.send_time_ms == spec.send_time_ms, context);
    EXPECT(parsed.duration_ms == spec.duration_ms, context);
    EXPECT(parsed.payloads == HeadSize(spec), context);
    EXPECT(parsed.payloads_end == HeadSize(spec) + spec.payload, context);
  });
}
GST_END_TEST

/// A prefix is an error, or a shorter packet where no length is stated.
GST_START_TEST(test_cut_short_at_every_length) {
  ForEveryPadded({0, 5}, [](const PacketSpec& spec) {
    const Data whole = MakePacket(spec);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const HeapBytes part(Bytes(whole).first(length));
      const Result<DataPacket> parsed = ParseDataPacket(part.bytes());
      const std::string context =
          Describe(spec) + ", cut at " + std::to_string(length);
      if (length < HeadSize(spec)) {
        ExpectError(parsed, HResult::NS_E_INVALID_DATA, Fault::kLocal,
                    "ASF data packet: its head does not fit into it", context);
      } else if (parsed) {
        EXPECT(parsed->payloads < parsed->payloads_end, context);
        EXPECT(parsed->payloads_end <= length, context);
      } else {
        EXPECT(parsed.error().hresult == HResult::NS_E_INVALID_DATA, context);
      }
    }
  });
}
GST_END_TEST

GST_START_TEST(test_invalid) {
  const struct {
    const char* what;
    Data packet;
    const char* message;
  } kRows[] = {
      {"no byte", {}, "its head does not fit into it"},
      {"error correction longer than the packet", Raw("\x8F\1\2\3"),
       "its head does not fit into it"},
      {"error correction length type 1", Raw("\xA2\0\0\0\0\1\2\3\4\5\6\7"),
       "its error correction has a length type other than 0"},
      {"error correction length type 2", Raw("\xC2\0\0\0\0\1\2\3\4\5\6\7"),
       "its error correction has a length type other than 0"},
      {"error correction length type 3", Raw("\xE2\0\0\0\0\1\2\3\4\5\6\7"),
       "its error correction has a length type other than 0"},
      {"head only", Raw("\0\x5D\1\2\3\4\5\6"), "leaves no room for a payload"},
      {"length one too large", Raw("\x20\x5D\x0B\1\2\3\4\5\6P"),
       "it states a length of 11 bytes and has 10"},
      {"length 4294967295", Raw("\x60\x5D\xFF\xFF\xFF\xFF\1\2\3\4\5\6P"),
       "it states a length of 4294967295 bytes and has 13"},
      {"length 0", Raw("\x20\x5D\0\1\2\3\4\5\6P"), "no room for a payload"},
      {"length within the head", Raw("\x20\x5D\x09\1\2\3\4\5\6P"),
       "no room for a payload"},
      {"padding of all payloads", Raw("\x08\x5D\x02\1\2\3\4\5\6PP"),
       "its padding of 2 bytes leaves no room for a payload"},
      {"padding of the whole packet", Raw("\x08\x5D\x0B\1\2\3\4\5\6PP"),
       "its padding of 11 bytes leaves no room for a payload"},
      {"padding beyond the packet", Raw("\x08\x5D\xFF\1\2\3\4\5\6PP"),
       "its padding of 255 bytes leaves no room for a payload"},
      {"padding 4294967295", Raw("\x18\x5D\xFF\xFF\xFF\xFF\1\2\3\4\5\6PP"),
       "its padding of 4294967295 bytes leaves no room for a payload"},
      {"padding larger than an explicit length",
       Raw("\x28\x5D\x0C\x0D\1\2\3\4\5\6PP"),
       "its padding of 13 bytes leaves no room for a payload"},
  };
  for (const auto& row : kRows) {
    const HeapBytes packet(row.packet);
    ExpectError(ParseDataPacket(packet.bytes()), HResult::NS_E_INVALID_DATA,
                Fault::kLocal, row.message, row.what);
    ExpectError(Padded(packet.bytes(), 100), HResult::NS_E_INVALID_DATA,
                Fault::kLocal, row.message, row.what);
  }
}
GST_END_TEST

/// Bytes without meaning: an error, or lengths that hold.
GST_START_TEST(test_garbage) {
  Random random;
  int understood = 0;
  for (int round = 0; round < 200000; ++round) {
    const HeapBytes packet(random.Bytes(random.Below(64)));
    const Result<DataPacket> parsed = ParseDataPacket(packet.bytes());
    const std::string context = "round " + std::to_string(round);
    if (!parsed) continue;
    ++understood;
    EXPECT(parsed->payloads < parsed->payloads_end, context);
    EXPECT(parsed->payloads_end <= packet.bytes().size(), context);
    EXPECT(parsed->parsing_info <= 16, context);
  }
  fail_unless(understood > 1000);
}
GST_END_TEST

Suite* asf_data_packet_suite() {
  Suite* suite = suite_create("asf_data_packet");
  TCase* parsing = tcase_create("parsing");
  suite_add_tcase(suite, parsing);
  tcase_add_test(parsing, test_fields);
  tcase_add_test(parsing, test_cut_short_at_every_length);
  tcase_add_test(parsing, test_invalid);
  tcase_add_test(parsing, test_garbage);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_data_packet_suite;
GST_CHECK_MAIN(asf_data_packet)
