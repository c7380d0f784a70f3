// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

// 3.1.5.1: 300 to 304 name another URL for the push.

namespace wms::test {
namespace {

std::string RedirectTo(const std::string& where,
                       const std::string& line = "302 Found") {
  return MakeResponse(line, "Location: " + where + "\r\n", "moved");
}

GST_START_TEST(test_to_another_server) {
  for (const char* line : {"300 Multiple Choices", "301 Moved Permanently",
                           "302 Found", "303 See Other", "304 Not Modified"}) {
    ScriptedServer target;
    target.Run(Script().Setup().Stream());
    ScriptedServer server;
    // A 304 has no body, so its Content-Length is not to be believed.
    server.Run(Script().Setup(RedirectTo(target.Url("/there?x=1"), line)));
    PushSinkCase push;
    EXPECT_HRESULT(push.sink->Connect(server.Url(), "/template", true),
                   HResult::S_OK);
    EXPECT(push.sink->WaitConnected() == HResult::S_OK, line);
    EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    target.Finish();
    const Recording recording = target.recording();
    fail_unless_equals_int(recording.requests.size(), 2);
    for (const WireRequest& request : recording.requests) {
      EXPECT(request.head.starts_with("POST /there?x=1 HTTP/1.1\r\n"),
             request.head);
    }
    EXPECT(recording.requests[0].body ==
               "Template-URL: \"/template\"\r\nAutoDestroy: 1\r\n",
           recording.requests[0].body);
    EXPECT(recording.requests[1].Header("Cookie") ==
               std::string("push-id=") + kPushId,
           line);
  }
}
GST_END_TEST

GST_START_TEST(test_relative) {
  const struct {
    const char* reference;
    const char* target;
  } kRows[] = {
      {"/other", "/other"},
      {"other", "/points/other"},
      {"../other?a#b", "/other?a"},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    server.Run(Script().Setup(RedirectTo(row.reference)).Setup().Stream());
    PushSinkCase push;
    push.Start(server.Url("/points/live"));
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    const std::string head = server.recording().requests[1].head;
    EXPECT(head.starts_with("POST " + std::string(row.target) + " HTTP"), head);
  }
}
GST_END_TEST

GST_START_TEST(test_loop_is_bounded) {
  ScriptedServer server;
  Script script;
  for (int i = 0; i < 100; ++i)
    script.Setup(RedirectTo(server.Url("/again")));
  server.Run(script);
  PushSinkCase push;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                 HResult::NS_E_INVALID_REDIRECT);
  fail_unless(server.recording().requests.size() <= 10);
  push.statuses->WaitFor(Status::kError);
}
GST_END_TEST

GST_START_TEST(test_to_nowhere) {
  for (const char* where : {"https://127.0.0.1/live", "mms://127.0.0.1/live",
                            "http://", "http:///a", "http://host name/",
                            "http://127.0.0.1:99999/", "", "http://[::1/"}) {
    const ConnectOutcome outcome = ConnectTo(Script().Setup(RedirectTo(where)));
    EXPECT(outcome.hresult == HResult::NS_E_INVALID_REDIRECT, where);
  }
  const ConnectOutcome outcome =
      ConnectTo(Script().Setup(MakeResponse("302 Found")));
  EXPECT_HRESULT(outcome.hresult, HResult::NS_E_INVALID_REDIRECT);
}
GST_END_TEST

/// What belongs to one server is nothing for another to see.
GST_START_TEST(test_secrets_stay) {
  ScriptedServer target;
  target.Run(Script().Setup(MakeResponse(
      "401 Unauthorized", "WWW-Authenticate: Basic realm=\"other\"\r\n")));
  ScriptedServer server;
  server.Run(Script()
                 .Setup(MakeResponse("401 Unauthorized",
                                     "WWW-Authenticate: Basic realm=\"a\"\r\n"
                                     "Set-Cookie: push-id=secret1\r\n"))
                 .Setup(RedirectTo(target.Url(""))));
  PushSinkCase push;
  push.options.auth_schemes = kAuthBasic;
  push.options.user = "someone";
  push.options.password = "s3cret";
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                 HResult::NS_E_SERVER_ACCESSDENIED);
  target.Finish();
  fail_unless_equals_int(server.recording().requests.size(), 2);
  fail_if(server.recording().requests[1].Header("Authorization").empty());
  fail_unless_equals_int(target.recording().requests.size(), 1);
  const WireRequest request = target.recording().requests[0];
  EXPECT(request.Header("Authorization").empty(), request.head);
  EXPECT(request.Header("Cookie") == "push-id=0", request.head);
}
GST_END_TEST

Suite* push_sink_redirects_suite() {
  Suite* suite = suite_create("push_sink_redirects");
  TCase* tcase = tcase_create("redirects");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_to_another_server);
  tcase_add_test(tcase, test_relative);
  tcase_add_test(tcase, test_loop_is_bounded);
  tcase_add_test(tcase, test_to_nowhere);
  tcase_add_test(tcase, test_secrets_stay);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_redirects_suite;
GST_CHECK_MAIN(push_sink_redirects)
