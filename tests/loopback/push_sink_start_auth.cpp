// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/small_window.h"
#include "loopback/push_sink_case.h"

// Challenges to PushStart (3.1.5.2).

#include <algorithm>
#include <array>
#include <cstdlib>

namespace wms::test {
namespace {

const char* const kDigest =
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"one\", qop=\"auth\"\r\n";
const char* const kStale =
    "WWW-Authenticate: Digest realm=\"r\", nonce=\"two\", qop=\"auth\", "
    "stale=true\r\n";

std::string Refusal(const std::string& challenge) {
  return MakeResponse("401 Unauthorized", challenge, "who are you?");
}

/// Connects as somebody who may.
void Open(PushSinkCase& push, ScriptedServer& server) {
  push.options.user = "someone";
  push.options.password = "s3cret";
  push.Start(server.Url());
}

/// Sends packets, one a millisecond, until the server has got @a count on its
/// newest request.
void SendUntil(PushSinkCase& push, ScriptedServer& server, std::size_t requests,
               std::size_t count) {
  const auto there = [&](const Recording& recording) {
    return recording.requests.size() >= requests &&
           recording.requests.back().packets.size() >= count;
  };
  const Gate never;
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (!there(server.recording())) {
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT(std::chrono::steady_clock::now() < end, "nothing arrives");
    // Else they fill the socket of a server that has done with reading.
    never.Wait(1ms);
  }
}

/// The way from a refused PushStart to the end of the stream.
Script& GoOn(Script& script) {
  return script.Accept().ReadRequest().ReadToEnd().Close();
}

void ExpectAnewWithHeader(const Recording& recording, std::size_t request) {
  const WireRequest& start = recording.requests.at(request);
  EXPECT(start.IsStart(), start.head);
  EXPECT(!start.packets.empty() &&
             start.packets[0].id == wmhttp::PacketId::kHeader,
         Kinds(start.packets));
  EXPECT(start.malformed.empty(), start.malformed);
}

/// A server that asks only now, at once or in mid-body.
GST_START_TEST(test_challenged_at_start) {
  for (const std::size_t packets : {1, 5}) {
    ScriptedServer server;
    Script script;
    script.Setup().ReadRequest().ReadPackets(packets).Send(Refusal(kDigest));
    server.Run(GoOn(script));
    PushSinkCase push;
    Open(push, server);
    SendUntil(push, server, 3, 4);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    const Recording recording = server.recording();
    fail_unless_equals_int(recording.requests.size(), 3);
    ExpectAnewWithHeader(recording, 2);
    // 3.1.5.2: in mid-body the connection is closed, another is opened.
    fail_unless_equals_int(recording.requests[2].connection, 1);
    EXPECT(recording.requests[1].Header("Authorization").empty(), "unasked");
    const std::string value = recording.requests[2].Header("Authorization");
    EXPECT(value.find("nc=00000001") != std::string::npos, value);
    EXPECT(push.statuses->Order() ==
               "locating connecting opened started end-of-streaming stopped "
               "closed",
           push.statuses->Order());
  }
}
GST_END_TEST

/// After a setup by Digest: a stale nonce, and one that says nothing of it.
GST_START_TEST(test_challenged_again) {
  const std::string unsaid =
      "WWW-Authenticate: Digest realm=\"r\", nonce=\"two\", qop=\"auth\"\r\n";
  for (const std::string& second : {std::string(kStale), unsaid}) {
    ScriptedServer server;
    Script script;
    script.Setup(Refusal(kDigest))
        .Setup()
        .ReadRequest()
        .ReadPackets(2)
        .Send(Refusal(second));
    server.Run(GoOn(script));
    PushSinkCase push;
    Open(push, server);
    SendUntil(push, server, 4, 3);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    const Recording recording = server.recording();
    ExpectAnewWithHeader(recording, 3);
    const std::string before = recording.requests[2].Header("Authorization");
    EXPECT(before.find("nc=00000002") != std::string::npos, before);
    const std::string value = recording.requests[3].Header("Authorization");
    EXPECT(value.find("nonce=\"two\"") != std::string::npos, value);
    EXPECT(value.find("nc=00000001") != std::string::npos, value);
  }
}
GST_END_TEST

/// Nonces that run out while the stream flows, without a word of that: each is
/// replaced by the next. Half a minute, so with WMSPUSH_LONG=1 alone.
GST_START_TEST(test_nonces_that_run_out) {
  const auto challenge = [](int number) {
    return Refusal("WWW-Authenticate: Digest realm=\"r\", nonce=\"" +
                   std::to_string(number) + "\", qop=\"auth\"\r\n");
  };
  constexpr int kNonces = 3;
  const std::array<Gate, kNonces> flowed;
  ScriptedServer server;
  Script script;
  script.Setup(challenge(0)).Setup();
  for (int i = 0; i < kNonces; ++i) {
    if (i > 0) script.Accept();
    script.ReadRequest().ReadPackets(2).Await(flowed[i]).Send(challenge(i + 1));
  }
  server.Run(GoOn(script));
  PushSinkCase push;
  Open(push, server);
  for (std::size_t i = 0; i < kNonces; ++i) {
    SendUntil(push, server, 3 + i, 2);
    // What is looked at is that data flowed for so long.
    const Gate never;
    never.Wait(1s);
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    never.Wait(10s);
    flowed[i].Open();
  }
  SendUntil(push, server, 3 + kNonces, 2);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
}
GST_END_TEST

/// When the body is complete, the connection is kept, and so is the nonce's
/// count over several requests. The later ones begin with no $H.
GST_START_TEST(test_challenged_after_the_body) {
  ScriptedServer server;
  const std::string next = MakeResponse("204 No Content");
  server.Run(Script()
                 .Setup(Refusal(kDigest))
                 .Setup()
                 .ReadRequest()
                 .ReadBody()
                 .Send(next)
                 .ReadRequest()
                 .ReadBody()
                 .Send(Refusal(kStale))
                 .ReadRequest()
                 .ReadBody()
                 .Send(next)
                 .Stream());
  PushSinkCase push;
  push.options.content_length = 4000;
  Open(push, server);
  // Three fill a request; those of the one that is refused are sent again.
  for (int i = 0; i < 7; ++i)
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const Recording recording = server.recording();
  ExpectAnewWithHeader(recording, 2);
  const char* const kCounts[] = {"nc=00000002", "nc=00000003", "nc=00000001",
                                 "nc=00000002"};
  for (std::size_t i = 2; i < 6; ++i) {
    const std::string value = recording.requests[i].Header("Authorization");
    EXPECT(value.find(kCounts[i - 2]) != std::string::npos, value);
    fail_unless_equals_int(recording.requests[i].connection, 1);
  }
  EXPECT(recording.requests[4].packets[0].id == wmhttp::PacketId::kData,
         Kinds(recording.requests[4].packets));
  std::string accepted;
  for (const std::size_t i : {2U, 4U, 5U})
    accepted += Kinds(recording.requests[i].packets);
  EXPECT(std::ranges::count(accepted, 'D') == 7, accepted);
}
GST_END_TEST

/// The server reads nothing of a PushStart and challenges when the client waits
/// for room to send fillers: when that is so once the kernel has taken @a room
/// bytes. Otherwise that was no test, and @a room is a better guess.
bool ChallengeAmongFillers(std::uint64_t& room) {
  constexpr std::uint32_t kSize = 60000;
  constexpr std::size_t kFrame = 4;
  PushSinkCase push;
  push.header = MakeHeader({.packet_size = kSize});
  push.packet = MakePacket({.packet_size = kSize});
  const std::size_t count = room / (kSize + kFrame);
  const std::size_t data =
      kFrame + push.header.size() + count * (kSize + kFrame);
  // The last packet has to wait for the next request.
  push.options.content_length = data + kSize;
  const Gate blocked;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  Script script;
  script.Setup().ReadRequest().Await(blocked).Send(Refusal(kDigest));
  server.Run(GoOn(script));
  Open(push, server);
  HResult sent = HResult::S_OK;
  std::thread sender([&] {
    for (std::size_t i = 0; i <= count && sent == HResult::S_OK; ++i)
      sent = push.sink->OnDataUnit(push.packet);
  });
  push.WaitUntilBlocked();
  const std::uint64_t taken = push.sink->GetStats().bytes_sent;
  // What has been taken begins with the head of the request.
  if (taken < data || taken >= data + kSize) {
    room = taken < data ? taken : 2 * room;
    push.sink->Disconnect();
    sender.join();
    return false;
  }
  blocked.Open();
  sender.join();
  EXPECT_HRESULT(sent, HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const Recording recording = server.recording();
  fail_unless_equals_int(recording.requests.size(), 3);
  ExpectAnewWithHeader(recording, 2);
  const WireRequest& start = recording.requests[2];
  fail_unless_equals_int(start.connection, 1);
  // What the peer's TCP had acknowledged may have been let go of.
  EXPECT(Kinds(start.packets).ends_with("DE"), Kinds(start.packets));
  return true;
}

/// The body is complete as far as the state goes, but not on its way: as in
/// mid-body, the connection is of no more use.
GST_START_TEST(test_challenged_among_fillers) {
  std::uint64_t room = 600000;
  int tries = 10;
  while (!ChallengeAmongFillers(room))
    EXPECT(--tries > 0, "never among the fillers");
}
GST_END_TEST

/// Wrong ones, and a server that is never content.
GST_START_TEST(test_it_ends) {
  for (const bool stale : {false, true}) {
    ScriptedServer server;
    Script script;
    script.Setup().ReadRequest().ReadPackets(1).Send(Refusal(kDigest));
    for (int i = 0; i < 50; ++i) {
      script.Accept().ReadRequest().ReadPackets(1).Send(
          Refusal(stale ? kStale : kDigest));
    }
    server.Run(script);
    PushSinkCase push;
    push.options.user = "someone";
    push.options.password = "wrong";
    EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
    HResult hr = push.sink->OnHeader(push.header);
    if (hr == HResult::S_OK) hr = push.SendUntilFailure();
    EXPECT_HRESULT(hr, HResult::NS_E_SERVER_ACCESSDENIED);
    const auto error = push.statuses->WaitFor(Status::kError);
    fail_unless_equals_int(error.detail.http_status, 401);
    const std::size_t requests = server.recording().requests.size();
    EXPECT(stale ? requests > 4 && requests < 20 : requests == 3,
           std::to_string(requests));
  }
}
GST_END_TEST

/// What has no answer ends the push, and the error says why.
GST_START_TEST(test_no_answer) {
  const struct {
    const char* challenge;
    unsigned schemes;
    const char* said;
  } kRows[] = {
      {"WWW-Authenticate: NTLM\r\n", kAuthDigest | kAuthNtlm,
       "NTLM on PushStart"},
      {"WWW-Authenticate: Basic realm=\"r\"\r\n", kAuthDigest, "add basic"},
      {"", kAuthDigest, "no authentication scheme"},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    server.Run(Script().Setup().ReadRequest().ReadPackets(1).Send(
        Refusal(row.challenge)));
    PushSinkCase push;
    push.options.auth_schemes = row.schemes;
    Open(push, server);
    EXPECT_HRESULT(push.SendUntilFailure(), HResult::NS_E_SERVER_ACCESSDENIED);
    const std::string message = push.sink->LastError();
    EXPECT(message.find(row.said) != std::string::npos, message);
    fail_unless_equals_int(server.recording().requests.size(), 2);
  }
}
GST_END_TEST

/// Another header while the answer to a challenge is due.
GST_START_TEST(test_challenged_at_a_switch) {
  ScriptedServer server;
  Script script;
  const Gate switched;
  script.Setup().ReadRequest().ReadPackets(2).Await(switched).Send(
      Refusal(kDigest));
  server.Run(GoOn(script));
  PushSinkCase push;
  Open(push, server);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  ByteVector other = push.header;
  // Another File ID, 24 bytes behind the File Properties' GUID and size.
  other[30 + 24] ^= 0xff;
  EXPECT_HRESULT(push.sink->OnHeader(other), HResult::S_OK);
  switched.Open();
  SendUntil(push, server, 3, 3);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const Recording recording = server.recording();
  ExpectAnewWithHeader(recording, 2);
  // What was refused is sent again, the switch too, as far as it is not so
  // much that it was let go.
  const auto& packets = recording.requests[2].packets;
  const bool all = packets[0].payload == push.header;
  EXPECT(!all || Kinds(packets).starts_with("HDeC"), Kinds(packets));
  EXPECT(packets[all ? 3 : 0].payload == other, "the header of now");
}
GST_END_TEST

Suite* push_sink_start_auth_suite() {
  Suite* suite = suite_create("push_sink_start_auth");
  TCase* tcase = tcase_create("start_auth");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_challenged_at_start);
  tcase_add_test(tcase, test_challenged_again);
  tcase_add_test(tcase, test_challenged_after_the_body);
  tcase_add_test(tcase, test_challenged_among_fillers);
  tcase_add_test(tcase, test_it_ends);
  tcase_add_test(tcase, test_no_answer);
  tcase_add_test(tcase, test_challenged_at_a_switch);
  if (std::getenv("WMSPUSH_LONG") != nullptr) {
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_nonces_that_run_out);
  }
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_start_auth_suite;
GST_CHECK_MAIN(push_sink_start_auth)
