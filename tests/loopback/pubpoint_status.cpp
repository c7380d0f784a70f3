// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "common/small_window.h"
#include "expect.h"
#include "pubpoint/figures.h"
#include "pubpoint/status_interface.h"
#include "pubpoint/status_text.h"
#include "pusher.h"
#include "status_client.h"

namespace wms::test {
namespace {

using pubpoint::ServerOptions;
using pubpoint::StatusAccess;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kFormats[] = {"json", "metrics", "html"};
constexpr const char* kTargets[] = {"/status.json", "/metrics", "/"};

/// A push with a Stream's header and packets, in progress.
struct LivePush {
  explicit LivePush(PubpointThread& server, const std::string& path = "/live")
      : pusher(server.port(), path) {
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(stream.header));
    bytes = stream.header.size();
    for (const ByteVector& packet : stream.stripped) {
      fail_unless(pusher.Data(packet));
      bytes += packet.size();
    }
    fail_unless(server.WaitForPackets(stream.stripped.size()));
  }

  const Stream stream;
  Pusher pusher;
  std::size_t bytes = 0;  ///< of header and packets as they were sent
};

#define EXPECT_VALUE(lines, name, wanted)                                      \
  do {                                                                         \
    const std::string value_found = ValueOf(lines, name).value_or("none");     \
    EXPECT(value_found == (wanted), std::string(name) + " is " + value_found); \
  } while (0)

GST_START_TEST(test_figures_are_what_was_pushed) {
  ServerOptions options;
  options.limits.recent_time = seconds(60);  // the player gets it all
  PubpointThread server(std::move(options));
  const LivePush push(server);
  RawClient player(server.port());
  fail_unless(player.Send(
      "GET /live HTTP/1.1\r\nHost: x\r\nUser-Agent: Test/1.2 more\r\n\r\n"));
  const auto head = player.ReadResponse();
  fail_unless(head.has_value());
  const ByteVector all = push.stream.Restored();
  fail_unless(player.Read(all.size()) == all);
  // Of the blank line behind the head one half is not in it.
  const std::string sent = std::to_string(head->head.size() + 2 + all.size());
  const std::string packets = std::to_string(push.stream.stripped.size());

  const StatusLines json = AskAndCheck(server.port(), "json");
  EXPECT_VALUE(json, "pushes", "1");
  EXPECT_VALUE(json, "players", "1");
  EXPECT_VALUE(json, "points.count", "1");
  EXPECT_VALUE(json, "totals.packets", packets);
  EXPECT_VALUE(json, "totals.sent_bytes", sent);
  const std::string point = "points[/live].";
  EXPECT_VALUE(json, point + "live", "true");
  EXPECT_VALUE(json, point + "totals.bytes", std::to_string(push.bytes));
  EXPECT_VALUE(json, point + "push.state", "streaming");
  EXPECT_VALUE(json, point + "push.user_agent", "WMEncoder/11.0.5721.5145");
  EXPECT_VALUE(json, point + "push.headers", "1");
  EXPECT_VALUE(json, point + "push.packets", packets);
  EXPECT_VALUE(json, point + "push.bytes", std::to_string(push.bytes));
  // Within the first second the rate is that of a whole one.
  const std::string rate =
      ValueOf(json, point + "push.bits_per_second").value_or("0");
  fail_unless(std::stoul(rate) > 0 && std::stoul(rate) <= 8 * push.bytes);
  EXPECT_VALUE(json, point + "players.count", "1");

  const StatusLines metrics = AskAndCheck(server.port(), "metrics");
  const std::string name = "wms_publishing_point_";
  const std::string label = "{point=\"/live\"}";
  EXPECT_VALUE(metrics, name + "points", "1");
  EXPECT_VALUE(metrics, name + "live" + label, "1");
  EXPECT_VALUE(metrics, name + "players" + label, "1");
  EXPECT_VALUE(metrics, name + "received_packets_total" + label, packets);
  EXPECT_VALUE(metrics, name + "server_received_packets_total", packets);
  EXPECT_VALUE(metrics, name + "sent_bytes_total" + label, sent);

  const StatusLines page = AskAndCheck(server.port(), "html");
  fail_unless(page.contains("bdi=/live"));
  fail_unless(page.contains("span=live"));
  fail_unless(page.contains("dd=" + packets));
  fail_unless(page.contains("td=Test/1.2"));
  fail_unless(page.contains("td=http"));
}
GST_END_TEST

GST_START_TEST(test_nobody_is_there) {
  PubpointThread server(StatusOptions(StatusAccess::kLocal, {"/configured"}));
  EXPECT_VALUE(AskAndCheck(server.port(), "json"), "points[/configured].push",
               "null");
  fail_unless(AskAndCheck(server.port(), "html").contains("span=no stream"));
  EXPECT_VALUE(AskAndCheck(server.port(), "metrics"),
               "wms_publishing_point_live{point=\"/configured\"}", "0");
}
GST_END_TEST

GST_START_TEST(test_states) {
  PubpointThread server;
  const std::string state = "points[/live].push.state";
  {
    Pusher pusher(server.port());
    EXPECT_VALUE(AskAndCheck(server.port(), "json"), state, "waiting");
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(MakeHeader()));
    fail_unless(server.WaitForHeaders(1));
    EXPECT_VALUE(AskAndCheck(server.port(), "json"), state, "streaming");
    pusher.client->Reset();
    fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));
    EXPECT_VALUE(AskAndCheck(server.port(), "json"), state, "interrupted");
    fail_unless(
        AskAndCheck(server.port(), "html").contains("span=interrupted"));
    pusher.client = std::make_unique<RawClient>(server.port());
    fail_unless(pusher.Start());
    fail_unless(pusher.End());
    fail_unless(server.WaitForClosed());
  }
  const StatusLines json = AskAndCheck(server.port(), "json");
  EXPECT_VALUE(json, "points[/live].push", "null");
  EXPECT_VALUE(json, "points[/live].totals.pushes", "1");
}
GST_END_TEST

