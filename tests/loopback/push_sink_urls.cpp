// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

// What Connect makes of URLs, templates and user agents before it does
// anything else.

namespace wms::test {
namespace {

GST_START_TEST(test_bad_urls) {
  using namespace std::string_view_literals;
  constexpr HResult kInvalid = HResult::E_INVALIDARG;
  constexpr HResult kName = HResult::NS_E_INVALID_NAME;
  constexpr HResult kScheme = HResult::NS_E_UNKNOWN_PROTOCOL;
  const struct {
    std::string_view url;
    HResult hresult;
  } kRows[] = {
      {"", kInvalid},
      {"127.0.0.1/live", kInvalid},
      {"/live", kInvalid},
      {"//127.0.0.1/live", kInvalid},
      {"http", kInvalid},
      {"https://127.0.0.1/live", kScheme},
      {"mms://127.0.0.1/live", kScheme},
      {"rtsp://127.0.0.1/live", kScheme},
      {"file:///live", kScheme},
      {"http:", kName},
      {"http:///live", kName},
      {"http://:8080/live", kName},
      {"http://.host/live", kName},
      {"http://a..b/live", kName},
      {"http://host%20name/live", kName},
      {"http://host name/live", kName},
      {"http://ho<st/live", kName},
      {"http://[fe80::1%25eth0]/live", kName},
      {"http://[::1/live", kName},
      {"http://127.0.0.1:0/live", kInvalid},
      {"http://127.0.0.1:65536/live", kInvalid},
      {"http://127.0.0.1:-1/live", kInvalid},
      {"http://127.0.0.1:port/live", kInvalid},
      {"http://127.0.0.1/a\nb", kInvalid},
      {"http://127.0.0.1/a\r\nX: y", kInvalid},
      {"http://127.0.0.1/a\0b"sv, kInvalid},
      {"http://127.0.0.1/\x7f", kInvalid},
      {"http://user:s3cret@/live", kName},
      {"http://user:pa@s3cret@host/live", kName},
      {"http://[1:2]/live", kName},
      {"http://user:s3cret@host:port/live", kInvalid},
  };
  PushSinkCase push;
  for (const auto& row : kRows) {
    const std::string url(row.url);
    const HResult found = push.sink->Connect(row.url);
    EXPECT(found == row.hresult, url + ": " + std::string(HResultName(found)));
    std::string why;
    EXPECT(WriterPushSink::CheckUrl(row.url, &why) == row.hresult, url);
    EXPECT(why.find("http://HOST") != std::string::npos ||
               why.find("percent-encode") != std::string::npos,
           url + ": " + why);
    EXPECT(why == push.sink->LastError(), url);
    EXPECT(why.find("s3cret") == std::string::npos, why);
    EXPECT_HRESULT(push.sink->WaitConnected(), HResult::NS_E_NOCONNECTION);
  }
  EXPECT_HRESULT(WriterPushSink::CheckUrl("", nullptr), kInvalid);
  EXPECT(push.statuses->Order().empty(), push.statuses->Order());
}
GST_END_TEST

/// What goes out for a URL: @a at is where the server's address stands.
GST_START_TEST(test_good_urls) {
  const struct {
    const char* prefix;
    const char* path;
    const char* target;
  } kRows[] = {
      {"http://", "", "/"},
      {"http://", "/", "/"},
      {"HTTP://", "/live", "/live"},
      {"http://", "/a/b/../c", "/a/c"},
      {"http://", "/live%20stream", "/live%20stream"},
      {"http://", "/live stream", "/live%20stream"},
      {"http://", "/caf\xC3\xA9", "/caf%C3%A9"},
      {"http://", "/\xE6\x97\xA5\xE6\x9C\xAC", "/%E6%97%A5%E6%9C%AC"},
      {"http://", "/a%2Fb", "/a%2Fb"},
      {"http://", "/live?a=b&c=%20", "/live?a=b&c=%20"},
      {"http://", "/live#part", "/live"},
      {"http://user:pass@", "/live", "/live"},
      {"http://us%40er:p%3Ass%2F@", "/live", "/live"},
      {"http://user@", "/live", "/live"},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    server.Run(Script().Setup().Stream());
    const std::string at = server.Url("").substr(7);
    const std::string url = row.prefix + at + row.path;
    PushSinkCase push;
    std::string why;
    EXPECT(WriterPushSink::CheckUrl(url, &why) == HResult::S_OK, url + why);
    push.Start(url);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    const std::string line =
        "POST " + std::string(row.target) + " HTTP/1.1\r\n";
    for (const WireRequest& request : server.recording().requests) {
      EXPECT(request.head.starts_with(line), url + ": " + request.head);
      EXPECT(request.Header("Host") == at, url + ": " + request.head);
      EXPECT(request.Header("Authorization").empty(), url);
    }
    const std::string location = "http://" + at + row.target;
    EXPECT(push.statuses->records()[0].detail.location == location, url);
  }
}
GST_END_TEST

/// Names that no server here has; they are taken, and fail by a status.
GST_START_TEST(test_names_that_are_taken) {
  const struct {
    const char* url;
    const char* location;
  } kRows[] = {
      {"http://[::1]:1/live", "http://[::1]:1/live"},
      {"http://b\xC3\xBC"
       "cher.invalid/live",
       "http://xn--bcher-kva.invalid/live"},
      {"http://xn--bcher-kva.invalid:8080/live",
       "http://xn--bcher-kva.invalid:8080/live"},
      {"http://under_score.invalid/live", "http://under_score.invalid/live"},
      {"http://trailing.invalid./live", "http://trailing.invalid./live"},
  };
  for (const auto& row : kRows) {
    std::string why;
    EXPECT(WriterPushSink::CheckUrl(row.url, &why) == HResult::S_OK, row.url);
    PushSinkCase push;
    EXPECT(push.sink->Connect(row.url) == HResult::S_OK, row.url);
    EXPECT(Failed(push.sink->WaitConnected()), row.url);
    const std::string location =
        push.statuses->WaitFor(Status::kError).detail.location;
    EXPECT(location == row.location, row.url + (": " + location));
  }
}
GST_END_TEST

GST_START_TEST(test_bad_templates) {
  const char* const kRows[] = {
      "template",        "//host/template",       "/a?b",
      "/a\nb",           "https://host/template", "http://host name/template",
      "http://host/a?b",
  };
  PushSinkCase push;
  for (const char* row : kRows) {
    EXPECT(push.sink->Connect("http://127.0.0.1:1/live", row) ==
               HResult::NS_E_INVALID_PUSH_TEMPLATE,
           row);
    EXPECT(!push.sink->LastError().empty(), row);
  }
  EXPECT(push.statuses->Order().empty(), push.statuses->Order());
}
GST_END_TEST

GST_START_TEST(test_user_agents) {
  const struct {
    const char* user_agent;
    HResult hresult;
  } kRows[] = {
      {"WMEncoder/9.0", HResult::S_OK},
      {"WMEncoder/12.0.7600.16385 own/1.0", HResult::E_INVALIDARG},
      {"WMEncoder/12.0.7600.1638 own/1.0", HResult::S_OK},
      {"WMEncoder/12.0.7600.1638 own/1.0 (comment)", HResult::E_INVALIDARG},
      {"WMEncoder/8.0", HResult::E_INVALIDARG},
      {"WMEncoder/13.0", HResult::E_INVALIDARG},
      {"NSPlayer/9.0", HResult::E_INVALIDARG},
      {"WMEncoder/9.0\r\nX: y", HResult::E_INVALIDARG},
      {"own/1.0 WMEncoder/9.0", HResult::E_INVALIDARG},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    server.Run(Script().Setup().Stream());
    PushSinkCase push;
    push.options.user_agent = row.user_agent;
    EXPECT(push.ConnectAndWait(server.Url()) == row.hresult, row.user_agent);
    if (row.hresult != HResult::S_OK) continue;
    EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    for (const WireRequest& request : server.recording().requests)
      EXPECT(request.Header("User-Agent") == row.user_agent, request.head);
  }
}
GST_END_TEST

Suite* push_sink_urls_suite() {
  Suite* suite = suite_create("push_sink_urls");
  TCase* tcase = tcase_create("urls");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_bad_urls);
  tcase_add_test(tcase, test_good_urls);
  tcase_add_test(tcase, test_names_that_are_taken);
  tcase_add_test(tcase, test_bad_templates);
  tcase_add_test(tcase, test_user_agents);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_urls_suite;
GST_CHECK_MAIN(push_sink_urls)
