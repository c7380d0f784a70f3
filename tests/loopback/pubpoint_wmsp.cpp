// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The requests of players ([MS-WMSP] 2.2.2), byte by byte.

#include "common/pubpoint_thread.h"
#include "common/real_players.h"
#include "expect.h"
#include "wmsp_client.h"

namespace wms::test {
namespace {

constexpr const char* kBoth = "ffff:1:0 ffff:2:0";
constexpr const char* kPlayer12 = "NSPlayer/12.0.7680.0";

/// Sends a head from the table of real players, in pieces of @a size.
std::unique_ptr<RawClient> SendHead(PubpointThread& server, std::string head,
                                    std::size_t size) {
  const std::string host = "127.0.0.1:" + std::to_string(server.port());
  head.replace(head.find("HOST"), 4, host);
  auto client = std::make_unique<RawClient>(server.port());
  const Bytes bytes(reinterpret_cast<const std::uint8_t*>(head.data()),
                    head.size());
  fail_unless(client->SendInPieces(bytes, size));
  return client;
}

void ExpectPlayed(const std::vector<WmspPacket>& packets, const MixedPush& push,
                  const std::string& context) {
  EXPECT(Ids(packets) == "H" + std::string(push.pushed, 'D') + "E", context);
  EXPECT(packets[0].payload == push.header, context);
  EXPECT(packets[0].af_flags == 0x0C && packets[0].location_id == 0, context);
  for (std::size_t i = 0; i < push.pushed; ++i) {
    const WmspPacket& packet = packets[i + 1];
    EXPECT(packet.payload == push.Packet(i), context);
    EXPECT(packet.location_id == i, context);
    EXPECT(packet.af_flags == static_cast<std::uint8_t>(i), context);
  }
  EXPECT(packets.back().reason == 0, context);
}

GST_START_TEST(test_real_players) {
  for (const RealPlayer& player : kRealPlayers) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{4096}}) {
      PubpointThread server;
      MixedPush push(server);
      push.Push(4);
      const auto describe = SendHead(server, player.describe, piece);
      const auto described = describe->ReadResponse();
      EXPECT(described && described->status == 200, player.name);
      EXPECT(described->Header("transfer-encoding").empty(), player.name);
      const auto headers = ReadWmspPackets(*describe);  // up to the close
      EXPECT(Ids(headers) == "H", player.name);
      EXPECT(headers[0].payload == push.header, player.name);

      const auto play = SendHead(server, player.play, piece);
      const auto played = play->ReadResponse();
      EXPECT(played && played->status == 200, player.name);
      EXPECT(played->Header("transfer-encoding").empty(), player.name);
      EXPECT(played->Header("content-length").empty(), player.name);
      push.Push(8);
      push.End();
      ExpectPlayed(ReadWmspPackets(*play), push, player.name);
    }
  }
}
GST_END_TEST

// More than 256 packets: AFFlags is a sequence number of eight bits.
GST_START_TEST(test_long_stream) {
  PubpointThread server;
  MixedPush push(server);
  push.Push(1);
  const WmspExchange play(server.port(), PlayRequest(kBoth));
  push.Push(599);
  push.End();
  ExpectPlayed(ReadWmspPackets(*play.client), push, "600 packets");
}
GST_END_TEST