GST_START_TEST(test_violations_and_drops) {
  ServerOptions options;
  options.limits.player_queue = 100 * kStreamPacketSize;
  PubpointThread server(std::move(options));
  LivePush push(server);
  RawClient slow(server.port(), kSmallWindow);
  fail_unless(slow.Send("GET /live HTTP/1.0\r\n\r\n"));
  fail_unless(slow.ReadResponse()->status == 200);
  constexpr std::size_t kPackets = 20000;  // more than the kernel buffers
  for (std::size_t i = push.stream.stripped.size(); i < kPackets; ++i)
    fail_unless(push.pusher.Data(push.stream.stripped[0]));
  fail_unless(server.WaitForPackets(kPackets));
  EXPECT_VALUE(AskAndCheck(server.port(), "json"),
               "points[/live].totals.dropped_players", "1");
  fail_unless(push.pusher.client->Send("nonsense"));
  fail_unless(server.WaitForClosed());
  // This one belongs to no point.
  RawClient client(server.port());
  fail_unless(client.Send(SetupRequest({.user_agent = "WMEncoder/8.0"})));
  fail_unless(client.ReadResponse()->status == 400);
  const StatusLines json = AskAndCheck(server.port(), "json");
  EXPECT_VALUE(json, "points[/live].totals.violations", "1");
  EXPECT_VALUE(json, "totals.violations", "2");
}
GST_END_TEST

// Sums of the server stay when a point is removed.
GST_START_TEST(test_totals_outlive_their_point) {
  PubpointThread server;
  Pusher pusher(server.port(), "/gone", "AutoDestroy: 1\r\n");
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  fail_unless(WaitForStatus(server.port(), "points.count", "0"));
  const StatusLines json = AskAndCheck(server.port(), "json");
  EXPECT_VALUE(json, "totals.headers", "1");
  EXPECT_VALUE(json, "totals.pushes", "1");
}
GST_END_TEST

