// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "common/small_window.h"
#include "element/sink_case.h"
#include "loopback/scripted_server.h"

namespace wms::test {
namespace {

std::vector<ByteVector> RestoredAll(const std::vector<ByteVector>& packets) {
  std::vector<ByteVector> restored;
  for (const ByteVector& packet : packets)
    restored.push_back(Restored(Stripped(packet), packet.size()));
  return restored;
}

GST_START_TEST(test_pauses) {
  PubpointThread server;
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(2000);
  push.Play(MakeHeader());
  std::future<GstFlowReturn> flow = push.PushLater(packets);
  for (std::size_t i = 1; i <= 20; ++i) {
    fail_unless(server.WaitForPackets(i));
    push.Reach(GST_STATE_PAUSED);
    push.Reach(GST_STATE_PLAYING);
  }
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  const Received received = server.Snapshot();
  EXPECT(received.violations.empty(), received.violations.front());
  fail_unless(received.packets == RestoredAll(packets));
}
GST_END_TEST

/// Waits until what is sent does not become more: the peer takes nothing and
/// all buffers are full.
void AwaitFull(const SinkCase& push, std::future<GstFlowReturn>& flow) {
  guint64 before = 0;
  for (;;) {
    const guint64 sent = push.Stat("bytes-sent");
    if (sent == before && sent > 100000) return;
    before = sent;
    EXPECT(flow.wait_for(std::chrono::milliseconds(200)) !=
               std::future_status::ready,
           "the buffers do not fill up");
  }
}

// Pauses while a packet is stuck half-way: it goes on where it was cut short.
GST_START_TEST(test_pauses_while_stuck) {
  const Gate go;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(1)
                 .Await(go)
                 .ReadToEnd()
                 .Close());
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(2000);
  push.Play(MakeHeader());
  std::future<GstFlowReturn> flow = push.PushLater(packets);
  AwaitFull(push, flow);
  for (int i = 0; i < 20; ++i) {
    const auto took = TimeOf([&] {
      push.Reach(GST_STATE_PAUSED);
      push.Reach(GST_STATE_PLAYING);
    });
    EXPECT(took < kAtOnce, std::to_string(took.count()) + " ms");
  }
  go.Open();
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  server.Finish();
  const std::vector<WirePacket> wire = server.recording().Packets();
  fail_unless_equals_int(wire.size(), 1 + packets.size() + 1);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT(wire[i + 1].payload == Stripped(packets[i]),
           "packet " + std::to_string(i));
  }
}
GST_END_TEST

// The element alone is paused while it waits for data, and played again
// before any comes: the base class does that by itself.
GST_START_TEST(test_pause_taken_back) {
  PubpointThread server;
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(10);
  push.Play(MakeHeader());
  EXPECT_FLOW(push.Push(packets[0]), GST_FLOW_OK);
  push.Reach(GST_STATE_PLAYING);
  fail_unless(gst_element_set_state(push.sink(), GST_STATE_PAUSED) ==
              GST_STATE_CHANGE_ASYNC);
  gst_element_set_state(push.sink(), GST_STATE_PLAYING);
  std::future<GstFlowReturn> flow =
      push.PushLater({packets.begin() + 1, packets.end()});
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
  fail_unless(server.WaitForPackets(packets.size()));
  push.Reach(GST_STATE_PLAYING);
}
GST_END_TEST

// A push cannot be stepped through; asking for it does no harm.
GST_START_TEST(test_step_is_refused) {
  PubpointThread server;
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(10);
  push.Play(MakeHeader());
  std::future<GstFlowReturn> flow = push.PushLater(packets);
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
  push.Reach(GST_STATE_PLAYING);
  flow = push.PushLater(packets);
  gst_element_set_state(push.pipeline(), GST_STATE_PAUSED);
  fail_if(gst_element_send_event(
      push.pipeline(),
      gst_event_new_step(GST_FORMAT_BUFFERS, 1, 1, TRUE, FALSE)));
  push.SetState(GST_STATE_PLAYING);
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
  fail_unless(server.WaitForPackets(2 * packets.size()));
}
GST_END_TEST

