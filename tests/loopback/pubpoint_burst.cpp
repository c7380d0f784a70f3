// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What players begin with: the newest packets, all at once.

#include "common/pubpoint_thread.h"
#include "common/small_window.h"
#include "tiny_packets.h"

#include <algorithm>

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

std::unique_ptr<RawClient> Play(unsigned port, int receive_buffer = 0) {
  auto client = std::make_unique<RawClient>(port, receive_buffer);
  fail_unless(client->Send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto response = client->ReadResponse();
  fail_unless(response && response->status == 200);
  return client;
}

std::ptrdiff_t Lines(const Received& received, std::string_view words) {
  return std::ranges::count_if(received.log, [words](const std::string& line) {
    return line.find(words) != std::string::npos;
  });
}

// What a player has taken of it is no room for later packets.
GST_START_TEST(test_room_goes_with_the_burst) {
  constexpr std::uint32_t kBurst = 512;  // 32 MiB
  ServerOptions options;
  options.limits.player_queue = std::size_t{256} << 10;
  options.slow_players = pubpoint::SlowPlayers::kDrop;
  PubpointThread server(std::move(options));
  TinyPush push(server.port());
  push.Push(kBurst);
  fail_unless(server.WaitForPackets(kBurst));
  const auto player = Play(server.port(), kSmallWindow);
  constexpr std::size_t kHalf = std::size_t{kBurst} / 2 * kTinyPacketSize;
  fail_unless(player->Read(kHalf).size() == kHalf);
  // More than its queue, less than what it has taken.
  push.Push(64);
  fail_unless(server.WaitFor(
      [](const Received& received) { return Lines(received, "is dropped"); }));
}
GST_END_TEST

Suite* pubpoint_burst_suite() {
  Suite* suite = suite_create("pubpoint_burst");
  TCase* burst = tcase_create("burst");
  suite_add_tcase(suite, burst);
  tcase_add_test(burst, test_room_goes_with_the_burst);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_burst_suite;
GST_CHECK_MAIN(pubpoint_burst)
