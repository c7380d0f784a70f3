// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "element/sink_case.h"
#include "loopback/scripted_server.h"

namespace wms::test {
namespace {

GST_START_TEST(test_bad_locations) {
  const struct {
    const char* location;  // null for none
    guint hresult;
    const char* name;
  } rows[] = {
      {nullptr, 0x80070057, "E_INVALIDARG"},
      {"", 0x80070057, "E_INVALIDARG"},
      {"live", 0x80070057, "E_INVALIDARG"},
      {"http://host\n/live", 0x80070057, "E_INVALIDARG"},
      {"ftp://host/live", 0xC00D2EE0, "NS_E_UNKNOWN_PROTOCOL"},
      {"https://host/live", 0xC00D2EE0, "NS_E_UNKNOWN_PROTOCOL"},
      {"mms://host/live", 0xC00D2EE0, "NS_E_UNKNOWN_PROTOCOL"},
      {"http:///live", 0xC00D001C, "NS_E_INVALID_NAME"},
      {"http://", 0xC00D001C, "NS_E_INVALID_NAME"},
      {"http://a..b/live", 0xC00D001C, "NS_E_INVALID_NAME"},
      {"wmspush://", 0xC00D001C, "NS_E_INVALID_NAME"},
      {"http://user:pa/55word@host/live", 0x80070057, "E_INVALIDARG"},
  };
  for (const auto& row : rows) {
    const std::string what = row.location != nullptr ? row.location : "null";
    SinkCase push("");
    push.Set("location", row.location);
    EXPECT(push.SetState(GST_STATE_READY) == GST_STATE_CHANGE_FAILURE, what);
    EXPECT_TEXT(push.messages().Order(), "ERROR");
    const Report error = push.messages().TheFault("ERROR");
    EXPECT(error.domain == GST_RESOURCE_ERROR, what);
    EXPECT(error.code == GST_RESOURCE_ERROR_SETTINGS, what);
    EXPECT(error.hresult() == row.hresult, what + ": " + error.debug);
    EXPECT_TEXT(error.Field("hresult-name"), row.name);
    EXPECT(error.debug.find(row.name) != std::string::npos, error.debug);
    EXPECT(push.messages().AllText().find("55word@") == std::string::npos,
           push.messages().AllText());
    // It works as soon as the location does.
    push.Set("location", "http://127.0.0.1:8080/live");
    push.Reach(GST_STATE_READY);
  }
}
GST_END_TEST

// A location that was replaced in READY is looked at, too.
GST_START_TEST(test_bad_location_in_ready) {
  SinkCase push("http://127.0.0.1/live");
  push.Reach(GST_STATE_READY);
  push.Set("location", "ftp://host/live");
  EXPECT(push.SetState(GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE, "PAUSED");
  EXPECT_TEXT(push.messages().Order(), "ERROR");
}
GST_END_TEST

GST_START_TEST(test_paused_connects) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.Reach(GST_STATE_READY);
  EXPECT_TEXT(push.messages().Order(), "");
  EXPECT(push.SetState(GST_STATE_PAUSED) == GST_STATE_CHANGE_ASYNC, "PAUSED");
  push.messages().WaitFor("connect-complete");
  EXPECT_TEXT(push.messages().Order(),
              "locating connect-start connecting connect-continue opened "
              "connect-complete");
  const StructurePtr status = push.messages().Status("opened");
  for (const char* field : {"hresult-name", "message", "location"}) {
    EXPECT(gst_structure_has_field_typed(status.get(), field, G_TYPE_STRING),
           field);
  }
  for (const char* field : {"running-time", "bytes-sent", "packets-sent"}) {
    EXPECT(gst_structure_has_field_typed(status.get(), field, G_TYPE_UINT64),
           field);
  }
  EXPECT_TEXT(gst_structure_get_string(status.get(), "hresult-name"), "S_OK");
  EXPECT_TEXT(gst_structure_get_string(status.get(), "location"), server.Url());
}
GST_END_TEST

GST_START_TEST(test_silent_server) {
  const Gate asked;
  const Gate never;
  ScriptedServer server;
  server.Run(Script().Accept().ReadRequest().Open(asked).Await(never));
  SinkCase push(server.Url());
  auto took = TimeOf([&] { push.SetState(GST_STATE_PLAYING); });
  EXPECT(took < kAtOnce, std::to_string(took.count()) + " ms");
  fail_unless(asked.Wait());
  // The header waits for the server, and holds nothing up.
  std::future<void> begun =
      std::async(std::launch::async, [&] { push.Begin(MakeHeader()); });
  took = TimeOf([&] { push.Reach(GST_STATE_READY); });
  EXPECT(took < kAtOnce, std::to_string(took.count()) + " ms");
  Get(begun);
  EXPECT_TEXT(push.messages().Statuses(), "locating connecting closed");
  EXPECT(push.messages().Count("connect-canceled") == 1,
         push.messages().Order());
  EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
}
GST_END_TEST

// A live pipeline does not wait in PAUSED, where a header may wait for the
// server.
GST_START_TEST(test_silent_server_live) {
  const Gate asked;
  const Gate never;
  ScriptedServer server;
  server.Run(Script().Accept().ReadRequest().Open(asked).Await(never));
  SinkCase push(server.Url());
  push.Set("async", FALSE);
  push.SetState(GST_STATE_PAUSED);
  std::future<void> begun =
      std::async(std::launch::async, [&] { push.Begin(MakeHeader()); });
  fail_unless(asked.Wait());
  const auto took = TimeOf([&] {
    push.Reach(GST_STATE_PLAYING);
    push.Reach(GST_STATE_NULL);
  });
  EXPECT(took < kAtOnce, std::to_string(took.count()) + " ms");
  Get(begun);
}
GST_END_TEST

GST_START_TEST(test_blocking_connect) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.Set("async-connect", FALSE);
  EXPECT(push.SetState(GST_STATE_PAUSED) == GST_STATE_CHANGE_ASYNC, "PAUSED");
  EXPECT_TEXT(push.messages().Statuses(), "locating connecting opened");
}
GST_END_TEST

GST_START_TEST(test_blocking_connect_fails) {
  PubpointThread server(ExistingOnly());
  SinkCase push(server.Url());
  push.Set("async-connect", FALSE);
  EXPECT(push.SetState(GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE, "PAUSED");
  EXPECT_TEXT(push.messages().Statuses(), "locating connecting error");
  fail_unless_equals_int(push.messages().Count("ERROR"), 1);
  EXPECT_TEXT(push.messages().TheFault("ERROR").Field("hresult-name"),
              "NS_E_INVALID_PUSH_PUBLISHING_POINT");
}
GST_END_TEST

GST_START_TEST(test_blocking_connect_times_out) {
  const Gate never;
  ScriptedServer server;
  server.Run(Script().Accept().ReadRequest().Await(never));
  SinkCase push(server.Url());
  push.Set("async-connect", FALSE);
  push.Set("timeout", 1U);
  EXPECT(push.SetState(GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE, "PAUSED");
  EXPECT_TEXT(push.messages().TheFault("ERROR").Field("hresult-name"),
              "NS_E_TIMEOUT");
}
GST_END_TEST

// The header of the caps goes out in PAUSED, data in PLAYING.
GST_START_TEST(test_started_in_paused) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.SetState(GST_STATE_PAUSED);
  push.messages().WaitFor("opened");
  push.Begin(MakeHeader());
  push.messages().WaitFor("started");
  fail_unless(server.WaitForHeaders(1));
  std::future<GstFlowReturn> flow = push.PushLater(MakePackets(3));
  push.Reach(GST_STATE_PAUSED);
  fail_unless(server.Snapshot().packets.empty());
  push.Reach(GST_STATE_PLAYING);
  EXPECT_FLOW(Get(flow), GST_FLOW_OK);
  fail_unless(server.WaitForPackets(3));
}
GST_END_TEST

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
  ScriptedServer server({.receive_buffer = 4096});
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(1)
                 .Await(go)
                 .ReadToEnd()
                 .Close());
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(4000);
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

GST_START_TEST(test_stop_ends_the_session) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play(MakeHeader());
  EXPECT_FLOW(push.PushAll(MakePackets(5)), GST_FLOW_OK);
  push.Reach(GST_STATE_READY);
  EXPECT_TEXT(push.messages().Statuses(),
              "locating connecting opened started end-of-streaming stopped "
              "closed");
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  fail_unless(received.ends == std::vector<std::uint32_t>{0});
  fail_unless_equals_int(received.packets.size(), 5);
  EXPECT(received.violations.empty(), received.violations.front());
}
GST_END_TEST

