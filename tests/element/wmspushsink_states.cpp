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
