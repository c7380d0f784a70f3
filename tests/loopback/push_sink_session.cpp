// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

#include <algorithm>

// A session from Connect to EndSession with a server that does as it should.

namespace wms::test {
namespace {

/// Header lines of @a head without the request line, in alphabetical order.
std::string SortedHeaders(const std::string& head) {
  std::vector<std::string> lines;
  std::size_t line = head.find("\r\n") + 2;
  for (std::size_t end = 0;
       (end = head.find("\r\n", line)) != std::string::npos && end != line;
       line = end + 2) {
    lines.push_back(head.substr(line, end - line));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& each : lines)
    text += each + "\n";
  return text;
}

std::string ExpectedHeaders(int port, const char* type, const char* length,
                            const char* push_id) {
  return "Cache-Control: no-cache\n"
         "Content-Length: " +
         std::string(length) + "\nContent-Type: " + type +
         "\nCookie: push-id=" + push_id +
         "\nHost: 127.0.0.1:" + std::to_string(port) +
         "\nUser-Agent: WMEncoder/11.0.5721.5145 gst-wmspush/0.1.0\n"
         "X-Accept-Authentication: Negotiate, NTLM, Digest\n";
}

GST_START_TEST(test_happy_path) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  const std::vector<ByteVector> packets = MakePackets(12);
  push.Start(server.Url("/live"));
  std::string body = Frame('H', push.header);
  std::uint64_t padding = 0;
  for (const ByteVector& packet : packets) {
    EXPECT_HRESULT(push.sink->OnDataUnit(packet), HResult::S_OK);
    body += Frame('D', Stripped(packet));
    padding += packet.size() - Stripped(packet).size();
  }
  body += Frame('E', {});
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();

  const Recording recording = server.recording();
  fail_unless_equals_int(recording.connections.size(), 1);
  fail_unless(recording.connections[0] == Recording::End::kClosed);
  fail_unless_equals_int(recording.requests.size(), 2);
  const WireRequest& setup = recording.requests[0];
  fail_unless(setup.head.starts_with("POST /live HTTP/1.1\r\n"));
  EXPECT(SortedHeaders(setup.head) ==
             "Cache-Control: no-cache\n"
             "Connection: Keep-Alive\n" +
                 ExpectedHeaders(server.port(), "application/x-wms-pushsetup",
                                 "0", "0")
                     .substr(std::string("Cache-Control: no-cache\n").size()),
         setup.head);
  const WireRequest& start = recording.requests[1];
  fail_unless(start.head.starts_with("POST /live HTTP/1.1\r\n"));
  EXPECT(SortedHeaders(start.head) ==
             ExpectedHeaders(server.port(), "application/x-wms-pushstart",
                             "2147483647", kPushId),
         start.head);
  fail_unless(start.body == body);
  EXPECT(start.malformed.empty(), start.malformed);

  const PushStats stats = push.sink->GetStats();
  fail_unless_equals_uint64(stats.packets_sent, 12);
  fail_unless_equals_uint64(stats.bytes_sent, start.head.size() + body.size());
  fail_unless_equals_uint64(stats.padding_removed, padding);
  fail_unless(padding > 0);
  fail_unless_equals_uint64(stats.push_starts, 1);
  fail_unless_equals_int(stats.first_send_time_ms, 0);
  fail_unless_equals_int(stats.last_send_time_ms, 1100);
  fail_unless(stats.connected.count() > 0);
}
GST_END_TEST

GST_START_TEST(test_statuses_in_order) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  const std::string url = server.Url("/live?quality=1");
  push.Start("http://someone:else@" + url.substr(7));
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  EXPECT(push.statuses->Order() ==
             "locating connecting opened started end-of-streaming stopped "
             "closed",
         push.statuses->Order());
  const auto records = push.statuses->records();
  for (const StatusRecorder::Record& record : records) {
    const char* name = StatusName(record.status);
    EXPECT(record.hresult == HResult::S_OK, name);
    EXPECT(record.detail.location == url,
           name + (" " + record.detail.location));
    EXPECT(record.detail.message.empty(), name);
    EXPECT(record.detail.http_status == 0, name);
    const bool after_data = &record >= &records[4];
    EXPECT(record.detail.packets_sent == (after_data ? 1U : 0U), name);
  }
  // The first three come in the thread of the Connect, the others in ours.
  fail_unless(records[0].thread != std::this_thread::get_id());
  fail_unless(records[2].thread == records[0].thread);
  fail_unless(records[3].thread == std::this_thread::get_id());
  fail_unless(records[6].thread == std::this_thread::get_id());
  fail_unless(records[6].detail.bytes_sent == push.sink->GetStats().bytes_sent);
  fail_unless(push.sink->LastError().empty());
}
GST_END_TEST

