// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "base/bytes.h"

#include "unit/check.h"

namespace wms::test {
namespace {

GST_START_TEST(test_reader_reads_little_endian) {
  const HeapBytes data(
      Raw("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"));
  ByteReader reader(data.bytes());
  fail_unless(reader.U8() == 0x01);
  fail_unless(reader.U16() == 0x0302);
  fail_unless(reader.U32() == 0x07060504);
  fail_unless(reader.U64() == 0x0f0e0d0c0b0a0908);
  fail_unless(reader.remaining() == 0);
  fail_unless(reader.Number(0) == 0);
  fail_if(reader.failed());
  fail_unless(reader.U8() == 0);
  fail_unless(reader.failed());
}
GST_END_TEST

GST_START_TEST(test_reader_stops_at_every_length) {
  const Data whole = Pattern(20);
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const HeapBytes data(Bytes(whole).first(length));
    for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
      ByteReader reader(data.bytes());
      const Bytes taken = reader.Take(size);
      EXPECT(reader.failed() == (size > length), std::to_string(size));
      EXPECT(taken.size() == (size > length ? 0 : size), std::to_string(size));
      EXPECT(reader.offset() + reader.remaining() == length,
             std::to_string(size));
    }
  }
}
GST_END_TEST

GST_START_TEST(test_reader_failure_lasts) {
  const HeapBytes data(Pattern(4));
  ByteReader reader(data.bytes());
  fail_unless(reader.Take(static_cast<std::size_t>(-1)).empty());
  fail_unless(reader.failed());
  fail_unless(reader.U8() == 0);
  fail_unless(reader.U32() == 0);
  fail_unless(reader.offset() == 0);
  fail_unless(reader.failed());
}
GST_END_TEST

GST_START_TEST(test_writer_writes_what_the_reader_reads) {
  Data out;
  ByteWriter writer(out);
  writer.U8(0x01);
  writer.U16(0x0302);
  writer.U32(0x07060504);
  writer.U64(0x0f0e0d0c0b0a0908);
  writer.Number(0xffffffffffff1110, 2);
  writer.Number(0x77, 0);
  writer.Append(Raw("ab"));
  writer.Zeros(2);
  const Data expected =
      Raw("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
          "\x10\x11"
          "ab\0\0");
  EXPECT(out == expected, Hex(out));
}
GST_END_TEST

GST_START_TEST(test_load_and_store) {
  for (std::size_t size = 0; size <= 8; ++size) {
    Data data(size + 1, 0x5A);
    StoreLe(data.data(), 0x8877665544332211U, size);
    EXPECT(data[size] == 0x5A, std::to_string(size));
    const std::uint64_t kept =
        size == 8 ? 0x8877665544332211U
                  : 0x8877665544332211U & ((std::uint64_t{1} << 8 * size) - 1);
    EXPECT(LoadLe(data.data(), size) == kept, std::to_string(size));
  }
}
GST_END_TEST

Suite* bytes_suite() {
  Suite* suite = suite_create("bytes");
  TCase* numbers = tcase_create("numbers");
  suite_add_tcase(suite, numbers);
  tcase_add_test(numbers, test_reader_reads_little_endian);
  tcase_add_test(numbers, test_reader_stops_at_every_length);
  tcase_add_test(numbers, test_reader_failure_lasts);
  tcase_add_test(numbers, test_writer_writes_what_the_reader_reads);
  tcase_add_test(numbers, test_load_and_store);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::bytes_suite;
GST_CHECK_MAIN(bytes)
