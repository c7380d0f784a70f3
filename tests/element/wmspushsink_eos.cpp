// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "common/small_window.h"
#include "element/sink_case.h"
#include "loopback/scripted_server.h"

namespace wms::test {
namespace {

/// A server that takes a header and then nothing more until @a go.
Script Stalling(const Gate& go) {
  return Script().Setup().ReadRequest().ReadPackets(1).Await(go);
}

/// The end of a flush, and a segment for what follows.
void EndFlush(SinkCase& push) {
  fail_unless(push.PushEvent(gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(push.PushEvent(gst_event_new_segment(&segment)));
}

GST_START_TEST(test_order) {
  PubpointThread server;
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(24);
  push.Play(MakeHeader());
  EXPECT_FLOW(push.PushAll(packets), GST_FLOW_OK);
  push.messages().WaitFor("ASYNC-DONE");
  push.messages().Clear();
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  EXPECT_TEXT(push.messages().Order(),
              "close-start end-of-streaming stopped closed close-complete EOS");
  // What the messages say has happened by then.
  const Received received = server.Snapshot();
  fail_unless_equals_int(received.packets.size(), packets.size());
  fail_unless(received.ends == std::vector<std::uint32_t>{0});
  EXPECT(received.violations.empty(), received.violations.front());
  guint64 sent = 0;
  fail_unless(gst_structure_get_uint64(push.messages().Status("closed").get(),
                                       "packets-sent", &sent));
  fail_unless_equals_uint64(sent, packets.size());
}
GST_END_TEST

GST_START_TEST(test_no_data) {
  PubpointThread server;
  {
    SinkCase push(server.Url());
    push.SetState(GST_STATE_PLAYING);
    push.messages().WaitFor("opened");
    push.Begin();
    fail_unless(push.PushEos());
    push.messages().WaitFor("EOS");
    EXPECT_TEXT(push.messages().Statuses(),
                "locating connecting opened closed");
    EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
  }
  fail_unless_equals_int(server.Snapshot().starts, 0);
}
GST_END_TEST

GST_START_TEST(test_header_alone) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play(MakeHeader());
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  EXPECT_TEXT(push.messages().Statuses(),
              "locating connecting opened started end-of-streaming stopped "
              "closed");
  fail_unless_equals_int(server.Snapshot().headers.size(), 1);
}
GST_END_TEST

// Nothing has been sent, so there is nothing to wait for.
GST_START_TEST(test_while_connecting) {
  const Gate asked;
  const Gate never;
  ScriptedServer server;
  server.Run(Script().Accept().ReadRequest().Open(asked).Await(never));
  SinkCase push(server.Url());
  push.SetState(GST_STATE_PLAYING);
  push.Begin();
  fail_unless(asked.Wait());
  std::future<bool> eos = push.EosLater();
  fail_unless(Get(eos));
  push.messages().WaitFor("EOS");
  EXPECT_TEXT(push.messages().Statuses(), "locating connecting closed");
  EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
}
GST_END_TEST

// A stream can be so short that it is over before the server refuses it.
GST_START_TEST(test_refused_behind_the_end) {
  ScriptedServer server;
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(3)
                 .Send(MakeResponse("403 Forbidden", "Connection: close\r\n"))
                 .CloseWrite()
                 .ReadToEnd());
  SinkCase push(server.Url());
  push.Play(MakeHeader());
  EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_OK);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  const Report warning = push.messages().TheFault("WARNING");
  EXPECT_TEXT(warning.Field("hresult-name"), "NS_E_REFUSED_BY_SERVER");
  fail_unless_equals_int(warning.http_status(), 403);
  EXPECT_TEXT(warning.Field("location"), server.Url());
  EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
}
GST_END_TEST

/// Pushes packets until the server's window and the socket's buffer are full.
std::future<GstFlowReturn> FillUp(SinkCase& push, const ByteVector& packet) {
  std::future<GstFlowReturn> flow =
      push.PushLater(std::vector<ByteVector>(20000, packet));
  guint64 before = 0;
  // The buffer is full when nothing more goes out for a while.
  do {
    before = push.Stat("bytes-sent");
  } while (flow.wait_for(std::chrono::milliseconds(300)) !=
               std::future_status::ready &&
           (push.Stat("bytes-sent") != before || before == 0));
  return flow;
}

/// Pushes more packets than the server's window takes, and fewer than may wait
/// for it here. Nobody tells when the server's system has acknowledged what
/// it will: so what waits has to stay there for a while.
void FillWindow(SinkCase& push) {
  constexpr guint64 kWaiting = 100000;
  const Gate never;
  do {
    while (push.Stat("send-queue") < kWaiting)
      EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_OK);
    never.Wait(std::chrono::milliseconds(200));
  } while (push.Stat("send-queue") < kWaiting);
}

