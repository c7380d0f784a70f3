// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Sessions of players ([MS-WMSP] 3.2.1 to 3.2.3): client-id, Idle-Timeout,
// how many there are.

#include "common/pubpoint_thread.h"
#include "expect.h"
#include "wmsp_client.h"

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

constexpr const char* kBoth = "ffff:1:0 ffff:2:0";

GST_START_TEST(test_client_id) {
  PubpointThread server;
  MixedPush push(server);
  push.Push(1);
  const WmspExchange describe(server.port(), DescribeRequest());
  const std::string id = ClientId(describe.response);
  // Described again, then played, all in one session.
  const WmspExchange again(server.port(), DescribeRequest({id}));
  fail_unless(ClientId(again.response) == id);
  auto play =
      std::make_unique<WmspExchange>(server.port(), PlayRequest(kBoth, {id}));
  fail_unless(play->response.status == 200);
  fail_unless(ClientId(play->response) == id);
  fail_unless(PragmaToken(play->response, "xResetStrm").empty());
  // 3.2.5.4, 3.2.5.6: not while it is being streamed to.
  fail_unless(StatusOf(server, DescribeRequest({id})) == 409);
  fail_unless(StatusOf(server, PlayRequest(kBoth, {id})) == 409);
  // 3.2.7.1: a connection that is gone leaves an idle session.
  play.reset();
  fail_unless(server.WaitFor([](const Received& received) {
    return !received.log.empty() && received.log.back().ends_with("has ended");
  }));
  const WmspExchange replay(server.port(), PlayRequest(kBoth, {id}));
  fail_unless(replay.response.status == 200);
  fail_unless(ClientId(replay.response) == id);
}
GST_END_TEST

GST_START_TEST(test_unknown_client_id_is_reset) {
  PubpointThread server;
  MixedPush push(server);
  push.Push(1);
  for (const WmspRequest& request : {DescribeRequest({"client-id=77"}),
                                     PlayRequest(kBoth, {"client-id=77"})}) {
    const WmspExchange exchange(server.port(), request);
    fail_unless(exchange.response.status == 200);
    fail_unless(PragmaToken(exchange.response, "xResetStrm") == "1");
    fail_unless(PragmaToken(exchange.response, "client-id") != "77");
  }
  // 3.2.5.6: some clients before 7.0 get the header twice then.
  const struct {
    const char* agent;
    const char* context;
    const char* ids;
  } kRows[] = {
      {"NSPlayer/6.4.0.1", "request-context=2", "HECHDE"},
      {"NSPlayer/6.4.0.1", "request-context=1", "HDE"},
      {"NSPlayer/7.0.0.1", "request-context=2", "HDE"},
      {"NSServer/4.1.0.1", "request-context=3", "HECHDE"},
      {"NSServer/4.1.0.1", "request-context=2", "HDE"},
  };
  std::vector<std::unique_ptr<WmspExchange>> plays;
  for (const auto& row : kRows) {
    WmspRequest request = PlayRequest(kBoth, {"client-id=77", row.context});
    request.user_agent = row.agent;
    plays.push_back(std::make_unique<WmspExchange>(server.port(), request));
  }
  push.End();
  for (std::size_t i = 0; i < plays.size(); ++i) {
    EXPECT(Ids(ReadWmspPackets(*plays[i]->client)) == kRows[i].ids,
           std::string(kRows[i].agent) + " " + kRows[i].context);
  }
}
GST_END_TEST

GST_START_TEST(test_sessions_end_with_the_idle_timeout) {
  ServerOptions options;
  options.timers.player_idle = std::chrono::milliseconds(100);
  PubpointThread server(std::move(options));
  MixedPush push(server);
  push.Push(1);
  const WmspExchange describe(server.port(), DescribeRequest());
  const WmspExchange play(server.port(), PlayRequest(kBoth));
  const WmspRequest keep =
      PostRequest({"xKeepAliveInPause=1", ClientId(describe.response)});
  fail_unless(StatusOf(server, keep) == 200);
  fail_unless(server.WaitFor([](const Received& received) {
    return !received.log.empty() &&
           received.log.back().ends_with("session of /live has expired");
  }));
  fail_unless(StatusOf(server, keep) == 404);
  // The one that is being streamed to has no timer.
  fail_unless(StatusOf(server, PostRequest({"xKeepAliveInPause=1",
                                            ClientId(play.response)})) == 200);
  push.End();
  fail_unless(Ids(ReadWmspPackets(*play.client)) == "HDE");
}
GST_END_TEST

GST_START_TEST(test_sessions_are_bounded) {
  ServerOptions options;
  options.limits.player_sessions = 3;
  PubpointThread server(std::move(options));
  MixedPush push(server);
  push.Push(1);
  const WmspExchange play(server.port(), PlayRequest(kBoth));
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    const WmspExchange describe(server.port(), DescribeRequest());
    fail_unless(describe.response.status == 200);
    ids.push_back(ClientId(describe.response));
  }
  // The oldest idle ones had to go, the one that plays had not.
  const unsigned expected[] = {404, 404, 200, 200};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    fail_unless_equals_int(
        StatusOf(server, PostRequest({"xKeepAliveInPause=1", ids[i]})),
        expected[i]);
  }
  const WmspExchange second(server.port(), PlayRequest(kBoth));
  const WmspExchange third(server.port(), PlayRequest(kBoth));
  fail_unless(third.response.status == 200);
  fail_unless(StatusOf(server, DescribeRequest()) == 503);
  push.End();
  fail_unless(Ids(ReadWmspPackets(*play.client)) == "HDE");
}
GST_END_TEST

Suite* pubpoint_wmsp_sessions_suite() {
  Suite* suite = suite_create("pubpoint_wmsp_sessions");
  TCase* sessions = tcase_create("sessions");
  suite_add_tcase(suite, sessions);
  tcase_add_test(sessions, test_client_id);
  tcase_add_test(sessions, test_unknown_client_id_is_reset);
  tcase_add_test(sessions, test_sessions_end_with_the_idle_timeout);
  tcase_add_test(sessions, test_sessions_are_bounded);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_wmsp_sessions_suite;
GST_CHECK_MAIN(pubpoint_wmsp_sessions)
