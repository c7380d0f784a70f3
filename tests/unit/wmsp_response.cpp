// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"
#include "wmsp/framing.h"
#include "wmsp/response.h"

namespace wms::test {
namespace {

using wmsp::Client;
using wmsp::PacketId;
using wmsp::RequestType;

Client Player(unsigned major) {
  return {Client::Token::kNSPlayer, major, 0};
}

GST_START_TEST(test_pragma) {
  wmsp::ResponseTokens tokens;
  fail_unless(wmsp::PragmaValue(tokens) == "no-cache");
  tokens.client_id = 4259367329U;
  tokens.idle_timeout = std::chrono::seconds(60);
  fail_unless(wmsp::PragmaValue(tokens) ==
              "no-cache,client-id=4259367329,timeout=55000");
  tokens.features = true;
  tokens.reset = true;
  tokens.playlist_gen_id = 3;
  // 3.2.5.2: not more than the timer, and 1000 at least (2.2.1.4.29).
  tokens.idle_timeout = std::chrono::milliseconds(10);
  fail_unless(wmsp::PragmaValue(tokens) ==
              "no-cache,client-id=4259367329,xResetStrm=1,"
              "features=\"broadcast,live\",playlist-gen-id=3,timeout=1000");
}
GST_END_TEST

GST_START_TEST(test_by_version) {
  for (const unsigned major : {4U, 6U, 7U, 8U}) {
    fail_unless(ContentTypeOf(RequestType::kDescribe, Player(major)) ==
                "application/octet-stream");
    fail_unless(ContentTypeOf(RequestType::kPlay, Player(major)) ==
                "application/octet-stream");
    fail_unless(wmsp::SupportedValue(Player(major)).empty());
    fail_unless(!wmsp::WantsMetadata(Player(major)));
  }
  for (const unsigned major : {9U, 10U, 12U}) {
    fail_unless(ContentTypeOf(RequestType::kDescribe, Player(major)) ==
                "application/vnd.ms.wms-hdr.asfv1");
    fail_unless(ContentTypeOf(RequestType::kPlay, Player(major)) ==
                "application/x-mms-framed");
    fail_unless(wmsp::SupportedValue(Player(major)) ==
                "com.microsoft.wm.sswitch, com.microsoft.wm.predstrm");
    fail_unless(wmsp::WantsMetadata(Player(major)));
  }
  for (const RequestType type :
       {RequestType::kLog, RequestType::kStop, RequestType::kKeepAlive}) {
    fail_unless(ContentTypeOf(type, Player(12)).empty());
  }
}
GST_END_TEST

GST_START_TEST(test_data_header) {
  const auto header =
      wmsp::EncodePacketHeader(PacketId::kData, 0x01020304, 0xFE, 1000);
  const Data expected = {0x24, 0x44, 0xF0, 0x03, 0x04, 0x03,
                         0x02, 0x01, 0x00, 0xFE, 0xF0, 0x03};
  EXPECT(Same(header, expected), Hex(header));
  // The largest MMS packet is 65,535 bytes with its own header (2.2.3.1.2).
  const auto largest =
      wmsp::EncodePacketHeader(PacketId::kData, 0, 0, wmsp::kMaxPayload);
  fail_unless_equals_int(LoadLe(&largest[2], 2), 65535);
  fail_unless_equals_int(LoadLe(&largest[10], 2), 65535);
}
GST_END_TEST

/// One $H or $M read back.
struct Part {
  std::uint32_t location_id;
  std::uint8_t af_flags;
  Bytes payload;
};

std::vector<Part> ReadParts(Bytes bytes, PacketId id) {
  std::vector<Part> parts;
  ByteReader reader(bytes);
  while (reader.remaining() > 0) {
    fail_unless_equals_int(reader.U8(), 0x24);
    fail_unless_equals_int(reader.U8(), static_cast<int>(id));
    const std::size_t length = reader.U16();
    Part part{};
    part.location_id = reader.U32();
    fail_unless_equals_int(reader.U8(), 0);  // Incarnation
    part.af_flags = reader.U8();
    fail_unless_equals_int(reader.U16(), static_cast<int>(length));
    part.payload = reader.Take(length - wmsp::kMmsHeaderSize);
    fail_unless(!reader.failed());
    parts.push_back(part);
  }
  return parts;
}

GST_START_TEST(test_header_is_split) {
  const struct {
    std::size_t size;
    std::vector<std::uint8_t> af_flags;
  } kRows[] = {
      {1, {0x0C}},
      {65527, {0x0C}},
      {65528, {0x04, 0x08}},
      {100000, {0x04, 0x08}},  // the example of 2.2.3.1.2
      {131054, {0x04, 0x08}},
      {131055, {0x04, 0x00, 0x08}},
  };
  for (const auto& row : kRows) {
    const Data header = Pattern(row.size);
    Data out;
    wmsp::AppendHeader(header, out);
    const auto parts = ReadParts(out, PacketId::kHeader);
    const std::string context = std::to_string(row.size);
    EXPECT(parts.size() == row.af_flags.size(), context);
    Data joined;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT(parts[i].location_id == i, context);
      EXPECT(parts[i].af_flags == row.af_flags[i], context);
      Append(joined, parts[i].payload);
    }
    EXPECT(joined == header, context);
  }
  Data out;
  wmsp::AppendHeader(Pattern(100000), out);
  // 65,535 and 34,481 bytes of MMS packets.
  fail_unless_equals_int(LoadLe(&out[2], 2), 65535);
  fail_unless_equals_int(LoadLe(&out[4 + 65535 + 2], 2), 34481);
}
GST_END_TEST

GST_START_TEST(test_metadata) {
  Data out;
  wmsp::AppendMetadata(7, 1, "broadcast,live", out);
  const auto parts = ReadParts(out, PacketId::kMetadata);
  fail_unless_equals_int(static_cast<int>(parts.size()), 1);
  fail_unless_equals_int(parts[0].af_flags, 0x0C);
  const Data expected =
      Raw("playlist-gen-id=7, broadcast-id=1, features=\"broadcast,live\"\0");
  EXPECT(Same(parts[0].payload, expected), Hex(parts[0].payload));
}
GST_END_TEST

GST_START_TEST(test_end_and_change) {
  Data out;
  wmsp::AppendEndOfStream(HResult::S_FALSE, out);
  wmsp::AppendStreamChange(out);
  wmsp::AppendEndOfStream(HResult::S_OK, out);
  const Data expected =
      Raw("$E\4\0\1\0\0\0"
          "$C\4\0\0\0\0\0"
          "$E\4\0\0\0\0\0");
  EXPECT(out == expected, Hex(out));
}
GST_END_TEST

Suite* wmsp_response_suite() {
  Suite* suite = suite_create("wmsp_response");
  TCase* response = tcase_create("response");
  suite_add_tcase(suite, response);
  tcase_add_test(response, test_pragma);
  tcase_add_test(response, test_by_version);
  tcase_add_test(response, test_data_header);
  tcase_add_test(response, test_header_is_split);
  tcase_add_test(response, test_metadata);
  tcase_add_test(response, test_end_and_change);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmsp_response_suite;
GST_CHECK_MAIN(wmsp_response)
