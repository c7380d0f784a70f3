// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/faults.h"
#include "common/leak_check.h"
#include "loopback/program.h"
#include "loopback/push_sink_case.h"

// Every system call of a session fails once, one after the other, until a
// session needs no more of them: the push goes on, or ends with an error that
// says something; nothing hangs, leaks or crashes.

namespace wms::test {
namespace {

/// A session from Connect to EndSession, as far as it gets.
HResult Push(const std::string& url, bool reconnect) {
  PushSinkCase push;
  push.options.timeout = kOrderlyEnd;
  push.options.reconnect = reconnect;
  push.options.retries = 3;
  push.options.retry_delay = 1ms;
  HResult hr = push.ConnectAndWait(url);
  if (Succeeded(hr)) hr = push.sink->OnHeader(push.header);
  for (int i = 0; i < 5 && Succeeded(hr); ++i)
    hr = push.sink->OnDataUnit(push.packet);
  if (Succeeded(hr)) hr = push.sink->EndSession(kOrderlyEnd);
  const std::string said = push.sink->LastError();
  EXPECT(Succeeded(hr) || said.size() > 10,
         std::string(HResultName(hr)) + " and no word of it");
  return hr;
}

/// Fails the calls of a kind one after the other; returns how many there were.
int FailEach(Call call, const std::string& server, bool reconnect) {
  constexpr int kMost = 2000;
  for (int nth = 1; nth < kMost; ++nth) {
    const std::string name = CallName(call) + std::to_string(nth);
    const std::string url = server + name + (reconnect ? "r" : "");
    const LeakCheck check;
    HResult hr = HResult::S_OK;
    bool happened = false;
    {
      const Fault fault(call, nth);
      hr = Push(url, reconnect);
      happened = fault.happened();
    }
    EXPECT(check.new_files() == 0, name);
    EXPECT(check.new_threads() == 0, name);
    if (happened) continue;
    EXPECT(hr == HResult::S_OK, name + ": " + std::string(HResultName(hr)));
    return nth - 1;
  }
  EXPECT(false, std::string(CallName(call)) + ": too many");
  return 0;
}

GST_START_TEST(test_each_call_fails) {
  Program server({"--port=0"});
  const std::string url =
      "http://127.0.0.1:" + std::to_string(server.Port()) + "/";
  // What is made once and kept is made now.
  EXPECT_HRESULT(Push(url + "first", true), HResult::S_OK);
  for (const Call call : kCalls) {
    for (const bool reconnect : {false, true}) {
      const int calls = FailEach(call, url, reconnect);
      g_print("%s%s: %d\n", CallName(call), reconnect ? ", reconnect" : "",
              calls);
      // A session opens no files.
      EXPECT((calls > 0) == (call != Call::kOpen), CallName(call));
    }
  }
}
GST_END_TEST

Suite* push_sink_faults_suite() {
  Suite* suite = suite_create("push_sink_faults");
  TCase* tcase = tcase_create("faults");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_each_call_fails);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_faults_suite;
GST_CHECK_MAIN(push_sink_faults)
