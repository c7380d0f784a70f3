// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "breaker.h"
#include "expect.h"

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

/// Longest wait for what has to come.
constexpr std::chrono::seconds kWait{20};

unsigned SetupStatus(PubpointThread& server, const std::string& path,
                     const std::string& body = {}) {
  return StatusOf(server.port(), SetupRequest({.path = path}, body));
}

/// Cuts the connection of @a pusher, waits until that is noticed, and goes on
/// on another with the head of a PushStart.
void Reconnect(PubpointThread& server, Pusher& pusher) {
  const unsigned lost = server.Snapshot().lost;
  pusher.client->Reset();
  fail_unless(server.WaitFor(
      [lost](const Received& received) { return received.lost > lost; }));
  pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(pusher.Start());
}

// 2.2.2.2: a resumed PushStart may begin with $C, whatever came last.
GST_START_TEST(test_resume_with_a_change) {
  const ByteVector other = MakeHeader({.id = 2});
  for (const Mode mode : kModes) {
    for (const bool after_data : {false, true}) {
      BreakerCase breaker(mode);
      PubpointThread& server = breaker.server();
      Pusher pusher = StrictPusher(server.port());
      fail_unless(pusher.Start());
      fail_unless(pusher.Header(MakeHeader()));
      if (after_data) fail_unless(pusher.Data(MakePacket()));
      fail_unless(server.WaitForHeaders(1));
      fail_unless(!after_data || server.WaitForPackets(1));
      Reconnect(server, pusher);
      fail_unless(pusher.Change(other));
      fail_unless(pusher.Data(MakePacket()));
      fail_unless(pusher.End());
      fail_unless(server.WaitForClosed());
      const Received received = server.Snapshot();
      fail_unless(received.headers.size() == 2);
      fail_unless(received.headers.back() == other);
      fail_unless(received.violations.empty());
    }
  }
}
GST_END_TEST

// What may not follow before the cut may not follow behind it either.
GST_START_TEST(test_resume_keeps_the_order) {
  const ByteVector header = Frame(wmhttp::PacketId::kHeader, MakeHeader());
  const ByteVector data = Frame(wmhttp::PacketId::kData, MakePacket());
  const auto resume = [](BreakerCase& breaker, bool switching,
                         const ByteVector& packet) {
    PubpointThread& server = breaker.server();
    const std::size_t headers = server.Snapshot().headers.size();
    const std::size_t ends = server.Snapshot().ends.size();
    Pusher pusher = StrictPusher(server.port());
    pusher.Start();
    pusher.Header(MakeHeader());
    fail_unless(server.WaitForHeaders(headers + 1));
    if (switching) pusher.End(HResult::S_FALSE);
    fail_unless(server.WaitFor([&](const Received& received) {
      return !switching || received.ends.size() > ends;
    }));
    Reconnect(server, pusher);
    pusher.client->Send(packet);
    return pusher.client->ReadResponse()->status;
  };
  BreakerCase breaker(Mode::kStrict);
  breaker.ExpectRefused("$H again", 400, "4.6.1",
                        [&] { return resume(breaker, false, header); });
  breaker.ExpectRefused("$D where $C has to come", 400, "4.6.1",
                        [&] { return resume(breaker, true, data); });
}
GST_END_TEST

// The second PushStart is refused by the length that the header needs.
GST_START_TEST(test_resume_with_a_short_length) {
  BreakerCase breaker(Mode::kStrict);
  PubpointThread& server = breaker.server();
  Pusher pusher = StrictPusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless(server.WaitForHeaders(1));
  pusher.client->Reset();
  fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));
  pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(pusher.Start(3011));
  fail_unless_equals_int(pusher.client->ReadResponse()->status, 400);
  // The session is not harmed by it.
  pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(pusher.Start(3012));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  fail_unless(server.Snapshot().violations.size() == 1);
}
GST_END_TEST

GST_START_TEST(test_configured_points_stay) {
  ServerOptions options;
  options.allow_create = false;
  options.points = {"/live"};
  PubpointThread server(std::move(options));
  Pusher pusher(server.port(), "/live", "AutoDestroy: 1\r\n");
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  fail_unless_equals_int(SetupStatus(server, "/live"), 204);
}
GST_END_TEST