// A server that reads nothing and never closes holds EOS up no longer than
// end-session-timeout says, whether $E went into the socket's buffer or not.
GST_START_TEST(test_dead_server) {
  for (const bool full : {true, false}) {
    const Gate never;
    ScriptedServer server({.receive_buffer = kSmallWindow});
    server.Run(Stalling(never));
    SinkCase push(server.Url());
    push.Set("end-session-timeout", 1U);
    push.Play(MakeHeader());
    if (full) {
      // A flush, so that EOS need not queue behind what is stuck.
      std::future<GstFlowReturn> flow = FillUp(push, MakePacket());
      fail_unless(push.PushEvent(gst_event_new_flush_start()));
      EXPECT_FLOW(Get(flow), GST_FLOW_FLUSHING);
      EndFlush(push);
    } else {
      FillWindow(push);
    }
    std::future<bool> eos;
    const auto took = TimeOf([&] {
      eos = push.EosLater();
      push.messages().WaitFor("EOS");
    });
    fail_unless(Get(eos));
    EXPECT(took >= std::chrono::milliseconds(900) &&
               took < std::chrono::milliseconds(4000),
           std::to_string(took.count()) + " ms");
    EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
    fail_unless_equals_int(push.messages().Count("closed"), 1);
    // A full socket may still take $E, which is small; if not, it says so.
    const bool taken = push.messages().Count("end-of-streaming") > 0;
    fail_unless(full || taken);
    EXPECT(push.messages().Count("WARNING") == 1, push.messages().Order());
    EXPECT_TEXT(push.messages().TheFault("WARNING").Field("hresult-name"),
                "NS_E_CONNECTION_FAILURE");
  }
}
GST_END_TEST

// A state change does not wait for the end of the stream to arrive.
GST_START_TEST(test_interrupted) {
  for (const GstState state : {GST_STATE_READY, GST_STATE_NULL}) {
    const Gate never;
    ScriptedServer server({.receive_buffer = kSmallWindow});
    server.Run(Stalling(never));
    SinkCase push(server.Url());
    push.Set("end-session-timeout", 3600U);
    push.Play(MakeHeader());
    FillWindow(push);
    std::future<bool> eos = push.EosLater();
    push.messages().WaitFor("close-start");
    const auto took = TimeOf([&] { push.Reach(state); });
    EXPECT(took < kAtOnce, std::to_string(took.count()) + " ms");
    Get(eos);
    push.messages().WaitFor("closed");
    fail_unless_equals_int(push.messages().Count("EOS"), 0);
    fail_unless_equals_int(push.messages().Count("ERROR"), 0);
  }
}
GST_END_TEST

// A pause in the middle of the end delays it, and it comes when playing goes
// on.
GST_START_TEST(test_paused_in_between) {
  const Gate go;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Stalling(go).ReadToEnd().Close());
  SinkCase push(server.Url());
  push.Set("end-session-timeout", 3600U);
  push.Play(MakeHeader());
  std::future<GstFlowReturn> flow = FillUp(push, MakePacket());
  // The packet that is stuck is not the last, so EOS would wait behind it:
  // what is left of the push is dropped by a flush.
  fail_unless(push.PushEvent(gst_event_new_flush_start()));
  EXPECT_FLOW(Get(flow), GST_FLOW_FLUSHING);
  EndFlush(push);
  std::future<bool> eos = push.EosLater();
  push.messages().WaitFor("close-start");
  push.Reach(GST_STATE_PAUSED);
  fail_unless_equals_int(push.messages().Count("EOS"), 0);
  go.Open();
  push.Reach(GST_STATE_PLAYING);
  push.messages().WaitFor("EOS");
  fail_unless(Get(eos));
  server.Finish();
  const std::vector<WirePacket> packets = server.recording().Packets();
  fail_unless(packets.back().id == wmhttp::PacketId::kEndOfStream);
  EXPECT(server.recording().requests.back().malformed.empty(),
         server.recording().requests.back().malformed);
}
GST_END_TEST

// After an error there is no session to end: EOS comes at once, without
// further messages.
GST_START_TEST(test_after_an_error) {
  PubpointThread server(ExistingOnly());
  SinkCase push(server.Url());
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("ERROR");
  // An error ends a state change under way; data flows in PLAYING.
  push.SetState(GST_STATE_PLAYING);
  push.Begin(MakeHeader());
  EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_ERROR);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  fail_unless_equals_int(push.messages().Count("ERROR"), 1);
  fail_unless_equals_int(push.messages().Count("WARNING"), 0);
  fail_unless_equals_int(push.messages().Count("close-start"), 0);
}
GST_END_TEST

// What comes behind EOS cannot be sent any more, and the sink says so.
GST_START_TEST(test_data_after_eos) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play(MakeHeader());
  EXPECT_FLOW(push.PushAll(MakePackets(3)), GST_FLOW_OK);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  fail_unless(push.PushEvent(gst_event_new_flush_start()));
  EndFlush(push);
  EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_ERROR);
  EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_ERROR);
  EXPECT(push.messages().Count("ERROR") == 1, push.messages().Order());
  EXPECT_TEXT(push.messages().TheFault("ERROR").Field("hresult-name"),
              "NS_E_NOCONNECTION");
}
GST_END_TEST

Suite* wmspushsink_eos_suite() {
  Suite* suite = suite_create("wmspushsink_eos");
  TCase* orderly = tcase_create("orderly");
  suite_add_tcase(suite, orderly);
  tcase_add_test(orderly, test_order);
  tcase_add_test(orderly, test_no_data);
  tcase_add_test(orderly, test_header_alone);
  tcase_add_test(orderly, test_while_connecting);
  tcase_add_test(orderly, test_refused_behind_the_end);
  tcase_add_test(orderly, test_after_an_error);
  tcase_add_test(orderly, test_data_after_eos);
  TCase* stuck = tcase_create("stuck");
  suite_add_tcase(suite, stuck);
  tcase_add_test(stuck, test_dead_server);
  tcase_add_test(stuck, test_interrupted);
  tcase_add_test(stuck, test_paused_in_between);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_eos_suite;
GST_CHECK_MAIN(wmspushsink_eos)