GST_START_TEST(test_response_headers) {
  PubpointThread server;
  MixedPush push(server);
  const WmspExchange old(server.port(), DescribeRequest());
  fail_unless(old.response.Header("content-type") ==
              "application/octet-stream");
  fail_unless(old.response.Header("supported").empty());
  fail_unless(old.response.Header("cache-control") == "no-cache");
  fail_unless(old.response.Header("server").starts_with("Cougar/"));
  fail_unless(old.response.Header("connection") == "close");
  fail_unless(old.response.Header("pragma").starts_with("no-cache,"));
  fail_unless(PragmaToken(old.response, "features") == "\"broadcast,live\"");
  fail_unless(PragmaToken(old.response, "timeout") == "55000");
  fail_unless(PragmaToken(old.response, "playlist-gen-id") == "1");
  fail_unless(PragmaToken(old.response, "xResetStrm").empty());
  const std::string id = PragmaToken(old.response, "client-id");
  fail_unless(!id.empty() && id != "0");

  WmspRequest request =
      DescribeRequest({"packet-pair-experiment=1", "pipeline-experiment=1",
                       "version11-enabled=1"});
  request.user_agent = kPlayer12;
  const WmspExchange twelve(server.port(), request);
  fail_unless(twelve.response.Header("content-type") ==
              "application/vnd.ms.wms-hdr.asfv1");
  fail_unless(twelve.response.Header("supported") ==
              "com.microsoft.wm.sswitch, com.microsoft.wm.predstrm");
  // Neither of the experiments is offered (3.2.5.4).
  fail_unless(PragmaToken(twelve.response, "packet-pair-experiment").empty());
  fail_unless(PragmaToken(twelve.response, "pipeline-experiment").empty());
  fail_unless(PragmaToken(twelve.response, "client-id") != id);
  const auto packets = ReadWmspPackets(*twelve.client);
  fail_unless(Ids(packets) == "MH");
  const std::string metadata(packets[0].payload.begin(),
                             packets[0].payload.end());
  fail_unless(metadata.starts_with("playlist-gen-id=1, broadcast-id=1, "));
  fail_unless(packets[1].payload == push.header);
  request = PlayRequest(kBoth, {"version11-enabled=1"});
  request.user_agent = kPlayer12;
  const WmspExchange play(server.port(), request);
  fail_unless(play.response.Header("content-type") ==
              "application/x-mms-framed");
  fail_unless(ReadWmspPacket(*play.client).id == 'M');
  fail_unless(ReadWmspPacket(*play.client).id == 'H');
}
GST_END_TEST

GST_START_TEST(test_statuses) {
  PubpointThread server;
  fail_unless(StatusOf(server, DescribeRequest()) == 404);
  fail_unless(StatusOf(server, PlayRequest(kBoth)) == 404);
  Pusher waiting(server.port(), "/waiting");
  WmspRequest request = DescribeRequest();
  request.path = "/waiting";
  fail_unless(StatusOf(server, request) == 404);
  MixedPush push(server);
  fail_unless(StatusOf(server, DescribeRequest()) == 200);
  fail_unless(StatusOf(server, DescribeRequest({"xPlayNextEntry=1"})) == 501);
  fail_unless(StatusOf(server, DescribeRequest({"pipeline-request=1"})) == 501);
  fail_unless(StatusOf(server, PostRequest({"no-cache"})) == 400);
  request = DescribeRequest();
  request.method = "PUT";
  fail_unless(StatusOf(server, request) == 400);
  // A body where none may be.
  request = PostRequest({"xStopStrm=1", "client-id=5"});
  request.body = "hello";
  fail_unless(StatusOf(server, request) == 400);
  push.End();
  fail_unless(StatusOf(server, DescribeRequest()) == 404);
}
GST_END_TEST

GST_START_TEST(test_control_requests) {
  PubpointThread server;
  MixedPush push(server);
  const WmspExchange describe(server.port(), DescribeRequest());
  const std::string id = ClientId(describe.response);
  WmspRequest log_stats = PostRequest({id});
  log_stats.more = "Content-Type: application/x-wms-LogStats;charset=UTF-8\r\n";
  log_stats.body = "<XML>" + std::string(20000, 'x') + "</XML>";
  const struct {
    WmspRequest request;
    unsigned status;
  } kRows[] = {
      {PostRequest({"xKeepAliveInPause=1", id}), 200},
      {PostRequest({"log-line=- - - -", id}), 204},
      {log_stats, 204},
      {PostRequest(
           {"stream-switch-count=1", "stream-switch-entry=ffff:1:0", id}),
       200},
      {PostRequest({"xStopStrm=1", id}), 200},
  };
  for (const auto& row : kRows) {
    const WmspExchange exchange(server.port(), row.request);
    const std::string context = row.request.pragmas[0];
    EXPECT(exchange.response.status == row.status, context);
    EXPECT(exchange.response.Header("content-length") == "0", context);
    EXPECT(exchange.response.Header("cache-control") == "no-cache", context);
    EXPECT(ClientId(exchange.response) == id, context);
    EXPECT(PragmaToken(exchange.response, "features").empty(), context);
    EXPECT(exchange.client->WaitForClose(), context);
    // 3.2.5.1: not without a client-id, nor with a wrong one.
    WmspRequest anonymous = row.request;
    std::erase(anonymous.pragmas, id);
    EXPECT(StatusOf(server, anonymous) == 400, context);
    anonymous.pragmas.emplace_back("client-id=77");
    EXPECT(StatusOf(server, anonymous) == 404, context);
  }
  log_stats.body.assign(70000, 'x');
  fail_unless(StatusOf(server, log_stats) == 413);
  log_stats.body.clear();
  fail_unless(StatusOf(server, log_stats) == 204);
}
GST_END_TEST