// A point that was made and never used goes with its session, unless the
// client said that it is to stay (2.2.2.1.2).
GST_START_TEST(test_unused_points_go) {
  const struct {
    const char* body;
    bool stays;
  } kRows[] = {
      {"Template-URL: \"/pub\"\r\n", false},
      {"Template-URL: \"/pub\"\r\nAutoDestroy: 1\r\n", false},
      {"Template-URL: \"/pub\"\r\nAutoDestroy: 0\r\n", true},
  };
  for (const auto& row : kRows) {
    ServerOptions options;
    options.allow_create = false;
    options.points = {"/pub"};
    options.timers.inactivity = std::chrono::milliseconds(100);
    PubpointThread server(std::move(options));
    fail_unless_equals_int(SetupStatus(server, "/live", row.body), 204);
    fail_unless(server.WaitForClosed());
    EXPECT(SetupStatus(server, "/live") == (row.stays ? 204 : 404), row.body);
  }
}
GST_END_TEST

// Points that nobody uses make room when there are too many.
GST_START_TEST(test_idle_points_make_room) {
  ServerOptions options;
  options.limits.points = 3;
  PubpointThread server(std::move(options));
  for (unsigned i = 0; i < 10; ++i) {
    Pusher pusher(server.port(), "/" + std::to_string(i));
    fail_if(pusher.push_id.empty());
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(MakeHeader()));
    fail_unless(pusher.End());
    fail_unless(server.WaitFor(
        [i](const Received& received) { return received.closed > i; }));
  }
  const Pusher first(server.port(), "/a");
  const Pusher second(server.port(), "/b");
  const Pusher third(server.port(), "/c");
  fail_if(third.push_id.empty());
  fail_unless_equals_int(SetupStatus(server, "/d"), 503);
}
GST_END_TEST

// 3.2.5.1: a challenge starts the Inactivity-Timeout of the session again.
GST_START_TEST(test_challenge_restarts_the_timer) {
  ServerOptions options;
  options.users = {{"encoder", "secret"}};
  options.auth_schemes = pubpoint::kAuthBasic;
  options.timers.inactivity = std::chrono::milliseconds(600);
  PubpointThread server(std::move(options));
  RawRequest request;
  request.more = "Authorization: Basic ZW5jb2RlcjpzZWNyZXQ=\r\n";
  RawClient client(server.port());
  const std::string id = DoSetup(client, request);
  fail_if(id.empty());
  const auto closed = [](const Received& received) {
    return received.closed > 0;
  };
  request.cookie = "push-id=" + id;
  request.more.clear();
  for (int i = 0; i < 5; ++i) {
    fail_if(server.WaitFor(closed, std::chrono::milliseconds(200)));
    fail_unless_equals_int(StatusOf(server.port(), SetupRequest(request)), 401);
  }
  fail_unless(server.WaitForClosed());
}
GST_END_TEST

// 3.2.5.2: one to a PushStart starts the Idle-Timeout again.
GST_START_TEST(test_challenge_restarts_the_idle_timeout) {
  ServerOptions options;
  options.users = {{"encoder", "secret"}};
  options.auth_schemes = pubpoint::kAuthBasic;
  options.timers.idle = std::chrono::milliseconds(600);
  PubpointThread server(std::move(options));
  RawRequest request;
  request.more = "Authorization: Basic ZW5jb2RlcjpzZWNyZXQ=\r\n";
  RawClient client(server.port());
  const std::string id = DoSetup(client, request);
  fail_if(id.empty());
  const auto closed = [](const Received& received) {
    return received.closed > 0;
  };
  request.cookie = "push-id=" + id;
  request.more.clear();
  for (int i = 0; i < 5; ++i) {
    fail_if(server.WaitFor(closed, std::chrono::milliseconds(200)));
    fail_unless_equals_int(StatusOf(server.port(), StartRequest(request)), 401);
  }
  fail_unless(server.WaitForClosed());
}
GST_END_TEST

