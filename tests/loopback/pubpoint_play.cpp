// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/leak_check.h"
#include "common/pubpoint_thread.h"
#include "common/small_window.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>

#include <algorithm>

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

constexpr std::uint32_t kPacketSize = 1000;

/// A push with a header and @a count packets, in progress.
struct LivePush {
  LivePush(PubpointThread& server_in, std::size_t count)
      : server(server_in), pusher(server.port()) {
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(header));
    for (std::size_t i = 0; i < count; ++i)
      Push(i);
    fail_unless(server.WaitForHeaders(1));
    fail_unless(server.WaitForPackets(count));
  }

  void Push(std::size_t i) {
    fail_unless(pusher.Data(Stripped(packets[i % packets.size()])));
  }
  void End() {
    fail_unless(pusher.End());
    fail_unless(server.WaitForClosed());
  }

  PubpointThread& server;
  ByteVector header = MakeHeader({.packet_size = kPacketSize});
  std::vector<ByteVector> packets = MakePackets(40, kPacketSize);
  Pusher pusher;
};

std::string GetRequest(const char* method = "GET", const char* path = "/live") {
  return std::string(method) + " " + path +
         " HTTP/1.1\r\nHost: x\r\nUser-Agent: Lavf\r\n\r\n";
}

/// A player whose response head has been read.
std::unique_ptr<RawClient> Play(PubpointThread& server, int buffer = 0) {
  auto player = std::make_unique<RawClient>(server.port(), buffer);
  fail_unless(player->Send(GetRequest()));
  const auto response = player->ReadResponse();
  fail_unless(response.has_value());
  fail_unless(response->status == 200);
  fail_unless(response->Header("content-type") == "video/x-ms-asf");
  fail_unless(response->Header("connection") == "close");
  fail_unless(response->Header("transfer-encoding").empty());
  fail_unless(response->Header("content-length").empty());
  return player;
}

/// The header of @a push and the restored packets from @a first on.
ByteVector Expected(const LivePush& push, std::size_t first,
                    std::size_t count) {
  ByteVector bytes = push.header;
  for (std::size_t i = first; i < first + count; ++i) {
    Append(bytes, Restored(Stripped(push.packets[i % push.packets.size()]),
                           kPacketSize));
  }
  return bytes;
}

GST_START_TEST(test_player_gets_the_whole_stream) {
  PubpointThread server;
  LivePush push(server, 5);
  const auto player = Play(server);
  fail_unless(player->Read(push.header.size()) == push.header);
  for (std::size_t i = 5; i < push.packets.size(); ++i)
    push.Push(i);
  push.End();
  // The header has been read already; what follows are all the packets.
  ByteVector all = push.header;
  Append(all, player->ReadToEnd());
  fail_unless(all == Expected(push, 0, push.packets.size()));
}
GST_END_TEST

GST_START_TEST(test_late_player_starts_with_recent_packets) {
  ServerOptions options;
  options.limits.recent_time = std::chrono::milliseconds(1000);
  PubpointThread server(std::move(options));
  LivePush push(server, 30);
  const auto by_time = Play(server);
  push.End();
  // Packets are 100 ms apart: the newest and ten before it.
  fail_unless(by_time->ReadToEnd() == Expected(push, 19, 11));
}
GST_END_TEST

GST_START_TEST(test_recent_packets_are_bounded_in_bytes) {
  ServerOptions options;
  options.limits.recent_bytes = 3500;
  PubpointThread server(std::move(options));
  LivePush push(server, 30);
  const auto player = Play(server);
  push.End();
  fail_unless(player->ReadToEnd() == Expected(push, 27, 3));
}
GST_END_TEST

GST_START_TEST(test_several_players) {
  PubpointThread server;
  LivePush push(server, 2);
  std::vector<std::unique_ptr<RawClient>> players;
  for (std::size_t i = 2; i < 12; ++i) {
    players.push_back(Play(server));
    push.Push(i);
    fail_unless(server.WaitForPackets(i + 1));
  }
  // One goes in the middle, the others do not notice.
  players[3]->Reset();
  for (std::size_t i = 12; i < push.packets.size(); ++i)
    push.Push(i);
  push.End();
  const ByteVector all = Expected(push, 0, push.packets.size());
  for (std::size_t i = 0; i < players.size(); ++i) {
    if (i != 3) fail_unless(players[i]->ReadToEnd() == all, "player %zu", i);
  }
}
GST_END_TEST

