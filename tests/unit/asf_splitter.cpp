// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/splitter.h"
#include "unit/asf_bytes.h"
#include "unit/check.h"

namespace wms::test {
namespace {

using asf::Splitter;
using asf::Unit;

struct Expected {
  Unit::Kind kind;
  Data bytes;
};

constexpr Unit::Kind kHeader = Unit::Kind::kHeader;
constexpr Unit::Kind kPacket = Unit::Kind::kDataPacket;

/// A stream, and what the splitter should make of it.
struct Stream {
  Data bytes;
  std::vector<Expected> units;

  void Add(Unit::Kind kind, const Data& unit) {
    Append(bytes, unit);
    units.push_back({kind, unit});
  }
  void AddPackets(std::size_t count, std::size_t size) {
    for (std::size_t i = 0; i < count; ++i) {
      Data packet = Pattern(size, static_cast<unsigned>(units.size()));
      packet[0] = 0x08;
      Add(kPacket, packet);
    }
  }
  void AddUnseen(const Data& data) { Append(bytes, data); }
};

/// Feeds @a part from memory that is gone afterwards; takes all units.
Result<void> Feed(Splitter& splitter, Bytes part, std::vector<Expected>& out) {
  const HeapBytes piece(part);
  splitter.Feed(piece.bytes());
  for (;;) {
    const Result<std::optional<Unit>> unit = splitter.Next();
    if (!unit) return unit.error();
    if (!*unit) return {};
    out.push_back({(*unit)->kind, ToData((*unit)->bytes)});
  }
}

void ExpectUnits(const std::vector<Expected>& units,
                 const std::vector<Expected>& expected, std::size_t count,
                 const std::string& context) {
  EXPECT(units.size() == count,
         context + ": " + std::to_string(units.size()) + " units");
  for (std::size_t i = 0; i < count; ++i) {
    const std::string at = context + ", unit " + std::to_string(i);
    EXPECT(units[i].kind == expected[i].kind, at);
    EXPECT(units[i].bytes == expected[i].bytes, at + Hex(units[i].bytes));
  }
}

/// Whole, in pieces of every size, cut in two and cut short everywhere.
void ExpectStream(const Stream& stream) {
  const Bytes whole = stream.bytes;
  for (std::size_t size = 1; size <= whole.size(); ++size) {
    Splitter splitter;
    std::vector<Expected> units;
    const std::string context = "pieces of " + std::to_string(size);
    for (const Data& piece : Pieces(whole, size)) {
      EXPECT(Feed(splitter, piece, units).has_value(), context);
    }
    ExpectUnits(units, stream.units, stream.units.size(), context);
    EXPECT(splitter.buffered() == 0, context);
  }
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    Splitter splitter;
    std::vector<Expected> units;
    const std::string context = "cut at " + std::to_string(cut);
    EXPECT(Feed(splitter, whole.first(cut), units).has_value(), context);
    EXPECT(units.size() <= stream.units.size(), context);
    ExpectUnits(units, stream.units, units.size(), context);
    EXPECT(Feed(splitter, whole.subspan(cut), units).has_value(), context);
    ExpectUnits(units, stream.units, stream.units.size(), context);
  }
}

HeaderSpec FileHeader(std::uint32_t packet_size, std::uint64_t data_size) {
  return {.min_packet_size = packet_size,
          .max_packet_size = packet_size,
          .flags = 2,
          .data_object_size = data_size + 50};
}

Data IndexObject(std::size_t size, std::optional<std::uint64_t> stated = {}) {
  return Object({0x90, 0x08, 0x00, 0x33}, Pattern(size - 24), stated);
}

void ExpectFailure(Splitter& splitter, Bytes part, const std::string& message,
                   const std::string& context) {
  std::vector<Expected> units;
  ExpectError(Feed(splitter, part, units), HResult::NS_E_INVALID_DATA,
              Fault::kLocal, message, context);
}

GST_START_TEST(test_header_and_packets) {
  Stream stream;
  stream.Add(kHeader, MakeHeader(60));
  stream.AddPackets(3, 60);
  ExpectStream(stream);
}
GST_END_TEST

GST_START_TEST(test_small_packets) {
  for (const std::uint32_t size : {1U, 10U, 15U, 16U, 17U, 24U}) {
    Stream stream;
    stream.Add(kHeader, MakeHeader(size));
    stream.AddPackets(4, size);
    ExpectStream(stream);
  }
}
GST_END_TEST

GST_START_TEST(test_second_header_in_mid_stream) {
  Stream stream;
  stream.Add(kHeader, MakeHeader(60));
  stream.AddPackets(2, 60);
  stream.Add(kHeader, MakeHeader(40));
  stream.AddPackets(2, 40);
  stream.Add(kHeader, MakeHeader(40));
  stream.Add(kHeader, MakeHeader(70));
  stream.AddPackets(1, 70);
  ExpectStream(stream);
}
GST_END_TEST

GST_START_TEST(test_file_with_indices_and_another_file) {
  Stream stream;
  stream.Add(kHeader, MakeHeader(FileHeader(60, 3 * 60)));
  stream.AddPackets(3, 60);
  stream.AddUnseen(IndexObject(24));
  stream.AddUnseen(IndexObject(81));
  stream.Add(kHeader, MakeHeader(FileHeader(50, 2 * 50)));
  stream.AddPackets(2, 50);
  stream.Add(kHeader, MakeHeader(40));
  stream.AddPackets(1, 40);
  ExpectStream(stream);
}
GST_END_TEST

GST_START_TEST(test_data_that_does_not_divide_into_packets) {
  Stream stream;
  stream.Add(kHeader, MakeHeader(FileHeader(60, 2 * 60 + 59)));
  stream.AddPackets(2, 60);
  stream.AddUnseen(Pattern(59));
  stream.AddUnseen(IndexObject(30));
  stream.Add(kHeader, MakeHeader(40));
  stream.AddPackets(1, 40);
  ExpectStream(stream);
}
GST_END_TEST

/// No packet fits into the Data Object, so what follows is not a packet.
GST_START_TEST(test_data_smaller_than_a_packet) {
  Stream stream;
  stream.Add(kHeader, MakeHeader(FileHeader(60, 10)));
  stream.AddUnseen(Pattern(10));
  stream.AddUnseen(IndexObject(60));
  stream.Add(kHeader, MakeHeader(40));
  stream.AddPackets(1, 40);
  ExpectStream(stream);
}
GST_END_TEST

GST_START_TEST(test_lying_sizes_behind_the_data) {
  for (const std::uint64_t lie :
       std::initializer_list<std::uint64_t>{0, 1, 23}) {
    Stream stream;
    stream.Add(kHeader, MakeHeader(FileHeader(60, 60)));
    stream.AddPackets(1, 60);
    stream.AddUnseen(IndexObject(24, lie));
    stream.Add(kHeader, MakeHeader(40));
    stream.AddPackets(1, 40);
    ExpectStream(stream);
  }
  // What is passed over is not kept, however much that is.
  for (const std::uint64_t lie :
       std::initializer_list<std::uint64_t>{1ULL << 32, 1ULL << 63, ~0ULL}) {
    Splitter splitter;
    std::vector<Expected> units;
    Data start = MakeHeader(FileHeader(60, 60));
    Append(start, Pattern(60));
    Append(start, IndexObject(30, lie));
    fail_unless(Feed(splitter, start, units).has_value());
    fail_unless(units.size() == 2);
    for (int i = 0; i < 100; ++i) {
      fail_unless(Feed(splitter, MakeHeader(40), units).has_value());
      fail_unless(units.size() == 2);
      fail_unless(splitter.buffered() == 0);
    }
  }
}
GST_END_TEST

/// A data size beyond all that comes is nothing to wait or to reserve for.
GST_START_TEST(test_data_size_too_large) {
  Stream stream;
  stream.Add(kHeader, MakeHeader(FileHeader(60, ~0ULL - 50)));
  stream.AddPackets(3, 60);
  stream.Add(kHeader, MakeHeader(40));
  stream.AddPackets(1, 40);
  ExpectStream(stream);
}
GST_END_TEST

GST_START_TEST(test_not_asf) {
  const Data garbage = Pattern(200);
  for (std::size_t size = 1; size <= garbage.size(); ++size) {
    Splitter splitter;
    std::vector<Expected> units;
    std::size_t fed = 0;
    for (const Data& piece : Pieces(garbage, size)) {
      const Result<void> result = Feed(splitter, piece, units);
      fed += piece.size();
      if (fed < 24) {
        EXPECT(result.has_value(), std::to_string(fed));
        EXPECT(splitter.buffered() == fed, std::to_string(fed));
      } else {
        ExpectError(result, HResult::NS_E_INVALID_DATA, Fault::kLocal,
                    "this is not ASF", std::to_string(fed));
      }
      EXPECT(splitter.header() == nullptr, std::to_string(fed));
    }
    EXPECT(units.empty(), std::to_string(size));
  }
}
GST_END_TEST

GST_START_TEST(test_failure_lasts_until_reset) {
  Splitter splitter;
  ExpectFailure(splitter, Pattern(40), "this is not ASF", "first");
  // The memory of the first piece is gone by now.
  ExpectFailure(splitter, Pattern(40, 1), "this is not ASF", "second");
  ExpectFailure(splitter, MakeHeader(60), "this is not ASF", "good header");
  ExpectFailure(splitter, {}, "this is not ASF", "nothing");
  splitter.Reset();
  std::vector<Expected> units;
  fail_unless(Feed(splitter, MakeHeader(60), units).has_value());
  fail_unless(units.size() == 1);
}
GST_END_TEST

GST_START_TEST(test_broken_headers) {
  const struct {
    const char* what;
    Data header;
    const char* message;
  } kRows[] = {
      {"size too small", Object(asf::kHeaderObject, Pattern(6), 29),
       "less than its own fields"},
      {"size too large", Object(asf::kHeaderObject, Pattern(6), 1 << 20),
       "the limit is"},
      {"size beyond everything", Object(asf::kHeaderObject, Pattern(6), ~0ULL),
       "the limit is"},
      {"no packet size", MakeHeader(0U), "packet size 0"},
      {"nothing inside", HeaderOf({}, DataObject(50)),
       "the File Properties Object is missing"},
      {"no data object", HeaderOf({}, Pattern(50)),
       "the File Properties Object is missing"},
  };
  for (const auto& row : kRows) {
    Splitter first;
    ExpectFailure(first, row.header, row.message, row.what);
    // The same in place of a packet.
    Data stream = MakeHeader(60);
    Append(stream, Pattern(60));
    Append(stream, row.header);
    Splitter second;
    ExpectFailure(second, stream, row.message, row.what);
    // The next piece comes, and the one before is gone.
    ExpectFailure(second, Pattern(60), row.message, row.what);
  }
}
GST_END_TEST

GST_START_TEST(test_header_by_another_way) {
  const Data bytes = MakeHeader(60);
  const Result<asf::Header> header = asf::ParseHeader(bytes);
  fail_unless(header.has_value());
  Splitter splitter;
  fail_unless(splitter.header() == nullptr);
  splitter.SetHeader(*header);
  fail_unless(splitter.header()->packet_size == 60);
  Stream stream;
  stream.AddPackets(2, 60);
  std::vector<Expected> units;
  fail_unless(Feed(splitter, stream.bytes, units).has_value());
  ExpectUnits(units, stream.units, 2, "packets alone");
  // The same header in the stream comes out all the same.
  fail_unless(Feed(splitter, bytes, units).has_value());
  fail_unless(units.size() == 3 && units[2].kind == kHeader);
}
GST_END_TEST

GST_START_TEST(test_drop_partial) {
  Splitter splitter;
  Data start = MakeHeader(60);
  Append(start, Pattern(59));
  std::vector<Expected> units;
  fail_unless(Feed(splitter, start, units).has_value());
  fail_unless(splitter.buffered() == 59);
  splitter.DropPartial();
  fail_unless(splitter.buffered() == 0);
  fail_unless(splitter.header() != nullptr);
  const Data packet = Pattern(60, 5);
  fail_unless(Feed(splitter, packet, units).has_value());
  fail_unless(units.size() == 2 && units[1].bytes == packet);
}
GST_END_TEST

/// What is dropped is half a header: the next byte starts a packet as well.
GST_START_TEST(test_drop_partial_header) {
  Splitter splitter;
  Data start = MakeHeader(60);
  const Data half = ToData(Bytes(start).first(30));
  Append(start, half);
  std::vector<Expected> units;
  fail_unless(Feed(splitter, start, units).has_value());
  splitter.DropPartial();
  const Data packet = Pattern(60, 5);
  fail_unless(Feed(splitter, packet, units).has_value());
  fail_unless(units.size() == 2 && units[1].bytes == packet);
}
GST_END_TEST

/// A unit that was given out last is no longer there to be taken off.
GST_START_TEST(test_drop_partial_after_a_unit) {
  Splitter splitter;
  const HeapBytes header(MakeHeader(60));
  splitter.Feed(header.bytes());
  const Result<std::optional<Unit>> unit = splitter.Next();
  fail_unless(unit && *unit && (*unit)->kind == kHeader);
  splitter.DropPartial();
  const Data packet = Pattern(60, 5);
  std::vector<Expected> units;
  fail_unless(Feed(splitter, packet, units).has_value());
  fail_unless(units.size() == 1 && units[0].bytes == packet);
}
GST_END_TEST

Suite* asf_splitter_suite() {
  Suite* suite = suite_create("asf_splitter");
  TCase* streams = tcase_create("streams");
  suite_add_tcase(suite, streams);
  tcase_add_test(streams, test_header_and_packets);
  tcase_add_test(streams, test_small_packets);
  tcase_add_test(streams, test_second_header_in_mid_stream);
  tcase_add_test(streams, test_file_with_indices_and_another_file);
  tcase_add_test(streams, test_data_that_does_not_divide_into_packets);
  tcase_add_test(streams, test_data_smaller_than_a_packet);
  tcase_add_test(streams, test_lying_sizes_behind_the_data);
  tcase_add_test(streams, test_data_size_too_large);
  TCase* failures = tcase_create("failures");
  suite_add_tcase(suite, failures);
  tcase_add_test(failures, test_not_asf);
  tcase_add_test(failures, test_failure_lasts_until_reset);
  tcase_add_test(failures, test_broken_headers);
  TCase* control = tcase_create("control");
  suite_add_tcase(suite, control);
  tcase_add_test(control, test_header_by_another_way);
  tcase_add_test(control, test_drop_partial);
  tcase_add_test(control, test_drop_partial_header);
  tcase_add_test(control, test_drop_partial_after_a_unit);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_splitter_suite;
GST_CHECK_MAIN(asf_splitter)
