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
using asf::StrippedPacket;

/// The shapes for tests that go through all sizes: those without a sequence,
/// bare or with error correction as real encoders write it.
bool IsPlain(const PacketSpec& spec) {
  return spec.sequence_width == 0 && (spec.error_correction.value_or(2) == 2);
}

Data Assemble(const StrippedPacket& stripped) {
  Data out = ToData(stripped.head());
  Append(out, stripped.rest);
  EXPECT(out.size() == stripped.size(), std::to_string(out.size()));
  return out;
}

Data Strip(Bytes packet, const std::string& context) {
  return Assemble(asf::StripPadding(packet, MustParse(packet, context)));
}

Data Restore(Bytes packet, std::size_t size, const std::string& context) {
  const auto padded = Padded(packet, size);
  EXPECT(padded.has_value(), context);
  const Data whole = Whole(*padded);
  // It is described as a parser finds it.
  const DataPacket parsed = MustParse(whole, context);
  EXPECT(padded->size() == size && padded->parsed == parsed, context);
  // Nothing is kept of the padding, and it is not needed to strip it.
  EXPECT(padded->bytes.size() == parsed.payloads_end, context);
  EXPECT(Assemble(asf::StripPadding(padded->bytes, padded->parsed)) ==
             Assemble(asf::StripPadding(whole, parsed)),
         context);
  return whole;
}

Bytes Payloads(Bytes packet, const DataPacket& parsed) {
  return packet.subspan(parsed.payloads, parsed.payloads_end - parsed.payloads);
}

/// What neither stripping nor restoring may touch.
void ExpectSameContent(Bytes a, Bytes b, const std::string& context) {
  const DataPacket x = MustParse(a, context);
  const DataPacket y = MustParse(b, context);
  EXPECT(Same(Payloads(a, x), Payloads(b, y)), context + ": " + Hex(b));
  EXPECT(Same(a.first(x.parsing_info), b.first(y.parsing_info)), context);
  EXPECT(a[x.parsing_info + 1] == b[y.parsing_info + 1], context);
  EXPECT(x.multiple_payloads == y.multiple_payloads, context);
  EXPECT(x.send_time_ms == y.send_time_ms, context);
  EXPECT(x.duration_ms == y.duration_ms, context);
  EXPECT(x.sequence.size == y.sequence.size, context);
  EXPECT(x.sequence.value == y.sequence.value, context);
}

/// 2.2.3.3: no padding, its length says so, and no width has changed.
void ExpectStripped(Bytes packet, Bytes stripped, const std::string& context) {
  const DataPacket before = MustParse(packet, context);
  const DataPacket after = MustParse(stripped, context);
  ExpectSameContent(packet, stripped, context);
  EXPECT(stripped.size() == before.payloads_end, context);
  EXPECT(after.payloads == before.payloads, context);
  EXPECT(after.payloads_end == stripped.size(), context);
  EXPECT(after.padding_length.size == before.padding_length.size, context);
  EXPECT(after.padding_length.value == 0, context);
  EXPECT(after.packet_length.size == before.packet_length.size, context);
  EXPECT(after.packet_length.size == 0 ||
             after.packet_length.value == stripped.size(),
         context);
}

/// The full size, and length fields that agree with it as [ASF] has them.
void ExpectRestored(Bytes stripped, Bytes full, std::size_t size,
                    const std::string& context) {
  ExpectSameContent(stripped, full, context);
  EXPECT(full.size() == size, context + ": " + std::to_string(full.size()));
  const DataPacket parsed = MustParse(full, context);
  EXPECT(parsed.packet_length.size == 0 || parsed.packet_length.value == size,
         context + ": " + std::to_string(parsed.packet_length.value));
  EXPECT(parsed.payloads_end + parsed.padding_length.value == size, context);
  for (const std::uint8_t byte : full.subspan(parsed.payloads_end)) {
    EXPECT(byte == 0, context);
  }
}