/// Packets @a first to @a first + @a count in one piece, as an encoder sends
/// them that has them together.
ByteVector Together(const LivePush& push, std::size_t first,
                    std::size_t count) {
  ByteVector bytes;
  for (std::size_t i = first; i < first + count; ++i) {
    Append(bytes, Frame(wmhttp::PacketId::kData,
                        Stripped(push.packets[i % push.packets.size()])));
  }
  return bytes;
}

GST_START_TEST(test_packets_that_come_together) {
  // More than one read takes, and more than one write has room for.
  constexpr std::size_t kCount = 400;
  PubpointThread server;
  LivePush push(server, 0);
  const auto player = Play(server);
  fail_unless(push.pusher.client->Send(Together(push, 0, kCount)));
  push.End();
  fail_unless(player->ReadToEnd() == Expected(push, 0, kCount));
}
GST_END_TEST

GST_START_TEST(test_packets_together_with_another_header) {
  PubpointThread server;
  LivePush push(server, 0);
  const auto player = Play(server);
  ByteVector bytes = Together(push, 0, 3);
  Append(bytes, Frame(wmhttp::PacketId::kEndOfStream, {}, HResult::S_FALSE));
  Append(bytes, Frame(wmhttp::PacketId::kStreamChange,
                      MakeHeader({.packet_size = kPacketSize, .id = 2})));
  Append(bytes, Together(push, 3, 2));
  fail_unless(push.pusher.client->Send(bytes));
  // What belongs to the header before, and nothing else.
  fail_unless(player->ReadToEnd() == Expected(push, 0, 3));
  push.End();
}
GST_END_TEST

GST_START_TEST(test_queue_is_no_limit_for_packets_together) {
  ServerOptions options;
  options.limits.player_queue = 8 * kPacketSize;
  options.slow_players = pubpoint::SlowPlayers::kDrop;
  PubpointThread server(std::move(options));
  LivePush push(server, 0);
  const auto player = Play(server);
  fail_unless(push.pusher.client->Send(Together(push, 0, 40)));
  push.End();
  fail_unless(player->ReadToEnd() == Expected(push, 0, 40));
}
GST_END_TEST

GST_START_TEST(test_statuses) {
  PubpointThread server;
  const auto status = [&server](const std::string& request) {
    RawClient client(server.port());
    fail_unless(client.Send(request));
    return client.ReadResponse()->status;
  };
  fail_unless(status(GetRequest()) == 404);
  // The status page, which is not for a name of another host.
  fail_unless(status(GetRequest("GET", "/")) == 403);
  fail_unless(status(GetRequest("HEAD")) == 404);
  Pusher waiting(server.port(), "/waiting");
  fail_unless(status(GetRequest("GET", "/waiting")) == 404);
  LivePush push(server, 1);
  fail_unless(status(GetRequest("GET", "/Live")) == 404);
  fail_unless(status(GetRequest("DELETE")) == 405);
  fail_unless(status("GET /live HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                     "\r\nhello") == 400);
  RawClient head(server.port());
  fail_unless(head.Send(GetRequest("HEAD")));
  const auto response = head.ReadResponse();
  fail_unless(response->status == 200);
  fail_unless(response->Header("content-type") == "video/x-ms-asf");
  fail_unless(head.WaitForClose());
  push.End();
  fail_unless(status(GetRequest()) == 404);
}
GST_END_TEST

GST_START_TEST(test_too_many_players) {
  ServerOptions options;
  options.limits.players = 2;
  PubpointThread server(std::move(options));
  LivePush push(server, 1);
  auto first = Play(server);
  const auto second = Play(server);
  RawClient third(server.port());
  fail_unless(third.Send(GetRequest()));
  fail_unless(third.ReadResponse()->status == 503);
}
GST_END_TEST

GST_START_TEST(test_new_header_ends_players) {
  PubpointThread server;
  LivePush push(server, 3);
  const auto player = Play(server);
  fail_unless(push.pusher.End(HResult::S_FALSE));
  const ByteVector second = MakeHeader({.packet_size = kPacketSize, .id = 2});
  fail_unless(push.pusher.Change(second));
  fail_unless(player->ReadToEnd() == Expected(push, 0, 3));
  // Who comes now gets the new one.
  fail_unless(server.WaitForHeaders(2));
  const auto next = Play(server);
  fail_unless(next->Read(second.size()) == second);
}
GST_END_TEST

GST_START_TEST(test_players_outlast_a_lost_connection) {
  PubpointThread server;
  LivePush push(server, 3);
  const auto player = Play(server);
  push.pusher.client->Reset();
  fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));
  push.pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(push.pusher.Start());
  push.Push(3);
  push.End();
  fail_unless(player->ReadToEnd() == Expected(push, 0, 4));
}
GST_END_TEST

