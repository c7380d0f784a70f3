// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/sink_case.h"
#include "loopback/scripted_server.h"

// The server is gone, and nothing is being sent.

namespace wms::test {
namespace {

constexpr guint kTimeout = 2;  // seconds
/// The kernel's time, once more the time between two looks, and a busy
/// machine's.
constexpr std::chrono::seconds kNoticed{8};

/// Plays until the server has the header and a packet, and is silent.
void PlayUntilSilent(SinkCase& push, ScriptedServer& server, bool reconnect) {
  const Gate silent;
  server.Run(
      Script().Setup().ReadRequest().ReadPackets(2).FallSilent().Open(silent));
  push.Set("timeout", kTimeout);
  push.Set("reconnect", reconnect ? TRUE : FALSE);
  push.Play(MakeHeader());
  EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_OK);
  fail_unless(silent.Wait());
}

GST_START_TEST(test_source_has_nothing) {
  ScriptedServer server;
  SinkCase push(server.Url());
  PlayUntilSilent(push, server, true);
  const auto took = TimeOf([&] { push.messages().WaitFor("reconnect-start"); });
  GST_INFO("noticed after %d ms", static_cast<int>(took.count()));
  EXPECT(took < kNoticed, std::to_string(took.count()));
  push.messages().WaitFor("WARNING");
  fail_unless_equals_int(push.messages().Count("ERROR"), 0);
}
GST_END_TEST

GST_START_TEST(test_paused) {
  ScriptedServer server;
  SinkCase push(server.Url());
  PlayUntilSilent(push, server, false);
  // Without data it is not reached, and need not be.
  push.SetState(GST_STATE_PAUSED);
  fail_unless(push.messages().WaitFor("ERROR", 1, kNoticed));
  push.SetState(GST_STATE_NULL);
  fail_unless_equals_int(push.messages().Count("ERROR"), 1);
}
GST_END_TEST

Suite* wmspushsink_silence_suite() {
  Suite* suite = suite_create("wmspushsink_silence");
  TCase* tcase = tcase_create("silence");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_source_has_nothing);
  tcase_add_test(tcase, test_paused);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_silence_suite;
GST_CHECK_MAIN(wmspushsink_silence)
