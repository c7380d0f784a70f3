// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/small_window.h"
#include "loopback/push_sink_case.h"

#include <algorithm>
#include <future>
#include <thread>

// The end of a session, and what a server can make of it.

namespace wms::test {
namespace {

/// Waits for what the kernel does, of which nobody tells.
void Pause(std::chrono::milliseconds time) {
  const Gate never;
  never.Wait(time);
}

/// Sends more packets than the server's window takes, and fewer than may wait
/// for it here: so what waits has to stay there for a while.
void FillWindow(PushSinkCase& push) {
  constexpr std::uint64_t kWaiting = 100000;
  do {
    while (push.sink->GetStats().send_queue < kWaiting)
      EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    Pause(200ms);
  } while (push.sink->GetStats().send_queue < kWaiting);
}

/// What EndSession comes to when the server has stopped reading and goes on
/// as @a then says, once $E is on its way and @a later.
HResult EndWhile(const Script& then, std::chrono::milliseconds later,
                 PushSinkCase& push) {
  const Gate go;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  Script script = Script().Setup().ReadRequest().Await(go);
  server.Run(script.Then(then));
  push.Start(server.Url());
  FillWindow(push);
  const std::uint64_t sent = push.sink->GetStats().bytes_sent;
  auto ended = std::async(std::launch::async, [&push] {
    return push.sink->EndSession(kOrderlyEnd);
  });
  while (push.sink->GetStats().bytes_sent == sent)
    Pause(1ms);
  Pause(later);
  go.Open();
  const HResult hr = ended.get();
  server.Finish();
  return hr;
}

/// $E is sent, and lost with much else.
GST_START_TEST(test_server_drops_what_it_has_not_read) {
  for (const Script& then : {Script().Reset(), Script().Close()}) {
    PushSinkCase push;
    EXPECT_HRESULT(EndWhile(then, 0ms, push), HResult::S_FALSE);
    const std::string error = push.sink->LastError();
    EXPECT(error.find("has not acknowledged the last") != std::string::npos,
           error);
    EXPECT(push.statuses->Order().ends_with("end-of-streaming stopped closed"),
           push.statuses->Order());
    const auto closed = push.statuses->records().back();
    EXPECT_HRESULT(closed.hresult, HResult::S_FALSE);
    EXPECT(closed.detail.message == error, closed.detail.message);
  }
}
GST_END_TEST

/// Late is not too late: this is longer than a server may take to close when
/// it has everything.
GST_START_TEST(test_server_reads_late) {
  PushSinkCase push;
  const HResult hr = EndWhile(Script().ReadToEnd().Close(), 1200ms, push);
  EXPECT(hr == HResult::S_OK, push.sink->LastError());
  EXPECT_HRESULT(push.statuses->records().back().hresult, HResult::S_OK);
}
GST_END_TEST

/// An end that is interrupted before $E is out is none: after a flush, the
/// stream goes on.
GST_START_TEST(test_stream_goes_on_after_an_interrupted_end) {
  const Gate read;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script().Setup().ReadRequest().Await(read).ReadToEnd().Close());
  PushSinkCase push;
  push.Start(server.Url());
  std::thread sender([&push] {
    while (push.sink->OnDataUnit(push.packet) == HResult::S_OK) {
    }
  });
  push.WaitUntilBlocked();
  push.sink->Interrupt();
  sender.join();
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::NS_E_SHUTDOWN);
  push.sink->Resume();
  read.Open();
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const std::string kinds = Kinds(server.recording().Packets());
  EXPECT(kinds.ends_with("DE"), kinds);
  fail_unless_equals_int(std::count(kinds.begin(), kinds.end(), 'E'), 1);
}
GST_END_TEST

/// Says @a head and @a body behind the end, and closes when the client has.
Script Says(const std::string& head, const std::string& body) {
  return Script()
      .Setup()
      .ReadRequest()
      .ReadPackets(3)
      .Send(MakeResponse(head, "Connection: close\r\n", body))
      .CloseWrite()
      .ReadToEnd();
}

/// A response behind $E: what that makes of the end.
struct LastWords {
  const char* head;
  HResult end;
};

constexpr LastWords kLastWords[] = {
    {"200 OK", HResult::S_OK},
    {"422 Unprocessable", HResult::S_OK},
    {"500 Internal Server Error", HResult::S_OK},
    {"401 Unauthorized", HResult::NS_E_SERVER_ACCESSDENIED},
    {"401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"",
     HResult::NS_E_SERVER_ACCESSDENIED},
    {"403 Forbidden", HResult::NS_E_REFUSED_BY_SERVER},
    {"404 Not Found", HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT},
    {"409 Conflict", HResult::NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME},
    {"413 Content Too Large", HResult::NS_E_BAD_REQUEST},
};

