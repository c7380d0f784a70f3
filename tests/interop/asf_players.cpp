// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What has been pushed, and what was the source of it, decoded by players: the
// same pictures and the same sound, by their hashes.

#include "asf/header.h"
#include "asf_files.h"
#include "base/bytes.h"
#include "common/scratch_dir.h"
#include "gst_push.h"
#include "loopback/expect.h"
#include "player_process.h"

#include <gst/check/gstcheck.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace wms::test {
namespace {

constexpr double kSeconds = 3;
constexpr unsigned kFrames = 75;

struct Source {
  const char* codecs;  // options of ffmpeg
  bool video;
  bool audio;
};

constexpr Source kSources[] = {
    {"-c:v wmv1 -c:a wmav1 -b:a 64k", true, true},
    {"-c:v wmv2 -c:a wmav2 -b:a 64k", true, true},
    {"-c:v msmpeg4 -c:a libmp3lame -b:a 64k", true, true},
    {"-an -c:v wmv2", true, false},
    {"-vn -c:a wmav2 -b:a 64k", false, true},
    {"-vn -c:a libmp3lame -b:a 64k", false, true},
};

Decoded Decode(const std::string& player, const std::string& file,
               const std::string& dir) {
  return PlayerProcess(player, file, dir).Wait(kPatience);
}

/// Ends @a file behind its Data Object.
void DropIndex(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const Bytes head(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                   bytes.size());
  const Result<std::size_t> header = asf::HeaderSize(head);
  fail_unless(header.has_value());
  const std::size_t data = *header - asf::kDataObjectHeaderSize;
  ByteReader object(head.subspan(data));
  object.Take(16);  // its GUID
  std::filesystem::resize_file(file, data + object.U64());
}

std::string Describe(const Decoded& decoded) {
  return std::to_string(decoded.frames) + " frames and " +
         std::to_string(decoded.sound) + " s of sound";
}

GST_START_TEST(test_same_frames) {
  const auto index = static_cast<std::size_t>(__i__);
  const std::string& player = kPlayers.at(index / std::size(kSources));
  const Source& source = kSources[index % std::size(kSources)];
  const ScratchDir dir;
  const std::string file = dir.path() + "/source.asf";
  Run("ffmpeg -v error -f lavfi -i testsrc=s=" + std::to_string(kWidth) + "x" +
      std::to_string(kHeight) +
      ":r=25:d=3 -f lavfi -i sine=d=3:r=44100 -ac 2 " + source.codecs +
      " -f asf " + file);
  // VLC leaves out one more frame where an index follows.
  if (player == "vlc") DropIndex(file);
  const std::string recorded =
      Push(file, dir.path(), dir.path() + "/pushed.asf");
  const Decoded before = Decode(player, file, dir.path());
  const Decoded after = Decode(player, recorded, dir.path());
  const std::string found = player + ", " + source.codecs + ": " +
                            Describe(before) + ", then " + Describe(after);
  // MPlayer leaves out the last frame of any file, and VLC two.
  EXPECT(
      source.video ? before.digests.size() >= kFrames - 2 : before.frames == 0,
      found);
  EXPECT(source.audio ? before.sound > kSeconds * 0.9 : before.sound == 0,
         found);
  EXPECT(before.frames == after.frames && before.digests == after.digests,
         found);
  EXPECT(before.sound_digest == after.sound_digest, found);
}
GST_END_TEST

Suite* asf_players_suite() {
  Suite* suite = suite_create("asf_players");
  TCase* players = tcase_create("players");
  tcase_set_timeout(players, 4 * kPatience);
  suite_add_tcase(suite, players);
  tcase_add_loop_test(players, test_same_frames, 0,
                      static_cast<int>(kPlayers.size() * std::size(kSources)));
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_players_suite;
GST_CHECK_MAIN(asf_players)
