// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/length_remaining.h"

#include "unit/check.h"

namespace wms::test {
namespace {

using wmhttp::LengthRemaining;
using wmhttp::PacketId;

/// Fills what is left and checks every filler on the way; true when nothing
/// remains. @a fillers counts them.
bool Fill(LengthRemaining length, std::size_t* fillers = nullptr) {
  std::size_t count = 0;
  while (const std::optional<std::size_t> payload = length.NextFiller()) {
    const std::size_t size = 4 + *payload;
    const std::string context = std::to_string(length.left());
    EXPECT(*payload <= 65531, context);
    EXPECT(size <= length.left(), context);
    EXPECT(length.Admits(PacketId::kFiller, size), context);
    length.Spend(size);
    ++count;
  }
  if (fillers != nullptr) *fillers = count;
  return length.left() == 0;
}

/// True when a packet may go out and what it leaves can be filled.
bool AdmitsAndFills(std::uint64_t left, PacketId id, std::size_t size,
                    HResult reason = HResult::S_OK) {
  LengthRemaining length(left);
  if (!length.Admits(id, size, reason)) return false;
  const std::string context =
      wmhttp::PacketName(id) + (" of " + std::to_string(size) + " with " +
                                std::to_string(left) + " left");
  EXPECT(size <= left, context);
  length.Spend(size);
  EXPECT(length.left() == left - size, context);
  EXPECT(Fill(length), context);
  return true;
}

/// Around every size at which something changes.
std::vector<std::uint64_t> Lefts() {
  std::vector<std::uint64_t> lefts;
  for (const std::uint64_t middle : std::initializer_list<std::uint64_t>{
           40, 65535, 131070, 196605, 2147483647}) {
    for (std::uint64_t left = middle - 40; left <= middle + 40; ++left) {
      lefts.push_back(left);
    }
  }
  return lefts;
}

/// 3.1.4.3: a $D goes out when it and one more framing header fit. "Greater"
/// in one sentence and "larger" in the next leave equality open; 3.1.4.5
/// sends its packet then, and so does 3.1.4.3 here.
GST_START_TEST(test_data_and_header) {
  for (const PacketId id : {PacketId::kData, PacketId::kHeader}) {
    for (std::uint64_t left = 0; left <= 64; ++left) {
      for (std::size_t size = 5; size <= 70; ++size) {
        EXPECT(AdmitsAndFills(left, id, size) == (size + 4 <= left),
               std::to_string(left) + " " + std::to_string(size));
      }
    }
    for (const std::uint64_t left : Lefts()) {
      for (std::size_t size = 65500; size <= 65539; ++size) {
        EXPECT(LengthRemaining(left).Admits(id, size) == (size + 4 <= left),
               std::to_string(left) + " " + std::to_string(size));
      }
    }
  }
}
GST_END_TEST

/// 3.1.4.5: a $C goes out when its size plus 4 is not larger than what is
/// left.
GST_START_TEST(test_stream_change) {
  for (std::uint64_t left = 0; left <= 64; ++left) {
    for (std::size_t size = 9; size <= 70; ++size) {
      EXPECT(AdmitsAndFills(left, PacketId::kStreamChange, size) ==
                 (size + 4 <= left),
             std::to_string(left) + " " + std::to_string(size));
    }
  }
}
GST_END_TEST

/// 3.1.4.4: an $E goes out when eight bytes are left. The one exception: with
/// 9, 10 or 11 left, an $E after which the body goes on would leave a rest
/// that nothing can fill.
GST_START_TEST(test_end_of_stream) {
  for (std::uint64_t left = 0; left <= 64; ++left) {
    for (const HResult reason :
         {HResult::S_OK, HResult::E_FAIL, HResult::NS_E_SHUTDOWN}) {
      EXPECT(LengthRemaining(left).Admits(PacketId::kEndOfStream, 8, reason) ==
                 (left >= 8),
             std::to_string(left));
    }
    EXPECT(AdmitsAndFills(left, PacketId::kEndOfStream, 8, HResult::S_FALSE) ==
               (left == 8 || left >= 12),
           std::to_string(left));
  }
}
GST_END_TEST

/// A filler may use up everything, or leave room for another packet.
GST_START_TEST(test_filler) {
  for (std::uint64_t left = 0; left <= 64; ++left) {
    for (std::size_t size = 4; size <= 70; ++size) {
      const bool fits = size == left || size + 4 <= left;
      EXPECT(AdmitsAndFills(left, PacketId::kFiller, size) == fits,
             std::to_string(left) + " " + std::to_string(size));
    }
  }
}
GST_END_TEST

/// Every rest but 1, 2 and 3 is filled exactly, with no packet too many.
GST_START_TEST(test_fillers) {
  for (std::uint64_t left = 0; left <= 4 * 65535 + 8; ++left) {
    std::size_t count = 0;
    EXPECT(Fill(LengthRemaining(left), &count) == (left == 0 || left >= 4),
           std::to_string(left));
    if (left >= 4) {
      EXPECT(count == (left + 65534) / 65535, std::to_string(left));
    }
  }
  const struct {
    std::uint64_t left;
    std::size_t first;
  } kRows[] = {
      {4, 0},
      {5, 1},
      {7, 3},
      {8, 4},
      {65535, 65531},
      {65536, 65527},
      {65537, 65527},
      {65538, 65527},
      {65539, 65531},
      {131070, 65531},
      {131071, 65531},
      {131074, 65531},
      {2147483647, 65531},
  };
  for (const auto& row : kRows) {
    EXPECT(LengthRemaining(row.left).NextFiller() == row.first,
           std::to_string(row.left));
  }
  for (const std::uint64_t left : {0U, 1U, 2U, 3U}) {
    fail_if(LengthRemaining(left).NextFiller().has_value());
  }
}
GST_END_TEST

GST_START_TEST(test_whole_unbounded_body_of_fillers) {
  fail_unless(wmhttp::kUnboundedContentLength == 2147483647);
  fail_unless(Fill(LengthRemaining(wmhttp::kUnboundedContentLength)));
}
GST_END_TEST

/// Whatever packets come, a request is always used up to the last byte.
GST_START_TEST(test_random_sessions) {
  Random random;
  for (int round = 0; round < 2000; ++round) {
    LengthRemaining length(12 + random.Below(3000));
    for (;;) {
      const std::size_t kind = random.Below(4);
      const bool end = kind == 0;
      const PacketId id = end         ? PacketId::kEndOfStream
                          : kind == 1 ? PacketId::kStreamChange
                                      : PacketId::kData;
      const std::size_t size = end ? 8 : 9 + random.Below(200);
      if (!length.Admits(id, size, HResult::S_FALSE)) break;
      length.Spend(size);
      EXPECT(Fill(length), std::to_string(length.left()));
      if (length.left() == 0) break;
    }
    EXPECT(Fill(length), std::to_string(round));
  }
}
GST_END_TEST

/// 3.1.4.2.1: three $D of full size; the largest header packet and 4 bytes.
GST_START_TEST(test_minimum_content_length) {
  const struct {
    std::size_t packet_size;
    std::size_t header_size;
    std::uint64_t minimum;
  } kRows[] = {
      {4800, 800, 3 * 4804},     {1, 800, 8 + 800 + 4},
      {100, 300, 8 + 300 + 4},   {100, 299, 3 * 104},
      {100, 301, 8 + 301 + 4},   {65535, 65527, 3 * 65539},
      {1, 65531, 8 + 65531 + 4},
  };
  for (const auto& row : kRows) {
    const std::uint64_t minimum =
        wmhttp::MinimumContentLength(row.packet_size, row.header_size);
    EXPECT(minimum == row.minimum, std::to_string(minimum));
    const LengthRemaining length(minimum);
    EXPECT(length.Admits(PacketId::kHeader, 4 + row.header_size), "$H");
    EXPECT(length.Admits(PacketId::kStreamChange, 8 + row.header_size), "$C");
    EXPECT(length.Admits(PacketId::kData, 4 + row.packet_size), "$D");
  }
}
GST_END_TEST

GST_START_TEST(test_initial_value) {
  const LengthRemaining length;
  fail_unless(length.left() == 0);
  fail_if(length.Admits(PacketId::kData, 5));
  fail_if(length.Admits(PacketId::kEndOfStream, 8));
  fail_if(length.Admits(PacketId::kFiller, 4));
}
GST_END_TEST

Suite* length_remaining_suite() {
  Suite* suite = suite_create("length_remaining");
  TCase* rules = tcase_create("rules");
  suite_add_tcase(suite, rules);
  tcase_add_test(rules, test_initial_value);
  tcase_add_test(rules, test_data_and_header);
  tcase_add_test(rules, test_stream_change);
  tcase_add_test(rules, test_end_of_stream);
  tcase_add_test(rules, test_filler);
  tcase_add_test(rules, test_fillers);
  tcase_add_test(rules, test_whole_unbounded_body_of_fillers);
  tcase_add_test(rules, test_random_sessions);
  tcase_add_test(rules, test_minimum_content_length);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::length_remaining_suite;
GST_CHECK_MAIN(length_remaining)