GST_START_TEST(test_stop_only_disconnects) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.Set("end-session-on-stop", FALSE);
  push.Play(MakeHeader());
  EXPECT_FLOW(push.PushAll(MakePackets(5)), GST_FLOW_OK);
  fail_unless(server.WaitForPackets(5));
  push.Reach(GST_STATE_READY);
  EXPECT_TEXT(push.messages().Statuses(),
              "locating connecting opened started stopped closed");
  fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));
  fail_unless(server.Snapshot().ends.empty());
}
GST_END_TEST

// From the start again on the same element, in all ways to get there.
GST_START_TEST(test_again) {
  for (const GstState between : {GST_STATE_READY, GST_STATE_NULL}) {
    PubpointThread server;
    SinkCase push(server.Url());
    for (unsigned i = 1; i <= 5; ++i) {
      push.Play(MakeHeader());
      EXPECT_FLOW(push.PushAll(MakePackets(5)), GST_FLOW_OK);
      if (i % 2 == 0) {
        fail_unless(push.PushEos());
        push.messages().WaitFor("EOS", i / 2);
      }
      push.Reach(between);
      fail_unless(
          server.WaitFor([i](const Received& r) { return r.closed == i; }));
      fail_unless_equals_uint64(push.Stat("packets-sent"), 5);
    }
    fail_unless_equals_int(server.Snapshot().packets.size(), 25);
    fail_unless_equals_int(push.messages().Count("ERROR"), 0);
  }
}
GST_END_TEST

