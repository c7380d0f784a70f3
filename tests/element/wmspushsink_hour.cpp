// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Pacing over an hour of media, on a clock that only moves when the sink waits
// for it: what adds up would show. What happens to a push in that time happens
// here, too.

#include "common/pubpoint_thread.h"
#include "element/sink_case.h"

#include <gst/check/gsttestclock.h>

#include <atomic>
#include <functional>
#include <thread>

namespace wms::test {
namespace {

using ClockPtr = std::unique_ptr<GstClock, glib::Deleter<gst_object_unref>>;

/// Furthest from its time that a packet may leave, in milliseconds.
constexpr std::int64_t kTolerance = 20;

/// A packet of 200 bytes: what it holds does not matter here.
ByteVector SmallPacket(std::uint32_t send_time_ms) {
  PacketSample sample;
  sample.packet_size = 200;
  sample.send_time_ms = send_time_ms;
  return MakePacket(sample);
}

ByteVector SmallHeader(std::uint8_t id = 1) {
  HeaderSample sample;
  sample.packet_size = 200;
  sample.id = id;
  return MakeHeader(sample);
}

/// A paced sink on a test clock, and the source of a stream that is always
/// ahead of it.
class Stream {
 public:
  Stream() : push_(server_.Url()) {
    UseClock(0);
    push_.Set("sync", TRUE);
    push_.Play(SmallHeader());
  }
  ~Stream() {
    push_.Reach(GST_STATE_NULL);
    if (source_.joinable()) source_.join();
  }

  SinkCase& push() { return push_; }
  PubpointThread& server() { return server_; }

  /// Another clock, which shows @a time; at the latest before PLAYING.
  void UseClock(GstClockTime time) {
    clock_.reset(gst_test_clock_new_with_start_time(time));
    gst_pipeline_use_clock(GST_PIPELINE(push_.pipeline()), clock_.get());
  }
  GstClockTime Now() const { return gst_clock_get_time(clock_.get()); }
  void MoveClock(GstClockTime time) {
    gst_test_clock_set_time(GST_TEST_CLOCK(clock_.get()), time);
  }

  /// Pushes packets of these send times from another thread.
  void Start(std::vector<std::uint32_t> send_times) {
    if (source_.joinable()) source_.join();
    source_ = std::thread([this, times = std::move(send_times)] {
      for (const std::uint32_t time : times) {
        if (push_.Push(SmallPacket(time)) != GST_FLOW_OK) return;
      }
    });
  }
  void AwaitSource() { source_.join(); }

  /// Waits until the sink waits for the clock: all packets before have left.
  GstClockTime NextWait() const {
    GstClockID id = nullptr;
    gst_test_clock_wait_for_next_pending_id(GST_TEST_CLOCK(clock_.get()), &id);
    const GstClockTime time = gst_clock_id_get_time(id);
    gst_clock_id_unref(id);
    return time;
  }
  /// Lets the clock reach what the sink waits for.
  void Crank() { gst_test_clock_crank(GST_TEST_CLOCK(clock_.get())); }

  /// Checks that the next packet leaves at @a due_ms of the clock.
  void ExpectNext(std::int64_t due_ms) {
    NextWait();
    Crank();
    const auto left = static_cast<std::int64_t>(Now() / GST_MSECOND);
    EXPECT(std::llabs(left - due_ms) <= kTolerance,
           "due at " + std::to_string(due_ms) + " ms, left at " +
               std::to_string(left));
  }

