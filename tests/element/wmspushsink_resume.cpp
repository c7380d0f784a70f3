// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/sink_case.h"
#include "loopback/scripted_server.h"

// The element loses its connection: messages, events, and state changes.

namespace wms::test {
namespace {

/// Pushes packets until @a word has been posted.
void PushUntil(SinkCase& push, const std::string& word) {
  const Gate never;
  const auto end = std::chrono::steady_clock::now() + kWait;
  while (push.messages().Count(word) == 0) {
    EXPECT(std::chrono::steady_clock::now() < end, word);
    EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_OK);
    never.Wait(std::chrono::milliseconds(1));
  }
}

void Recover(SinkCase& push) {
  push.Set("reconnect", TRUE);
  push.Set("retry-delay", 20U);
}

Script CutAfter(std::size_t packets) {
  return Script().Setup().ReadRequest().ReadPackets(packets).Reset();
}

GST_START_TEST(test_resume) {
  ScriptedServer server;
  server.Run(CutAfter(3).Accept().Stream());
  SinkCase push(server.Url());
  Recover(push);
  push.Play(MakeHeader());
  PushUntil(push, "reconnect-end");
  const Report warning = push.messages().TheFault("WARNING");
  EXPECT_TEXT(warning.text.substr(0, 22), "the connection is lost");
  const StructurePtr start = push.messages().Status("reconnect-start");
  const StructurePtr end = push.messages().Status("reconnect-end");
  guint attempt = 0;
  gboolean resumed = FALSE;
  fail_unless(gst_structure_get_uint(start.get(), "attempt", &attempt));
  fail_unless_equals_int(attempt, 1);
  fail_unless(gst_structure_get_boolean(end.get(), "resumed", &resumed));
  fail_unless(resumed);
  fail_unless_equals_uint64(push.Stat("reconnects"), 1);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  EXPECT_TEXT(push.messages().Statuses(),
              "locating connecting opened started reconnect-start "
              "reconnect-end end-of-streaming stopped closed");
  fail_unless_equals_int(push.messages().Count("ERROR"), 0);
  server.Finish();
}
GST_END_TEST

GstPadProbeReturn CountKeyFrameRequests(GstPad* /*pad*/, GstPadProbeInfo* info,
                                        gpointer count) {
  const GstStructure* structure =
      gst_event_get_structure(GST_PAD_PROBE_INFO_EVENT(info));
  if (structure != nullptr &&
      gst_structure_has_name(structure, "GstForceKeyUnit")) {
    ++*static_cast<std::atomic<int>*>(count);
  }
  return GST_PAD_PROBE_OK;
}

/// A session that begins anew in mid-stream begins with a key frame.
GST_START_TEST(test_key_frame) {
  ScriptedServer server;
  server.Run(CutAfter(3)
                 .Accept()
                 .ReadRequest()
                 .Send(MakeResponse("404 Not Found", "Connection: close\r\n"))
                 .Close()
                 .Setup()
                 .Stream());
  SinkCase push(server.Url());
  Recover(push);
  push.Play(MakeHeader());
  std::atomic<int> requests{0};
  GstPad* pad = gst_element_get_static_pad(push.sink(), "sink");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
                    CountKeyFrameRequests, &requests, nullptr);
  PushUntil(push, "reconnect-end");
  fail_unless_equals_int(requests, 1);
  fail_unless(push.PushEos());
  server.Finish();
  gst_object_unref(pad);
}
GST_END_TEST

GST_START_TEST(test_give_up) {
  ScriptedServer server;
  server.Run(
      Script().Setup().ReadRequest().ReadPackets(3).CloseListener().Reset());
  SinkCase push(server.Url());
  Recover(push);
  push.Set("retries", 3);
  push.Play(MakeHeader());
  GstFlowReturn flow = GST_FLOW_OK;
  while (flow == GST_FLOW_OK)
    flow = push.Push(MakePacket());
  EXPECT_FLOW(flow, GST_FLOW_ERROR);
  push.messages().WaitFor("ERROR");
  fail_unless_equals_int(push.messages().Count("ERROR"), 1);
  EXPECT_TEXT(push.messages().Statuses(),
              "locating connecting opened started reconnect-start error");
}
GST_END_TEST

/// The network is away, and the delay a long one.
GST_START_TEST(test_without_network) {
  enum class Way { kReady, kPause, kEos, kRetryNow };
  for (const Way way : {Way::kReady, Way::kPause, Way::kEos, Way::kRetryNow}) {
    ScriptedServer server;
    server.Run(Script()
                   .Setup()
                   .ReadRequest()
                   .ReadPackets(3)
                   .Send(MakeResponse("503 Service Unavailable",
                                      "Retry-After: 200\r\n"))
                   .Close()
                   .Accept()
                   .Stream());
    SinkCase push(server.Url());
    Recover(push);
    push.Set("end-session-timeout", 1U);
    push.Play(MakeHeader());
    auto pushing = push.PushLater(
        std::vector<ByteVector>(way == Way::kEos ? 3 : 2000, MakePacket()));
    if (way == Way::kEos) {
      EXPECT_FLOW(Get(pushing), GST_FLOW_OK);
      auto eos = push.EosLater();
      fail_unless(Get(eos));
      push.messages().WaitFor("EOS");
      continue;
    }
    push.messages().WaitFor("reconnect-start");
    const auto took = TimeOf([&] {
      if (way == Way::kReady) push.Reach(GST_STATE_READY);
      if (way == Way::kPause) {
        push.SetState(GST_STATE_PAUSED);
        push.SetState(GST_STATE_PLAYING);
        push.SetState(GST_STATE_READY);
      }
      while (way == Way::kRetryNow && server.recording().connections.size() < 2)
        g_signal_emit_by_name(push.sink(), "retry-now");
    });
    EXPECT(took < kAtOnce, std::to_string(took.count()) + " ms");
    const GstFlowReturn flow = Get(pushing);
    EXPECT(flow == (way == Way::kRetryNow ? GST_FLOW_OK : GST_FLOW_FLUSHING),
           gst_flow_get_name(flow));
  }
}
GST_END_TEST

Suite* wmspushsink_resume_suite() {
  Suite* suite = suite_create("wmspushsink_resume");
  TCase* tcase = tcase_create("resume");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_resume);
  tcase_add_test(tcase, test_key_frame);
  tcase_add_test(tcase, test_give_up);
  tcase_add_test(tcase, test_without_network);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_resume_suite;
GST_CHECK_MAIN(wmspushsink_resume)
