// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "pubpoint/registry.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

/// Status of one request on a connection of its own.
unsigned StatusOf(PubpointThread& server, const std::string& request) {
  RawClient client(server.port());
  fail_unless(client.Send(request));
  const auto response = client.ReadResponse();
  return response ? response->status : 0;
}

GST_START_TEST(test_setup_response) {
  PubpointThread server;
  RawClient client(server.port());
  fail_unless(client.Send(SetupRequest({})));
  const auto response = client.ReadResponse();
  fail_unless(response.has_value());
  fail_unless(response->status == 204);
  fail_unless(response->head.starts_with("HTTP/1.1 204 No Content\r\n"));
  fail_unless(response->Header("server").starts_with("Cougar/9.5 "));
  fail_unless(response->Header("cache-control") == "no-cache");
  fail_unless(response->Header("pragma") == "no-cache, timeout=60000");
  fail_unless(response->Header("content-length") == "0");
  fail_if(response->Header("supported").empty());
  fail_if(response->Header("date").empty());
  // No header that is defined for requests only.
  for (const char* name : {"content-type", "cookie", "user-agent",
                           "x-accept-authentication", "connection"}) {
    fail_unless(response->Header(name).empty(), "%s", name);
  }
  const std::string id = response->PushId();
  fail_unless(id.size() >= 22 && id.size() <= 255);
  fail_unless(std::all_of(id.begin(), id.end(),
                          [](unsigned char c) { return std::isalnum(c); }));
  // The connection stays open, and the id holds for another PushSetup.
  fail_unless(DoSetup(client, {.cookie = "push-id=" + id}) == id);
  fail_unless(server.Snapshot().paths ==
              (std::vector<std::string>{"/live", "/live"}));
}
GST_END_TEST

GST_START_TEST(test_push_ids_differ) {
  std::set<std::string> ids;
  std::set<char> characters;
  for (int i = 0; i < 1000; ++i) {
    const auto id = pubpoint::MakePushId();
    fail_unless(id.has_value());
    ids.insert(*id);
    characters.insert(id->begin(), id->end());
  }
  fail_unless(ids.size() == 1000);
  fail_unless(characters.size() == 62);
}
GST_END_TEST

struct SetupCase {
  const char* what;
  std::string request;
  unsigned status;
};