 private:
  PubpointThread server_;
  ClockPtr clock_;
  SinkCase push_;
  std::thread source_;
};

/// Send times of an hour, 90 to 110 ms apart, from @a origin on; the sum of
/// the steps is that of 100 ms each.
std::vector<std::uint32_t> AnHour(std::uint32_t origin) {
  std::vector<std::uint32_t> times;
  for (std::uint32_t i = 0; i < 36000; ++i)
    times.push_back(origin + 100 * i + (i % 5) * 10 - (i % 5 == 0 ? 0 : 20));
  return times;
}

void CheckHour(std::uint32_t origin) {
  Stream stream;
  const std::vector<std::uint32_t> times = AnHour(origin);
  stream.Start(times);
  for (const std::uint32_t time : times)
    stream.ExpectNext(static_cast<std::int64_t>(time - origin));
  stream.AwaitSource();
  fail_unless(stream.server().WaitForPackets(times.size()));
  fail_unless_equals_uint64(stream.push().Stat("late-packets"), 0);
  EXPECT(stream.push().messages().Count("WARNING") == 0, "a warning");
}

GST_START_TEST(test_an_hour) {
  CheckHour(0);
}
GST_END_TEST

// Send times wrap 30 minutes on.
GST_START_TEST(test_an_hour_with_a_wrap) {
  CheckHour(0U - 30 * 60 * 1000);
}
GST_END_TEST

// A pause of five minutes, and another clock, which shows another time.
GST_START_TEST(test_an_hour_with_a_pause_and_another_clock) {
  Stream stream;
  const std::vector<std::uint32_t> times = AnHour(0);
  stream.Start(times);
  std::int64_t shift = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (i == 12000 || i == 24000) {
      stream.NextWait();
      stream.push().Reach(GST_STATE_PAUSED);
      const auto paused = static_cast<std::int64_t>(stream.Now());
      std::int64_t resumed =
          paused + 300 * static_cast<std::int64_t>(GST_SECOND);
      if (i == 24000) {
        resumed = 77777 * static_cast<std::int64_t>(GST_SECOND);
        stream.UseClock(static_cast<GstClockTime>(resumed));
      } else {
        stream.MoveClock(static_cast<GstClockTime>(resumed));
      }
      shift += (resumed - paused) / static_cast<std::int64_t>(GST_MSECOND);
      stream.push().Reach(GST_STATE_PLAYING);
    }
    stream.ExpectNext(static_cast<std::int64_t>(times[i]) + shift);
  }
  stream.AwaitSource();
  fail_unless(stream.server().WaitForPackets(times.size()));
}
GST_END_TEST

// Another file behind the first: its times begin at 0 again, and so does the
// pacing, without a word.
GST_START_TEST(test_another_file) {
  Stream stream;
  stream.Start({0, 100, 2000, 5000});
  for (const std::int64_t due : {0, 100, 2000, 5000})
    stream.ExpectNext(due);
  stream.AwaitSource();
  stream.push().PushCaps(SmallHeader(2));
  stream.Start({0, 100, 300});
  for (const std::int64_t due : {5000, 5100, 5300})
    stream.ExpectNext(due);
  stream.AwaitSource();
  EXPECT(stream.push().messages().Count("WARNING") == 0,
         stream.push().messages().AllText());
}
GST_END_TEST

// A short file, whose times are not far back: no packet of the next one leaves
// before it is due.
GST_START_TEST(test_another_short_file) {
  Stream stream;
  stream.Start({0, 100, 500});
  for (const std::int64_t due : {0, 100, 500})
    stream.ExpectNext(due);
  stream.AwaitSource();
  stream.push().PushCaps(SmallHeader(2));
  stream.Start({0, 100, 400});
  for (const std::int64_t due : {500, 600, 900})
    stream.ExpectNext(due);
  stream.AwaitSource();
}
GST_END_TEST

// A seek with a flush to another file.
GST_START_TEST(test_seek_to_another_file) {
  Stream stream;
  stream.Start({0, 100, 6000});
  stream.ExpectNext(0);
  stream.ExpectNext(100);
  stream.NextWait();
  stream.push().PushEvent(gst_event_new_flush_start());
  stream.AwaitSource();
  stream.push().PushEvent(gst_event_new_flush_stop(FALSE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  stream.push().PushEvent(gst_event_new_segment(&segment));
  stream.push().PushCaps(SmallHeader(2));
  stream.Start({9000, 9100, 9300});
  for (const std::int64_t due : {100, 200, 400})
    stream.ExpectNext(due);
  stream.AwaitSource();
  EXPECT(stream.push().messages().Count("WARNING") == 0,
         stream.push().messages().AllText());
}
GST_END_TEST

// Ten seconds behind, the stream catches up at twice its speed, not at once.
GST_START_TEST(test_burst) {
  Stream stream;
  std::vector<std::uint32_t> times;
  for (std::uint32_t i = 0; i < 400; ++i)
    times.push_back(100 * i);
  stream.Start(times);
  stream.ExpectNext(0);
  // The wait for the second packet is over long since when it ends.
  stream.NextWait();
  stream.MoveClock(10 * GST_SECOND);
  stream.Crank();
  std::vector<std::int64_t> left{0, 10000};
  for (std::size_t i = 2; i < times.size(); ++i) {
    stream.NextWait();
    stream.Crank();
    left.push_back(static_cast<std::int64_t>(stream.Now() / GST_MSECOND));
  }
  stream.AwaitSource();
  // In any second no more than two seconds of media, and a burst of one.
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t until = i;
    while (until < left.size() && left[until] < left[i] + 1000)
      ++until;
    EXPECT(until - i <= 32, std::to_string(until - i) + " packets from " +
                                std::to_string(left[i]) + " ms on");
  }
  // In the end it is on time.
  fail_unless_equals_int64(left.back(), times.back());
}
GST_END_TEST

Suite* wmspushsink_hour_suite() {
  Suite* suite = suite_create("wmspushsink_hour");
  TCase* hour = tcase_create("hour");
  suite_add_tcase(suite, hour);
  tcase_add_test(hour, test_an_hour);
  tcase_add_test(hour, test_an_hour_with_a_wrap);
  tcase_add_test(hour, test_an_hour_with_a_pause_and_another_clock);
  TCase* changes = tcase_create("changes");
  suite_add_tcase(suite, changes);
  tcase_add_test(changes, test_another_file);
  tcase_add_test(changes, test_another_short_file);
  tcase_add_test(changes, test_seek_to_another_file);
  tcase_add_test(changes, test_burst);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_hour_suite;
GST_CHECK_MAIN(wmspushsink_hour)