/// Both ways and back again, and each a second time.
void ExpectRoundTrip(const PacketSpec& spec) {
  const std::string context = Describe(spec);
  const HeapBytes packet(MakePacket(spec));
  const HeapBytes stripped(Strip(packet.bytes(), context));
  ExpectStripped(packet.bytes(), stripped.bytes(), context);
  EXPECT(Same(Strip(stripped.bytes(), context), stripped.bytes()), context);
  const std::size_t size = packet.bytes().size();
  const HeapBytes full(Restore(stripped.bytes(), size, context));
  ExpectRestored(stripped.bytes(), full.bytes(), size, context);
  EXPECT(Same(Restore(full.bytes(), size, context), full.bytes()), context);
  const HeapBytes again(Strip(full.bytes(), context));
  ExpectStripped(full.bytes(), again.bytes(), context);
  EXPECT(Same(Restore(again.bytes(), size, context), full.bytes()), context);
}

/// What the bytes look like, not only that they agree with each other.
GST_START_TEST(test_known_bytes) {
  const struct {
    const char* what;
    Data packet;
    Data stripped;
    Data restored;
  } kRows[] = {
      {"padding byte, no packet length", Raw("\x08\x5D\x03\1\2\3\4\5\6PQzzz"),
       Raw("\x08\x5D\0\1\2\3\4\5\6PQ"),
       Raw("\x08\x5D\x03\1\2\3\4\5\6PQ\0\0\0")},
      {"padding counted in", Raw("\x28\x5D\x0F\x03\1\2\3\4\5\6PQzzz"),
       Raw("\x28\x5D\x0C\0\1\2\3\4\5\6PQ"),
       Raw("\x28\x5D\x0F\x03\1\2\3\4\5\6PQ\0\0\0")},
      {"padding left out", Raw("\x28\x5D\x0C\x03\1\2\3\4\5\6PQzzz"),
       Raw("\x28\x5D\x0C\0\1\2\3\4\5\6PQ"),
       Raw("\x28\x5D\x0F\x03\1\2\3\4\5\6PQ\0\0\0")},
      {"error correction, two widths",
       Raw("\x82\0\0\x50\x5D\x12\0\x02\0\1\2\3\4\5\6Pzz"),
       Raw("\x82\0\0\x50\x5D\x10\0\0\0\1\2\3\4\5\6P"),
       Raw("\x82\0\0\x50\x5D\x12\0\x02\0\1\2\3\4\5\6P\0\0")},
      {"a length of neither kind is read as [ASF] has it",
       Raw("\x28\x5D\x0E\x02\1\2\3\4\5\6PQzzzzz"),
       Raw("\x28\x5D\x0C\0\1\2\3\4\5\6PQ"),
       Raw("\x28\x5D\x11\x05\1\2\3\4\5\6PQ\0\0\0\0\0")},
  };
  for (const auto& row : kRows) {
    const HeapBytes packet(row.packet);
    const Data stripped = Strip(packet.bytes(), row.what);
    EXPECT(stripped == row.stripped, row.what + (": " + Hex(stripped)));
    const Data full = Restore(stripped, row.packet.size(), row.what);
    EXPECT(full == row.restored, row.what + (": " + Hex(full)));
  }
}
GST_END_TEST

GST_START_TEST(test_strip_refers_to_the_packet) {
  PacketSpec spec{.packet_length_width = 2, .padding_width = 1, .padding = 9};
  const HeapBytes padded(MakePacket(spec));
  const StrippedPacket stripped =
      asf::StripPadding(padded.bytes(), MustParse(padded.bytes(), "padded"));
  fail_unless(stripped.head_size == HeadSize(spec));
  fail_unless(stripped.rest.data() == padded.bytes().data() + HeadSize(spec));
  fail_unless(stripped.rest.size() == spec.payload);
  spec.padding = 0;
  const HeapBytes full(MakePacket(spec));
  const StrippedPacket same =
      asf::StripPadding(full.bytes(), MustParse(full.bytes(), "full"));
  fail_unless(same.head().empty());
  fail_unless(same.rest.data() == full.bytes().data());
  fail_unless(same.size() == full.bytes().size());
}
GST_END_TEST

GST_START_TEST(test_round_trip_of_every_shape) {
  ForEveryPadded({0, 1, 2, 3, 4, 5, 127, 128, 210, 254, 255, 256, 257, 1404},
                 ExpectRoundTrip);
}
GST_END_TEST

