// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What has been pushed, and what was the source of it, decoded by players: the
// same pictures, by their hashes, and as much sound.

#include "asf_files.h"
#include "common/scratch_dir.h"
#include "gst_push.h"
#include "loopback/expect.h"
#include "player_process.h"

#include <gst/check/gstcheck.h>

#include <cmath>
#include <iterator>

namespace wms::test {
namespace {

constexpr unsigned kFrames = 75;
/// VLC plays in real time, leaves out what comes late on a busy machine, and
/// does not write the same bytes each time.
constexpr const char* kExactPlayers[] = {"ffmpeg", "mpv", "mplayer"};
constexpr const char* kCodecs[] = {
    "-c:v wmv1 -c:a wmav1 -b:a 64k",
    "-c:v wmv2 -c:a wmav2 -b:a 64k",
    "-c:v msmpeg4 -c:a libmp3lame -b:a 64k",
};

Decoded Decode(const std::string& player, const std::string& file,
               const std::string& dir) {
  return PlayerProcess(player, file, dir).Wait(kPatience);
}

void ExpectSame(const std::string& player, const Decoded& before,
                const Decoded& after) {
  const std::string found = player + ": " + std::to_string(before.frames) +
                            " frames, then " + std::to_string(after.frames);
  // MPlayer leaves out the last one, of either.
  EXPECT(after.digests.size() >= kFrames - 1, found);
  EXPECT(before.digests == after.digests && before.frames == after.frames,
         found);
  EXPECT(std::abs(before.sound - after.sound) < 0.001,
         player + ": " + std::to_string(before.sound) + " s of sound, then " +
             std::to_string(after.sound));
}

GST_START_TEST(test_same_frames) {
  const std::string player =
      kExactPlayers[static_cast<std::size_t>(__i__) / std::size(kCodecs)];
  const std::string codecs =
      kCodecs[static_cast<std::size_t>(__i__) % std::size(kCodecs)];
  const ScratchDir dir;
  const std::string file = dir.path() + "/source.asf";
  Run("ffmpeg -v error -f lavfi -i testsrc=s=" + std::to_string(kWidth) + "x" +
      std::to_string(kHeight) +
      ":r=25:d=3 -f lavfi -i sine=d=3:r=44100 -ac 2 " + codecs + " -f asf " +
      file);
  const std::string recorded =
      Push(file, dir.path(), dir.path() + "/pushed.asf");
  const Decoded before = Decode(player, file, dir.path());
  const Decoded after = Decode(player, recorded, dir.path());
  ExpectSame(player + ", " + codecs, before, after);
}
GST_END_TEST

Suite* asf_players_suite() {
  Suite* suite = suite_create("asf_players");
  TCase* players = tcase_create("players");
  tcase_set_timeout(players, 4 * kPatience);
  suite_add_tcase(suite, players);
  tcase_add_loop_test(
      players, test_same_frames, 0,
      static_cast<int>(std::size(kExactPlayers) * std::size(kCodecs)));
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_players_suite;
GST_CHECK_MAIN(asf_players)