GST_START_TEST(test_connect_does_not_wait) {
  const Gate answer;
  ScriptedServer server;
  server.Run(Script()
                 .Accept()
                 .ReadRequest()
                 .Await(answer)
                 .Send(kSetupResponse)
                 .Stream());
  PushSinkCase push;
  EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
  push.statuses->WaitFor(Status::kConnecting);
  fail_unless_equals_int(push.statuses->records().size(), 2);
  // One Connect at a time, before and after its outcome.
  EXPECT_HRESULT(push.sink->Connect(server.Url()),
                 HResult::NS_E_ALREADY_CONNECTED);
  answer.Open();
  EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->Connect(server.Url()),
                 HResult::NS_E_ALREADY_CONNECTED);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  EXPECT_HRESULT(push.sink->Connect(server.Url()),
                 HResult::NS_E_ALREADY_CONNECTED);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  fail_unless_equals_int(server.recording().Setups(), 1);
}
GST_END_TEST

/// The stream's thread may come before the Connect has an outcome.
GST_START_TEST(test_header_waits_for_connect) {
  const Gate answer;
  ScriptedServer server;
  server.Run(Script()
                 .Accept()
                 .ReadRequest()
                 .Await(answer)
                 .Send(kSetupResponse)
                 .Stream());
  PushSinkCase push;
  EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
  HResult result = HResult::E_FAIL;
  std::thread stream([&] { result = push.sink->OnHeader(push.header); });
  push.statuses->WaitFor(Status::kConnecting);
  answer.Open();
  stream.join();
  EXPECT_HRESULT(result, HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  EXPECT(Kinds(server.recording().Packets()) == "HE",
         Kinds(server.recording().Packets()));
}
GST_END_TEST

GST_START_TEST(test_setup_body) {
  const struct {
    const char* template_url;
    bool auto_destroy;
    const char* body;
  } kRows[] = {
      {"", false, ""},
      {"", true, "AutoDestroy: 1\r\n"},
      {"/template", false, "Template-URL: \"/template\"\r\nAutoDestroy: 0\r\n"},
      {"http://other:8080/a%20b", true,
       "Template-URL: \"/a%20b\"\r\nAutoDestroy: 1\r\n"},
      {"/a \"b\"", false,
       "Template-URL: \"/a%20%22b%22\"\r\nAutoDestroy: 0\r\n"},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    server.Run(Script().Setup().ReadToEnd());
    PushSinkCase push;
    EXPECT_HRESULT(
        push.sink->Connect(server.Url(), row.template_url, row.auto_destroy),
        HResult::S_OK);
    EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
    EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
    server.Finish();
    const std::string body = server.recording().requests[0].body;
    EXPECT(body == row.body, row.template_url + (": " + body));
  }
}
GST_END_TEST

GST_START_TEST(test_disconnect_sends_no_end) {
  ScriptedServer server;
  server.Run(Script().Setup().ReadRequest().ReadToEnd());
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
  server.Finish();
  EXPECT(Kinds(server.recording().Packets()) == "HD", "no $E");
  EXPECT(push.statuses->Order() ==
             "locating connecting opened started stopped closed",
         push.statuses->Order());
}
GST_END_TEST

GST_START_TEST(test_reconnect) {
  const auto ended = [](PushSinkCase& push) {
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  };
  const auto disconnected = [](PushSinkCase& push) {
    EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
  };
  ScriptedServer server;
  Script script;
  for (int i = 0; i < 3; ++i)
    script.Setup().Stream();
  server.Run(script.Setup(MakeResponse("404 Not Found")).Setup().Stream());
  PushSinkCase push;
  push.Start(server.Url());
  ended(push);
  push.Start(server.Url());
  disconnected(push);
  push.Start(server.Url());
  ended(push);
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                 HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT);
  fail_if(push.sink->LastError().empty());
  // Each session has statistics of its own.
  push.Start(server.Url());
  fail_unless(push.sink->LastError().empty());
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  fail_unless_equals_uint64(push.sink->GetStats().packets_sent, 1);
  fail_unless_equals_uint64(push.sink->GetStats().push_starts, 1);
  ended(push);
  server.Finish();
  EXPECT(Kinds(server.recording().Packets()) == "HEHHEHDE",
         Kinds(server.recording().Packets()));
  fail_unless_equals_int(server.recording().connections.size(), 5);
}
GST_END_TEST

/// Whoever hears of the failure may connect again at once.
GST_START_TEST(test_reconnect_when_told_of_the_failure) {
  ScriptedServer server;
  Script script;
  for (int i = 0; i < 20; ++i)
    script.Setup(MakeResponse("404 Not Found"));
  server.Run(script.Setup().Stream());
  PushSinkCase push;
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
    const auto record = push.statuses->WaitForCount(3 * (i + 1));
    EXPECT(record.status == Status::kError, push.statuses->Order());
  }
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
}
GST_END_TEST

Suite* push_sink_session_suite() {
  Suite* suite = suite_create("push_sink_session");
  TCase* tcase = tcase_create("session");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_happy_path);
  tcase_add_test(tcase, test_statuses_in_order);
  tcase_add_test(tcase, test_connect_does_not_wait);
  tcase_add_test(tcase, test_header_waits_for_connect);
  tcase_add_test(tcase, test_setup_body);
  tcase_add_test(tcase, test_disconnect_sends_no_end);
  tcase_add_test(tcase, test_reconnect);
  tcase_add_test(tcase, test_reconnect_when_told_of_the_failure);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_session_suite;
GST_CHECK_MAIN(push_sink_session)