/// Every padding of packets around the size that one byte can state.
GST_START_TEST(test_round_trip_near_256) {
  ForEveryShape([](PacketSpec spec) {
    if (!IsPlain(spec)) return;
    for (std::size_t size = 253; size <= 259; ++size) {
      const std::size_t room = size - HeadSize(spec);
      for (std::size_t padding = 0; padding < room; ++padding) {
        spec.padding = padding;
        spec.payload = room - padding;
        spec.length_leaves_padding_out = padding % 2 == 0;
        if (IsWritable(spec)) ExpectRoundTrip(spec);
      }
    }
  });
}
GST_END_TEST

/// Packets from other encoders come without padding, whatever their widths:
/// restoring finds a field for what is missing at every packet size.
GST_START_TEST(test_restore_to_every_size_near_256) {
  ForEveryShape([](PacketSpec spec) {
    if (!IsPlain(spec)) return;
    spec.payload = 3;
    const std::string context = Describe(spec);
    const HeapBytes packet(MakePacket(spec));
    const std::size_t own = packet.bytes().size();
    for (std::size_t size = own; size <= own + 520; ++size) {
      const std::string at = context + " to " + std::to_string(size);
      const Data full = Restore(packet.bytes(), size, at);
      ExpectRestored(packet.bytes(), full, size, at);
      ExpectSameContent(packet.bytes(), Strip(full, at), at);
    }
  });
}
GST_END_TEST

GST_START_TEST(test_restore_near_65535) {
  ForEveryShape([](PacketSpec spec) {
    if (!IsPlain(spec)) return;
    for (const std::size_t missing :
         {0U, 1U, 2U, 3U, 4U, 5U, 254U, 255U, 256U, 257U, 258U, 259U, 65000U}) {
      for (const std::size_t size : {65533U, 65534U, 65535U, 65536U, 65540U}) {
        spec.payload = size - missing - HeadSize(spec);
        if (!IsWritable(spec)) continue;
        const std::string context =
            Describe(spec) + " to " + std::to_string(size);
        const HeapBytes packet(MakePacket(spec));
        const HeapBytes full(Restore(packet.bytes(), size, context));
        ExpectRestored(packet.bytes(), full.bytes(), size, context);
      }
    }
  });
}
GST_END_TEST

GST_START_TEST(test_restore_refuses_a_packet_that_is_too_large) {
  ForEveryShape([](const PacketSpec& spec) {
    const HeapBytes packet(MakePacket(spec));
    const std::size_t own = packet.bytes().size();
    ExpectError(Padded(packet.bytes(), own - 1), HResult::NS_E_INVALID_DATA,
                Fault::kLocal,
                "it has " + std::to_string(own) +
                    " bytes, and the header allows " + std::to_string(own - 1),
                Describe(spec));
    ExpectError(Padded(packet.bytes(), 0), HResult::NS_E_INVALID_DATA,
                Fault::kLocal, "allows 0", Describe(spec));
  });
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
    const HeapBytes stripped(Strip(packet.bytes(), context));
    ExpectStripped(packet.bytes(), stripped.bytes(), context);
    const Data full = Restore(stripped.bytes(), 70, context);
    ExpectRestored(stripped.bytes(), full, 70, context);
  }
  fail_unless(understood > 1000);
}
GST_END_TEST

Suite* asf_padding_suite() {
  Suite* suite = suite_create("asf_padding");
  TCase* padding = tcase_create("padding");
  suite_add_tcase(suite, padding);
  tcase_add_test(padding, test_known_bytes);
  tcase_add_test(padding, test_strip_refers_to_the_packet);
  tcase_add_test(padding, test_round_trip_of_every_shape);
  tcase_add_test(padding, test_round_trip_near_256);
  tcase_add_test(padding, test_restore_to_every_size_near_256);
  tcase_add_test(padding, test_restore_near_65535);
  tcase_add_test(padding, test_restore_refuses_a_packet_that_is_too_large);
  tcase_add_test(padding, test_garbage);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_padding_suite;
GST_CHECK_MAIN(asf_padding)