// A flush drops what has not begun, and the stream goes on with a packet.
GST_START_TEST(test_flush) {
  PubpointThread server;
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(20);
  push.Play(MakeHeader());
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_FLOW(push.Push(packets[i]), GST_FLOW_OK);
    // The pipeline gets its state back after a flush in a thread of its own.
    // When that meets the next flush or EOS, GStreamer 1.22 can leave a sink
    // in PAUSED, fakesink as well, and EOS waits for ever.
    if (i == 0 || i % 5 == 4) push.Reach(GST_STATE_PLAYING);
    if (i % 5 != 3) continue;
    // A part of a packet is lost with the rest of it.
    EXPECT_FLOW(push.Push(Bytes(packets[0]).first(400)), GST_FLOW_OK);
    fail_unless(push.PushEvent(gst_event_new_flush_start()));
    fail_unless(push.PushEvent(gst_event_new_flush_stop(TRUE)));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    fail_unless(push.PushEvent(gst_event_new_segment(&segment)));
  }
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  const Received received = server.Snapshot();
  EXPECT(received.violations.empty(), received.violations.front());
  fail_unless_equals_int(received.headers.size(), 1);
  fail_unless(received.packets == RestoredAll(packets));
}
GST_END_TEST

// A flush while a packet is stuck half-way: that one is finished, or the
// framing would be lost.
void FlushWhileStuck(bool in_list) {
  const Gate go;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(1)
                 .Await(go)
                 .ReadToEnd()
                 .Close());
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(2000);
  push.Play(MakeHeader());
  std::future<GstFlowReturn> flow =
      in_list ? std::async(std::launch::async,
                           [&] { return push.PushList(packets); })
              : push.PushLater(packets);
  AwaitFull(push, flow);
  fail_unless(push.PushEvent(gst_event_new_flush_start()));
  EXPECT_FLOW(Get(flow), GST_FLOW_FLUSHING);
  fail_unless(push.PushEvent(gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(push.PushEvent(gst_event_new_segment(&segment)));
  go.Open();
  const ByteVector last = MakePacket({.number = 77});
  EXPECT_FLOW(push.Push(last), GST_FLOW_OK);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  server.Finish();
  const Recording recording = server.recording();
  EXPECT(recording.requests.back().malformed.empty(),
         recording.requests.back().malformed);
  const std::vector<WirePacket> wire = recording.Packets();
  fail_unless(wire.size() < packets.size());
  for (std::size_t i = 1; i + 2 < wire.size(); ++i) {
    EXPECT(wire[i].payload == Stripped(packets[i - 1]),
           "packet " + std::to_string(i));
  }
  fail_unless(wire[wire.size() - 2].payload == Stripped(last));
}

GST_START_TEST(test_flush_while_stuck) {
  FlushWhileStuck(false);
}
GST_END_TEST

// In a list, too: what was taken of it goes first, and none twice.
GST_START_TEST(test_flush_within_a_list) {
  FlushWhileStuck(true);
}
GST_END_TEST

Suite* wmspushsink_pauses_suite() {
  Suite* suite = suite_create("wmspushsink_pauses");
  TCase* running = tcase_create("running");
  suite_add_tcase(suite, running);
  tcase_add_test(running, test_pauses);
  tcase_add_test(running, test_pauses_while_stuck);
  tcase_add_test(running, test_pause_taken_back);
  tcase_add_test(running, test_step_is_refused);
  tcase_add_test(running, test_flush);
  tcase_add_test(running, test_flush_while_stuck);
  tcase_add_test(running, test_flush_within_a_list);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_pauses_suite;
GST_CHECK_MAIN(wmspushsink_pauses)
