// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "attacked_program.h"
#include "breaker.h"
#include "common/small_window.h"

#include <algorithm>

// Attacks with connections and bytes, while an honest push and a player of it
// go on. What answers single broken requests get is in pubpoint_strict and
// pubpoint_packets.

namespace wms::test {
namespace {

using Clients = std::vector<std::unique_ptr<RawClient>>;
using wmhttp::PacketId;

Clients Connect(unsigned port, std::size_t count) {
  Clients clients;
  for (std::size_t i = 0; i < count; ++i)
    clients.push_back(std::make_unique<RawClient>(port));
  return clients;
}

// Heads that come a byte at a time and never end: the time for a request
// counts from its beginning, not from its last byte.
GST_START_TEST(test_slow_loris) {
  constexpr std::size_t kClients = 200;
  AttackedProgram server({"--request-timeout=1"});
  const std::size_t files = server.Files();
  Clients clients = Connect(server.port(), kClients);
  const std::string line = "X-Header: x\r\n";
  const std::string start = "POST /live HTTP/1.1\r\n";
  std::size_t answered = 0;
  for (std::size_t at = 0; !clients.empty(); ++at) {
    const char next =
        at < start.size() ? start[at] : line[(at - start.size()) % line.size()];
    for (auto& client : clients) {
      if (client->Send(std::string_view(&next, 1)) &&
          !client->Readable(std::chrono::milliseconds(0))) {
        continue;
      }
      const auto response = client->ReadResponse();
      answered += response && response->status == 408 ? 1 : 0;
      client.reset();
    }
    std::erase(clients, nullptr);
    // Slowly, as they do.
    if (!clients.empty()) {
      static_cast<void>(clients[0]->Readable(std::chrono::milliseconds(20)));
    }
    EXPECT(at < 5000, std::to_string(clients.size()) + " are still there");
  }
  // A byte that came too late may have cost one its answer.
  EXPECT(answered > kClients / 2, std::to_string(answered));
  EXPECT(server.WaitForFiles(files), std::to_string(server.Files()));
  server.honest().Finish("slow loris");
}
GST_END_TEST

GST_START_TEST(test_connection_flood) {
  AttackedProgram server({"--max-connections=40"});
  const std::size_t files = server.Files();
  for (int i = 0; i < 5000; ++i) {
    RawClient client(server.port());
    if (i % 3 == 0) client.Send("GET / HTTP/1.1\r\n");
    if (i % 2 == 0) client.Reset();
  }
  // More at a time than may be: those above are told so or closed.
  Clients clients = Connect(server.port(), 400);
  const auto deadline = std::chrono::steady_clock::now() + RawClient::kDeadline;
  while (clients.size() > 40) {
    EXPECT(std::chrono::steady_clock::now() < deadline,
           std::to_string(clients.size()) + " are still there");
    std::erase_if(clients, [](const auto& client) {
      if (!client->Readable(std::chrono::milliseconds(0))) return false;
      const auto response = client->ReadResponse();
      return !response || response->status == 503;
    });
  }
  EXPECT(server.Files() <= files + 40, std::to_string(server.Files()));
  server.honest().Finish("connection flood");
}
GST_END_TEST

// They go, and there is room again.
GST_START_TEST(test_room_after_a_flood) {
  AttackedProgram server({"--max-connections=20"});
  const std::size_t files = server.Files();
  for (int round = 0; round < 20; ++round) {
    const Clients clients = Connect(server.port(), 50);
    // Taken or not, it gets an answer.
    clients.back()->Send("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(clients.back()->Readable(RawClient::kDeadline),
           std::to_string(round));
  }
  EXPECT(server.WaitForFiles(files), std::to_string(server.Files()));
  EXPECT(PushWell(server.port(), "/after"), "no room");
  server.honest().Finish("flood after flood");
}
GST_END_TEST

// Heads of megabytes, in all their parts and many at a time: no more of them
// is kept than libsoup reads, 64 kB.
GST_START_TEST(test_huge_heads) {
  AttackedProgram server;
  const std::string x(1 << 20, 'x');
  std::string lines;
  for (int i = 0; i < 50000; ++i)
    lines += "X-" + std::to_string(i) + ": x\r\n";
  const std::string heads[] = {
      "GET /" + x + " HTTP/1.1\r\nHost: a\r\n\r\n",
      x,
      "GET / HTTP/1.1\r\nHost: " + x + "\r\n\r\n",
      "POST /live HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: " + x + "\r\n " + x + "\r\n\r\n",
      "GET / HTTP/1.1\r\n" + std::string(1 << 20, '\n'),
  };
  std::vector<std::thread> senders;
  for (int i = 0; i < 8; ++i) {
    senders.emplace_back([&server, &heads] {
      for (const std::string& head : heads) {
        RawClient client(server.port());
        client.Send(head);
        client.ReadToEnd();  // which is there
      }
    });
  }
  for (std::thread& sender : senders)
    sender.join();
  server.ExpectMemory(8 * 1024);
  server.honest().Finish("huge heads");
}
GST_END_TEST

std::string Post(const std::string& type, const std::string& lines) {
  return "POST /lies HTTP/1.1\r\nHost: a\r\nUser-Agent: WMEncoder/11.0\r\n"
         "Content-Type: application/x-wms-" +
         type + "\r\n" + lines + "\r\n";
}

// Lengths that promise what does not come, of requests of every kind. What
// negative and double ones get is in pubpoint_strict.
GST_START_TEST(test_lengths_of_requests) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const struct {
    std::string text;
    unsigned status;
  } kRows[] = {
      {Post("pushsetup", "Content-Length: 18446744073709551615\r\n"), 400},
      {Post("pushsetup", "Content-Length: 9223372036854775808\r\n"), 400},
      {Post("pushsetup", "Content-Length: 999999999999999999\r\n"), 413},
      {Post("pushsetup", "Content-Length: +0\r\n"), 400},
      {Post("pushsetup", "Content-Length: 0x10\r\n"), 400},
      {Post("pushstart", "Content-Length: 18446744073709551615\r\n"), 400},
      {Post("pushsetup", chunked) + "FFFFFFFFFFFFFFFF\r\n", 411},
      {Post("pushsetup", chunked) + "-1\r\n", 411},
      {Post("pushstart", chunked) + "7FFFFFFF\r\n$", 411},
      {Post("pushsetup", chunked + "Content-Length: 5\r\n") + "5\r\nhello",
       411},
      {Post("pushsetup", "Content-Length: 8192\r\n") + "AutoDestroy: 1\r\n",
       408},
      {"GET /lies HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n",
       400},
      {"POST /disconnect HTTP/1.1\r\nHost: a\r\n"
       "Content-Length: 99999999999\r\n\r\n",
       413},
      {"POST /disconnect HTTP/1.1\r\nHost: a\r\n" + chunked +
           "\r\nFFFFFFFF\r\n",
       411},
      {"POST /disconnect HTTP/1.1\r\nHost: a\r\nContent-Length: 4096\r\n\r\nt",
       408},
  };
  AttackedProgram server({"--request-timeout=1"});
  for (const auto& row : kRows) {
    const unsigned status = StatusOf(server.port(), row.text);
    EXPECT(status == row.status, std::to_string(status) + ": " + row.text);
  }
  server.honest().Finish("lengths of requests");
}
GST_END_TEST

// Packets that promise 65535 bytes and bring a few: the session waits for its
// timers as any other, holds no more than came, and others do not notice.
GST_START_TEST(test_lengths_of_packets) {
  constexpr int kPushers = 100;
  AttackedProgram server;
  const std::size_t files = server.Files();
  std::vector<std::unique_ptr<Pusher>> pushers;
  for (int i = 0; i < kPushers; ++i) {
    auto& pusher = *pushers.emplace_back(
        std::make_unique<Pusher>(server.port(), "/lies" + std::to_string(i)));
    EXPECT(pusher.Start(), std::to_string(i));
    const bool header_first = i % 2 == 0;
    if (header_first) EXPECT(pusher.Header(MakeHeader()), std::to_string(i));
    const std::uint8_t kind = header_first ? 'D' : 'H';
    const std::uint8_t lie[] = {0x24, kind, 0xFF, 0xFF, 0x82};
    EXPECT(pusher.client->Send(Bytes(lie)), std::to_string(i));
  }
  server.ExpectMemory(kPushers * 64);
  // Half of them break off, the others say that this was all.
  for (std::size_t i = 0; i < pushers.size(); ++i) {
    if (i % 4 < 2) {
      pushers[i]->client->Reset();
    } else {
      pushers[i]->client->ShutdownWrite();
    }
  }
  EXPECT(server.WaitForFiles(files), std::to_string(server.Files()));
  server.honest().Finish("lengths of packets");
}
GST_END_TEST

// Players that ask and never read, or go without a word, as many as may be.
GST_START_TEST(test_half_open_players) {
  constexpr std::size_t kPlayers = 30;
  AttackedProgram server(
      {"--max-players=31", "--player-queue=256", "--slow-players=drop"});
  const std::size_t files = server.Files();
  const std::string request = "GET /honest HTTP/1.1\r\nHost: a\r\n\r\n";
  Clients players;
  for (std::size_t i = 0; i < kPlayers; ++i) {
    players.push_back(std::make_unique<RawClient>(server.port(), kSmallWindow));
    EXPECT(players.back()->Send(request), std::to_string(i));
    EXPECT(players.back()->ReadResponse()->status == 200, std::to_string(i));
  }
  EXPECT(StatusOf(server.port(), request) == 503, "more than may be");
  for (std::size_t i = 0; i < kPlayers; i += 3)
    players[i]->Reset();
  // Those that stay are dropped when their queue is full.
  EXPECT(server.WaitForFiles(files), std::to_string(server.Files()));
  server.ExpectMemory(kPlayers * 256 + 4096);
  EXPECT(StatusOf(server.port(), request) == 200, "there is room again");
  server.honest().Finish("half-open players");
}
GST_END_TEST

Suite* pubpoint_attacks_suite() {
  Suite* suite = suite_create("pubpoint_attacks");
  TCase* connections = tcase_create("connections");
  suite_add_tcase(suite, connections);
  tcase_add_test(connections, test_slow_loris);
  tcase_add_test(connections, test_connection_flood);
  tcase_add_test(connections, test_room_after_a_flood);
  TCase* lengths = tcase_create("lengths");
  suite_add_tcase(suite, lengths);
  tcase_add_test(lengths, test_huge_heads);
  tcase_add_test(lengths, test_lengths_of_requests);
  tcase_add_test(lengths, test_lengths_of_packets);
  TCase* players = tcase_create("players");
  suite_add_tcase(suite, players);
  tcase_add_test(players, test_half_open_players);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_attacks_suite;
GST_CHECK_MAIN(pubpoint_attacks)
