// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/small_window.h"
#include "loopback/push_sink_case.h"

// Servers that cannot be reached, and connections that break.

namespace wms::test {
namespace {

GST_START_TEST(test_closed_port) {
  ScriptedServer server;
  server.Run(Script().CloseListener());
  server.Finish();
  PushSinkCase push;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                 HResult::NS_E_PUSH_CANNOTCONNECT);
  EXPECT(push.statuses->Order() == "locating connecting error",
         push.statuses->Order());
}
GST_END_TEST

GST_START_TEST(test_unknown_host) {
  PushSinkCase push;
  // Without a network the name server cannot be asked, which is another
  // failure; both mean that there is no address.
  const HResult hr = push.ConnectAndWait("http://nonexistent.invalid/live");
  EXPECT(hr == HResult::NS_E_SERVER_NOT_FOUND ||
             hr == HResult::NS_E_SERVER_DNS_TIMEOUT,
         std::string(HResultName(hr)));
  EXPECT(push.statuses->Order() == "locating error", push.statuses->Order());
}
GST_END_TEST

GST_START_TEST(test_silent_before_accept) {
  ScriptedServer server({.backlog = 0});
  const BacklogFiller filler(server.port());
  PushSinkCase push;
  push.options.timeout = kShortTimeout;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                 HResult::NS_E_CONNECT_TIMEOUT);
}
GST_END_TEST

GST_START_TEST(test_silent_after_accept) {
  PushOptions options;
  options.timeout = kShortTimeout;
  const ConnectOutcome outcome =
      ConnectTo(Script().Accept().ReadRequest(), options);
  EXPECT_HRESULT(outcome.hresult, HResult::NS_E_TIMEOUT);
}
GST_END_TEST

/// The server ends the connection between PushSetup and PushStart, and the
/// session goes on with a new one.
/// @param at_once the client does not wait for that end.
void GoesOnAfterSetup(bool reset, bool at_once) {
  const Gate closed;
  Script script = Script().Setup();
  reset ? script.Reset() : script.Close();
  ScriptedServer server;
  server.Run(script.Open(closed).Accept().Stream());
  PushSinkCase push;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
  if (!at_once) fail_unless(closed.Wait());
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  const HResult end = push.sink->EndSession(kOrderlyEnd);
  // A server that is late has the whole stream, or all but its end, in the
  // socket that it closes. Without `reconnect` nothing is sent again then.
  if (at_once && server.recording().connections.size() == 1) return;
  EXPECT_HRESULT(end, HResult::S_OK);
  server.Finish();
  const Recording recording = server.recording();
  fail_unless_equals_int(recording.connections.size(), 2);
  const WireRequest& start = recording.requests.back();
  fail_unless(start.IsStart());
  EXPECT(start.Header("Cookie") == std::string("push-id=") + kPushId,
         start.head);
  EXPECT(Kinds(start.packets) == "HDE", Kinds(start.packets));
  EXPECT(push.statuses->Order() ==
             "locating connecting opened started end-of-streaming stopped "
             "closed",
         push.statuses->Order());
}

GST_START_TEST(test_close_after_setup) {
  for (const bool reset : {false, true})
    GoesOnAfterSetup(reset, false);
}
GST_END_TEST

/// At any moment, as often as it takes to meet each of the places that can
/// notice it.
GST_START_TEST(test_close_as_it_starts) {
  for (int i = 0; i < 40; ++i)
    GoesOnAfterSetup(i % 2 == 0, true);
}
GST_END_TEST

/// Closing once the PushStart is there, before any answer and any data.
GST_START_TEST(test_close_at_push_start) {
  for (const bool reset : {false, true}) {
    const Gate closed;
    Script script = Script().Setup().ReadRequest().ReadPackets(1);
    reset ? script.Reset() : script.Close();
    ScriptedServer server;
    server.Run(script.Open(closed).Accept().Stream());
    PushSinkCase push;
    push.Start(server.Url());
    fail_unless(closed.Wait());
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    EXPECT(Kinds(server.recording().Packets()) == "HHDE",
           Kinds(server.recording().Packets()));
  }
}
GST_END_TEST

