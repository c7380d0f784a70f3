// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

// Status callbacks: who is told, and what they may do meanwhile.

namespace wms::test {
namespace {

GST_START_TEST(test_advise_and_unadvise) {
  PushSinkCase push;
  WriterPushSink& sink = *push.sink;
  int first = 0;
  int second = 0;
  const auto other = std::make_shared<StatusRecorder>();
  EXPECT_HRESULT(sink.Advise(nullptr, nullptr), HResult::E_INVALIDARG);
  EXPECT_HRESULT(sink.Advise(push.statuses, nullptr), HResult::E_INVALIDARG);
  EXPECT_HRESULT(sink.Advise(other, &first), HResult::S_OK);
  EXPECT_HRESULT(sink.Advise(other, &first), HResult::E_INVALIDARG);
  EXPECT_HRESULT(sink.Advise(other, &second), HResult::S_OK);
  EXPECT_HRESULT(sink.Unadvise(other, nullptr), HResult::E_INVALIDARG);
  EXPECT_HRESULT(sink.Unadvise(nullptr, nullptr), HResult::E_INVALIDARG);

  ScriptedServer server;
  server.Run(Script().Setup().ReadToEnd());
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
  EXPECT_HRESULT(sink.Unadvise(other, &first), HResult::S_OK);
  EXPECT_HRESULT(sink.Unadvise(other, &first), HResult::E_INVALIDARG);
  EXPECT_HRESULT(sink.Disconnect(), HResult::S_OK);

  EXPECT(push.statuses->Order() == "locating connecting opened closed",
         push.statuses->Order());
  EXPECT(other->Order() ==
             "locating locating connecting connecting opened opened closed",
         other->Order());
  const auto records = other->records();
  fail_unless(records[0].context == &first);
  fail_unless(records[1].context == &second);
  fail_unless(records[6].context == &second);
}
GST_END_TEST

/// A callback that comes or goes from inside a callback.
GST_START_TEST(test_advise_from_inside) {
  PushSinkCase push;
  const auto late = std::make_shared<StatusRecorder>();
  const auto inside = std::make_shared<StatusRecorder>(
      [&push, &late](const StatusRecorder::Record& record) {
        if (record.status == Status::kLocating) {
          push.sink->Advise(late, nullptr);
          push.sink->Unadvise(push.statuses, nullptr);
        }
      });
  push.sink->Advise(inside, nullptr);
  ScriptedServer server;
  server.Run(Script().Setup().ReadToEnd());
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
  EXPECT(late->Order() == "connecting opened closed", late->Order());
  EXPECT(push.statuses->Order() == "locating", push.statuses->Order());
}
GST_END_TEST

using Action = void (*)(PushSinkCase&);

/// A whole push, the end of which is that a callback acts at @a when.
void ActAt(Status when, const Script& script, Action action) {
  const std::string context = StatusName(when);
  ScriptedServer server;
  server.Run(script);
  PushSinkCase push;
  const auto acting = std::make_shared<StatusRecorder>(
      [&push, when, action](const StatusRecorder::Record& record) {
        if (record.status == when) action(push);
      });
  push.sink->Advise(acting, nullptr);
  WriterPushSink* const sink = push.sink.get();
  EXPECT_HRESULT(sink->Connect(server.Url()), HResult::S_OK);
  const bool in_connect = when == Status::kLocating ||
                          when == Status::kConnecting ||
                          when == Status::kOpened;
  if (in_connect) {
    acting->WaitFor(when);
    push.statuses->WaitFor(Status::kClosed);
  } else {
    // The sink may go while it is in a call of ours.
    HResult hr = sink->OnHeader(push.header);
    for (int i = 0; push.sink && hr == HResult::S_OK && i < 3; ++i)
      hr = sink->OnDataUnit(push.packet);
    if (push.sink && hr == HResult::S_OK) sink->EndSession(kOrderlyEnd);
  }
  const std::string order = push.statuses->Order();
  EXPECT(order.ends_with("closed") || when == Status::kError,
         context + ": " + order);
  EXPECT(order.find("closed") == order.rfind("closed"), context + ": " + order);
  push.sink.reset();
}

void ActEverywhere(Action action) {
  const Script good = Script().Setup().Stream();
  for (const Status when :
       {Status::kLocating, Status::kConnecting, Status::kOpened,
        Status::kStarted, Status::kEndOfStreaming, Status::kStopped,
        Status::kClosed}) {
    ActAt(when, good, action);
  }
}

GST_START_TEST(test_disconnect_from_inside) {
  ActEverywhere([](PushSinkCase& push) { push.sink->Disconnect(); });
}
GST_END_TEST

GST_START_TEST(test_end_session_from_inside) {
  ActEverywhere([](PushSinkCase& push) { push.sink->EndSession(); });
}
GST_END_TEST

/// The recorder outlives the sink, since the sink's case has it.
GST_START_TEST(test_destroy_from_inside) {
  const Script good = Script().Setup().Stream();
  for (const Status when : {Status::kLocating, Status::kConnecting,
                            Status::kOpened, Status::kStarted}) {
    ActAt(when, good, [](PushSinkCase& push) { push.sink.reset(); });
  }
}
GST_END_TEST

/// A failed Connect tells of it in its own thread; there, too, the sink may
/// be asked to connect again, or go.
GST_START_TEST(test_act_on_a_failure) {
  ScriptedServer server;
  server.Run(Script()
                 .Setup(MakeResponse("404 Not Found"))
                 .Setup()
                 .ReadToEnd()
                 .Setup(MakeResponse("404 Not Found")));
  PushSinkCase push;
  const std::string url = server.Url();
  HResult again = HResult::E_FAIL;
  const auto acting = std::make_shared<StatusRecorder>(
      [&](const StatusRecorder::Record& record) {
        if (record.status == Status::kError) again = push.sink->Connect(url);
      });
  push.sink->Advise(acting, nullptr);
  EXPECT_HRESULT(push.sink->Connect(url), HResult::S_OK);
  push.statuses->WaitFor(Status::kOpened);
  EXPECT_HRESULT(again, HResult::S_OK);
  EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
  push.sink->Unadvise(acting, nullptr);

  const Gate gone;
  const auto destroying = std::make_shared<StatusRecorder>(
      [&](const StatusRecorder::Record& record) {
        if (record.status != Status::kError) return;
        push.sink.reset();
        gone.Open();
      });
  push.sink->Advise(destroying, nullptr);
  EXPECT_HRESULT(push.sink->Connect(url), HResult::S_OK);
  fail_unless(gone.Wait());
}
GST_END_TEST

Suite* push_sink_callbacks_suite() {
  Suite* suite = suite_create("push_sink_callbacks");
  TCase* tcase = tcase_create("callbacks");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_advise_and_unadvise);
  tcase_add_test(tcase, test_advise_from_inside);
  tcase_add_test(tcase, test_disconnect_from_inside);
  tcase_add_test(tcase, test_end_session_from_inside);
  tcase_add_test(tcase, test_destroy_from_inside);
  tcase_add_test(tcase, test_act_on_a_failure);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_callbacks_suite;
GST_CHECK_MAIN(push_sink_callbacks)
