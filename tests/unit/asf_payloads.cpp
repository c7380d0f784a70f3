// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/payloads.h"
#include "unit/asf_packets.h"

namespace wms::test {
namespace {

using asf::Payload;

/// A payload to write.
struct PayloadSpec {
  std::uint8_t stream = 1;
  bool key_frame = false;
  std::uint32_t offset = 0;
  std::size_t replicated = 8;
  std::size_t size = 10;
};

/// How a packet writes its numbers, and what it has in it.
struct Spec {
  std::vector<PayloadSpec> payloads;
  bool multiple = true;
  unsigned object_number_width = 1;
  unsigned offset_width = 4;
  unsigned replicated_width = 1;
  unsigned payload_length_width = 2;
  unsigned packet_length_width = 0;
  unsigned padding_width = 1;
  std::size_t padding = 0;
  std::optional<std::uint8_t> count = {};
};

void AppendPayload(Data& out, const Spec& spec, const PayloadSpec& payload,
                   unsigned seed) {
  ByteWriter writer(out);
  writer.U8(static_cast<std::uint8_t>((payload.key_frame ? 0x80 : 0) |
                                      payload.stream));
  writer.Number(seed, spec.object_number_width);
  writer.Number(payload.offset, spec.offset_width);
  writer.Number(payload.replicated, spec.replicated_width);
  writer.Append(Pattern(payload.replicated, seed));
  if (spec.multiple) writer.Number(payload.size, spec.payload_length_width);
  writer.Append(Pattern(payload.size, seed + 1));
}

Data Write(const Spec& spec) {
  Data body;
  if (spec.multiple) {
    const auto count = static_cast<unsigned>(
        spec.count.value_or(static_cast<std::uint8_t>(spec.payloads.size())));
    body.push_back(static_cast<std::uint8_t>(
        count | WidthCode(spec.payload_length_width) << 6));
  }
  for (std::size_t i = 0; i < spec.payloads.size(); ++i)
    AppendPayload(body, spec, spec.payloads[i], static_cast<unsigned>(i));
  Data out;
  ByteWriter writer(out);
  writer.U8(0x82);
  writer.U16(0);
  writer.U8(static_cast<std::uint8_t>(WidthCode(spec.packet_length_width) << 5 |
                                      WidthCode(spec.padding_width) << 3 |
                                      (spec.multiple ? 1 : 0)));
  writer.U8(static_cast<std::uint8_t>(
      0x40 | WidthCode(spec.object_number_width) << 4 |
      WidthCode(spec.offset_width) << 2 | WidthCode(spec.replicated_width)));
  const std::size_t size = out.size() + spec.packet_length_width +
                           spec.padding_width + 6 + body.size() + spec.padding;
  writer.Number(size, spec.packet_length_width);
  writer.Number(spec.padding, spec.padding_width);
  writer.U32(1000);
  writer.U16(100);
  writer.Append(body);
  out.resize(out.size() + spec.padding, 0xEE);
  return out;
}

Result<std::vector<Payload>> Parse(Bytes packet) {
  const HeapBytes copy(packet);
  const auto parsed = asf::ParseDataPacket(copy.bytes());
  if (!parsed) return parsed.error();
  return asf::ParsePayloads(copy.bytes(), *parsed);
}

/// Parses what Write wrote and compares.
void ExpectSame(const Spec& spec, const std::string& context) {
  const Data packet = Write(spec);
  const auto payloads = Parse(packet);
  EXPECT(payloads.has_value(), context + ": " + payloads.error().message);
  EXPECT(payloads->size() == spec.payloads.size(), context);
  for (std::size_t i = 0; i < payloads->size(); ++i) {
    const Payload& found = (*payloads)[i];
    const PayloadSpec& wanted = spec.payloads[i];
    EXPECT(found.stream == wanted.stream, context);
    EXPECT(found.key_frame == wanted.key_frame, context);
    const bool starts = wanted.replicated == 1 || wanted.offset == 0;
    EXPECT(found.starts_object == starts, context);
    const Data data = Pattern(wanted.size, static_cast<unsigned>(i) + 1);
    EXPECT(
        Same(Bytes(packet).subspan(found.end - data.size(), data.size()), data),
        context);
  }
}

GST_START_TEST(test_widths) {
  constexpr unsigned kAllWidths[] = {0, 1, 2, 4};
  for (const unsigned object : kAllWidths) {
    for (const unsigned offset : {1U, 2U, 4U}) {
      for (const unsigned replicated : {1U, 2U, 4U}) {
        for (const unsigned length : {1U, 2U, 4U}) {
          Spec spec;
          spec.payloads = {{1, true, 0, 8, 20},
                           {2, false, 77, 0, 5},
                           {127, true, 200, 1, 9},
                           {0, false, 0, 8, 0}};
          spec.object_number_width = object;
          spec.offset_width = offset;
          spec.replicated_width = replicated;
          spec.payload_length_width = length;
          spec.padding = length;
          const std::string context =
              std::to_string(object) + " " + std::to_string(offset) + " " +
              std::to_string(replicated) + " " + std::to_string(length);
          ExpectSame(spec, context);
          spec.multiple = false;
          spec.payloads.resize(1);
          ExpectSame(spec, "single " + context);
        }
      }
    }
  }
}
GST_END_TEST

GST_START_TEST(test_compressed) {
  // The offset's place has a presentation time, and objects are whole.
  Spec spec;
  spec.payloads = {{3, true, 123456, 1, 30}, {3, true, 9, 2, 30}};
  ExpectSame(spec, "compressed");
  spec.multiple = false;
  spec.payloads.resize(1);
  ExpectSame(spec, "single compressed");
}
GST_END_TEST

GST_START_TEST(test_many) {
  Spec spec;
  spec.payloads.resize(asf::kMaxPayloads);
  ExpectSame(spec, "63");
  fail_unless(asf::AllPayloads(63) == 0x7FFFFFFFFFFFFFFFU);
  fail_unless(asf::AllPayloads(0) == 0);
}
GST_END_TEST

GST_START_TEST(test_invalid) {
  const auto expect_invalid = [](const Data& packet, const char* context) {
    const auto payloads = Parse(packet);
    EXPECT(!payloads.has_value(), context);
    EXPECT(payloads.error().hresult == HResult::NS_E_INVALID_DATA, context);
  };
  Spec spec;
  spec.payloads.resize(2);
  spec.count = 0;
  expect_invalid(Write(spec), "no payload");
  spec.count = 3;
  expect_invalid(Write(spec), "one too many");
  spec.count = 63;
  expect_invalid(Write(spec), "many too many");
  spec.count.reset();
  spec.payload_length_width = 0;
  expect_invalid(Write(spec), "no payload length");
  spec.payload_length_width = 2;
  Data packet = Write(spec);
  packet[4] = packet[4] & 0x3F;
  expect_invalid(packet, "no stream number");
  packet[4] |= 0x80;
  expect_invalid(packet, "a stream number of two bytes");
}
GST_END_TEST

GST_START_TEST(test_cut_short_and_bent) {
  Spec spec;
  spec.payloads = {{1, true, 0, 8, 20}, {2, false, 77, 8, 25}};
  const Data whole = Write(spec);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT(!Parse(Bytes(whole).first(size)).has_value(), std::to_string(size));
  }
  Random random;
  for (int i = 0; i < 20000; ++i) {
    Data bent = whole;
    for (std::size_t n = 1 + random.Below(3); n > 0; --n) {
      bent[random.Below(bent.size())] =
          static_cast<std::uint8_t>(random.Below(256));
    }
    const auto payloads = Parse(bent);
    if (!payloads) continue;
    for (const Payload& payload : *payloads) {
      EXPECT(payload.begin < payload.end && payload.end <= bent.size(),
             Hex(bent));
    }
  }
}
GST_END_TEST

/// Filters and reads again.
void ExpectKept(const Spec& spec, asf::PayloadSet keep) {
  const Data packet = Write(spec);
  const asf::DataPacket parsed = MustParse(packet, "whole");
  const auto payloads = asf::ParsePayloads(packet, parsed);
  const Data kept = asf::KeepPayloads(packet, parsed, *payloads, keep);
  const std::string context = Hex(kept);
  const asf::DataPacket parsed_kept = MustParse(kept, context);
  EXPECT(parsed_kept.padding_length.value == 0, context);
  EXPECT(parsed_kept.payloads_end == kept.size(), context);
  EXPECT(parsed_kept.send_time_ms == parsed.send_time_ms, context);
  if (parsed_kept.packet_length.size != 0) {
    EXPECT(parsed_kept.packet_length.value == kept.size(), context);
  }
  const auto read = asf::ParsePayloads(kept, parsed_kept);
  EXPECT(read.has_value(), context);
  std::size_t next = 0;
  for (std::size_t i = 0; i < payloads->size(); ++i) {
    if ((keep >> i & 1) == 0) continue;
    EXPECT(next < read->size(), context);
    const Payload& a = (*payloads)[i];
    const Payload& b = (*read)[next++];
    EXPECT(Same(Bytes(packet).subspan(a.begin, a.end - a.begin),
                Bytes(kept).subspan(b.begin, b.end - b.begin)),
           context);
  }
  EXPECT(next == read->size(), context);
}

GST_START_TEST(test_keep) {
  Spec spec;
  spec.payloads = {
      {1, true, 0, 8, 20}, {2, false, 77, 0, 5}, {1, true, 9, 8, 9}};
  for (const unsigned packet_length : {0U, 2U, 4U}) {
    for (const unsigned padding_width : {0U, 1U, 2U, 4U}) {
      spec.packet_length_width = packet_length;
      spec.padding_width = padding_width;
      spec.padding = padding_width == 0 ? 0 : 33;
      for (asf::PayloadSet keep = 1; keep < 8; ++keep)
        ExpectKept(spec, keep);
    }
  }
  spec.multiple = false;
  spec.payloads.resize(1);
  ExpectKept(spec, 1);
}
GST_END_TEST

GST_START_TEST(test_first_video) {
  asf::Header header;
  fail_unless(!asf::FirstVideoStream(header));
  header.streams = {{1, asf::StreamType::kAudio}, {2, asf::StreamType::kOther}};
  fail_unless(!asf::FirstVideoStream(header));
  header.streams.push_back({9, asf::StreamType::kVideo});
  header.streams.push_back({3, asf::StreamType::kVideo});
  fail_unless(asf::FirstVideoStream(header) == 9);
}
GST_END_TEST

Suite* asf_payloads_suite() {
  Suite* suite = suite_create("asf_payloads");
  TCase* payloads = tcase_create("payloads");
  suite_add_tcase(suite, payloads);
  tcase_add_test(payloads, test_widths);
  tcase_add_test(payloads, test_compressed);
  tcase_add_test(payloads, test_many);
  tcase_add_test(payloads, test_invalid);
  tcase_add_test(payloads, test_cut_short_and_bent);
  tcase_add_test(payloads, test_keep);
  tcase_add_test(payloads, test_first_video);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_payloads_suite;
GST_CHECK_MAIN(asf_payloads)