GST_START_TEST(test_hostile_path) {
  const std::string path = "/<script>alert('x')</script>&\"\\{}=,";
  PubpointThread server;
  const LivePush push(server,
                      "/%3Cscript%3Ealert('x')%3C/script%3E&%22%5C%7B%7D=,");
  fail_unless(AskAndCheck(server.port(), "html").contains("bdi=" + path));
  EXPECT_VALUE(AskAndCheck(server.port(), "json"), "points[" + path + "].path",
               path);
  EXPECT_VALUE(AskAndCheck(server.port(), "metrics"),
               "wms_publishing_point_live{point=\"" + path + "\"}", "1");
}
GST_END_TEST

// Neither HTML nor bytes that are no UTF-8 get out of a User-Agent.
GST_START_TEST(test_hostile_player) {
  PubpointThread server;
  const LivePush push(server);
  RawClient player(server.port());
  fail_unless(player.Send("GET /live HTTP/1.0\r\nUser-Agent: <b>\"\xFF\xC3" +
                          std::string(5000, 'x') + " y\r\n\r\n"));
  fail_unless(player.ReadResponse()->status == 200);
  for (const char* format : kFormats)
    AskAndCheck(server.port(), format);
  fail_unless(AskStatus(server.port(), "/").body.find("&lt;b&gt;&quot;") !=
              std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_nothing_secret) {
  ServerOptions options;
  options.users = {{"somebody", "pa55word"}};
  PubpointThread server(std::move(options));
  // "somebody:pa55word"
  const std::string credential = "c29tZWJvZHk6cGE1NXdvcmQ=";
  RawRequest request;
  request.more = "Authorization: Basic " + credential + "\r\n";
  RawClient client(server.port());
  const std::string push_id = DoSetup(client, request);
  fail_if(push_id.empty());
  for (const char* target : kTargets) {
    const StatusResponse response = AskStatus(server.port(), target);
    const std::string text = response.head.head + response.body;
    EXPECT(text.find("/live") != std::string::npos, target);
    for (const std::string& secret :
         {push_id, std::string("pa55word"), credential}) {
      EXPECT(text.find(secret) == std::string::npos, target);
    }
    EXPECT(text.find("push-id") == std::string::npos, target);
  }
}
GST_END_TEST

GST_START_TEST(test_methods) {
  PubpointThread server;
  for (const char* target : kTargets) {
    const StatusResponse head = AskStatus(server.port(), target, "", "HEAD");
    fail_unless_equals_int(head.head.status, 200);
    fail_unless(head.body.empty());
    const StatusResponse post = AskStatus(server.port(), target, "", "POST");
    fail_unless_equals_int(post.head.status, 405);
    fail_unless(post.head.Header("allow") == "GET, HEAD");
    const StatusResponse put =
        AskStatus(server.port(), target, "", "PUT", "x=1");
    fail_unless_equals_int(put.head.status, 405);
  }
  fail_unless_equals_int(AskStatus(server.port(), "/status").head.status, 404);
  fail_unless_equals_int(AskStatus(server.port(), "/metrics?x=1").head.status,
                         200);
}
GST_END_TEST

GST_START_TEST(test_access) {
  const std::string foreign[] = {
      "Host: example.com\r\n", "X-Forwarded-For: 192.0.2.1\r\n",
      "Forwarded: for=192.0.2.1\r\n", "Via: 1.1 proxy\r\n"};
  PubpointThread local;
  PubpointThread all(StatusOptions(StatusAccess::kPublic));
  PubpointThread off(StatusOptions(StatusAccess::kOff));
  const LivePush push(all);
  for (const char* target : kTargets) {
    fail_unless_equals_int(
        AskStatus(local.port(), target, "Host: localhost:80\r\n").head.status,
        200);
    fail_unless_equals_int(AskStatus(off.port(), target).head.status, 404);
    for (const std::string& more : foreign) {
      fail_unless_equals_int(AskStatus(local.port(), target, more).head.status,
                             403);
      const StatusResponse open = AskStatus(all.port(), target, more);
      fail_unless_equals_int(open.head.status, 200);
      // No button for who may not use it.
      fail_unless(open.body.find("token") == std::string::npos);
    }
  }
  fail_unless(AskStatus(all.port(), "/").body.find("token") !=
              std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_no_point_has_its_paths) {
  PubpointThread server(StatusOptions(StatusAccess::kOff));
  for (const char* path : {"/", "/status.json", "/metrics", "/disconnect"}) {
    RawClient client(server.port());
    fail_unless(client.Send(SetupRequest({.path = path})));
    fail_unless_equals_int(client.ReadResponse()->status, 404);
  }
}
GST_END_TEST

GST_START_TEST(test_who_is_local) {
  pubpoint::StatusRequest request;
  fail_if(pubpoint::IsLocal(request));
  request.from_here = true;
  fail_unless(pubpoint::IsLocal(request));
  for (const char* host :
       {"127.0.0.1", "127.1.2.3:8080", "[::1]:8080", "localhost", "LOCALHOST:1",
        "[::ffff:127.0.0.1]:80"}) {
    request.host = host;
    fail_unless(pubpoint::IsLocal(request), "%s", host);
  }
  for (const char* host :
       {"example.com", "localhost.example.com", "127.0.0.1.example.com",
        "192.0.2.1", "[2001:db8::1]", "[::ffff:192.0.2.1]", "a b", "0.0.0.0",
        "example.com@127.0.0.1:x"}) {
    request.host = host;
    fail_if(pubpoint::IsLocal(request), "%s", host);
  }
  request.host = "localhost";
  request.proxied = true;
  fail_if(pubpoint::IsLocal(request));
}
GST_END_TEST

GST_START_TEST(test_rate) {
  using Time = pubpoint::SteadyTime;
  pubpoint::RateMeter rate;
  const Time start = Time(seconds(1000)) + milliseconds(400);
  fail_unless(rate.BitsPerSecond(start) == 0);
  // 1000 bytes every 100 ms.
  for (int i = 0; i < 100; ++i)
    rate.Add(1000, start + milliseconds(100 * i));
  const Time end = start + milliseconds(10000);
  const auto bits = static_cast<double>(rate.BitsPerSecond(end));
  fail_unless(bits > 78000 && bits < 82000, "%f", bits);
  // A second without any, and all of it gone.
  fail_unless(rate.BitsPerSecond(end + seconds(1)) < 70000);
  fail_unless(rate.BitsPerSecond(end + seconds(5)) == 0);
  // What has just begun is not blown up.
  pubpoint::RateMeter fresh;
  fresh.Add(1000, start);
  fail_unless(fresh.BitsPerSecond(start) == 8000);
}
GST_END_TEST

GST_START_TEST(test_lag) {
  using Time = pubpoint::SteadyTime;
  pubpoint::SendTimeLag lag;
  const Time start(seconds(1000));
  fail_unless(lag.Milliseconds(start) == 0);
  // Across the end of the 32 bits.
  std::uint32_t send = 0xFFFFFF00;
  lag.Add(send, start);
  lag.Add(send + 1000, start + milliseconds(1200));
  fail_unless(lag.Milliseconds(start + milliseconds(1200)) == 200);
  // It grows while nothing comes, and falls when it catches up.
  fail_unless(lag.Milliseconds(start + milliseconds(3000)) == 2000);
  lag.Add(send + 3500, start + milliseconds(3100));
  fail_unless(lag.Milliseconds(start + milliseconds(3100)) == -400);
  // A jump begins anew.
  lag.Add(send + 3600000, start + milliseconds(3200));
  fail_unless(lag.Milliseconds(start + milliseconds(3200)) == 0);
  lag.Add(send, start + milliseconds(3300));
  fail_unless(lag.Milliseconds(start + milliseconds(3300)) == 0);
  lag.Reset();
  fail_unless(lag.Milliseconds(start + seconds(9)) == 0);
}
GST_END_TEST

GST_START_TEST(test_texts) {
  using namespace pubpoint;  // NOLINT
  fail_unless(EscapeHtml("<a b=\"c\">&'") ==
              "&lt;a b=&quot;c&quot;&gt;&amp;&#39;");
  fail_unless(JsonString("a\"\\\n\x01\xC3\xA9") ==
              "\"a\\\"\\\\\\u000a\\u0001\xC3\xA9\"");
  fail_unless(EscapeLabel("a\"\\\nb") == "a\\\"\\\\\\nb");
  fail_unless(BytesText(0) == "0 B");
  fail_unless(BytesText(999) == "999 B");
  fail_unless(BytesText(1000) == "1.0 kB");
  fail_unless(BytesText(999499) == "999 kB");
  fail_unless(BytesText(999500) == "1.0 MB");
  fail_unless(BytesText(123456789) == "123 MB");
  fail_unless(RateText(604321) == "604 kb/s");
  fail_unless(DurationText(-3) == "0 s");
  fail_unless(DurationText(187) == "3 min 7 s");
  fail_unless(DurationText(18120) == "5 h 2 min");
  fail_unless(DurationText(1051200) == "12 d 4 h");
  fail_unless(LagText(-250) == "-250 ms");
  fail_unless(LagText(1500) == "1.5 s");
}
GST_END_TEST

// What has no room in a $D of [MS-WMSP] is counted, and told of once.
// Restoring and stripping the padding adds the byte of its length.
GST_START_TEST(test_unframed_packets) {
  constexpr std::uint32_t kMost = 65535;
  PubpointThread server(StatusOptions(StatusAccess::kLocal));
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader({.packet_size = kMost})));
  for (const std::uint32_t size : {kMost - 9, kMost - 7, kMost})
    fail_unless(pusher.Data(MakePacket({.packet_size = size})));
  fail_unless(WaitForStatus(server.port(), "totals.unframed_packets", "2"));
  const Received received = server.Snapshot();
  fail_unless_equals_int(static_cast<int>(received.packets.size()), 3);
  fail_unless(std::count_if(received.log.begin(), received.log.end(),
                            [](const std::string& line) {
                              return line.find("65527") != std::string::npos;
                            }) == 1);
}
GST_END_TEST

Suite* pubpoint_status_suite() {
  Suite* suite = suite_create("pubpoint_status");
  TCase* figures = tcase_create("figures");
  suite_add_tcase(suite, figures);
  tcase_add_test(figures, test_figures_are_what_was_pushed);
  tcase_add_test(figures, test_unframed_packets);
  tcase_add_test(figures, test_nobody_is_there);
  tcase_add_test(figures, test_states);
  tcase_add_test(figures, test_violations_and_drops);
  tcase_add_test(figures, test_totals_outlive_their_point);
  tcase_add_test(figures, test_rate);
  tcase_add_test(figures, test_lag);
  TCase* text = tcase_create("text");
  suite_add_tcase(suite, text);
  tcase_add_test(text, test_hostile_path);
  tcase_add_test(text, test_hostile_player);
  tcase_add_test(text, test_nothing_secret);
  tcase_add_test(text, test_texts);
  TCase* access = tcase_create("access");
  suite_add_tcase(suite, access);
  tcase_add_test(access, test_methods);
  tcase_add_test(access, test_access);
  tcase_add_test(access, test_no_point_has_its_paths);
  tcase_add_test(access, test_who_is_local);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_status_suite;
GST_CHECK_MAIN(pubpoint_status)
