// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/stream_rate.h"

#include <gst/check/gstcheck.h>
// A macro of check's that the standard streams have a member of the name of.
#undef fail

#include <initializer_list>

// How much a stream sends in a second.

namespace wms {
namespace {

constexpr std::size_t kPacket = 1000;

/// Adds @a count packets, @a step_ms apart; how often the rate has changed.
unsigned Add(StreamRate& rate, std::uint32_t& time_ms, unsigned count,
             std::uint32_t step_ms, std::size_t size = kPacket) {
  unsigned changes = 0;
  for (; count > 0; --count) {
    changes += rate.Add(time_ms, size) ? 1 : 0;
    time_ms += step_ms;
  }
  return changes;
}

GST_START_TEST(test_stated) {
  StreamRate rate;
  rate.Reset(12345);
  std::uint32_t time_ms = 0;
  fail_unless_equals_int(Add(rate, time_ms, 1000, 10), 0);
  fail_unless_equals_uint64(rate.bytes_per_second(), 12345);
}
GST_END_TEST

GST_START_TEST(test_measured) {
  StreamRate rate;
  std::uint32_t time_ms = 5000;
  // Nothing is known before there is enough of it.
  Add(rate, time_ms, 200, 10);
  fail_unless_equals_uint64(rate.bytes_per_second(), 0);
  fail_unless_equals_int(Add(rate, time_ms, 1, 10), 1);
  // 201 packets in 2 s.
  fail_unless_equals_uint64(rate.bytes_per_second(), 100500);
  // A rate that stays about the same is no news.
  fail_unless_equals_int(Add(rate, time_ms, 2000, 10, kPacket * 11 / 10), 0);
  // One that doubles is; after one span it is all of the new rate.
  fail_unless(Add(rate, time_ms, 1000, 10, kPacket * 2) >= 1);
  fail_unless(rate.bytes_per_second() >= 150000);
  fail_unless(rate.bytes_per_second() <= 201000);
}
GST_END_TEST

GST_START_TEST(test_send_times) {
  StreamRate rate;
  // They wrap.
  std::uint32_t time_ms = 0xFFFFFFFF - 1000;
  Add(rate, time_ms, 201, 10);
  fail_unless_equals_uint64(rate.bytes_per_second(), 100500);
  // They jump, forth or back: the span begins anew, the rate stays.
  for (const std::uint32_t to : {time_ms + 3600000, std::uint32_t{7}}) {
    time_ms = to;
    fail_unless_equals_int(Add(rate, time_ms, 200, 10), 0);
    fail_unless_equals_uint64(rate.bytes_per_second(), 100500);
  }
  // All the same: there is no rate to find, and no division by 0.
  StreamRate still;
  time_ms = 9;
  fail_unless_equals_int(Add(still, time_ms, 100000, 0), 0);
  fail_unless_equals_uint64(still.bytes_per_second(), 0);
}
GST_END_TEST

GST_START_TEST(test_another_stream) {
  StreamRate rate;
  rate.Reset(1000);
  rate.Reset(0);
  fail_unless_equals_uint64(rate.bytes_per_second(), 0);
  std::uint32_t time_ms = 0;
  Add(rate, time_ms, 201, 10);
  fail_unless_equals_uint64(rate.bytes_per_second(), 100500);
  rate.Reset(0);
  fail_unless_equals_uint64(rate.bytes_per_second(), 0);
}
GST_END_TEST

Suite* stream_rate_suite() {
  Suite* suite = suite_create("stream_rate");
  TCase* tcase = tcase_create("rate");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_stated);
  tcase_add_test(tcase, test_measured);
  tcase_add_test(tcase, test_send_times);
  tcase_add_test(tcase, test_another_stream);
  return suite;
}

}  // namespace
}  // namespace wms

using wms::stream_rate_suite;
GST_CHECK_MAIN(stream_rate)