/// What comes after $E cannot undo it; but a push can be over before it is
/// refused.
GST_START_TEST(test_error_status_after_the_end) {
  const std::string page(10000, 'x');
  for (const auto& [head, expected] : kLastWords) {
    ScriptedServer server;
    server.Run(Says(head, page));
    std::string log;
    PushSinkCase push;
    push.sink->SetLogHook([&log](LogLevel level, std::string_view text) {
      if (level == LogLevel::kWarning) log += text;
    });
    push.Start(server.Url());
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT(push.sink->EndSession(kOrderlyEnd) == expected, head);
    server.Finish();
    const auto closed = push.statuses->records().back();
    const bool refused = expected != HResult::S_OK;
    const std::string status = std::string(head).substr(0, 3);
    EXPECT(closed.hresult == expected, head);
    EXPECT(closed.detail.http_status == (refused ? std::stoul(status) : 0U),
           head);
    EXPECT(log.find("HTTP " + status) != std::string::npos || status == "200",
           head + (": " + log));
    // Everything that the server says has been read, so nothing is reset; a
    // challenge is answered, or not, on another connection.
    const bool challenged = std::string(head).find("WWW-") != std::string::npos;
    EXPECT(challenged ||
               server.recording().connections[0] == Recording::End::kClosed,
           head);
    EXPECT(push.statuses->Order().ends_with("end-of-streaming stopped closed"),
           push.statuses->Order());
  }
}
GST_END_TEST

/// What has been taken for a while is not sent again for what comes then.
GST_START_TEST(test_refusal_after_a_long_stream) {
  ScriptedServer server;
  server.Run(Says("403 Forbidden", ""));
  PushSinkCase push;
  push.options.reconnect = true;
  push.Start(server.Url());
  // Longer than a server takes to refuse.
  Pause(150ms);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd),
                 HResult::NS_E_REFUSED_BY_SERVER);
  server.Finish();
  fail_unless_equals_int(server.recording().connections.size(), 1);
}
GST_END_TEST

/// A refusal says more than what is missing.
GST_START_TEST(test_refusal_before_all_is_read) {
  PushSinkCase push;
  EXPECT_HRESULT(
      EndWhile(Script()
                   .Send(MakeResponse("403 Forbidden", "Connection: close\r\n"))
                   .Close(),
               0ms, push),
      HResult::NS_E_REFUSED_BY_SERVER);
}
GST_END_TEST

/// All has arrived, but whether it was read nobody knows, unless the server has
/// said so.
GST_START_TEST(test_reset_after_the_end) {
  for (const bool answered : {false, true}) {
    ScriptedServer server;
    Script script = Script().Setup().ReadRequest().ReadPackets(3);
    if (answered) script.Send(MakeResponse("200 OK"));
    server.Run(script.Reset());
    PushSinkCase push;
    push.Start(server.Url());
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd),
                   answered ? HResult::S_OK : HResult::S_FALSE);
    server.Finish();
    const std::string error = push.sink->LastError();
    // A reset takes acknowledgements along that are not out yet.
    EXPECT(answered ||
               error.find("has reset the connection behind the end") !=
                   std::string::npos ||
               error.find("has not acknowledged the last") != std::string::npos,
           error);
  }
}
GST_END_TEST

/// $E that cannot be sent is a failure of EndSession, and the session's end.
GST_START_TEST(test_end_that_cannot_be_sent) {
  const Gate reset;
  ScriptedServer server;
  server.Run(Script().Setup().ReadRequest().ReadPackets(2).Reset().Open(reset));
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  fail_unless(reset.Wait());
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd),
                 HResult::NS_E_CONNECTION_FAILURE);
  EXPECT_HRESULT(push.sink->EndSession(), HResult::NS_E_NOCONNECTION);
  EXPECT(push.statuses->Order() ==
             "locating connecting opened started stopped closed",
         push.statuses->Order());
}
GST_END_TEST

Suite* push_sink_end_suite() {
  Suite* suite = suite_create("push_sink_end");
  TCase* end = tcase_create("end");
  suite_add_tcase(suite, end);
  tcase_add_test(end, test_error_status_after_the_end);
  tcase_add_test(end, test_refusal_after_a_long_stream);
  tcase_add_test(end, test_refusal_before_all_is_read);
  tcase_add_test(end, test_reset_after_the_end);
  tcase_add_test(end, test_end_that_cannot_be_sent);
  tcase_add_test(end, test_server_drops_what_it_has_not_read);
  tcase_add_test(end, test_server_reads_late);
  tcase_add_test(end, test_stream_goes_on_after_an_interrupted_end);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_end_suite;
GST_CHECK_MAIN(push_sink_end)
