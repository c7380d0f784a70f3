// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

// Answers to PushSetup, right, odd and wrong.

namespace wms::test {
namespace {

GST_START_TEST(test_statuses) {
  const struct {
    const char* line;
    HResult hresult;
  } kRows[] = {
      {"400 Bad Request", HResult::NS_E_BAD_REQUEST},
      {"401 Unauthorized", HResult::NS_E_SERVER_ACCESSDENIED},
      {"403 Forbidden", HResult::NS_E_REFUSED_BY_SERVER},
      {"404 Not Found", HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT},
      {"405 Method Not Allowed", HResult::NS_E_BAD_REQUEST},
      {"407 Proxy Authentication Required", HResult::NS_E_PROXY_ACCESSDENIED},
      {"408 Request Timeout", HResult::NS_E_TIMEOUT},
      {"409 Conflict", HResult::NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME},
      {"410 Gone", HResult::NS_E_RESOURCE_GONE},
      {"422 Unprocessable", HResult::NS_E_BAD_REQUEST},
      {"500 Internal Server Error", HResult::NS_E_INTERNAL_SERVER_ERROR},
      {"501 Not Implemented", HResult::NS_E_INTERNAL_SERVER_ERROR},
      {"502 Bad Gateway", HResult::NS_E_ERROR_FROM_PROXY},
      {"503 Service Unavailable", HResult::NS_E_SERVER_UNAVAILABLE},
      {"504 Gateway Timeout", HResult::NS_E_PROXY_TIMEOUT},
      {"306 Switch Proxy", HResult::NS_E_INVALID_REDIRECT},
      {"307 Temporary Redirect", HResult::NS_E_INVALID_REDIRECT},
  };
  for (const auto& row : kRows) {
    const ConnectOutcome outcome = ConnectTo(Script().Setup(MakeResponse(
        row.line, "Set-Cookie: push-id=1\r\n", "<html>sorry</html>")));
    EXPECT(outcome.hresult == row.hresult,
           row.line + (": " + std::string(HResultName(outcome.hresult))));
    EXPECT(outcome.last.status == Status::kError, row.line);
    EXPECT(outcome.last.hresult == row.hresult, row.line);
    EXPECT(outcome.last.detail.http_status ==
               static_cast<unsigned>(std::stoi(row.line)),
           row.line);
    EXPECT(outcome.last.detail.message.starts_with(
               "HTTP " + std::string(row.line).substr(0, 3) + ": "),
           outcome.last.detail.message);
    EXPECT(outcome.recording.requests.size() == 1, row.line);
  }
}
GST_END_TEST

GST_START_TEST(test_answers_that_are_no_answer) {
  const std::string long_header =
      "HTTP/1.1 204 No Content\r\nServer: Cougar/9.01.01.3814\r\nX-Long: " +
      std::string(100 * 1024, 'x') + "\r\n\r\n";
  const struct {
    const char* what;
    std::string response;
    HResult hresult;
  } kRows[] = {
      {"garbage", "\x16\x03\x01 garbage\r\n\r\n",
       HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE},
      {"another protocol", "220 mail ESMTP\r\n\r\n",
       HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE},
      {"no status", "HTTP/1.1 OK\r\n\r\n",
       HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE},
      {"long header", long_header, HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE},
      {"head cut short", "HTTP/1.1 204 No Content\r\nServer: Cou",
       HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE},
      {"body cut short",
       "HTTP/1.1 200 OK\r\nServer: Rex/9.0\r\nContent-Length: 9\r\n\r\nhalf",
       HResult::NS_E_CONNECTION_FAILURE},
      {"nothing", "", HResult::NS_E_CONNECTION_FAILURE},
  };
  for (const auto& row : kRows) {
    const ConnectOutcome outcome = ConnectTo(
        Script().Setup(row.response).CloseWrite().ReadToEnd().Close());
    EXPECT(outcome.hresult == row.hresult,
           row.what + (": " + std::string(HResultName(outcome.hresult))) + " " +
               outcome.last.detail.message);
    EXPECT(outcome.last.detail.http_status == 0, row.what);
  }
}
GST_END_TEST

GST_START_TEST(test_head_without_end_times_out) {
  PushOptions options;
  options.timeout = kShortTimeout;
  const ConnectOutcome outcome =
      ConnectTo(Script().Setup("HTTP/1.1 204 No Content\r\n"), options);
  EXPECT_HRESULT(outcome.hresult, HResult::NS_E_TIMEOUT);
}
GST_END_TEST

GST_START_TEST(test_reset_instead_of_an_answer) {
  const ConnectOutcome outcome =
      ConnectTo(Script().Accept().ReadRequest().Reset());
  EXPECT_HRESULT(outcome.hresult, HResult::NS_E_RESET_SOCKET_CONNECTION);
}
GST_END_TEST

/// Answers that all mean success; @a connections is how many the session
/// then takes.
GST_START_TEST(test_successes) {
  const std::string server = "Server: Cougar/9.01.01.3814\r\n";
  const std::string ok = "200 OK\r\n" + server;
  const std::string none = "204 No Content\r\n" + server;
  const std::string length = "Content-Length: 0\r\n";
  const struct {
    std::string response;
    std::size_t connections;
  } kRows[] = {
      {"HTTP/1.1 " + none + "\r\n", 1},
      {"HTTP/1.1 " + none + length + "\r\n", 1},
      {"HTTP/1.1 " + none + "Connection: close\r\n\r\n", 2},
      {"HTTP/1.1 " + ok + "Content-Length: 5\r\n\r\nhello", 1},
      {"HTTP/1.1 " + ok +
           "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
           "\r\n",
       1},
      {"HTTP/1.1 " + ok + "Connection: close\r\n\r\nhello", 2},
      {"HTTP/1.1 " + ok + length + "Connection: Keep-Alive\r\n\r\n", 1},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 " + ok + length + "\r\n", 1},
      {"HTTP/1.0 " + ok + length + "\r\n", 2},
      {"HTTP/1.0 " + ok + length + "Connection: Keep-Alive\r\n\r\n", 1},
      {"HTTP/1.0 " + none + "\r\n", 2},
  };
  for (const auto& row : kRows) {
    ScriptedServer scripted;
    Script script = Script().Setup(row.response);
    if (row.connections == 2) script.Close().Accept();
    scripted.Run(script.Stream());
    PushSinkCase push;
    EXPECT(push.ConnectAndWait(scripted.Url()) == HResult::S_OK,
           row.response + push.sink->LastError());
    EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    scripted.Finish();
    const Recording recording = scripted.recording();
    EXPECT(recording.connections.size() == row.connections, row.response);
    EXPECT(Kinds(recording.Packets()) == "HDE", row.response);
  }
}
GST_END_TEST

/// More body than is worth reading: the answer counts, the connection goes.
GST_START_TEST(test_endless_body) {
  ScriptedServer server;
  server.Run(Script()
                 .Setup("HTTP/1.1 200 OK\r\nServer: Rex/9.0\r\n\r\n" +
                        std::string(100000, 'x'))
                 .Accept()
                 .Stream());
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  fail_unless_equals_int(server.recording().connections.size(), 2);
}
GST_END_TEST

GST_START_TEST(test_server_header) {
  const struct {
    const char* header;
    bool compatible;
  } kRows[] = {
      {"Server: Cougar/9.01.01.3814\r\n", true},
      {"Server: Cougar/9.6.7600.16385\r\n", true},
      {"Server: Cougar/9.6.760000.16385\r\n", false},
      {"Server: Rex/11.0\r\n", true},
      {"server:Cougar/4.1\r\n", true},
      {"Server: Apache/2.4.57 (Debian)\r\n", false},
      {"Server: cougar/9.0\r\n", true},
      {"Server: Cougar\r\n", false},
      {"Server:\r\n", false},
      {"", false},
  };
  for (const auto& row : kRows) {
    const std::string response =
        std::string("HTTP/1.1 204 No Content\r\n") + row.header + "\r\n";
    const ConnectOutcome outcome = ConnectTo(Script().Setup(response));
    const HResult wanted =
        row.compatible ? HResult::S_OK : HResult::NS_E_INCOMPATIBLE_PUSH_SERVER;
    EXPECT(outcome.hresult == wanted, row.header);
    PushOptions options;
    options.check_server = false;
    EXPECT(
        ConnectTo(Script().Setup(response), options).hresult == HResult::S_OK,
        row.header);
  }
}
GST_END_TEST

GST_START_TEST(test_cookies) {
  const std::string long_id(256, '7');
  const struct {
    std::string headers;
    std::string cookie;
  } kRows[] = {
      {"", "push-id=0"},
      {"Set-Cookie: push-id=0\r\n", "push-id=0"},
      {"Set-Cookie: push-id=12; path=/; HttpOnly\r\n", "push-id=12"},
      {"Set-Cookie: PUSH-ID=12\r\n", "push-id=12"},
      {"Set-Cookie: push-id=1\r\nSet-Cookie: push-id=2\r\n", "push-id=2"},
      {"Set-Cookie: a=b; path=/\r\nSet-Cookie: push-id=2\r\n",
       "push-id=2; a=b"},
      {"Set-Cookie: push-id=" + long_id.substr(1) + "\r\n",
       "push-id=" + long_id.substr(1)},
      {"Set-Cookie: push-id=" + long_id + "\r\n", "push-id=0"},
      {"Set-Cookie: push-id=3\r\nSet-Cookie: push-id=\r\n", "push-id=3"},
      {"Set-Cookie: nonsense\r\n", "push-id=0"},
      {"Set-Cookie: push-id=4; Max-Age=0; Path=/x; Domain=y; Secure\r\n",
       "push-id=4"},
      {"Set-Cookie: lb=1\r\nSet-Cookie: push-id=2\r\n"
       "Set-Cookie: lb=; Max-Age=0\r\nSet-Cookie: x=\"a b\"; Path=\"/\"\r\n"
       "Set-Cookie: no=1; Secure\r\nSet-Cookie: no=2; Path=/x\r\n",
       "push-id=2; x=\"a b\""},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    server.Run(Script()
                   .Setup("HTTP/1.1 204 No Content\r\nServer: Rex/9.0\r\n" +
                          row.headers + "\r\n")
                   .Stream());
    PushSinkCase push;
    push.Start(server.Url());
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    const std::string cookie = server.recording().requests[1].Header("Cookie");
    EXPECT(cookie == row.cookie, row.headers + cookie);
  }
}
GST_END_TEST

Suite* push_sink_responses_suite() {
  Suite* suite = suite_create("push_sink_responses");
  TCase* tcase = tcase_create("responses");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_statuses);
  tcase_add_test(tcase, test_answers_that_are_no_answer);
  tcase_add_test(tcase, test_head_without_end_times_out);
  tcase_add_test(tcase, test_reset_instead_of_an_answer);
  tcase_add_test(tcase, test_successes);
  tcase_add_test(tcase, test_endless_body);
  tcase_add_test(tcase, test_server_header);
  tcase_add_test(tcase, test_cookies);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_responses_suite;
GST_CHECK_MAIN(push_sink_responses)
