// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "expect.h"
#include "pusher.h"
#include "status_client.h"

namespace wms::test {
namespace {

using pubpoint::StatusAccess;

constexpr const char* kByHand = "X-Requested-With: curl\r\n";

unsigned Disconnect(const PubpointThread& server, const std::string& point,
                    const std::string& more = kByHand,
                    std::string_view body = {}) {
  return AskStatus(server.port(), "/disconnect?point=" + point, more, "POST",
                   body)
      .head.status;
}

/// A push to @a path that has sent its header.
std::unique_ptr<Pusher> Begin(PubpointThread& server, const std::string& path,
                              std::size_t headers = 1) {
  auto pusher = std::make_unique<Pusher>(server.port(), path);
  fail_unless(pusher->Start());
  fail_unless(pusher->Header(MakeHeader()));
  fail_unless(server.WaitForHeaders(headers));
  return pusher;
}

bool IsStreaming(const PubpointThread& server, const std::string& path) {
  return ValueOf(AskAndCheck(server.port(), "json"),
                 "points[" + path + "].push.state") == "streaming";
}

// 3.2.4.1: an error status at once, in the midst of the body.
GST_START_TEST(test_the_push_is_told) {
  PubpointThread server;
  const auto pusher = Begin(server, "/live");
  RawClient player(server.port());
  fail_unless(player.Send("GET /live HTTP/1.0\r\n\r\n"));
  fail_unless(player.ReadResponse()->status == 200);
  fail_unless_equals_int(Disconnect(server, "/live"), 204);
  const auto response = pusher->client->ReadResponse();
  fail_unless(response.has_value());
  fail_unless_equals_int(response->status, 403);
  fail_unless(response->Header("server").starts_with("Cougar/9.5"));
  fail_unless(response->Header("connection") == "close");
  fail_unless(pusher->client->WaitForClose());
  fail_unless(server.WaitForClosed());
  fail_unless(player.ReadToEnd() == MakeHeader());
  // The session is gone, the point is not.
  RawClient again(server.port());
  fail_unless(again.Send(StartRequest(pusher->request)));
  fail_unless_equals_int(again.ReadResponse()->status, 404);
  Begin(server, "/live", 2);
}
GST_END_TEST

GST_START_TEST(test_only_that_push) {
  PubpointThread server;
  const auto first = Begin(server, "/first");
  const auto second = Begin(server, "/second%20one", 2);
  fail_unless_equals_int(Disconnect(server, "%2Fsecond%20one"), 204);
  fail_unless_equals_int(second->client->ReadResponse()->status, 403);
  fail_unless(IsStreaming(server, "/first"));
}
GST_END_TEST

GST_START_TEST(test_between_requests) {
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless_equals_int(Disconnect(server, "/live"), 204);
  // No request is there to be answered.
  fail_unless(pusher.client->WaitForClose());
  pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(pusher.Start());
  fail_unless_equals_int(pusher.client->ReadResponse()->status, 404);
}
GST_END_TEST

GST_START_TEST(test_nobody_is_pushing) {
  PubpointThread server(StatusOptions(StatusAccess::kLocal, {"/configured"}));
  for (const char* point : {"/configured", "/other", "", "/"})
    fail_unless_equals_int(Disconnect(server, point), 404);
  const StatusResponse without =
      AskStatus(server.port(), "/disconnect", kByHand, "POST");
  fail_unless_equals_int(without.head.status, 404);
}
GST_END_TEST

/// What the button of the page sends.
std::string ButtonForm(const PubpointThread& server) {
  const StatusLines page = AskAndCheck(server.port(), "html");
  fail_unless(page.contains("action=/disconnect?point=%2Flive"));
  const auto token = ValueOf(page, "input.token");
  fail_unless(token.has_value());
  return "token=" + *token;
}

std::string OriginOf(const PubpointThread& server) {
  return "Origin: http://127.0.0.1:" + std::to_string(server.port()) + "\r\n";
}

GST_START_TEST(test_button) {
  PubpointThread server;
  const auto pusher = Begin(server, "/live");
  const std::string form = ButtonForm(server);
  fail_unless_equals_int(
      Disconnect(server, "%2Flive",
                 OriginOf(server) + "Sec-Fetch-Site: same-origin\r\n", form),
      204);
  fail_unless_equals_int(pusher->client->ReadResponse()->status, 403);
}
GST_END_TEST

// What a page of another site, or somebody behind a proxy, can send at most.
GST_START_TEST(test_others_are_refused) {
  PubpointThread server(StatusOptions(StatusAccess::kPublic));
  const auto pusher = Begin(server, "/live");
  const std::string form = ButtonForm(server);
  const std::string hand = kByHand;
  struct Case {
    std::string more;
    std::string body;
  };
  const Case cases[] = {
      {"", ""},
      {"", "token=wrong"},
      {"", "token="},
      {OriginOf(server), ""},
      {"Origin: http://example.com\r\n", form},
      {"Origin: null\r\n", form},
      {"Origin: http://example.com\r\n" + hand, ""},
      {"Sec-Fetch-Site: cross-site\r\n", form},
      {"Sec-Fetch-Site: same-site\r\n" + hand, ""},
      {"Host: example.com\r\n" + hand, ""},
      {"Host: example.com\r\nOrigin: http://example.com\r\n", form},
      {"X-Forwarded-For: 192.0.2.1\r\n" + hand, ""},
      {"Via: 1.1 proxy\r\n" + hand, form},
  };
  for (const Case& c : cases) {
    EXPECT(Disconnect(server, "/live", c.more, c.body) == 403, c.more + c.body);
  }
  const StatusResponse get =
      AskStatus(server.port(), "/disconnect?point=/live", kByHand);
  fail_unless_equals_int(get.head.status, 405);
  fail_unless(get.head.Header("allow") == "POST");
  fail_unless(IsStreaming(server, "/live"));
}
GST_END_TEST

GST_START_TEST(test_off) {
  PubpointThread server(StatusOptions(StatusAccess::kOff));
  const auto pusher = Begin(server, "/live");
  fail_unless_equals_int(Disconnect(server, "/live"), 404);
  fail_unless(pusher->Data(Stripped(MakePacket())));
  fail_unless(server.WaitForPackets(1));
}
GST_END_TEST

GST_START_TEST(test_bodies) {
  PubpointThread server;
  fail_unless_equals_int(
      Disconnect(server, "/live", kByHand, std::string(4096, 'x')), 404);
  fail_unless_equals_int(
      Disconnect(server, "/live", kByHand, std::string(4097, 'x')), 413);
  const StatusResponse chunked = AskStatus(
      server.port(), "/disconnect?point=/live",
      std::string(kByHand) + "Transfer-Encoding: chunked\r\n", "POST");
  fail_unless_equals_int(chunked.head.status, 411);
}
GST_END_TEST

Suite* pubpoint_admin_suite() {
  Suite* suite = suite_create("pubpoint_admin");
  TCase* disconnect = tcase_create("disconnect");
  suite_add_tcase(suite, disconnect);
  tcase_add_test(disconnect, test_the_push_is_told);
  tcase_add_test(disconnect, test_only_that_push);
  tcase_add_test(disconnect, test_between_requests);
  tcase_add_test(disconnect, test_nobody_is_pushing);
  TCase* access = tcase_create("access");
  suite_add_tcase(suite, access);
  tcase_add_test(access, test_button);
  tcase_add_test(access, test_others_are_refused);
  tcase_add_test(access, test_off);
  tcase_add_test(access, test_bodies);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_admin_suite;
GST_CHECK_MAIN(pubpoint_admin)