// A player that does not read is dropped; what it did get is whole packets,
// and neither the push nor another player is held up.
GST_START_TEST(test_slow_player_is_dropped) {
  constexpr std::size_t kPackets = 20000;  // more than the kernel buffers
  ServerOptions options;
  options.limits.player_queue = 100 * kPacketSize;
  options.slow_players = pubpoint::SlowPlayers::kDrop;
  // It is cut off within a packet when it takes too long to read the rest.
  options.timers.player_flush = PubpointThread::kDeadline;
  PubpointThread server(std::move(options));
  LivePush push(server, 1);
  const auto slow = Play(server, kSmallWindow);
  for (std::size_t i = 1; i < kPackets; ++i)
    push.Push(i);
  fail_unless(server.WaitForPackets(kPackets));
  const auto is_drop = [](const std::string& line) {
    return line.find("too slowly") != std::string::npos;
  };
  fail_unless(server.WaitFor([&is_drop](const Received& r) {
    return std::any_of(r.log.begin(), r.log.end(), is_drop);
  }));
  const ByteVector got = slow->ReadToEnd();
  fail_unless(got.size() > push.header.size());
  fail_unless((got.size() - push.header.size()) % kPacketSize == 0);
  const std::size_t count = (got.size() - push.header.size()) / kPacketSize;
  fail_unless(count < kPackets);
  fail_unless(got == Expected(push, 0, count));
  push.End();
}
GST_END_TEST

GST_START_TEST(test_stop_flushes_players) {
  PubpointThread server;
  LivePush push(server, 20);
  const auto player = Play(server);
  push.pusher.client.reset();
  server.Stop();
  fail_unless(player->ReadToEnd() == Expected(push, 0, 20));
}
GST_END_TEST

GST_START_TEST(test_nothing_is_left) {
  const auto play = [] {
    PubpointThread server;
    LivePush push(server, 10);
    const auto reads = Play(server);
    const auto waits = Play(server);
    auto leaves = Play(server);
    leaves.reset();
    push.Push(10);
    push.End();
    fail_unless(reads->ReadToEnd() == Expected(push, 0, 11));
  };
  play();
  const LeakCheck check;
  play();
  fail_unless_equals_int(check.new_files(), 0);
  fail_unless_equals_int(check.new_threads(), 0);
}
GST_END_TEST

Suite* pubpoint_play_suite() {
  Suite* suite = suite_create("pubpoint_play");
  TCase* play = tcase_create("play");
  suite_add_tcase(suite, play);
  tcase_add_test(play, test_player_gets_the_whole_stream);
  tcase_add_test(play, test_late_player_starts_with_recent_packets);
  tcase_add_test(play, test_recent_packets_are_bounded_in_bytes);
  tcase_add_test(play, test_several_players);
  tcase_add_test(play, test_packets_that_come_together);
  tcase_add_test(play, test_packets_together_with_another_header);
  tcase_add_test(play, test_queue_is_no_limit_for_packets_together);
  tcase_add_test(play, test_statuses);
  tcase_add_test(play, test_too_many_players);
  tcase_add_test(play, test_new_header_ends_players);
  tcase_add_test(play, test_players_outlast_a_lost_connection);
  tcase_add_test(play, test_slow_player_is_dropped);
  tcase_add_test(play, test_stop_flushes_players);
  tcase_add_test(play, test_nothing_is_left);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_play_suite;
GST_CHECK_MAIN(pubpoint_play)
