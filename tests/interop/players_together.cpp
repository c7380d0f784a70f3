// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// All players at once, each joining a little later.

#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "gst_push.h"
#include "player_process.h"

#include <gst/check/gstcheck.h>

namespace wms::test {
namespace {

constexpr unsigned kPatience = 25;

GST_START_TEST(test_all_at_once) {
  PubpointThread server;
  const ScratchDir dir;
  Pipeline push(TestStream("wmspushsink location=" + server.Url(), 6, true));
  const std::string url =
      "mmsh://127.0.0.1:" + std::to_string(server.port()) + "/live";
  std::vector<std::unique_ptr<PlayerProcess>> players;
  std::size_t packets = 10;
  for (const std::string& name : kPlayers) {
    // About half a second from one to the next.
    fail_unless(server.WaitForPackets(packets));
    players.push_back(std::make_unique<PlayerProcess>(name, url, dir.path()));
    packets += 8;
  }
  push.WaitForEnd(kPatience);
  for (std::size_t i = 0; i < kPlayers.size(); ++i) {
    const Decoded decoded = players[i]->Wait(kPatience);
    fail_unless(decoded.frames >= 2 * kFrameRate &&
                    decoded.different_frames > 4 && decoded.sound >= 2,
                "%s: %u frames, %u of them different, %.1f s of sound",
                kPlayers[i].c_str(), decoded.frames, decoded.different_frames,
                decoded.sound);
  }
}
GST_END_TEST

Suite* players_together_suite() {
  Suite* suite = suite_create("players_together");
  TCase* together = tcase_create("together");
  tcase_set_timeout(together, 2 * kPatience);
  suite_add_tcase(suite, together);
  tcase_add_test(together, test_all_at_once);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::players_together_suite;
GST_CHECK_MAIN(players_together)
