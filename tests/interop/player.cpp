// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// One player of Debian, named in the environment by PLAYER, on a push made by
// GStreamer.

#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "gst_push.h"
#include "loopback/expect.h"
#include "player_process.h"

#include <algorithm>
#include <fstream>

namespace wms::test {
namespace {

/// More than the stream lasts, and what a player buffers before and behind.
constexpr unsigned kPatience = 25;

std::string Name() {
  const char* name = g_getenv("PLAYER");
  fail_unless(name != nullptr &&
              std::count(kPlayers.begin(), kPlayers.end(), name) == 1);
  return name;
}

std::string UrlOf(const PubpointThread& server, const std::string& scheme) {
  return scheme + "://127.0.0.1:" + std::to_string(server.port()) + "/live";
}

void ExpectDecoded(const Decoded& decoded, double seconds,
                   const std::string& what) {
  fail_unless(decoded.frames >= static_cast<unsigned>(seconds * kFrameRate) &&
                  decoded.different_frames > 4 && decoded.sound >= seconds,
              "%s: %u frames, %u of them different, %.1f s of sound",
              what.c_str(), decoded.frames, decoded.different_frames,
              decoded.sound);
}

/// How many Play requests have been answered.
std::ptrdiff_t CountPlays(PubpointThread& server) {
  const auto log = server.Snapshot().log;
  return std::count_if(log.begin(), log.end(), [](const std::string& line) {
    return line.starts_with("Play for /live");
  });
}

// Joined after a second, over each protocol at once, to the end of the push:
// $E, or the connection's.
GST_START_TEST(test_plays_a_live_push) {
  PubpointThread server;
  const ScratchDir dir;
  Pipeline push(TestStream("wmspushsink location=" + server.Url(), 5, true));
  fail_unless(server.WaitForPackets(20));
  PlayerProcess by_wmsp(Name(), UrlOf(server, "mmsh"), dir.path());
  PlayerProcess by_http(Name(), UrlOf(server, "http"), dir.path());
  push.WaitForEnd(kPatience);
  ExpectDecoded(by_wmsp.Wait(kPatience), 3, Name() + " by mmsh");
  ExpectDecoded(by_http.Wait(kPatience), 3, Name() + " by http");
  // MPlayer finds out by itself what the http URL leads to.
  fail_unless(CountPlays(server) >= 1);
}
GST_END_TEST

constexpr unsigned kFirstPart = 3;  // seconds
constexpr unsigned kSecondPart = 3;

/// Two streams with different headers, one behind the other.
void MakeTwoStreams(const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  const auto append = [&](unsigned seconds, const std::string& pattern) {
    const std::string part = file + "-" + pattern;
    Pipeline(TestStream("filesink location=" + part, seconds, false, pattern))
        .WaitForEnd(kPatience);
    out << std::ifstream(part, std::ios::binary).rdbuf();
  };
  append(kFirstPart, "smpte");
  append(kSecondPart, "ball");
}

// A playlist switch: $E S_FALSE, $C and another header. These players know one
// header only and end in order with what came before; VLC comes again for the
// second part, and shows of it what its clock lets it.
GST_START_TEST(test_playlist_switch) {
  PubpointThread server;
  const ScratchDir dir;
  const std::string file = dir.path() + "/two.asf";
  MakeTwoStreams(file);
  Pipeline push("filesrc location=" + file +
                " ! wmspushsink location=" + server.Url());
  fail_unless(server.WaitForHeaders(1));
  PlayerProcess player(Name(), UrlOf(server, "mmsh"), dir.path());
  push.WaitForEnd(kPatience);
  fail_unless_equals_int(static_cast<int>(server.Snapshot().headers.size()), 2);
  ExpectDecoded(player.Wait(kPatience), kFirstPart - 1, Name());
  fail_unless_equals_int(static_cast<int>(CountPlays(server)),
                         Name() == "vlc" ? 2 : 1);
}
GST_END_TEST

Suite* player_suite() {
  Suite* suite = suite_create("player");
  TCase* player = tcase_create("player");
  tcase_set_timeout(player, 2 * kPatience);
  suite_add_tcase(suite, player);
  tcase_add_test(player, test_plays_a_live_push);
  tcase_add_test(player, test_playlist_switch);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::player_suite;
GST_CHECK_MAIN(player)
