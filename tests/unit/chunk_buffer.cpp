// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "base/chunk_buffer.h"

#include "unit/check.h"

namespace wms::test {
namespace {

/// Takes units of the given sizes out of @a buffer as far as they are there.
void TakeUnits(ChunkBuffer& buffer, const std::vector<std::size_t>& sizes,
               std::vector<Data>& units) {
  while (units.size() < sizes.size()) {
    const std::size_t size = sizes[units.size()];
    const std::optional<Bytes> unit = buffer.Peek(size);
    if (!unit) return;
    EXPECT(unit->size() == size, std::to_string(size));
    units.push_back(ToData(*unit));
    EXPECT(buffer.Consume(size) == size, std::to_string(size));
  }
  buffer.Peek(buffer.available() + 1);  // lets go of the piece
}

void ExpectUnits(const std::vector<Data>& units,
                 const std::vector<std::size_t>& sizes, Bytes whole,
                 const std::string& context) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    EXPECT(Same(units[i], whole.subspan(offset, sizes[i])),
           context + " unit " + std::to_string(i) + ": " + Hex(units[i]));
    offset += sizes[i];
  }
}

GST_START_TEST(test_whole_piece_is_not_copied) {
  const HeapBytes piece(Pattern(10));
  ChunkBuffer buffer;
  fail_unless(buffer.available() == 0);
  fail_if(buffer.Peek(1).has_value());
  buffer.Feed(piece.bytes());
  fail_unless(buffer.available() == 10);
  fail_unless(buffer.Peek(4)->data() == piece.bytes().data());
  fail_unless(buffer.Peek(10)->data() == piece.bytes().data());
  fail_unless(buffer.Consume(4) == 4);
  fail_unless(buffer.Peek(6)->data() == piece.bytes().data() + 4);
  fail_unless(buffer.Consume(6) == 6);
  fail_unless(buffer.available() == 0);
  fail_if(buffer.Peek(1).has_value());
}
GST_END_TEST

GST_START_TEST(test_empty) {
  ChunkBuffer buffer;
  fail_unless(buffer.Peek(0).has_value());
  fail_unless(buffer.Peek(0)->empty());
  fail_unless(buffer.Consume(5) == 0);
  buffer.Feed({});
  fail_if(buffer.Peek(1).has_value());
  fail_unless(buffer.available() == 0);
}
GST_END_TEST

GST_START_TEST(test_every_split) {
  const Data whole = Pattern(20);
  const std::vector<std::size_t> sizes = {3, 5, 1, 7, 4};
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    ChunkBuffer buffer;
    std::vector<Data> units;
    for (const Bytes part :
         {Bytes(whole).first(cut), Bytes(whole).subspan(cut)}) {
      const HeapBytes piece(part);  // gone before the next one comes
      buffer.Feed(piece.bytes());
      TakeUnits(buffer, sizes, units);
    }
    EXPECT(units.size() == sizes.size(), std::to_string(cut));
    ExpectUnits(units, sizes, whole, "cut at " + std::to_string(cut));
    EXPECT(buffer.available() == 0, std::to_string(cut));
  }
}
GST_END_TEST

GST_START_TEST(test_pieces_of_every_size) {
  const Data whole = Pattern(60);
  const std::vector<std::size_t> sizes = {1, 24, 2, 30, 3};
  for (std::size_t size = 1; size <= whole.size(); ++size) {
    ChunkBuffer buffer;
    std::vector<Data> units;
    std::size_t fed = 0;
    for (const Data& part : Pieces(whole, size)) {
      const HeapBytes piece(part);
      buffer.Feed(piece.bytes());
      fed += part.size();
      TakeUnits(buffer, sizes, units);
      std::size_t taken = 0;
      for (const Data& unit : units)
        taken += unit.size();
      EXPECT(buffer.available() == fed - taken, std::to_string(size));
    }
    EXPECT(units.size() == sizes.size(), std::to_string(size));
    ExpectUnits(units, sizes, whole, "pieces of " + std::to_string(size));
  }
}
GST_END_TEST

