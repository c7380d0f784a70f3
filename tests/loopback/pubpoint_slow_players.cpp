// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Players that take their data more slowly than it comes.

#include "asf/data_packet.h"
#include "common/pubpoint_thread.h"
#include "common/small_window.h"
#include "expect.h"
#include "wmsp_client.h"

#include <algorithm>

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

constexpr const char* kBoth = "ffff:1:0 ffff:2:0";

bool Logged(const Received& received, std::string_view words) {
  return std::ranges::any_of(received.log, [words](const std::string& line) {
    return line.find(words) != std::string::npos;
  });
}

/// Players fall behind by @a queue KiB, and then have time to read the rest.
ServerOptions WithQueue(std::size_t queue) {
  ServerOptions options;
  options.limits.player_queue = queue << 10;
  options.timers.player_flush = PubpointThread::kDeadline;
  return options;
}

/// Pushes until a player has fallen behind.
void PushUntilSkip(PubpointThread& server, MixedPush& push) {
  bool skipped = false;
  while (!skipped) {
    push.Push(100);
    fail_unless(push.pushed < 100000);
    // Looked at in place: a copy of all there is takes long by and by.
    server.WaitFor([&](const Received& received) {
      skipped = Logged(received, "misses some of it");
      return true;
    });
  }
}

// A slow player misses packets and goes on with a key frame; nobody else
// notices.
GST_START_TEST(test_slow_player_skips) {
  PubpointThread server(WithQueue(400));
  MixedPush push(server, 7);
  push.Push(1);
  WmspExchange slow(server.port(), PlayRequest(kBoth), kSmallWindow);
  PushUntilSkip(server, push);
  push.Push(20);
  push.End();
  std::string ids;
  const auto got = ReadData(slow, ids);
  fail_unless(ids == "H" + std::string(got.size(), 'D') + "E");
  fail_unless(got.size() < push.pushed);
  std::size_t gaps = 0;
  for (std::size_t n = 0; n < got.size(); ++n) {
    const std::size_t i = got[n].location_id;
    const bool gap = n > 0 && i != got[n - 1].location_id + 1;
    gaps += gap ? 1 : 0;
    fail_unless(got[n].payload == push.Packet(i) ||
                got[n].payload == push.Only(i, 2));
  }
  fail_unless_equals_int(static_cast<int>(gaps), 1);
  fail_unless(got.back().payload == push.Packet(push.pushed - 1));
}
GST_END_TEST

GST_START_TEST(test_slow_plain_player_skips) {
  PubpointThread server(WithQueue(400));
  MixedPush push(server, 7);
  push.Push(1);
  RawClient slow(server.port(), kSmallWindow);
  fail_unless(slow.Send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
  fail_unless(slow.ReadResponse()->status == 200);
  PushUntilSkip(server, push);
  push.Push(20);
  push.End();
  fail_unless(slow.Read(push.header.size()) == push.header);
  std::size_t next = 0;
  std::size_t gaps = 0;
  for (;;) {
    const ByteVector packet = slow.Read(1000);
    if (packet.empty()) break;
    fail_unless_equals_int(static_cast<int>(packet.size()), 1000);
    const std::size_t i = asf::ParseDataPacket(packet)->send_time_ms / 100;
    fail_unless(packet == Restored(push.Packet(i), 1000));
    gaps += i != next ? 1 : 0;
    // Behind a gap it begins with a key frame.
    fail_unless(i == next || i % push.gop == 0);
    next = i + 1;
  }
  fail_unless_equals_int(static_cast<int>(gaps), 1);
  fail_unless_equals_int(static_cast<int>(next), static_cast<int>(push.pushed));
}
GST_END_TEST

// What a player begins with may be more than its queue takes, and says nothing
// about how fast it reads.
GST_START_TEST(test_burst_larger_than_the_queue) {
  ServerOptions options = WithQueue(200);
  options.slow_players = pubpoint::SlowPlayers::kDrop;
  options.limits.recent_time = std::chrono::hours(1);
  PubpointThread server(std::move(options));
  MixedPush push(server, 1000);
  push.Push(600);
  WmspExchange player(server.port(), PlayRequest(kBoth), kSmallWindow);
  push.Push(20);
  push.End();
  std::string ids;
  const auto got = ReadData(player, ids);
  fail_unless(ids == "H" + std::string(push.pushed, 'D') + "E");
  fail_if(Logged(server.Snapshot(), "too slowly"));
}
GST_END_TEST

// One that takes nothing at all is dropped when it has fallen behind again.
GST_START_TEST(test_player_that_does_not_read_is_dropped) {
  PubpointThread server(WithQueue(200));
  MixedPush push(server, 7);
  push.Push(1);
  const WmspExchange slow(server.port(), PlayRequest(kBoth), kSmallWindow);
  PushUntilSkip(server, push);
  push.Push(2000);
  fail_unless(server.WaitFor(
      [](const Received& received) { return Logged(received, "is dropped"); }));
  push.End();
}
GST_END_TEST

Suite* pubpoint_slow_players_suite() {
  Suite* suite = suite_create("pubpoint_slow_players");
  TCase* slow = tcase_create("slow");
  suite_add_tcase(suite, slow);
  tcase_add_test(slow, test_slow_player_skips);
  tcase_add_test(slow, test_slow_plain_player_skips);
  tcase_add_test(slow, test_burst_larger_than_the_queue);
  tcase_add_test(slow, test_player_that_does_not_read_is_dropped);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_slow_players_suite;
GST_CHECK_MAIN(pubpoint_slow_players)