GST_START_TEST(test_options) {
  PubpointThread server;
  MixedPush push(server);
  const WmspExchange describe(server.port(), DescribeRequest());
  const std::string id = ClientId(describe.response);
  for (const std::string& pragma : {id, std::string("client-id=77")}) {
    const WmspExchange exchange(server.port(), {.method = "OPTIONS",
                                                .path = "*",
                                                .user_agent = kPlayer12,
                                                .pragmas = {pragma}});
    fail_unless(exchange.response.status == 200);
    fail_unless(exchange.response.Header("public") == "GET, POST, OPTIONS");
    fail_unless((ClientId(exchange.response) == id) == (pragma == id));
  }
}
GST_END_TEST

GST_START_TEST(test_cut_short) {
  PubpointThread server;
  MixedPush push(server);
  push.Push(1);
  const std::string request = WriteWmspRequest(PlayRequest(kBoth));
  for (std::size_t size = 1; size < request.size(); size += 7) {
    RawClient client(server.port());
    fail_unless(client.Send(std::string_view(request).substr(0, size)));
  }
  // The body of a Log that never comes.
  const WmspExchange describe(server.port(), DescribeRequest());
  WmspRequest log = PostRequest({ClientId(describe.response)});
  log.more = "Content-Type: application/x-wms-LogStats\r\n";
  log.body.assign(1000, 'x');
  const std::string log_text = WriteWmspRequest(log);
  RawClient client(server.port());
  fail_unless(client.Send(log_text.substr(0, log_text.size() - 1)));
  client.ShutdownWrite();
  fail_unless(StatusOf(server, PlayRequest(kBoth)) == 200);
}
GST_END_TEST

GST_START_TEST(test_browser_gets_a_page) {
  PubpointThread server;
  const auto get = [&server](const std::string& path, const char* accept) {
    return WmspExchange(server.port(),
                        {.path = path,
                         .user_agent = "Mozilla/5.0 (X11; Linux x86_64)",
                         .more = std::string("Accept: ") + accept + "\r\n"});
  };
  constexpr const char* kHtml = "text/html,application/xhtml+xml;q=0.9";
  fail_unless(get("/live", kHtml).response.status == 404);
  const std::string path = "/a%3Cb%3E&%22c%20d";
  MixedPush push(server, 5, path);
  const auto page = get(path, kHtml);
  fail_unless(page.response.status == 200);
  fail_unless(page.response.Header("content-type") ==
              "text/html; charset=utf-8");
  const ByteVector bytes = page.client->ReadToEnd();
  const std::string text(bytes.begin(), bytes.end());
  fail_unless(std::to_string(text.size()) ==
              page.response.Header("content-length"));
  const std::string url = "://127.0.0.1/a%3Cb%3E&amp;%22c%20d<";
  for (const char* scheme : {"http", "mms", "mmsh"})
    fail_unless(text.find(scheme + url) != std::string::npos, "%s", scheme);
  fail_unless(text.find("/a<b>") == std::string::npos);
  fail_unless(text.find("is live") != std::string::npos);
  // Who does not ask for a page gets the stream.
  fail_unless(get(path, "*/*").response.Header("content-type") ==
              "video/x-ms-asf");
}
GST_END_TEST

Suite* pubpoint_wmsp_suite() {
  Suite* suite = suite_create("pubpoint_wmsp");
  TCase* requests = tcase_create("requests");
  suite_add_tcase(suite, requests);
  tcase_add_test(requests, test_real_players);
  tcase_add_test(requests, test_long_stream);
  tcase_add_test(requests, test_response_headers);
  tcase_add_test(requests, test_statuses);
  tcase_add_test(requests, test_control_requests);
  tcase_add_test(requests, test_options);
  tcase_add_test(requests, test_cut_short);
  tcase_add_test(requests, test_browser_gets_a_page);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_wmsp_suite;
GST_CHECK_MAIN(pubpoint_wmsp)