// 3.2.3: it runs from the PushSetup on.
GST_START_TEST(test_idle_timeout_before_the_start) {
  ServerOptions options;
  options.timers.idle = std::chrono::milliseconds(100);
  PubpointThread server(std::move(options));
  Pusher pusher(server.port());
  fail_if(pusher.push_id.empty());
  fail_unless(pusher.client->WaitForClose());
  fail_unless(server.WaitForClosed());
}
GST_END_TEST

// 3.2.7.1: it goes on from where the connection was lost, and from the next
// PushSetup anew.
GST_START_TEST(test_setup_restarts_the_idle_timeout) {
  using Clock = std::chrono::steady_clock;
  ServerOptions options;
  options.timers.idle = std::chrono::milliseconds(800);
  PubpointThread server(std::move(options));
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless(server.WaitForHeaders(1));
  pusher.client->ShutdownWrite();
  fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));
  const auto closed = [](const Received& received) {
    return received.closed > 0;
  };
  fail_if(server.WaitFor(closed, std::chrono::milliseconds(300)));
  const auto set_up = Clock::now();
  RawClient next(server.port());
  fail_unless(next.Send(SetupRequest(pusher.request)));
  fail_unless_equals_int(next.ReadResponse()->status, 204);
  fail_unless(server.WaitForClosed());
  fail_unless(Clock::now() - set_up >= std::chrono::milliseconds(800));
}
GST_END_TEST

// 3.2.5.5: the body ends with $E S_FALSE, and the next begins with $C. In
// between the Idle-Timeout does not run (3.2.5.2.1), and a connection that is
// lost then leaves the Inactivity-Timeout to it (3.2.7.1).
GST_START_TEST(test_between_two_requests) {
  const ByteVector header = Frame(wmhttp::PacketId::kHeader, MakeHeader());
  ServerOptions options;
  options.timers.idle = std::chrono::milliseconds(150);
  options.timers.inactivity = std::chrono::milliseconds(1000);
  PubpointThread server(std::move(options));
  Pusher pusher(server.port());
  fail_unless(pusher.Start(header.size() + wmhttp::kEndOfStreamSize));
  fail_unless(pusher.client->Send(header));
  fail_unless(pusher.End(HResult::S_FALSE));
  fail_unless_equals_int(pusher.client->ReadResponse()->status, 204);
  const auto closed = [](const Received& received) {
    return received.closed > 0;
  };
  fail_if(server.WaitFor(closed, std::chrono::milliseconds(400)));
  const std::uint64_t length =
      wmhttp::kFramingHeaderSize + wmhttp::kReasonSize + MakeHeader().size();
  fail_unless(pusher.Start(length));
  fail_unless(pusher.Change(MakeHeader({.id = 2})));
  fail_unless_equals_int(pusher.client->ReadResponse()->status, 204);
  pusher.client->Reset();
  fail_if(server.WaitFor(closed, std::chrono::milliseconds(400)));
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  fail_unless(received.headers.size() == 2);
  fail_unless(received.lost == 0);
  fail_unless(received.violations.empty());
}
GST_END_TEST

// 3.2.5.4, 3.2.5.6: a response is due whichever packet is the last of the
// body, and the next one goes on.
GST_START_TEST(test_last_packet_of_a_body) {
  const ByteVector header = MakeHeader();
  const ByteVector packet = Stripped(MakePacket());
  constexpr std::size_t kHead = wmhttp::kFramingHeaderSize;
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.Start(2 * kHead + header.size() + packet.size()));
  fail_unless(pusher.Header(header));
  fail_unless(pusher.Data(packet));
  fail_unless_equals_int(pusher.client->ReadResponse()->status, 204);
  fail_unless(pusher.Start(wmhttp::kEndOfStreamSize + kHead +
                           wmhttp::kReasonSize + header.size()));
  fail_unless(pusher.End(HResult::S_FALSE));
  fail_unless(pusher.Change(header));
  fail_unless_equals_int(pusher.client->ReadResponse()->status, 204);
  fail_unless(pusher.Start());
  fail_unless(pusher.Data(packet));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  fail_unless_equals_int(received.headers.size(), 2);
  fail_unless_equals_int(received.packets.size(), 2);
  fail_unless_equals_int(received.bodies, 2);
}
GST_END_TEST