// After a failure, too.
GST_START_TEST(test_again_after_an_error) {
  PubpointThread server(ExistingOnly({"/there"}));
  SinkCase push(server.Url("/missing"));
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("ERROR");
  push.Reach(GST_STATE_READY);
  push.messages().Clear();
  const std::string url = server.Url("/there");
  push.Set("location", url.c_str());
  push.Play(MakeHeader());
  EXPECT_FLOW(push.PushAll(MakePackets(5)), GST_FLOW_OK);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  fail_unless_equals_int(push.messages().Count("ERROR"), 0);
  fail_unless_equals_int(server.Snapshot().packets.size(), 5);
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
    if (i % 5 != 4) continue;
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
GST_START_TEST(test_flush_while_stuck) {
  const Gate go;
  ScriptedServer server({.receive_buffer = 4096});
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(1)
                 .Await(go)
                 .ReadToEnd()
                 .Close());
  SinkCase push(server.Url());
  const std::vector<ByteVector> packets = MakePackets(4000);
  push.Play(MakeHeader());
  std::future<GstFlowReturn> flow = push.PushLater(packets);
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
GST_END_TEST

Suite* wmspushsink_states_suite() {
  Suite* suite = suite_create("wmspushsink_states");
  TCase* up = tcase_create("up");
  suite_add_tcase(suite, up);
  tcase_add_test(up, test_bad_locations);
  tcase_add_test(up, test_bad_location_in_ready);
  tcase_add_test(up, test_paused_connects);
  tcase_add_test(up, test_silent_server);
  tcase_add_test(up, test_silent_server_live);
  tcase_add_test(up, test_blocking_connect);
  tcase_add_test(up, test_blocking_connect_fails);
  tcase_add_test(up, test_blocking_connect_times_out);
  tcase_add_test(up, test_started_in_paused);
  TCase* running = tcase_create("running");
  suite_add_tcase(suite, running);
  tcase_add_test(running, test_pauses);
  tcase_add_test(running, test_pauses_while_stuck);
  tcase_add_test(running, test_flush);
  tcase_add_test(running, test_flush_while_stuck);
  TCase* down = tcase_create("down");
  suite_add_tcase(suite, down);
  tcase_add_test(down, test_stop_ends_the_session);
  tcase_add_test(down, test_stop_only_disconnects);
  tcase_add_test(down, test_again);
  tcase_add_test(down, test_again_after_an_error);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_states_suite;
GST_CHECK_MAIN(wmspushsink_states)
