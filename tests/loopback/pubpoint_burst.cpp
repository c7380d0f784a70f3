// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What players begin with: the newest packets, all at once.

#include "common/padded_packet.h"
#include "common/pubpoint_thread.h"
#include "common/small_window.h"
#include "poller_case.h"
#include "pubpoint/core.h"
#include "pubpoint/player.h"
#include "tiny_packets.h"
#include "wmsp_client.h"

#include <algorithm>
#include <future>
#include <malloc.h>

namespace wms::test {
namespace {

using pubpoint::PacketRef;
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
  options.limits.burst_bytes = std::size_t{kBurst} * kTinyPacketSize;
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

/// A player without a server, which turns the loop itself.
class DirectPlayer {
 public:
  explicit DirectPlayer(ServerOptions options)
      : core_(std::move(options)), point_(core_.board().AddPoint("/live")) {
    const auto listener =
        glib::Ref<GSocketListener>::Take(g_socket_listener_new());
    client_ = std::make_unique<RawClient>(
        g_socket_listener_add_any_inet_port(listener.get(), nullptr, nullptr));
    pubpoint::Connection connection{
        glib::Ref<GSocketConnection>::Take(g_socket_listener_accept(
            listener.get(), nullptr, nullptr, nullptr)),
        {}};
    fail_unless(static_cast<bool>(connection.stream));
    auto header = std::make_shared<pubpoint::LiveHeader>();
    header->bytes = TinyHeader();
    header->parsed = *asf::ParseHeader(header->bytes);
    header_ = std::move(header);
    player_ = std::make_shared<pubpoint::Player>(
        core_, std::move(connection), std::make_shared<pubpoint::PlainFormat>(),
        core_.board().AddPlayer(point_, "", "", "http"));
    core_.AddPlayer(player_);
  }

  pubpoint::Player* operator->() { return player_.get(); }
  RawClient& client() { return *client_; }
  const pubpoint::HeaderRef& header() const { return header_; }

  PacketRef Packet(std::uint32_t number) const {
    return std::make_shared<const pubpoint::LivePacket>(
        *Padded(Tiny(number), kTinyPacketSize), number, *header_);
  }
  const PollerLoop& loop() const { return loop_; }
  /// What the socket has taken.
  std::size_t Sent() {
    return core_.board().Snapshot().points.at(0).players.at(0).sent_bytes;
  }

 private:
  const PollerLoop loop_;
  pubpoint::Core core_;
  const std::shared_ptr<pubpoint::PointFigures> point_;
  std::unique_ptr<RawClient> client_;
  pubpoint::HeaderRef header_;
  std::shared_ptr<pubpoint::Player> player_;
};

// However fast a player reads, others get their turn; and who waits for its
// own is not slow.
GST_START_TEST(test_one_turn) {
  constexpr std::uint32_t kBurst = 20;
  constexpr std::uint32_t kMore = 8;
  constexpr std::size_t kTurn = std::size_t{1} << 20;
  ServerOptions options;
  options.limits.player_queue = std::size_t{256} << 10;
  options.slow_players = pubpoint::SlowPlayers::kDrop;
  DirectPlayer player(std::move(options));
  ByteVector all = player.header()->bytes;
  std::vector<PacketRef> burst;
  for (std::uint32_t i = 0; i < kBurst + kMore; ++i) {
    burst.push_back(player.Packet(i));
    Append(all, Restored(Tiny(i), kTinyPacketSize));
  }
  auto got = std::async(std::launch::async,
                        [&] { return player.client().Read(all.size()); });
  const std::vector<PacketRef> more(burst.begin() + kBurst, burst.end());
  burst.resize(kBurst);
  player->Start("", player.header(), burst);
  EXPECT(player.Sent() <= kTurn + kTinyPacketSize,
         std::to_string(player.Sent()));
  for (const PacketRef& packet : more)
    player->Deliver(packet);
  fail_unless(player->open());
  player->Flush();
  player.loop().RunUntil([&] { return player.Sent() == all.size(); });
  fail_unless(got.get() == all);
}
GST_END_TEST

// Copies with some of the streams alone last as long as they wait for players.
GST_START_TEST(test_copies_are_forgotten) {
  constexpr std::uint8_t kStreams = 10;
  constexpr std::size_t kPackets = 60;
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(
      MakeHeader({.packet_size = kTinyPacketSize, .streams = kStreams})));
  for (std::size_t i = 0; i < kPackets; ++i) {
    std::vector<PayloadSample> payloads;
    for (std::uint8_t stream = 1; stream <= kStreams; ++stream) {
      payloads.push_back(
          {.stream = stream, .key_frame = i == 0 || stream > 1, .size = 6400});
    }
    fail_unless(
        pusher.Data(Stripped(MakePacket(payloads, 0, kTinyPacketSize))));
  }
  fail_unless(server.WaitForPackets(kPackets));
  const auto play = [&server](std::uint8_t without) {
    std::string streams;
    for (std::uint8_t stream = 1; stream <= kStreams; ++stream) {
      if (stream == without) continue;
      streams += " ffff:" + std::to_string(stream) + ":0";
    }
    WmspExchange player(server.port(), PlayRequest(streams.substr(1)));
    for (std::size_t got = 0; got < kPackets;)
      got += ReadWmspPacket(*player.client).id == 'D' ? 1 : 0;
  };
  const auto ended = [&server](std::ptrdiff_t players) {
    return server.WaitFor([players](const Received& received) {
      return Lines(received, "has ended") == players;
    });
  };
  play(2);
  fail_unless(ended(1));
  // 0 where a sanitizer takes the place of malloc.
  const std::size_t before = mallinfo2().uordblks;
  for (std::uint8_t without = 3; without <= kStreams; ++without) {
    play(without);
    fail_unless(ended(without - 1));
  }
  const std::size_t after = mallinfo2().uordblks;
  // One choice of streams is as much as all packets.
  EXPECT(after < before + kPackets * kTinyPacketSize,
         std::to_string(after - before) + " bytes");
}
GST_END_TEST

Suite* pubpoint_burst_suite() {
  Suite* suite = suite_create("pubpoint_burst");
  TCase* burst = tcase_create("burst");
  suite_add_tcase(suite, burst);
  tcase_add_test(burst, test_room_goes_with_the_burst);
  tcase_add_test(burst, test_one_turn);
  tcase_add_test(burst, test_copies_are_forgotten);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_burst_suite;
GST_CHECK_MAIN(pubpoint_burst)
