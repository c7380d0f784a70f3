// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/owned_packet.h"
#include "loopback/push_sink_case.h"

// A connection is lost, and the push goes on where it was ([MS-WMHTTP] 2.2.2.2,
// 3.1.7.1, 3.2.7.1), or begins anew.

namespace wms::test {
namespace {

/// A push that gets over things, quickly.
struct ResumeCase : PushSinkCase {
  ResumeCase() {
    options.reconnect = true;
    options.retry_delay = 20ms;
    options.retries = 20;
  }

  /// Sends packets, one a millisecond, until @a holds; each is different.
  void SendUntil(const std::function<bool()>& holds) {
    const Gate never;
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (!holds()) {
      EXPECT(std::chrono::steady_clock::now() < end, "it never happens");
      Send();
      never.Wait(1ms);
    }
  }
  void Send() {
    sent.push_back(
        MakePacket({.send_time_ms = static_cast<std::uint32_t>(sent.size())}));
    const bool owned = sent.size() % 2 == 0;
    EXPECT_HRESULT(
        owned ? SendOwned(*sink, sent.back()) : sink->OnDataUnit(sent.back()),
        HResult::S_OK);
  }
  void SendUntilRecovered() {
    SendUntil([this] {
      return statuses->Order().find("reconnect-end") != std::string::npos;
    });
  }
  void End() { EXPECT_HRESULT(sink->EndSession(kOrderlyEnd), HResult::S_OK); }
  /// A push that the server closes behind its third packet, and to whose end.
  void RunThroughLoss(ScriptedServer& server, const Gate& closed) {
    Start(server.Url());
    for (int i = 0; i < 3; ++i)
      Send();
    fail_unless(closed.Wait());
    SendUntilRecovered();
    End();
    server.Finish();
  }
  StatusDetail DetailOf(Status status) const {
    for (const auto& record : statuses->records()) {
      if (record.status == status) return record.detail;
    }
    EXPECT(false, StatusName(status));
    return {};
  }

