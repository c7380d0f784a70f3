// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Packets that are hardly more than padding: a few bytes on the wire for each
// 64 KiB of a file.

#include "attacked_program.h"
#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "common/small_window.h"
#include "expect.h"
#include "tiny_packets.h"
#include "wmsp_client.h"

#include <filesystem>

namespace wms::test {
namespace {

/// What the server may take for them beside what it says, in KiB.
constexpr std::size_t kMemory = 48 * 1024;

// Neither what comes in one read nor what waits for players takes more memory
// than the limits say.
GST_START_TEST(test_memory) {
  AttackedProgram server;
  TinyPush push(server.port(), "/tiny");
  std::vector<std::unique_ptr<WmspExchange>> silent;
  WmspRequest play = PlayRequest("ffff:1:0");
  play.path = "/tiny";
  const auto deadline = std::chrono::steady_clock::now() + RawClient::kDeadline;
  while (silent.size() < 3) {
    auto player =
        std::make_unique<WmspExchange>(server.port(), play, kSmallWindow);
    // There is nothing to play before it has taken the header.
    if (player->response.status == 200) silent.push_back(std::move(player));
    EXPECT(std::chrono::steady_clock::now() < deadline, "nothing to play");
  }
  const ByteVector body = TinyData(10000);
  for (int i = 0; i < 8; ++i)
    fail_unless(push.pusher.client->Send(body));
  fail_unless(push.pusher.End());
  fail_unless(push.pusher.client->WaitForClose());
  server.ExpectMemory(kMemory);
  server.honest().Finish("tiny packets");
}
GST_END_TEST

// All of them arrive, in order, in more turns of the loop than reads, and the
// body is complete when the last one has been taken.
GST_START_TEST(test_all_are_taken) {
  const ScratchDir directory;
  constexpr std::uint32_t kCount = 300;
  pubpoint::ServerOptions options;
  options.record_dir = directory.path();
  PubpointThread server(std::move(options));
  const ByteVector body = TinyData(kCount);
  const std::uint64_t header =
      Frame(wmhttp::PacketId::kHeader, TinyHeader()).size();
  TinyPush push(server.port(), "/live", header + body.size());
  fail_unless(push.pusher.client->Send(body));
  const auto response = push.pusher.client->ReadResponse();
  fail_unless(response && response->status == 204);
  fail_unless_equals_int(static_cast<int>(server.Snapshot().packets.size()),
                         kCount);
  // And again, up to $E.
  fail_unless(push.pusher.Start());
  fail_unless(push.pusher.client->Send(body));
  fail_unless(push.pusher.End());
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  fail_unless(received.violations.empty());
  fail_unless_equals_int(static_cast<int>(received.packets.size()), 2 * kCount);
  for (std::uint32_t i = 0; i < 2 * kCount; ++i)
    fail_unless(received.packets[i] ==
                Restored(Tiny(i % kCount), kTinyPacketSize));
  server.Stop();
  fail_unless_equals_uint64(
      std::filesystem::file_size(directory.Files().at(0)),
      TinyHeader().size() + std::uint64_t{2} * kCount * kTinyPacketSize);
}
GST_END_TEST

// A connection that is lost while packets wait for their turn is lost behind
// them.
GST_START_TEST(test_connection_is_lost) {
  constexpr std::uint32_t kCount = 300;
  PubpointThread server;
  TinyPush push(server.port());
  push.Push(kCount);
  push.pusher.client->ShutdownWrite();
  fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));
  fail_unless_equals_int(static_cast<int>(server.Snapshot().packets.size()),
                         kCount);
  // It comes back, and finds nothing of the old one in its way.
  push.pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(push.pusher.Start());
  push.Push(kCount);
  fail_unless(push.pusher.End());
  fail_unless(server.WaitForClosed());
  fail_unless_equals_int(static_cast<int>(server.Snapshot().packets.size()),
                         2 * kCount);
}
GST_END_TEST

// Whole packets for those who want them: plain players get what a file has.
GST_START_TEST(test_players_get_the_padding) {
  PubpointThread server;
  TinyPush push(server.port());
  fail_unless(server.WaitForHeaders(1));
  RawClient plain(server.port());
  fail_unless(plain.Send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
  fail_unless(plain.ReadResponse()->status == 200);
  push.Push(3);
  fail_unless(push.pusher.End());
  fail_unless(plain.Read(TinyHeader().size()) == TinyHeader());
  for (std::uint32_t i = 0; i < 3; ++i)
    fail_unless(plain.Read(kTinyPacketSize) ==
                Restored(Tiny(i), kTinyPacketSize));
  fail_unless(plain.Read(1).empty());
}
GST_END_TEST

// [MS-WMSP] 3.2.5.6: up to version 5.0 they get all streams without asking.
// 2.2.3.3: below 5.0 they get the padding, too, as far as a $D has room.
GST_START_TEST(test_old_servers) {
  constexpr std::uint32_t kSize = 2000;
  const ByteVector packet =
      Stripped(MakePacket(std::vector<PayloadSample>{{.stream = 1}}, 0, kSize));
  const struct {
    const char* user_agent;
    bool asks;
    bool padded;
  } rows[] = {
      {"NSServer/4.1.0.3928", false, true},
      {"NSServer/4.1.0.3928", true, true},
      {"NSServer/5.0.0.1", false, false},
      {"NSServer/5.1.0.1", true, false},
      {"NSServer/9.0.0.1", true, false},
      {"NSPlayer/4.1.0.3928", true, false},
  };
  for (const auto& row : rows) {
    PubpointThread server;
    Pusher pusher(server.port());
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(MakeHeader({.packet_size = kSize})));
    fail_unless(server.WaitForHeaders(1));
    WmspRequest request = PlayRequest("ffff:1:0");
    if (!row.asks) request.pragmas = {"xPlayStrm=1"};
    request.user_agent = row.user_agent;
    WmspExchange play(server.port(), request);
    EXPECT(play.response.status == 200, row.user_agent);
    fail_unless(pusher.Data(packet));
    fail_unless(pusher.End());
    const std::vector<WmspPacket> got = ReadData(play);
    EXPECT(got.size() == 1, row.user_agent);
    EXPECT(got[0].payload == (row.padded ? Restored(packet, kSize) : packet),
           row.user_agent);
  }
}
GST_END_TEST

Suite* pubpoint_padding_suite() {
  Suite* suite = suite_create("pubpoint_padding");
  TCase* padding = tcase_create("padding");
  suite_add_tcase(suite, padding);
  tcase_add_test(padding, test_memory);
  tcase_add_test(padding, test_all_are_taken);
  tcase_add_test(padding, test_connection_is_lost);
  tcase_add_test(padding, test_players_get_the_padding);
  tcase_add_test(padding, test_old_servers);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_padding_suite;
GST_CHECK_MAIN(pubpoint_padding)