/// Once more, and not for ever.
GST_START_TEST(test_closes_always) {
  ScriptedServer server;
  Script script = Script().Setup();
  for (int i = 0; i < 2; ++i)
    script.ReadRequest().ReadPackets(1).Close().Accept();
  server.Run(script);
  PushSinkCase push;
  push.Start(server.Url());
  // Closing with unread data is a reset.
  const HResult hr = push.SendUntilFailure();
  EXPECT(hr == HResult::NS_E_CONNECTION_FAILURE ||
             hr == HResult::NS_E_RESET_SOCKET_CONNECTION,
         std::string(HResultName(hr)));
}
GST_END_TEST

/// How a push ends when the server does as @a then says after two packets.
struct StreamOutcome {
  HResult hresult;
  StatusRecorder::Record last;
  std::string order;
};
StreamOutcome EndOfStream(const std::function<void(Script&)>& then) {
  const Gate done;
  Script script = Script().Setup().ReadRequest().ReadPackets(3);
  then(script);
  ScriptedServer server;
  server.Run(script.Open(done));
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  fail_unless(done.Wait());
  const HResult hr = push.SendUntilFailure();
  // The session is over, and says so once.
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), hr);
  EXPECT_HRESULT(push.sink->EndSession(), HResult::NS_E_NOCONNECTION);
  EXPECT(!push.sink->LastError().empty(), "a text");
  return {hr, push.statuses->records().back(), push.statuses->Order()};
}

GST_START_TEST(test_close_in_mid_stream) {
  const StreamOutcome outcome =
      EndOfStream([](Script& script) { script.Close(); });
  EXPECT_HRESULT(outcome.hresult, HResult::NS_E_CONNECTION_FAILURE);
  fail_unless_equals_int(outcome.last.detail.packets_sent >= 2, 1);
  EXPECT(outcome.order == "locating connecting opened started error",
         outcome.order);
}
GST_END_TEST

GST_START_TEST(test_reset_in_mid_stream) {
  // As often as it takes to meet both places that can notice it.
  for (int i = 0; i < 20; ++i) {
    const StreamOutcome outcome =
        EndOfStream([](Script& script) { script.Reset(); });
    EXPECT_HRESULT(outcome.hresult, HResult::NS_E_RESET_SOCKET_CONNECTION);
    fail_unless(outcome.last.hresult == outcome.hresult);
  }
}
GST_END_TEST

GST_START_TEST(test_error_status_in_mid_stream) {
  const struct {
    const char* line;
    const char* more;
    HResult hresult;
  } kRows[] = {
      {"408 Request Timeout", "Connection: close\r\n", HResult::NS_E_TIMEOUT},
      {"404 Not Found", "", HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT},
      {"401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n",
       HResult::NS_E_SERVER_ACCESSDENIED},
      {"503 Service Unavailable", "", HResult::NS_E_SERVER_UNAVAILABLE},
  };
  for (const auto& row : kRows) {
    const std::string response = MakeResponse(row.line, row.more, "a body");
    const std::function<void(Script&)> kinds[] = {
        [&](Script& script) { script.Send(response); },
        [&](Script& script) { script.Send(response).Close(); },
        [&](Script& script) { script.Send(response).Reset(); },
        [&](Script& script) {
          script.Send("HTTP/1.1 100 Continue\r\n\r\n")
              .Send(response.substr(0, 10))
              .Send(response.substr(10))
              .CloseWrite();
        },
    };
    for (int i = 0; i < 10; ++i) {
      for (const auto& kind : kinds) {
        const StreamOutcome outcome = EndOfStream(kind);
        EXPECT(outcome.hresult == row.hresult,
               row.line + (" " + std::string(HResultName(outcome.hresult))));
        EXPECT(outcome.last.detail.http_status ==
                   static_cast<unsigned>(std::stoi(row.line)),
               row.line);
      }
    }
  }
}
GST_END_TEST

GST_START_TEST(test_garbage_in_mid_stream) {
  const StreamOutcome outcome =
      EndOfStream([](Script& script) { script.Send("nonsense\r\n\r\n"); });
  EXPECT_HRESULT(outcome.hresult, HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE);
}
GST_END_TEST

GST_START_TEST(test_endless_head_in_mid_stream) {
  const StreamOutcome outcome = EndOfStream([](Script& script) {
    script.Send("HTTP/1.1 404 Not Found\r\nX: " + std::string(70000, 'x'));
  });
  EXPECT_HRESULT(outcome.hresult, HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE);
}
GST_END_TEST