  std::vector<ByteVector> sent;
};

/// Each packet of @a push once and in order, whatever stands between.
void ExpectAllOnce(const Recording& recording, const ResumeCase& push) {
  std::size_t next = 0;
  for (const WirePacket& packet : recording.Packets()) {
    if (packet.id != wmhttp::PacketId::kData) continue;
    EXPECT(
        next < push.sent.size() && packet.payload == Stripped(push.sent[next]),
        "packet " + std::to_string(next));
    ++next;
  }
  fail_unless_equals_int(next, push.sent.size());
}

constexpr const char* kRecovered =
    "locating connecting opened started reconnect-start reconnect-end "
    "end-of-streaming stopped closed";

/// The server ends the connection after some packets: the next one goes on
/// with $D and the same push-id.
GST_START_TEST(test_between_packets) {
  for (const bool reset : {false, true}) {
    Script script = Script().Setup().ReadRequest().ReadPackets(4);
    reset ? script.Reset() : script.Close();
    const Gate closed;
    ScriptedServer server;
    server.Run(script.Open(closed).Accept().Stream());
    ResumeCase push;
    push.RunThroughLoss(server, closed);
    const Recording recording = server.recording();
    fail_unless_equals_int(recording.Setups(), 1);
    fail_unless_equals_int(recording.requests.size(), 3);
    const WireRequest& resumed = recording.requests.back();
    EXPECT(resumed.Header("Cookie") == std::string("push-id=") + kPushId,
           resumed.head);
    EXPECT(Kinds(resumed.packets).starts_with("DD"), Kinds(resumed.packets));
    ExpectAllOnce(recording, push);
    EXPECT(push.statuses->Order() == kRecovered, push.statuses->Order());
    const StatusDetail end = push.DetailOf(Status::kReconnectEnd);
    EXPECT(end.resumed && end.attempt == 1, std::to_string(end.attempt));
    fail_unless_equals_int(push.sink->GetStats().reconnects, 1);
  }
}
GST_END_TEST

/// Where a server does not know the session any more, another one begins, with
/// all that is not known to have been taken.
GST_START_TEST(test_refused) {
  for (const char* status :
       {"404 Not Found", "400 Bad Request", "403 No", "500 No such session"}) {
    const Gate closed;
    ScriptedServer server;
    server.Run(Script()
                   .Setup()
                   .ReadRequest()
                   .ReadPackets(4)
                   .Close()
                   .Open(closed)
                   .Accept()
                   .ReadRequest()
                   .Send(MakeResponse(status, "Connection: close\r\n"))
                   .Close()
                   .Setup()
                   .Stream());
    ResumeCase push;
    push.RunThroughLoss(server, closed);
    const Recording recording = server.recording();
    fail_unless_equals_int(recording.Setups(), 2);
    const std::string kinds = Kinds(recording.requests.back().packets);
    EXPECT(kinds.starts_with("HDD"), kinds);
    const auto& packets = recording.requests.back().packets;
    EXPECT(packets[0].payload == push.header, "the same header");
    EXPECT(packets[1].payload == Stripped(push.sent[3]), "from where it was");
    EXPECT(push.statuses->Order() == kRecovered, push.statuses->Order());
    EXPECT(!push.DetailOf(Status::kReconnectEnd).resumed, status);
  }
}
GST_END_TEST

/// A server that has given no push-id cannot know the session again: another
/// one begins at once, header first.
GST_START_TEST(test_no_push_id) {
  for (const char* cookie : {"", "Set-Cookie: push-id=0\r\n"}) {
    const std::string setup = MakeResponse("204 No Content", cookie);
    const Gate closed;
    ScriptedServer server;
    server.Run(Script()
                   .Setup(setup)
                   .ReadRequest()
                   .ReadPackets(4)
                   .Close()
                   .Open(closed)
                   .Setup(setup)
                   .Stream());
    ResumeCase push;
    push.RunThroughLoss(server, closed);
    const Recording recording = server.recording();
    fail_unless_equals_int(recording.Setups(), 2);
    const std::string kinds = Kinds(recording.requests.back().packets);
    EXPECT(kinds.starts_with("HDD"), kinds);
    EXPECT(push.statuses->Order() == kRecovered, push.statuses->Order());
    const StatusDetail end = push.DetailOf(Status::kReconnectEnd);
    EXPECT(!end.resumed && end.attempt == 1, std::to_string(end.attempt));
    ExpectAllOnce(recording, push);
  }
}
GST_END_TEST

/// The server ends the session in mid-body, and says so.
GST_START_TEST(test_told_to_come_back) {
  const struct {
    const char* response;
    bool known;  // a PushStart that resumes comes first
    std::chrono::milliseconds least;
  } kRows[] = {
      {"408 Request Timeout", false, 0ms},
      {"503 Service Unavailable", true, 0ms},
      {"503 Service Unavailable\r\nRetry-After: 1", true, 1000ms},
      {"502 Bad Gateway", true, 0ms},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    Script script =
        Script()
            .Setup()
            .ReadRequest()
            .ReadPackets(3)
            .Send(MakeResponse(row.response, "Connection: close\r\n"))
            .Close();
    row.known ? script.Accept() : script.Setup();
    server.Run(script.Stream());
    ResumeCase push;
    push.Start(server.Url());
    const auto start = std::chrono::steady_clock::now();
    push.SendUntilRecovered();
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT(took >= row.least, row.response);
    push.End();
    server.Finish();
    EXPECT(push.statuses->Order() == kRecovered, push.statuses->Order());
    fail_unless(push.DetailOf(Status::kReconnectStart).http_status >= 408);
  }
}
GST_END_TEST

/// What is no loss ends the session.
GST_START_TEST(test_what_is_final) {
  for (const char* status : {"400 Bad Request", "403 Forbidden",
                             "404 Not Found", "409 Conflict", "410 Gone"}) {
    ScriptedServer server;
    server.Run(Script()
                   .Setup()
                   .ReadRequest()
                   .ReadPackets(3)
                   .Send(MakeResponse(status, "Connection: close\r\n"))
                   .Close());
    ResumeCase push;
    push.Start(server.Url());
    fail_unless(push.SendUntilFailure() != HResult::S_OK);
    EXPECT(push.statuses->Order() == "locating connecting opened started error",
           push.statuses->Order());
  }
}
GST_END_TEST

/// Wrong credentials the second time are no reason to try a third time.
GST_START_TEST(test_access_denied) {
  ScriptedServer server;
  const std::string denied =
      MakeResponse("401 Unauthorized", "Connection: close\r\n");
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(3)
                 .Reset()
                 .Accept()
                 .ReadRequest()
                 .Send(denied)
                 .Close()
                 .Setup(denied));
  ResumeCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.SendUntilFailure(), HResult::NS_E_SERVER_ACCESSDENIED);
  server.Finish();
  EXPECT(push.statuses->Order() ==
             "locating connecting opened started reconnect-start error",
         push.statuses->Order());
}
GST_END_TEST

/// After N attempts in a row it is over, with the error of the last.
GST_START_TEST(test_give_up) {
  for (const int retries : {0, 1, 4}) {
    ScriptedServer server;
    server.Run(
        Script().Setup().ReadRequest().ReadPackets(3).CloseListener().Reset());
    ResumeCase push;
    push.options.retries = retries;
    push.Start(server.Url());
    EXPECT_HRESULT(push.SendUntilFailure(),
                   retries == 0 ? HResult::NS_E_RESET_SOCKET_CONNECTION
                                : HResult::NS_E_PUSH_CANNOTCONNECT);
    const std::string lost = retries == 0 ? "" : "reconnect-start ";
    EXPECT(push.statuses->Order() ==
               "locating connecting opened started " + lost + "error",
           push.statuses->Order());
  }
}
GST_END_TEST

