// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Proxies of Debian between the push sink and a publishing point: request
// after request, and nothing lost ([MS-WMHTTP] 3.1.4.2.1, 4.5).

#include "common/pubpoint_thread.h"
#include "interop/foreign_server.h"
#include "interop/proxy_process.h"
#include "loopback/push_sink_case.h"

#include <cstdio>

namespace wms::test {
namespace {

/// Pushes so much that @a requests PushStart requests are used up, and checks
/// that the server has all of it.
void ExpectAllArrives(PubpointThread& server, PushSinkCase& push,
                      const std::string& url, unsigned requests) {
  push.options.content_length = 60000;
  push.Start(url);
  std::vector<ByteVector> sent;
  PacketSample sample;
  while (push.sink->GetStats().push_starts <= requests) {
    sample.send_time_ms += 10;
    sample.number = static_cast<std::uint8_t>(sent.size());
    const ByteVector packet = MakePacket(sample);
    EXPECT_HRESULT(push.sink->OnDataUnit(packet), HResult::S_OK);
    sent.push_back(Stripped(packet));
  }
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  EXPECT(received.violations.empty(), received.violations.front());
  fail_unless_equals_int(received.setups, 1);
  fail_unless_equals_int(received.starts, requests + 1);
  fail_unless(received.payloads == sent);
  fail_unless(received.ends == (std::vector<std::uint32_t>{0}));
}

/// Pushes for a while at an encoder's pace: WMSPUSH_LONG=1 makes it a minute.
/// The rate is such that many requests are used up.
void ExpectAllArrivesInTime(PubpointThread& server, PushSinkCase& push,
                            const std::string& url) {
  const Gate never;
  const bool for_long = g_getenv("WMSPUSH_LONG") != nullptr;
  const auto end =
      std::chrono::steady_clock::now() + (for_long ? 60000ms : 500ms);
  push.options.content_length = 60000;
  push.Start(url);
  std::vector<ByteVector> sent;
  PacketSample sample;
  while (std::chrono::steady_clock::now() < end) {
    sample.send_time_ms += 2;
    sample.number = static_cast<std::uint8_t>(sent.size());
    const ByteVector packet = MakePacket(sample);
    EXPECT_HRESULT(push.sink->OnDataUnit(packet), HResult::S_OK);
    sent.push_back(Stripped(packet));
    never.Wait(2ms);
  }
  const PushStats stats = push.sink->GetStats();
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  fail_unless(received.violations.empty());
  fail_unless(received.payloads == sent);
  fail_unless_equals_uint64(stats.reconnects, 0);
  std::printf("%zu packets in %u requests, none lost\n", sent.size(),
              received.starts);
}

GST_START_TEST(test_squid_for_a_while) {
  PubpointThread server;
  const Squid squid;
  PushSinkCase push;
  push.options.proxy = squid.Url();
  ExpectAllArrivesInTime(server, push, server.Url());
}
GST_END_TEST

GST_START_TEST(test_nginx_for_a_while) {
  PubpointThread server;
  const Nginx nginx(server.port());
  PushSinkCase push;
  push.options.proxy = "direct://";
  ExpectAllArrivesInTime(server, push, nginx.Url());
}
GST_END_TEST

GST_START_TEST(test_squid) {
  PubpointThread server;
  const Squid squid;
  PushSinkCase push;
  push.options.proxy = squid.Url();
  ExpectAllArrives(server, push, server.Url(), 50);
}
GST_END_TEST

// What the system's settings name.
GST_START_TEST(test_squid_by_the_settings) {
  const Squid squid;
  // No other thread runs yet.
  g_setenv("http_proxy", squid.Url().c_str(), TRUE);
  PubpointThread server;
  PushSinkCase push;
  // By the name that only the proxy knows, nobody else gets there.
  ExpectAllArrives(server, push,
                   std::string("http://") + Squid::kServerName + ":" +
                       std::to_string(server.port()) + "/live",
                   3);
}
GST_END_TEST

GST_START_TEST(test_squid_with_a_login) {
  for (const Squid::Login login :
       {Squid::Login::kBasic, Squid::Login::kDigest}) {
    PubpointThread server;
    const Squid squid(login);
    PushSinkCase wrong;
    wrong.options.auth_schemes |= kAuthBasic;
    wrong.options.proxy = squid.Url();
    wrong.options.proxy_user = Squid::kUser;
    wrong.options.proxy_password = "wrong";
    EXPECT_HRESULT(wrong.ConnectAndWait(server.Url()),
                   HResult::NS_E_PROXY_ACCESSDENIED);
    PushSinkCase push;
    push.options.auth_schemes |= kAuthBasic;
    push.options.proxy = squid.Url();
    push.options.proxy_user = Squid::kUser;
    push.options.proxy_password = Squid::kPassword;
    ExpectAllArrives(server, push, server.Url(), 20);
  }
}
GST_END_TEST

GST_START_TEST(test_nginx) {
  PubpointThread server;
  const Nginx nginx(server.port());
  PushSinkCase push;
  push.options.proxy = "direct://";
  ExpectAllArrives(server, push, nginx.Url(), 50);
}
GST_END_TEST

// The server is gone: the proxy says so.
GST_START_TEST(test_no_server) {
  const Squid squid;
  PushSinkCase push;
  push.options.proxy = squid.Url();
  EXPECT_HRESULT(push.ConnectAndWait("http://127.0.0.1:" +
                                     std::to_string(FreePort()) + "/live"),
                 HResult::NS_E_SERVER_UNAVAILABLE);
}
GST_END_TEST

Suite* proxies_suite() {
  Suite* suite = suite_create("proxies");
  TCase* proxies = tcase_create("proxies");
  suite_add_tcase(suite, proxies);
  tcase_add_test(proxies, test_squid_by_the_settings);
  tcase_add_test(proxies, test_squid);
  tcase_add_test(proxies, test_squid_with_a_login);
  tcase_add_test(proxies, test_nginx);
  tcase_add_test(proxies, test_no_server);
  TCase* paced = tcase_create("for a while");
  suite_add_tcase(suite, paced);
  tcase_set_timeout(paced, 0);
  tcase_add_test(paced, test_squid_for_a_while);
  tcase_add_test(paced, test_nginx_for_a_while);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::proxies_suite;
GST_CHECK_MAIN(proxies)