std::vector<SetupCase> SetupCases() {
  const std::string start =
      "POST /live HTTP/1.1\r\nHost: x\r\nUser-Agent: WMEncoder/9.0\r\n";
  const std::string type =
      "Content-Type: application/x-wms-pushsetup\r\nCookie: push-id=0\r\n";
  const std::string end = "Content-Length: 0\r\n\r\n";
  const auto agent = [](const char* text) {
    return SetupRequest({.user_agent = text});
  };
  return {
      {"empty body", SetupRequest({}), 204},
      {"AutoDestroy", SetupRequest({}, "AutoDestroy: 1\r\n"), 204},
      {"AutoDestroy without a space", SetupRequest({}, "AutoDestroy:0\r\n"),
       204},
      {"AutoDestroy 2", SetupRequest({}, "AutoDestroy: 2\r\n"), 400},
      {"no line end", SetupRequest({}, "AutoDestroy: 1"), 400},
      {"something else", SetupRequest({}, "Hello: 1\r\n"), 400},
      {"relative Template-URL",
       SetupRequest({}, "Template-URL: \"pub\"\r\nAutoDestroy: 0\r\n"), 400},
      {"unknown template",
       SetupRequest({}, "Template-URL: \"/pub\"\r\nAutoDestroy: 0\r\n"), 404},
      {"charset",
       start + "Content-Type: application/x-wms-pushsetup;charset=UTF-8\r\n" +
           end,
       204},
      {"no cookie", SetupRequest({.cookie = ""}), 204},
      {"another cookie", SetupRequest({.cookie = "a=b"}), 204},
      {"second cookie", SetupRequest({.cookie = "a=b; push-id=0"}), 204},
      {"unknown push-id", SetupRequest({.cookie = "push-id=abc"}), 404},
      {"WMEncoder/12.0", agent("WMEncoder/12.0.9.9 something/1"), 204},
      {"WMEncoder/13.0", agent("WMEncoder/13.0"), 400},
      {"WMEncoder/9.1", agent("WMEncoder/9.1"), 400},
      {"six digits", agent("WMEncoder/11.0.572150.1"), 400},
      {"no version", agent("WMEncoder"), 400},
      {"a browser", agent("Mozilla/5.0 (X11; Linux x86_64)"), 200},
      {"no User-Agent", agent(""), 200},
      {"no Content-Length", start + type + "\r\n", 411},
      {"chunked", start + type + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       411},
      {"too long", start + type + "Content-Length: 8193\r\n\r\n", 413},
      {"much too long", start + type + "Content-Length: 99999999999\r\n\r\n",
       413},
      {"no Content-Type", start + end, 415},
      {"a form",
       start + "Content-Type: application/x-www-form-urlencoded\r\n" + end,
       415},
      {"root", SetupRequest({.path = "/"}), 404},
      {"control character", SetupRequest({.path = "/a%0Ab"}), 404},
      {"no UTF-8", SetupRequest({.path = "/a%FFb"}), 404},
      {"parent", SetupRequest({.path = "/a/../b%2F..%2Fc"}), 400},
      {"long path", SetupRequest({.path = "/" + std::string(255, 'a')}), 404},
      {"PUT", "PUT /live HTTP/1.1\r\nHost: x\r\n" + end, 405},
      {"PUT with a body",
       "PUT /live HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nabc",
       405},
      {"OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 405},
      {"no HTTP", "hello\r\n\r\n", 400},
  };
}

GST_START_TEST(test_setup_requests) {
  for (const SetupCase& c : SetupCases()) {
    PubpointThread server;
    const unsigned status = StatusOf(server, c.request);
    fail_unless(status == c.status, "%s: %u", c.what, status);
    fail_unless(server.Snapshot().setups == (c.status == 204 ? 1U : 0U), "%s",
                c.what);
  }
}
GST_END_TEST

// What a peer sends reaches the log short, and without control characters.
GST_START_TEST(test_log_is_printable) {
  PubpointThread server;
  const std::string type = "\x1B[31m\xC2\x9B" + std::string(5000, 'x');
  fail_unless(StatusOf(server,
                       "POST /live HTTP/1.1\r\nHost: x\r\n"
                       "Content-Length: 0\r\nContent-Type: " +
                           type + "\r\n\r\n") == 415);
  const Received received = server.Snapshot();
  fail_unless(received.log.size() == 1);
  fail_unless(received.log[0].size() < 600);
  fail_unless(received.log[0].find("\\x1B[31m\\xC2\\x9Bxxx") !=
              std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_start_requests) {
  PubpointThread server;
  const Pusher pusher(server.port());
  const RawRequest& good = pusher.request;
  const auto with = [&good](auto change) {
    RawRequest request = good;
    change(request);
    return StartRequest(request);
  };
  const SetupCase cases[] = {
      {"no push-id", with([](RawRequest& r) { r.cookie = ""; }), 400},
      {"push-id 0", with([](RawRequest& r) { r.cookie = "push-id=0"; }), 404},
      {"unknown", with([](RawRequest& r) { r.cookie = "push-id=x"; }), 404},
      {"another path", with([](RawRequest& r) { r.path = "/other"; }), 404},
      {"a browser", with([](RawRequest& r) { r.user_agent = "a/1.0"; }), 400},
      {"no Content-Length",
       "POST /live HTTP/1.1\r\nHost: x\r\n"
       "Content-Type: application/x-wms-pushstart\r\n"
       "User-Agent: WMEncoder/9.0\r\nCookie: " +
           good.cookie + "\r\n\r\n",
       411},
      {"an empty body", with([](RawRequest& r) { r.content_length = 0; }), 204},
  };
  for (const SetupCase& c : cases) {
    const unsigned status = StatusOf(server, c.request);
    fail_unless(status == c.status, "%s: %u", c.what, status);
  }
  fail_unless(server.Snapshot().closed == 0);
}
GST_END_TEST

GST_START_TEST(test_http_1_0_closes) {
  PubpointThread server;
  RawClient client(server.port());
  std::string request = SetupRequest({});
  request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
  fail_unless(client.Send(request));
  const auto response = client.ReadResponse();
  fail_unless(response.has_value());
  fail_unless(response->status == 204);
  fail_unless(client.WaitForClose());
}
GST_END_TEST

GST_START_TEST(test_expect_continue) {
  PubpointThread server;
  Pusher pusher(server.port());
  pusher.request.more = "Expect: 100-continue\r\n";
  fail_unless(pusher.Start());
  fail_unless(pusher.client->ReadResponse()->status == 100);
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless(server.WaitForHeaders(1));
}
GST_END_TEST

GST_START_TEST(test_template) {
  ServerOptions options;
  options.allow_create = false;
  options.points = {"/template with space"};
  PubpointThread server(std::move(options));
  const std::string body =
      "Template-URL: \"/template%20with%20space\"\r\nAutoDestroy: 1\r\n";
  fail_unless(StatusOf(server, SetupRequest({})) == 404);
  fail_unless(
      StatusOf(server, SetupRequest({.path = "/template%20with%20space"})) ==
      204);
  // It is ignored for a point that exists (2.2.2.1.1), and 409 says that.
  Pusher pusher(server.port(), "/live", body);
  fail_if(pusher.push_id.empty());
  fail_unless(StatusOf(server, SetupRequest({},
                                            "Template-URL: \"/no\"\r\n"
                                            "AutoDestroy: 0\r\n")) == 409);
  // AutoDestroy removes it with the session.
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  fail_unless(StatusOf(server, SetupRequest({})) == 404);
}
GST_END_TEST

GST_START_TEST(test_point_stays_without_auto_destroy) {
  ServerOptions options;
  options.allow_create = false;
  options.points = {"/pub"};
  PubpointThread server(std::move(options));
  Pusher pusher(server.port(), "/live",
                "Template-URL: \"/pub\"\r\nAutoDestroy: 0\r\n");
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  fail_unless(StatusOf(server, SetupRequest({})) == 204);
}
GST_END_TEST

GST_START_TEST(test_too_many_points) {
  ServerOptions options;
  options.limits.points = 3;
  PubpointThread server(std::move(options));
  for (int i = 0; i < 3; ++i) {
    fail_unless(
        StatusOf(server, SetupRequest({.path = "/" + std::to_string(i)})) ==
        204);
  }
  fail_unless(StatusOf(server, SetupRequest({.path = "/3"})) == 503);
}
GST_END_TEST

Suite* pubpoint_setup_suite() {
  Suite* suite = suite_create("pubpoint_setup");
  TCase* requests = tcase_create("requests");
  suite_add_tcase(suite, requests);
  tcase_add_test(requests, test_setup_response);
  tcase_add_test(requests, test_push_ids_differ);
  tcase_add_test(requests, test_setup_requests);
  tcase_add_test(requests, test_log_is_printable);
  tcase_add_test(requests, test_start_requests);
  tcase_add_test(requests, test_http_1_0_closes);
  tcase_add_test(requests, test_expect_continue);
  TCase* points = tcase_create("points");
  suite_add_tcase(suite, points);
  tcase_add_test(points, test_template);
  tcase_add_test(points, test_point_stays_without_auto_destroy);
  tcase_add_test(points, test_too_many_points);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_setup_suite;
GST_CHECK_MAIN(pubpoint_setup)
