// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Packets leave together where players are many, and none waits for ever.

#include "common/pubpoint_thread.h"
#include "expect.h"
#include "pusher.h"

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

/// From so many players on packets wait for others.
constexpr std::size_t kMany = 40;
/// Longer than a test takes, also the fifth that so few players make of it.
constexpr std::chrono::hours kNeverDue{10};

ServerOptions Gathering(std::chrono::milliseconds gather) {
  ServerOptions options;
  options.timers.gather = gather;
  return options;
}

/// A stream, its players, and what they have to get.
class Audience {
 public:
  Audience(PubpointThread& server, std::size_t players)
      : server_(server), push_(server.port()) {
    fail_unless(push_.Start() && push_.Header(stream_.header));
    fail_unless(server.WaitForHeaders(1));
    while (players_.size() < players)
      Join();
  }

  /// Another player, which has read what it begins with: the header, and all
  /// packets so far. Those that waited for others go out then.
  void Join() {
    auto player = std::make_unique<RawClient>(server_.port());
    fail_unless(player->Send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
    const auto response = player->ReadResponse();
    fail_unless(response && response->status == 200);
    fail_unless(player->Read(stream_.header.size()) == stream_.header);
    fail_unless(player->Read(all_.size()) == all_);
    ExpectAll();
    players_.push_back(std::move(player));
  }

  void Push() {
    const std::size_t i = pushed_++ % stream_.whole.size();
    fail_unless(push_.Data(stream_.stripped[i]));
    const ByteVector whole = Restored(stream_.stripped[i], kStreamPacketSize);
    Append(sent_, whole);
    Append(all_, whole);
    fail_unless(server_.WaitForPackets(++taken_));
  }

  /// Ends the stream; all get what is left, and nothing behind it.
  void End() {
    fail_unless(push_.End());
    ExpectAll();
    for (const auto& player : players_)
      fail_unless(player->ReadToEnd().empty());
  }

  /// All players get what has been pushed since the last time.
  void ExpectAll() {
    for (const auto& player : players_)
      fail_unless(player->Read(sent_.size()) == sent_);
    sent_.clear();
  }

  /// Each of some packets is with all players before the next one comes.
  void ExpectAtOnce() {
    for (int i = 0; i < 3; ++i) {
      Push();
      ExpectAll();
    }
  }

  /// All players get one packet of it at least.
  void ExpectSome() {
    for (const auto& player : players_)
      fail_unless(player->Read(kStreamPacketSize).size() == kStreamPacketSize);
  }

  /// No player has got anything of it.
  void ExpectNothing() {
    // Behind that, the server has done all that it would do.
    fail_unless(PushWell(server_.port(), "/other"));
    ++taken_;
    for (const auto& player : players_)
      fail_if(player->Readable(std::chrono::milliseconds(0)));
  }

 private:
  PubpointThread& server_;
  const Stream stream_;
  Pusher push_;
  std::vector<std::unique_ptr<RawClient>> players_;
  std::size_t pushed_ = 0;
  std::size_t taken_ = 0;  // by the server, those of others too
  ByteVector sent_;        // since the players have read
  ByteVector all_;
};

GST_START_TEST(test_few_players_wait_for_nothing) {
  PubpointThread server(Gathering(kNeverDue));
  Audience audience(server, kMany - 1);
  audience.ExpectAtOnce();
}
GST_END_TEST

GST_START_TEST(test_end_of_stream_sends_what_waits) {
  PubpointThread server(Gathering(kNeverDue));
  Audience audience(server, kMany);
  audience.Push();
  audience.ExpectAll();  // nothing for a while before it
  audience.Push();
  audience.Push();
  audience.ExpectNothing();
  audience.End();
}
GST_END_TEST

GST_START_TEST(test_another_player_sends_what_waits) {
  PubpointThread server(Gathering(kNeverDue));
  Audience audience(server, kMany);
  audience.Push();
  audience.ExpectAll();
  audience.Push();
  audience.ExpectNothing();
  audience.Join();
  // What it has got it does not get again.
  audience.Push();
  audience.End();
}
GST_END_TEST

// However long they may wait, they take no more memory than that.
GST_START_TEST(test_many_bytes_do_not_wait) {
  constexpr std::size_t kBound = std::size_t{256} << 10;
  PubpointThread server(Gathering(kNeverDue));
  Audience audience(server, kMany);
  audience.Push();
  audience.ExpectAll();
  const Stream stream;
  std::size_t size = 0;
  for (std::size_t i = 0; size <= kBound; ++i) {
    audience.Push();
    size += stream.stripped[i % stream.stripped.size()].size();
  }
  audience.ExpectSome();
}
GST_END_TEST

GST_START_TEST(test_time_sends_what_waits) {
  // Half a second for so few: more than a push takes.
  PubpointThread server(Gathering(std::chrono::milliseconds(2500)));
  Audience audience(server, kMany);
  for (int i = 0; i < 5; ++i)
    audience.Push();
  audience.ExpectAll();
  audience.Push();
  audience.ExpectAll();
}
GST_END_TEST

GST_START_TEST(test_without_gathering) {
  PubpointThread server(Gathering(std::chrono::milliseconds(0)));
  Audience audience(server, kMany);
  audience.ExpectAtOnce();
}
GST_END_TEST

Suite* pubpoint_gather_suite() {
  Suite* suite = suite_create("pubpoint_gather");
  TCase* gather = tcase_create("gather");
  suite_add_tcase(suite, gather);
  tcase_add_test(gather, test_few_players_wait_for_nothing);
  tcase_add_test(gather, test_end_of_stream_sends_what_waits);
  tcase_add_test(gather, test_another_player_sends_what_waits);
  tcase_add_test(gather, test_many_bytes_do_not_wait);
  tcase_add_test(gather, test_time_sends_what_waits);
  tcase_add_test(gather, test_without_gathering);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_gather_suite;
GST_CHECK_MAIN(pubpoint_gather)
