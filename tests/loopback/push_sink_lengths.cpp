// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

// PushStart requests of a small Content-Length, one after the other
// ([MS-WMHTTP] 3.1.4.2.1, 3.1.4.3 to 3.1.4.5).

namespace wms::test {
namespace {

const char* const kStartResponse =
    "HTTP/1.1 204 No Content\r\n"
    "Server: Cougar/9.01.01.3814\r\n"
    "\r\n";
const char* const kClosingStartResponse =
    "HTTP/1.1 204 No Content\r\n"
    "Server: Cougar/9.01.01.3814\r\n"
    "Connection: close\r\n"
    "Set-Cookie: push-id=another77\r\n"
    "\r\n";

/// Every request's body, cut at its Content-Length, is packets and nothing
/// else, and each but the last one is full.
void ExpectFilledBodies(const Recording& recording) {
  for (std::size_t i = 1; i < recording.requests.size(); ++i) {
    const WireRequest& request = recording.requests[i];
    const std::string context =
        "request " + std::to_string(i) + " " + request.malformed;
    EXPECT(request.IsStart(), context);
    EXPECT(request.malformed.empty(), context);
    const std::size_t length = std::stoul(request.Header("Content-Length"));
    std::size_t size = 0;
    for (const WirePacket& packet : request.packets) {
      const bool reason = packet.id == wmhttp::PacketId::kEndOfStream ||
                          packet.id == wmhttp::PacketId::kStreamChange;
      size += 4 + (reason ? 4 : 0) + packet.payload.size();
    }
    EXPECT(size == request.body.size(), context);
    const bool last = i + 1 == recording.requests.size();
    EXPECT(size == length || (last && size < length), context);
  }
}

/// All $D payloads, and the kinds of all packets without $F.
std::vector<ByteVector> DataOf(const Recording& recording) {
  std::vector<ByteVector> data;
  for (const WirePacket& packet : recording.Packets()) {
    if (packet.id == wmhttp::PacketId::kData) data.push_back(packet.payload);
  }
  return data;
}

std::string KindsButFillers(const Recording& recording) {
  std::string kinds = Kinds(recording.Packets());
  std::erase(kinds, 'F');
  return kinds;
}

/// @a starts PushStart requests on one connection.
Script OneConnection(int starts) {
  Script script;
  script.Setup();
  for (int i = 0; i < starts; ++i)
    script.ReadRequest().ReadBody().Send(kStartResponse);
  return script.Stream();
}

GST_START_TEST(test_next_request_on_the_same_connection) {
  // Some lengths, so that the rest to be filled differs.
  for (std::uint64_t length = 4000; length < 4016; ++length) {
    ScriptedServer server;
    server.Run(OneConnection(3));
    PushSinkCase push;
    push.options.content_length = length;
    push.Start(server.Url());
    std::vector<ByteVector> data;
    // Until the fourth request is due.
    while (push.sink->GetStats().push_starts < 4) {
      const ByteVector packet =
          MakePacket({.number = static_cast<std::uint8_t>(data.size())});
      EXPECT_HRESULT(push.sink->OnDataUnit(packet), HResult::S_OK);
      data.push_back(Stripped(packet));
    }
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    const Recording recording = server.recording();
    ExpectFilledBodies(recording);
    fail_unless_equals_int(recording.connections.size(), 1);
    fail_unless_equals_int(recording.requests.size(), 5);
    for (std::size_t i = 1; i < 5; ++i) {
      EXPECT(recording.requests[i].Header("Content-Length") ==
                 std::to_string(length),
             recording.requests[i].head);
      EXPECT(recording.requests[i].Header("Cookie") ==
                 std::string("push-id=") + kPushId,
             "push-id");
    }
    fail_unless(DataOf(recording) == data);
    EXPECT(
        KindsButFillers(recording) == "H" + std::string(data.size(), 'D') + "E",
        Kinds(recording.Packets()));
  }
}
GST_END_TEST

/// The body of an answer comes when the next request has begun.
GST_START_TEST(test_body_behind_the_answer) {
  ScriptedServer server;
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadBody()
                 .Send("HTTP/1.1 200 OK\r\nServer: Rex/9.0\r\n"
                       "Content-Length: 20\r\n\r\n")
                 .ReadRequest()
                 .Send("not the next answer.")
                 .ReadBody()
                 .Send(kStartResponse)
                 .Stream());
  PushSinkCase push;
  push.options.content_length = 4000;
  push.Start(server.Url());
  while (push.sink->GetStats().push_starts < 3)
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  ExpectFilledBodies(server.recording());
  fail_unless_equals_int(server.recording().connections.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_next_request_on_a_new_connection) {
  ScriptedServer server;
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadBody()
                 .Send(kClosingStartResponse)
                 .Close()
                 .Accept()
                 .ReadRequest()
                 .ReadBody()
                 .Send(kStartResponse)
                 .Stream());
  PushSinkCase push;
  push.options.content_length = 5000;
  push.Start(server.Url());
  std::size_t sent = 0;
  for (; push.sink->GetStats().push_starts < 3; ++sent)
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const Recording recording = server.recording();
  ExpectFilledBodies(recording);
  fail_unless_equals_int(recording.connections.size(), 2);
  fail_unless_equals_int(recording.requests[1].connection, 0);
  fail_unless_equals_int(recording.requests[2].connection, 1);
  fail_unless_equals_int(recording.requests[3].connection, 1);
  // The newest push-id counts.
  EXPECT(recording.requests[2].Header("Cookie") == "push-id=another77",
         recording.requests[2].head);
  fail_unless_equals_int(DataOf(recording).size(), sent);
}
GST_END_TEST

/// A Content-Length that could not even take the header is raised.
GST_START_TEST(test_smallest_request) {
  ScriptedServer server;
  server.Run(OneConnection(1));
  PushSinkCase push;
  push.options.content_length = 1;
  push.Start(server.Url());
  std::size_t sent = 0;
  for (; push.sink->GetStats().push_starts < 2; ++sent)
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const Recording recording = server.recording();
  ExpectFilledBodies(recording);
  EXPECT(recording.requests[1].Header("Content-Length") == "3012",
         recording.requests[1].head);
  fail_unless_equals_int(DataOf(recording).size(), sent);
}
GST_END_TEST

GST_START_TEST(test_switch_and_end_in_small_requests) {
  // One body after the other with switches only: wherever the length runs
  // out, the order of the packets stays.
  ScriptedServer server;
  server.Run(OneConnection(3));
  PushSinkCase push;
  push.options.content_length = 1;
  push.Start(server.Url());
  std::string kinds = "H";
  for (std::uint8_t id = 2; push.sink->GetStats().push_starts < 4; ++id) {
    EXPECT_HRESULT(push.sink->OnHeader(MakeHeader({.id = id})), HResult::S_OK);
    kinds += "eC";
  }
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  ExpectFilledBodies(server.recording());
  EXPECT(KindsButFillers(server.recording()) == kinds + "E",
         Kinds(server.recording().Packets()));
}
GST_END_TEST

/// The answer to a used up PushStart decides about the session.
GST_START_TEST(test_answers_to_a_full_request) {
  const struct {
    const char* response;
    HResult hresult;
    unsigned http_status;
  } kRows[] = {
      {"HTTP/1.1 204 No Content\r\nServer: nginx\r\n\r\n",
       HResult::NS_E_INCOMPATIBLE_PUSH_SERVER, 0},
      {"HTTP/1.1 204 No Content\r\n\r\n",
       HResult::NS_E_INCOMPATIBLE_PUSH_SERVER, 0},
      {"HTTP/1.1 404 Not Found\r\n\r\n",
       HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT, 404},
      {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n",
       HResult::NS_E_INVALID_REDIRECT, 302},
      {"nonsense\r\n\r\n", HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE, 0},
      {"", HResult::NS_E_CONNECTION_FAILURE, 0},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    server.Run(
        Script().Setup().ReadRequest().ReadBody().Send(row.response).Close());
    PushSinkCase push;
    push.options.content_length = 4000;
    push.Start(server.Url());
    EXPECT(push.SendUntilFailure() == row.hresult, row.response);
    const auto error = push.statuses->WaitFor(Status::kError);
    EXPECT(error.hresult == row.hresult, row.response);
    EXPECT(error.detail.http_status == row.http_status, row.response);
    EXPECT(error.detail.message == push.sink->LastError(), row.response);
    server.Finish();
  }
}
GST_END_TEST

GST_START_TEST(test_no_answer_to_a_full_request) {
  ScriptedServer server;
  server.Run(Script().Setup().ReadRequest().ReadBody().ReadToEnd());
  PushSinkCase push;
  push.options.content_length = 4000;
  push.options.timeout = kShortTimeout;
  push.Start(server.Url());
  EXPECT_HRESULT(push.SendUntilFailure(), HResult::NS_E_TIMEOUT);
  server.Finish();
}
GST_END_TEST

Suite* push_sink_lengths_suite() {
  Suite* suite = suite_create("push_sink_lengths");
  TCase* tcase = tcase_create("lengths");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_next_request_on_the_same_connection);
  tcase_add_test(tcase, test_body_behind_the_answer);
  tcase_add_test(tcase, test_next_request_on_a_new_connection);
  tcase_add_test(tcase, test_smallest_request);
  tcase_add_test(tcase, test_switch_and_end_in_small_requests);
  tcase_add_test(tcase, test_answers_to_a_full_request);
  tcase_add_test(tcase, test_no_answer_to_a_full_request);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_lengths_suite;
GST_CHECK_MAIN(push_sink_lengths)
