// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"
#include "unit/asf_bytes.h"
#include "unit/check.h"

namespace wms::test {
namespace {

using asf::Header;
using asf::StreamType;

constexpr asf::Guid kUnknownObject = {1, 2, 3};

Data FileObject(const HeaderSpec& spec) {
  return Object(asf::kFileProperties, FileProperties(spec));
}

Data StreamObject(const asf::Guid& type, std::uint16_t flags) {
  return Object(asf::kStreamProperties, StreamProperties(type, flags));
}

Data Join(const std::vector<Data>& parts) {
  Data all;
  for (const Data& part : parts)
    Append(all, part);
  return all;
}

Result<Header> Parse(const Data& data) {
  const HeapBytes bytes(data);
  return asf::ParseHeader(bytes.bytes());
}

void ExpectInvalid(const Data& data, const std::string& message,
                   const std::string& context) {
  ExpectError(Parse(data), HResult::NS_E_INVALID_DATA, Fault::kLocal, message,
              context);
}

GST_START_TEST(test_fields) {
  const Data objects = Join(
      {Object(kUnknownObject, Pattern(33)), StreamObject(asf::kAudioMedia, 1),
       FileObject({.min_packet_size = 4800,
                   .max_packet_size = 4800,
                   .flags = 9,
                   .preroll_ms = 0x123456789A,
                   .max_bitrate = 0xFFFFFFFF}),
       Object(kUnknownObject, {}), StreamObject(asf::kVideoMedia, 0x8002),
       StreamObject(kUnknownObject, 127)});
  const Data data = HeaderOf(objects, DataObject(50));
  const Result<Header> header = Parse(data);
  fail_unless(header.has_value());
  fail_unless(header->size == data.size());
  fail_unless(header->packet_size == 4800);
  fail_unless(header->broadcast);
  fail_unless(header->preroll_ms == 0x123456789A);
  fail_unless(header->max_bitrate == 0xFFFFFFFF);
  fail_unless(header->data_size == 0);
  fail_unless(header->streams.size() == 3);
  fail_unless(header->streams[0].number == 1);
  fail_unless(header->streams[0].type == StreamType::kAudio);
  fail_unless(header->streams[1].number == 2);
  fail_unless(header->streams[1].type == StreamType::kVideo);
  fail_unless(header->streams[2].number == 127);
  fail_unless(header->streams[2].type == StreamType::kOther);
}
GST_END_TEST

GST_START_TEST(test_data_size) {
  const struct {
    std::uint32_t flags;
    std::uint64_t object_size;
    std::uint64_t data_size;
  } kRows[] = {
      {0, 50 + 6000, 6000},
      {2, 50 + 6000, 6000},
      {0, 50, 0},
      {0, 0, 0},
      {0, 49, 0},
      {0, 51, 1},
      {1, 50 + 6000, 0},
      {3, 50 + 6000, 0},
      {0, ~0ULL, ~0ULL - 50},
  };
  for (const auto& row : kRows) {
    const Result<Header> header = Parse(
        MakeHeader({.flags = row.flags, .data_object_size = row.object_size}));
    const std::string context = std::to_string(row.object_size);
    EXPECT(header.has_value(), context);
    EXPECT(header->data_size == row.data_size, context);
    EXPECT(header->broadcast == ((row.flags & 1) != 0), context);
  }
}
GST_END_TEST

GST_START_TEST(test_packet_sizes) {
  for (const std::uint32_t size : {1U, 2U, 4800U, 65534U, 65535U}) {
    const Result<Header> header = Parse(MakeHeader(size));
    EXPECT(header && header->packet_size == size, std::to_string(size));
  }
  for (const std::uint32_t size : {0U, 65536U, 0xFFFFFFFFU}) {
    ExpectInvalid(
        MakeHeader(size),
        "packet size " + std::to_string(size) + " is not within 1 to 65535",
        std::to_string(size));
  }
  ExpectInvalid(MakeHeader({.min_packet_size = 100, .max_packet_size = 101}),
                "minimum and maximum packet size differ (100 and 101)",
                "sizes differ");
}
GST_END_TEST

GST_START_TEST(test_cut_short_at_every_length) {
  const Data whole = MakeHeader(60);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Data part = ToData(Bytes(whole).first(length));
    ExpectInvalid(part,
                  length < 24 ? "does not start with a Header Object"
                              : "it is " + std::to_string(length) +
                                    " bytes long, and its Header Object and "
                                    "the first 50 bytes of the Data Object "
                                    "make " +
                                    std::to_string(whole.size()),
                  std::to_string(length));
  }
  Data longer = whole;
  longer.push_back(0);
  ExpectInvalid(longer, "it is " + std::to_string(longer.size()), "one more");
}
GST_END_TEST

GST_START_TEST(test_header_size) {
  const auto size_of = [](std::uint64_t stated, std::size_t have) {
    const Data object = Object(asf::kHeaderObject, Pattern(10), stated);
    const HeapBytes bytes(Bytes(object).first(have));
    return asf::HeaderSize(bytes.bytes());
  };
  constexpr std::uint64_t kMost = asf::kMaxHeaderSize - 50;
  for (const std::uint64_t stated :
       std::initializer_list<std::uint64_t>{30, 31, 5411, kMost}) {
    const Result<std::size_t> size = size_of(stated, 24);
    EXPECT(size && *size == stated + 50, std::to_string(stated));
  }
  for (const std::uint64_t stated :
       std::initializer_list<std::uint64_t>{0, 1, 24, 29}) {
    ExpectError(size_of(stated, 24), HResult::NS_E_INVALID_DATA, Fault::kLocal,
                "size of " + std::to_string(stated) +
                    " bytes, less than its own fields",
                std::to_string(stated));
  }
  for (const std::uint64_t stated : std::initializer_list<std::uint64_t>{
           kMost + 1, 1ULL << 32, 1ULL << 63, ~0ULL}) {
    ExpectError(size_of(stated, 24), HResult::NS_E_INVALID_DATA, Fault::kLocal,
                "the limit is " + std::to_string(kMost),
                std::to_string(stated));
  }
  for (std::size_t have = 0; have < 24; ++have) {
    ExpectError(size_of(100, have), HResult::NS_E_INVALID_DATA, Fault::kLocal,
                "this is not ASF", std::to_string(have));
  }
}
GST_END_TEST

GST_START_TEST(test_starts_header) {
  const Data guid = ToData(asf::kHeaderObject);
  fail_unless(asf::StartsHeader(HeapBytes(guid).bytes()));
  fail_unless(asf::StartsHeader(MakeHeader(60)));
  for (std::size_t i = 0; i < guid.size(); ++i) {
    EXPECT(!asf::StartsHeader(HeapBytes(Bytes(guid).first(i)).bytes()),
           std::to_string(i));
    Data other = guid;
    other[i] ^= 1;
    EXPECT(!asf::StartsHeader(HeapBytes(other).bytes()), std::to_string(i));
    Data header = MakeHeader(60);
    header[i] ^= 1;
    ExpectInvalid(header, "this is not ASF", std::to_string(i));
  }
  fail_if(asf::StartsHeader(asf::kDataObject));
}
GST_END_TEST

GST_START_TEST(test_objects_that_do_not_fit) {
  const Data good = FileObject({});
  const std::string at = std::to_string(30 + good.size());
  for (const std::uint64_t stated : std::initializer_list<std::uint64_t>{
           0, 1, 23, 41, 1ULL << 32, (1ULL << 63) + 40, ~0ULL, ~0ULL - 23}) {
    const Data bad = Object(kUnknownObject, Pattern(16), stated);
    ExpectInvalid(
        HeaderOf(Join({good, bad}), DataObject(50)),
        "the object at offset " + at + " does not fit into the Header Object",
        std::to_string(stated));
  }
  for (std::size_t rest = 1; rest < 24; ++rest) {
    ExpectInvalid(HeaderOf(Join({good, Pattern(rest)}), DataObject(50)),
                  "the object at offset " + at + " does not fit",
                  std::to_string(rest));
  }
}
GST_END_TEST

GST_START_TEST(test_properties_cut_short) {
  const Data file = FileProperties({});
  const Data stream = StreamProperties(asf::kAudioMedia, 1);
  const Data stream_object = StreamObject(asf::kAudioMedia, 1);
  for (std::size_t size = 0; size < 80; ++size) {
    const Data cut = Object(asf::kFileProperties, Bytes(file).first(size));
    ExpectInvalid(HeaderOf(Join({cut, stream_object}), DataObject(50)),
                  "the File Properties Object is cut short",
                  std::to_string(size));
  }
  for (std::size_t size = 0; size < 50; ++size) {
    const Data cut = Object(asf::kStreamProperties, Bytes(stream).first(size));
    ExpectInvalid(HeaderOf(Join({FileObject({}), cut}), DataObject(50)),
                  "a Stream Properties Object is cut short",
                  std::to_string(size));
  }
}
GST_END_TEST

GST_START_TEST(test_missing_objects) {
  const Data file = FileObject({});
  const Data stream = StreamObject(asf::kAudioMedia, 1);
  ExpectInvalid(HeaderOf({}, DataObject(50)),
                "the File Properties Object is missing", "nothing inside");
  ExpectInvalid(HeaderOf(stream, DataObject(50)),
                "the File Properties Object is missing", "no file properties");
  ExpectInvalid(HeaderOf(file, DataObject(50)),
                "no Stream Properties Object, so no stream", "no stream");
  ExpectInvalid(HeaderOf(Join({file, stream}), Data(50)),
                "no Data Object follows the Header Object", "no data object");
}
GST_END_TEST

/// [ASF] 3.3: valid stream numbers are 1 to 127.
GST_START_TEST(test_stream_number_zero) {
  for (const std::uint16_t flags : {0x0000, 0x8000, 0x0080}) {
    const Data objects =
        Join({FileObject({}), StreamObject(asf::kAudioMedia, flags)});
    ExpectInvalid(HeaderOf(objects, DataObject(50)), "stream number",
                  std::to_string(flags));
  }
}
GST_END_TEST

/// Whatever stands in a header, it is read within its bounds.
GST_START_TEST(test_every_byte_bent) {
  const Data whole = MakeHeader(60);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned value : {0x00U, 0xFFU, whole[i] ^ 0x80U}) {
      Data bent = whole;
      bent[i] = static_cast<std::uint8_t>(value);
      const Result<Header> header = Parse(bent);
      if (header) {
        EXPECT(header->size == whole.size(), std::to_string(i));
        EXPECT(header->packet_size >= 1 && header->packet_size <= 65535,
               std::to_string(i));
      } else {
        EXPECT(header.error().hresult == HResult::NS_E_INVALID_DATA,
               std::to_string(i));
      }
    }
  }
}
GST_END_TEST

Suite* asf_header_suite() {
  Suite* suite = suite_create("asf_header");
  TCase* valid = tcase_create("valid");
  suite_add_tcase(suite, valid);
  tcase_add_test(valid, test_fields);
  tcase_add_test(valid, test_data_size);
  tcase_add_test(valid, test_packet_sizes);
  tcase_add_test(valid, test_header_size);
  tcase_add_test(valid, test_starts_header);
  TCase* invalid = tcase_create("invalid");
  suite_add_tcase(suite, invalid);
  tcase_add_test(invalid, test_cut_short_at_every_length);
  tcase_add_test(invalid, test_objects_that_do_not_fit);
  tcase_add_test(invalid, test_properties_cut_short);
  tcase_add_test(invalid, test_missing_objects);
  tcase_add_test(invalid, test_stream_number_zero);
  tcase_add_test(invalid, test_every_byte_bent);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_header_suite;
GST_CHECK_MAIN(asf_header)