/// The same at a switch, of which nothing is left to take back: its $E needs
/// not be said any more when a connection is over.
GST_START_TEST(test_give_up_at_a_switch) {
  const Gate closed;
  ScriptedServer server;
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(4)
                 .CloseListener()
                 .Close()
                 .Open(closed));
  ResumeCase push;
  push.options.retries = 2;
  push.Start(server.Url());
  for (int i = 0; i < 3; ++i)
    push.Send();
  fail_unless(closed.Wait());
  push.sink->CheckConnection();
  push.statuses->WaitFor(Status::kReconnectStart);
  EXPECT_HRESULT(push.sink->OnHeader(MakeHeader({.packet_size = 3000})),
                 HResult::NS_E_PUSH_CANNOTCONNECT);
  server.Finish();
}
GST_END_TEST

/// A PushStart that went well is challenged in mid-body, and the next one is
/// refused: that it went well says nothing of the packets of the second, which
/// are all sent again although the peer's TCP has them.
GST_START_TEST(test_refused_after_a_challenge) {
  const Gate flowed;
  ScriptedServer server;
  const std::string challenge = MakeResponse(
      "401 Unauthorized",
      "WWW-Authenticate: Digest realm=\"r\", nonce=\"one\", qop=\"auth\"\r\n");
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadPackets(3)
                 .Await(flowed)
                 .Send(challenge)
                 .Accept()
                 .ReadRequest()
                 .ReadPackets(4)
                 .Send(MakeResponse("503 Service Unavailable",
                                    "Connection: close\r\n"))
                 .Close()
                 .Accept()
                 .Stream());
  ResumeCase push;
  push.options.user = "someone";
  push.options.password = "s3cret";
  push.Start(server.Url());
  // What went well is told by the time it went on for, and that has to pass.
  const auto well = std::chrono::steady_clock::now() + 300ms;
  push.SendUntil([&] { return std::chrono::steady_clock::now() >= well; });
  flowed.Open();
  push.SendUntilRecovered();
  push.End();
  server.Finish();
  const auto requests = server.recording().requests;
  fail_unless_equals_int(requests.size(), 4);
  const auto& refused = requests[2].packets;
  const auto& resumed = requests[3].packets;
  EXPECT(Kinds(refused).starts_with("HDDD"), Kinds(refused));
  EXPECT(Kinds(resumed).starts_with("HDDD"), Kinds(resumed));
  fail_unless(resumed[1].payload == refused[1].payload);
}
GST_END_TEST

/// A delay ends when somebody knows better, and when nobody wants it.
GST_START_TEST(test_delay) {
  enum class Way { kRetryNow, kDisconnect, kEndSession, kInterrupt };
  for (const Way way :
       {Way::kRetryNow, Way::kDisconnect, Way::kEndSession, Way::kInterrupt}) {
    ScriptedServer server;
    const std::string busy = MakeResponse(
        "503 Service Unavailable", "Retry-After: 200\r\nConnection: close\r\n");
    server.Run(Script()
                   .Setup()
                   .ReadRequest()
                   .ReadPackets(3)
                   .Send(busy)
                   .Close()
                   .Accept()
                   .Stream());
    ResumeCase push;
    push.Start(server.Url());
    std::thread sending([&push] {
      while (push.sink->OnDataUnit(push.packet) == HResult::S_OK)
        continue;
    });
    push.statuses->WaitFor(Status::kReconnectStart);
    const auto start = std::chrono::steady_clock::now();
    switch (way) {
      case Way::kRetryNow:
        // It may not have begun yet.
        while (server.recording().connections.size() < 2)
          push.sink->RetryNow();
        push.statuses->WaitFor(Status::kReconnectEnd);
        EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
        break;
      case Way::kDisconnect:
        EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
        break;
      case Way::kEndSession:
        EXPECT_HRESULT(push.sink->EndSession(100ms),
                       HResult::NS_E_CONNECTION_FAILURE);
        break;
      case Way::kInterrupt:
        push.sink->Interrupt();
        break;
    }
    sending.join();
    EXPECT(std::chrono::steady_clock::now() - start < kPromptly * 2, "prompt");
  }
}
GST_END_TEST

Suite* push_sink_resume_suite() {
  Suite* suite = suite_create("push_sink_resume");
  TCase* tcase = tcase_create("resume");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_between_packets);
  tcase_add_test(tcase, test_refused);
  tcase_add_test(tcase, test_no_push_id);
  tcase_add_test(tcase, test_told_to_come_back);
  tcase_add_test(tcase, test_what_is_final);
  tcase_add_test(tcase, test_access_denied);
  tcase_add_test(tcase, test_give_up);
  tcase_add_test(tcase, test_give_up_at_a_switch);
  tcase_add_test(tcase, test_refused_after_a_challenge);
  tcase_add_test(tcase, test_delay);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_resume_suite;
GST_CHECK_MAIN(push_sink_resume)