/// Servers that answer the head of a PushStart at once mean well.
GST_START_TEST(test_early_success_is_no_end) {
  const std::string kStart = "HTTP/1.1 200 OK\r\nServer: Rex/9.0\r\n";
  const struct {
    std::string response;
    const char* more;  // of its body, later
  } kRows[] = {
      {kSetupResponse, ""},
      {MakeResponse("200 OK", "", "hello"), ""},
      {kStart + "Content-Length: 10\r\n\r\nhello", "again"},
      {MakeResponse("200 OK", "Connection: close\r\n", "hello"), "\r\n\r\n"},
      {kStart + "\r\nhello", " again\r\n\r\nand again"},
  };
  for (const auto& row : kRows) {
    const Gate answered;
    const Gate more;
    ScriptedServer server;
    server.Run(Script()
                   .Setup()
                   .ReadRequest()
                   .Send(row.response)
                   .Open(answered)
                   .ReadPackets(20)
                   .Send(row.more)
                   .Open(more)
                   .ReadToEnd()
                   .Close());
    PushSinkCase push;
    push.Start(server.Url());
    fail_unless(answered.Wait());
    for (int i = 0; i < 19; ++i)
      EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    fail_unless(more.Wait());
    for (int i = 0; i < 50; ++i)
      EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT(push.sink->EndSession(kOrderlyEnd) == HResult::S_OK,
           row.response + push.sink->LastError());
    server.Finish();
    EXPECT(
        Kinds(server.recording().Packets()) == "H" + std::string(69, 'D') + "E",
        row.response);
  }
}
GST_END_TEST

/// The second says why it ends, though it comes in the same segment.
GST_START_TEST(test_two_responses_at_once) {
  ScriptedServer server;
  server.Run(
      Script()
          .Setup()
          .ReadRequest()
          .ReadPackets(2)
          .Send(std::string(kSetupResponse) + MakeResponse("403 Forbidden"))
          .CloseWrite()
          .ReadToEnd());
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.SendUntilFailure(), HResult::NS_E_REFUSED_BY_SERVER);
  fail_unless_equals_int(
      push.statuses->WaitFor(Status::kError).detail.http_status, 403);
}
GST_END_TEST

GST_START_TEST(test_stops_reading) {
  const Gate never;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script().Setup().ReadRequest().Await(never));
  PushSinkCase push;
  push.options.timeout = kShortTimeout;
  push.Start(server.Url());
  EXPECT_HRESULT(push.SendUntilFailure(), HResult::NS_E_TIMEOUT);
  const auto error = push.statuses->WaitFor(Status::kError);
  EXPECT_HRESULT(error.hresult, HResult::NS_E_TIMEOUT);
}
GST_END_TEST

Suite* push_sink_failures_suite() {
  Suite* suite = suite_create("push_sink_failures");
  TCase* reach = tcase_create("reach");
  suite_add_tcase(suite, reach);
  tcase_add_test(reach, test_closed_port);
  tcase_add_test(reach, test_unknown_host);
  tcase_add_test(reach, test_silent_before_accept);
  tcase_add_test(reach, test_silent_after_accept);
  TCase* start = tcase_create("start");
  suite_add_tcase(suite, start);
  tcase_add_test(start, test_close_after_setup);
  tcase_add_test(start, test_close_as_it_starts);
  tcase_add_test(start, test_close_at_push_start);
  tcase_add_test(start, test_closes_always);
  TCase* stream = tcase_create("stream");
  suite_add_tcase(suite, stream);
  tcase_add_test(stream, test_close_in_mid_stream);
  tcase_add_test(stream, test_reset_in_mid_stream);
  tcase_add_test(stream, test_error_status_in_mid_stream);
  tcase_add_test(stream, test_garbage_in_mid_stream);
  tcase_add_test(stream, test_endless_head_in_mid_stream);
  tcase_add_test(stream, test_early_success_is_no_end);
  tcase_add_test(stream, test_two_responses_at_once);
  tcase_add_test(stream, test_stops_reading);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_failures_suite;
GST_CHECK_MAIN(push_sink_failures)
