// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "../../gst/pacer.h"
#include "common/pubpoint_thread.h"
#include "element/sink_case.h"

#include <gst/check/gsttestclock.h>

#include <optional>

namespace wms::test {
namespace {

using gst::Pacer;
using Jump = Pacer::Jump;

constexpr std::int64_t kMs = 1000000;

struct PacerStep {
  std::uint32_t send_time_ms;
  std::int64_t now_ms;
  std::optional<std::int64_t> buffer_ms;
  std::int64_t due_ms;
  Jump jump = Jump::kNone;
  std::int64_t jump_ms = 0;
  std::int64_t leaves_ms = -1;  // -1: when it is due
};

GST_START_TEST(test_pacer) {
  const struct {
    const char* what;
    std::vector<PacerStep> steps;
  } rows[] = {
      {"anchor at now", {{5000, 70, {}, 70}, {5100, 70, {}, 170}}},
      {"anchor at the buffer", {{5000, 70, 90, 90}, {5100, 95, 500, 190}}},
      {"a buffer before now", {{5000, 70, 0, 0}, {5100, 70, {}, 100}}},
      {"a buffer as far as can be", {{0, 0, 5000, 5000}, {9, 0, {}, 5009}}},
      {"as far back", {{0, 6000, 1000, 1000}}},
      {"a buffer too far ahead", {{0, 0, 5001, 0}}},
      {"too far back", {{0, 6001, 1000, 6001}}},
      {"a buffer at 1000 hours",
       {{3600000000U, 10, 3600000000, 10}, {3600000040U, 10, {}, 50}}},
      {"now counts once", {{0, 0, {}, 0}, {100, 1100, {}, 100}}},
      {"late by more than a burst",
       {{0, 0, {}, 0},
        {100, 7777, {}, 100},
        {300, 7777, {}, 300, Jump::kNone, 0, 7877},
        {300, 7877, {}, 300, Jump::kNone, 0, 7877},
        {200, 7877, {}, 200, Jump::kNone, 0, 7877},
        {6877, 7877, {}, 6877, Jump::kNone, 0, 6877},
        {6900, 7877, {}, 6900, Jump::kNone, 0, 6900}}},
      {"the wrap",
       {{0xFFFFFFF0U, 0, {}, 0}, {0x10, 0, {}, 32}, {0x20, 0, {}, 48}}},
      {"small steps back",
       {{5000, 0, {}, 0}, {4000, 0, {}, -1000}, {5100, 0, {}, 100}}},
      {"across the wrap, back",
       {{4, 0, {}, 0}, {0xFFFFFFFCU, 0, {}, -8}, {8, 0, {}, 4}}},
      {"a jump back",
       {{5000, 0, {}, 0},
        {3999, 40, {}, 40, Jump::kBack, 1001},
        {4099, 50, {}, 140}}},
      {"the longest gap", {{0, 0, {}, 0}, {10000, 0, {}, 10000}}},
      {"a jump ahead",
       {{0, 0, {}, 0},
        {10001, 40, {}, 40, Jump::kAhead, 10001},
        {10101, 50, {}, 140}}},
      {"a jump to a buffer's time",
       {{0, 0, 0, 0}, {60000, 40, 45, 45, Jump::kAhead, 60000}}},
      {"two jumps",
       {{0, 0, {}, 0},
        {20000, 5, {}, 5, Jump::kAhead, 20000},
        {0, 9, {}, 9, Jump::kBack, 20000}}},
  };
  for (const auto& row : rows) {
    Pacer pacer;
    for (const PacerStep& step : row.steps) {
      std::optional<std::int64_t> buffer;
      if (step.buffer_ms) buffer = *step.buffer_ms * kMs;
      const Pacer::Departure departure =
          pacer.Schedule(step.send_time_ms, step.now_ms * kMs, buffer);
      const std::string where =
          std::string(row.what) + " at " + std::to_string(step.send_time_ms);
      EXPECT(departure.due == step.due_ms * kMs,
             where + ": due " + std::to_string(departure.due));
      const std::int64_t leaves =
          step.leaves_ms < 0 ? step.due_ms : step.leaves_ms;
      EXPECT(departure.running_time == leaves * kMs,
             where + ": leaves at " + std::to_string(departure.running_time));
      EXPECT(departure.jump == step.jump, where);
      EXPECT(departure.jump_ms == step.jump_ms, where);
    }
  }
}
GST_END_TEST

// A stream that goes on for more than 2^31 and 2^32 ms.
GST_START_TEST(test_pacer_goes_on) {
  Pacer pacer;
  pacer.Schedule(0, 0, {});
  for (std::int64_t ms = 9000; ms < 9000000000; ms += 9000) {
    const Pacer::Departure departure =
        pacer.Schedule(static_cast<std::uint32_t>(ms), 0, {});
    EXPECT(departure.running_time == ms * kMs, std::to_string(ms));
    EXPECT(departure.jump == Jump::kNone, std::to_string(ms));
  }
}
GST_END_TEST

GST_START_TEST(test_pacer_reset) {
  Pacer pacer;
  pacer.Schedule(5000, 0, {});
  pacer.Reset();
  const Pacer::Departure departure = pacer.Schedule(60000, 7 * kMs, {});
  fail_unless(departure.running_time == 7 * kMs);
  fail_unless(departure.jump == Jump::kNone);
}
GST_END_TEST

/// A paced sink whose clock only moves when the test says so.
struct Paced {
  Paced() : push(server.Url()) {
    gst_pipeline_use_clock(GST_PIPELINE(push.pipeline()), clock());
    push.Set("sync", TRUE);
  }
  ~Paced() { push.Reach(GST_STATE_NULL); }

