// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

// Proxies that are asked for the server (3.1.4.1, 3.1.4.2.1), and what a Via
// header or a 305 says about one (3.1.5.1, 3.1.5.2).

namespace wms::test {
namespace {

/// Only a proxy can know where this is.
const char* const kUrl = "http://media.example:8080/live?x=1";
constexpr std::uint32_t kBitrate = 80000;
/// A minute of it.
const char* const kMinute = "600000";
const char* const kVia = "Via: 1.1 somewhere (proxy)\r\n";

std::string SetupResponse(const std::string& more = {}) {
  return MakeResponse("204 No Content",
                      more + "Set-Cookie: push-id=" + kPushId + "\r\n");
}

/// Pushes a header, some packets and the end.
void PushAll(PushSinkCase& push, const std::string& url) {
  push.header = MakeHeader({.max_bitrate = kBitrate});
  push.Start(url);
  for (int i = 0; i < 3; ++i)
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
}

GST_START_TEST(test_through_a_proxy) {
  // PushStart goes out on the connection of PushSetup, or on another one.
  for (const bool kept : {true, false}) {
    ScriptedServer proxy;
    Script script;
    script.Setup(SetupResponse(kept ? "" : "Connection: close\r\n"));
    if (!kept) script.Close().Accept();
    proxy.Run(script.Stream());
    PushSinkCase push;
    push.options.proxy = proxy.Url("");
    PushAll(push, kUrl);
    proxy.Finish();
    const Recording recording = proxy.recording();
    fail_unless_equals_int(recording.connections.size(), kept ? 1 : 2);
    fail_unless_equals_int(recording.requests.size(), 2);
    for (const WireRequest& request : recording.requests) {
      EXPECT(request.head.starts_with("POST " + std::string(kUrl) +
                                      " HTTP/1.1\r\n"),
             request.head);
      EXPECT(request.Header("Host") == "media.example:8080", request.head);
    }
    EXPECT(recording.requests[1].Header("Content-Length") == kMinute,
           recording.requests[1].head);
    EXPECT(Kinds(recording.Packets()) == "HDDDE", Kinds(recording.Packets()));
  }
}
GST_END_TEST

// A proxy that cannot be seen says so itself: only the lengths change.
GST_START_TEST(test_via) {
  const std::string via = MakeResponse("204 No Content", kVia);
  for (const bool in_setup : {true, false}) {
    ScriptedServer server;
    Script script;
    script.Setup(SetupResponse(in_setup ? kVia : ""));
    script.ReadRequest().ReadBody().Send(via);
    server.Run(script.Stream());
    PushSinkCase push;
    push.header = MakeHeader({.max_bitrate = kBitrate});
    push.options.content_length = 1000000;
    push.Start(server.Url());
    while (push.sink->GetStats().push_starts < 2)
      EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    const Recording recording = server.recording();
    fail_unless_equals_int(recording.requests.size(), 3);
    EXPECT(recording.requests[1].head.starts_with("POST /live HTTP"),
           recording.requests[1].head);
    EXPECT(recording.requests[1].Header("Content-Length") ==
               (in_setup ? kMinute : "1000000"),
           recording.requests[1].head);
    EXPECT(recording.requests[2].Header("Content-Length") == kMinute,
           recording.requests[2].head);
  }
}
GST_END_TEST

// What a header does not state is measured.
GST_START_TEST(test_measured_length) {
  ScriptedServer proxy;
  proxy.Run(Script()
                .Setup()
                .ReadRequest()
                .ReadBody()
                .Send(MakeResponse("204 No Content"))
                .Stream());
  PushSinkCase push;
  push.options.proxy = proxy.Url("");
  push.header = MakeHeader({.max_bitrate = 0});
  push.Start(kUrl);
  PacketSample sample;
  while (push.sink->GetStats().push_starts < 2) {
    sample.send_time_ms += 100;
    EXPECT_HRESULT(push.sink->OnDataUnit(MakePacket(sample)), HResult::S_OK);
  }
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  proxy.Finish();
  const Recording recording = proxy.recording();
  const auto length = [&recording](std::size_t i) {
    return std::stoul(recording.requests[i].Header("Content-Length"));
  };
  // Nobody knew: a minute of a megabit per second. Then packets of less than
  // this come each tenth of a second.
  fail_unless_equals_uint64(length(1), 7500000);
  const std::size_t size = 4 + Stripped(MakePacket()).size();
  fail_unless(length(2) >= size * 10 * 60 * 9 / 10);
  fail_unless(length(2) <= size * 10 * 60 * 11 / 10);
}
GST_END_TEST

GST_START_TEST(test_use_proxy) {
  ScriptedServer proxy;
  proxy.Run(Script().Setup().Stream());
  ScriptedServer server;
  server.Run(Script().Setup(MakeResponse(
      "305 Use Proxy", "Location: " + proxy.Url("/") + "\r\n", "there")));
  PushSinkCase push;
  PushAll(push, server.Url());
  proxy.Finish();
  const Recording recording = proxy.recording();
  fail_unless_equals_int(recording.requests.size(), 2);
  for (const WireRequest& request : recording.requests) {
    EXPECT(request.head.starts_with("POST " + server.Url() + " HTTP/1.1\r\n"),
           request.head);
  }
  EXPECT(recording.requests[1].Header("Content-Length") == kMinute,
         recording.requests[1].head);
}
GST_END_TEST

GST_START_TEST(test_use_no_such_proxy) {
  for (const char* where :
       {"", "Location: /there\r\n", "Location: ftp://x/\r\n",
        "Location: direct://\r\n"}) {
    ScriptedServer server;
    server.Run(Script().Setup(MakeResponse("305 Use Proxy", where)));
    PushSinkCase push;
    EXPECT(push.ConnectAndWait(server.Url()) == HResult::NS_E_INVALID_REDIRECT,
           where);
  }
}
GST_END_TEST

// Redirected by the server behind the proxy: the same proxy is asked again.
GST_START_TEST(test_redirection_behind_a_proxy) {
  ScriptedServer proxy;
  proxy.Run(Script()
                .Setup(MakeResponse("302 Found",
                                    "Location: http://other.example/b\r\n"))
                .Setup()
                .Stream());
  PushSinkCase push;
  push.options.proxy = proxy.Url("");
  PushAll(push, kUrl);
  proxy.Finish();
  const Recording recording = proxy.recording();
  fail_unless_equals_int(recording.requests.size(), 3);
  for (const std::size_t i : {1U, 2U}) {
    EXPECT(recording.requests[i].head.starts_with(
               "POST http://other.example/b HTTP/1.1\r\n"),
           recording.requests[i].head);
  }
}
GST_END_TEST

GST_START_TEST(test_none) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  push.options.proxy = "direct://";
  PushAll(push, server.Url());
  server.Finish();
  const WireRequest start = server.recording().requests[1];
  EXPECT(start.head.starts_with("POST /live HTTP/1.1\r\n"), start.head);
  EXPECT(start.Header("Content-Length") == "2147483647", start.head);
}
GST_END_TEST

GST_START_TEST(test_proxies_that_cannot_be_used) {
  ScriptedServer gone;
  const std::string url = gone.Url("");
  gone.Run(Script().CloseListener());
  gone.Finish();
  const struct {
    std::string proxy;
    HResult hresult;
  } kRows[] = {
      {url, HResult::NS_E_CANNOT_CONNECT_TO_PROXY},
      {"http://no-such-proxy.invalid:3128", HResult::NS_E_PROXY_NOT_FOUND},
  };
  for (const auto& row : kRows) {
    PushSinkCase push;
    push.options.proxy = row.proxy;
    EXPECT_HRESULT(push.ConnectAndWait(kUrl), row.hresult);
    EXPECT(push.sink->LastError().find("proxy") != std::string::npos,
           push.sink->LastError());
  }
  for (const char* proxy :
       {"somewhere", "ftp://a", "http://", "http://a/path", "http://a:0",
        "http://a?b", "http://secret:word@a/b", "direct:", "http://a\n"}) {
    PushSinkCase push;
    push.options.proxy = proxy;
    push.sink->SetOptions(push.options);
    EXPECT(push.sink->Connect(kUrl) == HResult::E_INVALIDARG, proxy);
    EXPECT(push.sink->LastError().find("http://HOST:PORT") != std::string::npos,
           push.sink->LastError());
    EXPECT(push.sink->LastError().find("word") == std::string::npos, proxy);
  }
}
GST_END_TEST

GST_START_TEST(test_what_a_proxy_says) {
  const struct {
    const char* line;
    HResult hresult;
  } kRows[] = {
      {"502 Bad Gateway", HResult::NS_E_ERROR_FROM_PROXY},
      {"504 Gateway Timeout", HResult::NS_E_PROXY_TIMEOUT},
      {"407 Proxy Authentication Required", HResult::NS_E_PROXY_ACCESSDENIED},
  };
  for (const auto& row : kRows) {
    ScriptedServer proxy;
    proxy.Run(Script().Setup(MakeResponse(row.line, kVia)));
    PushSinkCase push;
    push.options.proxy = proxy.Url("");
    EXPECT_HRESULT(push.ConnectAndWait(kUrl), row.hresult);
  }
}
GST_END_TEST

Suite* push_sink_proxy_suite() {
  Suite* suite = suite_create("push_sink_proxy");
  TCase* proxy = tcase_create("proxy");
  suite_add_tcase(suite, proxy);
  tcase_add_test(proxy, test_through_a_proxy);
  tcase_add_test(proxy, test_via);
  tcase_add_test(proxy, test_measured_length);
  tcase_add_test(proxy, test_use_proxy);
  tcase_add_test(proxy, test_use_no_such_proxy);
  tcase_add_test(proxy, test_redirection_behind_a_proxy);
  tcase_add_test(proxy, test_none);
  tcase_add_test(proxy, test_proxies_that_cannot_be_used);
  tcase_add_test(proxy, test_what_a_proxy_says);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_proxy_suite;
GST_CHECK_MAIN(push_sink_proxy)
