// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

// A server that falls silent, and one that goes away while nothing is sent.

namespace wms::test {
namespace {

/// No less, since the kernel counts keep-alive in whole seconds.
constexpr std::chrono::milliseconds kTimeout{2000};
/// Within this it has to be noticed, on a busy machine too.
constexpr std::chrono::milliseconds kNoticed = kTimeout * 2;

/// What CheckConnection says when it is no longer S_OK.
HResult AwaitNotice(const PushSinkCase& push) {
  const Gate never;
  HResult hr = HResult::S_OK;
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (hr == HResult::S_OK && std::chrono::steady_clock::now() < end) {
    never.Wait(20ms);
    hr = push.sink->CheckConnection();
  }
  return hr;
}

/// A server that falls silent behind the header and a packet.
Script Silence(const Gate& silent) {
  return Script().Setup().ReadRequest().ReadPackets(2).FallSilent().Open(
      silent);
}

void StartAndWait(PushSinkCase& push, const ScriptedServer& server,
                  const Gate& silent) {
  push.options.timeout = kTimeout;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  fail_unless(silent.Wait());
}

void ExpectInTime(const char* what, std::chrono::milliseconds took) {
  GST_INFO("%s: noticed after %d ms", what, static_cast<int>(took.count()));
  EXPECT(took >= kTimeout / 3, std::to_string(took.count()));
  EXPECT(took < kNoticed, std::to_string(took.count()));
}

GST_START_TEST(test_while_streaming) {
  const Gate silent;
  const Gate never;
  ScriptedServer server;
  server.Run(Silence(silent));
  PushSinkCase push;
  StartAndWait(push, server, silent);
  HResult hr = HResult::S_OK;
  const auto took = TimeOf([&] {
    while (hr == HResult::S_OK) {
      never.Wait(50ms);
      hr = push.sink->OnDataUnit(push.packet);
    }
  });
  EXPECT_HRESULT(hr, HResult::NS_E_TIMEOUT);
  ExpectInTime("streaming", took);
}
GST_END_TEST

GST_START_TEST(test_while_idle) {
  const Gate silent;
  ScriptedServer server;
  server.Run(Silence(silent));
  PushSinkCase push;
  StartAndWait(push, server, silent);
  EXPECT_HRESULT(push.sink->CheckConnection(), HResult::S_OK);
  HResult hr = HResult::S_OK;
  const auto took = TimeOf([&] { hr = AwaitNotice(push); });
  EXPECT_HRESULT(hr, HResult::NS_E_TIMEOUT);
  ExpectInTime("idle", took);
  const auto error = push.statuses->WaitFor(Status::kError);
  EXPECT_HRESULT(error.hresult, HResult::NS_E_TIMEOUT);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::NS_E_TIMEOUT);
}
GST_END_TEST

/// The loss is told at once, the next packet goes on.
GST_START_TEST(test_goes_on) {
  const Gate silent;
  ScriptedServer server;
  server.Run(Silence(silent).Accept().Stream());
  PushSinkCase push;
  push.options.reconnect = true;
  StartAndWait(push, server, silent);
  EXPECT_HRESULT(AwaitNotice(push), HResult::NS_E_TIMEOUT);
  push.statuses->WaitFor(Status::kReconnectStart);
  // It has been told, and is told no second time.
  EXPECT_HRESULT(push.sink->CheckConnection(), HResult::S_OK);
  const Gate never;
  std::size_t packets = 0;
  while (push.sink->GetStats().reconnects == 0) {
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    ++packets;
    never.Wait(5ms);
  }
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const std::string kinds = Kinds(server.recording().requests.back().packets);
  EXPECT(kinds == std::string(packets, 'D') + "E", kinds);
  EXPECT(push.statuses->Order() ==
             "locating connecting opened started reconnect-start "
             "reconnect-end end-of-streaming stopped closed",
         push.statuses->Order());
}
GST_END_TEST

GST_START_TEST(test_closed_while_idle) {
  for (const bool reset : {false, true}) {
    ScriptedServer server;
    Script script = Script().Setup().ReadRequest().ReadPackets(2);
    server.Run(reset ? script.Reset() : script.Close());
    PushSinkCase push;
    push.Start(server.Url());
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT_HRESULT(AwaitNotice(push),
                   reset ? HResult::NS_E_RESET_SOCKET_CONNECTION
                         : HResult::NS_E_CONNECTION_FAILURE);
    push.statuses->WaitFor(Status::kError);
  }
}
GST_END_TEST

/// Whoever has no session is told so; what a server says is for those who
/// send.
GST_START_TEST(test_nothing_to_notice) {
  const Gate said;
  ScriptedServer server;
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(1)
                 .Send(MakeResponse("403 Forbidden"))
                 .CloseWrite()
                 .Open(said)
                 .ReadToEnd());
  PushSinkCase push;
  EXPECT_HRESULT(push.sink->CheckConnection(), HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
  EXPECT_HRESULT(push.sink->CheckConnection(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  fail_unless(said.Wait());
  EXPECT_HRESULT(push.sink->CheckConnection(), HResult::S_OK);
  EXPECT_HRESULT(push.SendUntilFailure(), HResult::NS_E_REFUSED_BY_SERVER);
}
GST_END_TEST

Suite* push_sink_silence_suite() {
  Suite* suite = suite_create("push_sink_silence");
  TCase* tcase = tcase_create("silence");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_while_streaming);
  tcase_add_test(tcase, test_while_idle);
  tcase_add_test(tcase, test_goes_on);
  tcase_add_test(tcase, test_closed_while_idle);
  tcase_add_test(tcase, test_nothing_to_notice);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_silence_suite;
GST_CHECK_MAIN(push_sink_silence)