  GstClock* clock() const { return GST_CLOCK(owned.get()); }
  GstTestClock* test_clock() const { return GST_TEST_CLOCK(owned.get()); }

  /// Waits until the sink waits for the clock, and says until when.
  GstClockTime NextWait() const {
    GstClockID id = nullptr;
    gst_test_clock_wait_for_next_pending_id(test_clock(), &id);
    const GstClockTime time = gst_clock_id_get_time(id);
    gst_clock_id_unref(id);
    return time;
  }

  /// Checks that exactly @a sent packets are out and that the next one is due
  /// @a due_ms after the start, and lets it go then.
  void Expect(std::size_t sent, std::int64_t due_ms) {
    ExpectMs(NextWait(), due_ms);
    fail_unless(server.WaitForPackets(sent));
    fail_unless_equals_int(server.Snapshot().packets.size(), sent);
    fail_unless_equals_uint64(push.Stat("packets-sent"), sent);
    fail_unless(gst_test_clock_crank(test_clock()));
  }

  static void ExpectMs(GstClockTime time, std::int64_t ms) {
    EXPECT(time == static_cast<GstClockTime>(ms) * GST_MSECOND,
           std::to_string(time) + " ns, not " + std::to_string(ms) + " ms");
  }

  const std::unique_ptr<GstClock, glib::Deleter<gst_object_unref>> owned{
      gst_test_clock_new()};
  PubpointThread server;
  SinkCase push;
};

GST_START_TEST(test_sync) {
  Paced paced;
  paced.push.Play(MakeHeader());
  std::future<GstFlowReturn> flow = paced.push.PushLater(MakePackets(6));
  for (std::size_t i = 0; i < 6; ++i)
    paced.Expect(i, static_cast<std::int64_t>(100 * i));
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
  fail_unless(paced.server.WaitForPackets(6));
  fail_unless_equals_uint64(paced.push.Stat("late-packets"), 0);
}
GST_END_TEST

// Packets in one buffer are paced each by itself.
GST_START_TEST(test_sync_within_a_buffer) {
  Paced paced;
  paced.push.Play(MakeHeader());
  ByteVector all;
  for (const ByteVector& packet : MakePackets(4))
    Append(all, packet);
  std::future<GstFlowReturn> flow = paced.push.PushLater({all});
  for (std::size_t i = 0; i < 4; ++i)
    paced.Expect(i, static_cast<std::int64_t>(100 * i));
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
}
GST_END_TEST

// The clock goes on during a pause, the stream does not.
GST_START_TEST(test_pause) {
  Paced paced;
  paced.push.Play(MakeHeader());
  std::future<GstFlowReturn> flow = paced.push.PushLater(MakePackets(4));
  paced.Expect(0, 0);
  paced.Expect(1, 100);
  Paced::ExpectMs(paced.NextWait(), 200);
  paced.push.Reach(GST_STATE_PAUSED);
  gst_test_clock_set_time(paced.test_clock(), 7 * GST_SECOND);
  fail_unless(paced.server.WaitForPackets(2));
  fail_unless_equals_int(paced.server.Snapshot().packets.size(), 2);
  paced.push.Reach(GST_STATE_PLAYING);
  paced.Expect(2, 7000 - 100 + 200);
  paced.Expect(3, 7000 - 100 + 300);
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
}
GST_END_TEST

GST_START_TEST(test_latency) {
  Paced paced;
  paced.push.Play(MakeHeader());
  const std::vector<ByteVector> packets = MakePackets(3);
  std::future<GstFlowReturn> flow =
      std::async(std::launch::async, [&]() -> GstFlowReturn {
        // At its own running time, and the latency later.
        const GstFlowReturn first =
            paced.push.Push(packets[0], 100 * GST_MSECOND);
        return first != GST_FLOW_OK ? first : paced.push.Push(packets[1]);
      });
  Paced::ExpectMs(paced.NextWait(), 100);
  gst_element_send_event(paced.push.sink(),
                         gst_event_new_latency(300 * GST_MSECOND));
  paced.Expect(0, 100);
  paced.Expect(1, 500);
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
}
GST_END_TEST

GST_START_TEST(test_late_packets) {
  Paced paced;
  paced.push.Play(MakeHeader());
  const std::vector<ByteVector> packets = MakePackets(3);
  std::future<GstFlowReturn> flow = paced.push.PushLater(packets);
  paced.Expect(0, 0);
  // The wait for the second has begun in time, that for the third has not.
  Paced::ExpectMs(paced.NextWait(), 100);
  gst_test_clock_set_time(paced.test_clock(), GST_SECOND);
  paced.Expect(1, 100);
  paced.Expect(2, 200);
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
  fail_unless_equals_uint64(paced.push.Stat("late-packets"), 1);
}
GST_END_TEST

GST_START_TEST(test_no_sync) {
  Paced paced;
  paced.push.Set("sync", FALSE);
  paced.push.Play(MakeHeader());
  EXPECT_FLOW(paced.push.PushAll(MakePackets(100)), GST_FLOW_OK);
  fail_unless_equals_int(gst_test_clock_peek_id_count(paced.test_clock()), 0);
  fail_unless(paced.server.WaitForPackets(100));
}
GST_END_TEST

// Nothing waits for the clock when the sink stops.
GST_START_TEST(test_stop_while_waiting) {
  Paced paced;
  paced.push.Play(MakeHeader());
  std::future<GstFlowReturn> flow = paced.push.PushLater(MakePackets(4));
  paced.Expect(0, 0);
  Paced::ExpectMs(paced.NextWait(), 100);
  paced.push.Reach(GST_STATE_READY);
  EXPECT_FLOW(Get(flow), GST_FLOW_FLUSHING);
}
GST_END_TEST

/// Runs @a description in front of a paced sink until EOS and returns its
/// warnings.
std::string WarningsOf(const std::string& description) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.Set("sync", TRUE);
  push.Feed(description);
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("EOS");
  EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
  fail_unless(!server.Snapshot().packets.empty());
  if (push.messages().Count("WARNING") == 0) return "";
  EXPECT(push.messages().Count("WARNING") == 1, push.messages().Order());
  return push.messages().TheFault("WARNING").text;
}

const char* const kVideo =
    "videotestsrc num-buffers=20 ! video/x-raw,width=160,height=120,"
    "framerate=30/1 ! avenc_wmv2 ";
const char* const kAudio =
    "audiotestsrc num-buffers=20 samplesperbuffer=1024 ! "
    "audio/x-raw,rate=44100,channels=1 ! audioconvert ! avenc_wmav2 ";
const char* const kCure = "identity single-segment=true";

GST_START_TEST(test_encoder_origin) {
  const std::string warning =
      WarningsOf(std::string(kVideo) + "! asfmux streamable=true");
  EXPECT(warning.find(kCure) != std::string::npos, warning);
  EXPECT(warning.find("1000 hours") != std::string::npos, warning);
}
GST_END_TEST

GST_START_TEST(test_encoder_origin_with_audio) {
  const std::string warning = WarningsOf(
      std::string(kVideo) + "! queue ! asfmux name=mux streamable=true " +
      kAudio + "! queue ! mux.");
  EXPECT(warning.find(kCure) != std::string::npos, warning);
  EXPECT(warning.find("jump") != std::string::npos, warning);
}
GST_END_TEST

GST_START_TEST(test_cured) {
  const std::string cure = std::string("! ") + kCure;
  EXPECT_TEXT(WarningsOf(kVideo + cure + " ! asfmux streamable=true"), "");
  EXPECT_TEXT(
      WarningsOf(kVideo + cure + " ! queue ! asfmux name=mux streamable=true " +
                 kAudio + cure + " ! queue ! mux."),
      "");
}
GST_END_TEST

Suite* wmspushsink_pacing_suite() {
  Suite* suite = suite_create("wmspushsink_pacing");
  TCase* pacer = tcase_create("pacer");
  suite_add_tcase(suite, pacer);
  tcase_add_test(pacer, test_pacer);
  tcase_add_test(pacer, test_pacer_goes_on);
  tcase_add_test(pacer, test_pacer_reset);
  TCase* element = tcase_create("element");
  suite_add_tcase(suite, element);
  tcase_add_test(element, test_sync);
  tcase_add_test(element, test_sync_within_a_buffer);
  tcase_add_test(element, test_pause);
  tcase_add_test(element, test_latency);
  tcase_add_test(element, test_late_packets);
  tcase_add_test(element, test_no_sync);
  tcase_add_test(element, test_stop_while_waiting);
  TCase* encoders = tcase_create("encoders");
  suite_add_tcase(suite, encoders);
  tcase_add_test(encoders, test_encoder_origin);
  tcase_add_test(encoders, test_encoder_origin_with_audio);
  tcase_add_test(encoders, test_cured);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_pacing_suite;
GST_CHECK_MAIN(wmspushsink_pacing)