// A client that never got the response to its PushSetup has no push-id, and
// would find the point taken until the Inactivity-Timeout.
GST_START_TEST(test_unclaimed_session_yields) {
  constexpr std::chrono::milliseconds kUnclaimed{200};
  for (const bool closes : {true, false}) {
    ServerOptions options;
    options.timers.unclaimed = kUnclaimed;
    PubpointThread server(std::move(options));
    Pusher first(server.port());
    const auto since = std::chrono::steady_clock::now();
    const auto age = [since] {
      return std::chrono::steady_clock::now() - since;
    };
    if (closes) first.client->Reset();
    unsigned status = 0;
    while (status != 204 && age() < (closes ? kWait : 3 * kUnclaimed)) {
      const bool early = age() < kUnclaimed / 2;
      status = SetupStatus(server, "/live");
      EXPECT(!early || status == 409, std::to_string(status));
    }
    // One whose connection stands may still begin.
    fail_unless_equals_int(status, closes ? 204 : 409);
    fail_unless_equals_int(server.Snapshot().closed, closes ? 1 : 0);
  }
}
GST_END_TEST

// It keeps its push-id for as long as nobody else wants the point (3.2.2).
GST_START_TEST(test_unclaimed_session_goes_on) {
  ServerOptions options;
  options.timers.unclaimed = std::chrono::milliseconds(0);
  PubpointThread server(std::move(options));
  Pusher pusher(server.port());
  pusher.client->Reset();
  pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless(server.WaitForHeaders(1));
  // Once it has begun it is there to be resumed, connection or not.
  pusher.client->Reset();
  fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));
  fail_unless_equals_int(SetupStatus(server, "/live"), 409);
}
GST_END_TEST

// A session that is lost in mid-body goes when the Idle-Timeout expires, with
// its point if that is what the client wants (3.2.6.1).
GST_START_TEST(test_idle_timeout_destroys) {
  ServerOptions options;
  options.allow_create = false;
  options.points = {"/pub"};
  options.timers.idle = std::chrono::milliseconds(200);
  PubpointThread server(std::move(options));
  Pusher pusher(server.port(), "/live",
                "Template-URL: \"/pub\"\r\nAutoDestroy: 1\r\n");
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless_equals_int(pusher.client->ReadResponse()->status, 408);
  fail_unless(pusher.client->WaitForClose());
  fail_unless(server.WaitForClosed());
  fail_unless_equals_int(SetupStatus(server, "/live"), 404);
}
GST_END_TEST

Suite* pubpoint_sessions_suite() {
  Suite* suite = suite_create("pubpoint_sessions");
  TCase* resume = tcase_create("resume");
  suite_add_tcase(suite, resume);
  tcase_add_test(resume, test_resume_with_a_change);
  tcase_add_test(resume, test_resume_keeps_the_order);
  tcase_add_test(resume, test_resume_with_a_short_length);
  TCase* points = tcase_create("points");
  suite_add_tcase(suite, points);
  tcase_add_test(points, test_configured_points_stay);
  tcase_add_test(points, test_unused_points_go);
  tcase_add_test(points, test_idle_points_make_room);
  TCase* timers = tcase_create("timers");
  suite_add_tcase(suite, timers);
  tcase_add_test(timers, test_challenge_restarts_the_timer);
  tcase_add_test(timers, test_challenge_restarts_the_idle_timeout);
  tcase_add_test(timers, test_idle_timeout_before_the_start);
  tcase_add_test(timers, test_setup_restarts_the_idle_timeout);
  tcase_add_test(timers, test_between_two_requests);
  tcase_add_test(timers, test_idle_timeout_destroys);
  tcase_add_test(timers, test_last_packet_of_a_body);
  TCase* unclaimed = tcase_create("unclaimed");
  suite_add_tcase(suite, unclaimed);
  tcase_add_test(unclaimed, test_unclaimed_session_yields);
  tcase_add_test(unclaimed, test_unclaimed_session_goes_on);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_sessions_suite;
GST_CHECK_MAIN(pubpoint_sessions)
