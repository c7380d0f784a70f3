// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/leak_check.h"
#include "loopback/push_sink_case.h"

#include <optional>

// Connect and Disconnect over and over: nothing is left of it.

namespace wms::test {
namespace {

/// The moments of a session at which a cycle ends it.
void CycleOnce(PushSinkCase& push, const std::string& url, int moment) {
  EXPECT_HRESULT(push.sink->Connect(url), HResult::S_OK);
  switch (moment % 6) {
    case 0:
      break;
    case 1:
      push.statuses->WaitFor(Status::kLocating);
      break;
    case 2:
      push.statuses->WaitFor(Status::kConnecting);
      break;
    case 3:
      push.statuses->WaitFor(Status::kOpened);
      break;
    case 4:
      EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
      break;
    case 5:
      EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
      EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
      break;
  }
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
}

GST_START_TEST(test_a_thousand_cycles) {
  ScriptedServer server;
  server.Run(Script().ServeForever());
  const std::string url = server.Url();
  PushSinkCase push;
  std::optional<LeakCheck> check;
  for (int i = 0; i < 1000; ++i) {
    // Statuses are waited for, so each cycle has a recorder of its own.
    push.sink->Unadvise(push.statuses, nullptr);
    push.statuses = std::make_shared<StatusRecorder>();
    push.sink->Advise(push.statuses, nullptr);
    CycleOnce(push, url, i);
    if (i % 100 == 50) push.sink = CreateWriterPushSink();
    // What GLib makes once and keeps is there by now.
    if (i == 60) check.emplace();
  }
  EXPECT(check->new_threads() == 0,
         std::to_string(check->new_threads()) + " threads");
  // The server may have a connection open that it had not just then.
  EXPECT(check->new_files(2) <= 2,
         std::to_string(check->new_files()) + " files");
}
GST_END_TEST

Suite* push_sink_cycles_suite() {
  Suite* suite = suite_create("push_sink_cycles");
  TCase* tcase = tcase_create("cycles");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_a_thousand_cycles);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_cycles_suite;
GST_CHECK_MAIN(push_sink_cycles)