GST_START_TEST(test_smaller_view_after_a_larger_one) {
  ChunkBuffer buffer;
  const HeapBytes first(Pattern(5));
  buffer.Feed(first.bytes());
  fail_if(buffer.Peek(6).has_value());
  fail_unless(Same(*buffer.Peek(2), Bytes(Pattern(5)).first(2)));
  const HeapBytes second(Pattern(3, 1));
  buffer.Feed(second.bytes());
  Data all = Pattern(5);
  Append(all, Pattern(3, 1));
  fail_unless(Same(*buffer.Peek(6), Bytes(all).first(6)));
  fail_unless(Same(*buffer.Peek(8), all));
  fail_unless(buffer.available() == 8);
}
GST_END_TEST

GST_START_TEST(test_consume_beyond_the_end) {
  ChunkBuffer buffer;
  const HeapBytes first(Pattern(5));
  buffer.Feed(first.bytes());
  fail_if(buffer.Peek(9).has_value());
  const HeapBytes second(Pattern(3, 1));
  buffer.Feed(second.bytes());
  fail_unless(buffer.Consume(7) == 7);
  fail_unless(buffer.available() == 1);
  fail_unless((*buffer.Peek(1))[0] == Pattern(3, 1)[2]);
  fail_unless(buffer.Consume(100) == 1);
  fail_unless(buffer.available() == 0);
}
GST_END_TEST

GST_START_TEST(test_clear) {
  ChunkBuffer buffer;
  const HeapBytes first(Pattern(5));
  buffer.Feed(first.bytes());
  fail_if(buffer.Peek(9).has_value());
  const HeapBytes second(Pattern(3));
  buffer.Feed(second.bytes());
  buffer.Clear();
  fail_unless(buffer.available() == 0);
  fail_if(buffer.Peek(1).has_value());
  const HeapBytes third(Pattern(4, 3));
  buffer.Feed(third.bytes());
  fail_unless(Same(*buffer.Peek(4), third.bytes()));
}
GST_END_TEST

/// Anything goes, against a plain vector as the model.
GST_START_TEST(test_against_a_model) {
  Random random;
  ChunkBuffer buffer;
  Data model;
  for (int round = 0; round < 20000; ++round) {
    const HeapBytes piece(random.Bytes(random.Below(40)));
    buffer.Feed(piece.bytes());
    Append(model, piece.bytes());
    for (;;) {
      const std::size_t size = 1 + random.Below(60);
      const std::optional<Bytes> view = buffer.Peek(size);
      EXPECT(view.has_value() == (model.size() >= size), std::to_string(round));
      if (!view) break;
      EXPECT(Same(*view, Bytes(model).first(size)), std::to_string(round));
      const std::size_t used = random.Below(size + 1);
      EXPECT(buffer.Consume(used) == used, std::to_string(round));
      model.erase(model.begin(),
                  model.begin() + static_cast<std::ptrdiff_t>(used));
    }
    EXPECT(buffer.available() == model.size(), std::to_string(round));
  }
}
GST_END_TEST

Suite* chunk_buffer_suite() {
  Suite* suite = suite_create("chunk_buffer");
  TCase* views = tcase_create("views");
  suite_add_tcase(suite, views);
  tcase_add_test(views, test_whole_piece_is_not_copied);
  tcase_add_test(views, test_empty);
  tcase_add_test(views, test_every_split);
  tcase_add_test(views, test_pieces_of_every_size);
  tcase_add_test(views, test_smaller_view_after_a_larger_one);
  tcase_add_test(views, test_consume_beyond_the_end);
  tcase_add_test(views, test_clear);
  tcase_add_test(views, test_against_a_model);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::chunk_buffer_suite;
GST_CHECK_MAIN(chunk_buffer)
