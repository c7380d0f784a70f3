// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/load_run.h"
#include "common/pubpoint_thread.h"
#include "expect.h"
#include "status_client.h"

namespace wms::test {
namespace {

// Twenty encoders and a hundred players at once: every player gets every
// packet, whole and in order, from where it joined to the end. What matters
// here is what comes through, not when.
GST_START_TEST(test_every_packet_reaches_every_player) {
  pubpoint::ServerOptions options;
  // What the publishing point holds for a player is what the kernel does not
  // take: on a busy machine that is more.
  options.limits.player_queue = std::size_t{64} << 20;
  PubpointThread server(std::move(options));
  LoadOptions load;
  load.port = server.port();
  load.duration = std::chrono::seconds(3);
  load.join_time = std::chrono::seconds(1);
  const LoadResult result = RunLoad(load);
  for (const std::string& failure : result.failures)
    EXPECT(false, failure);
  EXPECT(result.packets_lost == 0, std::to_string(result.packets_lost));
  // Less would be no load: a second of it from each encoder, to each player.
  fail_unless(result.packets_sent > 20 * 15);
  fail_unless(result.packets_received > 100 * 15);

  // The server has counted the same.
  fail_unless(WaitForStatus(server.port(), "players", "0"));
  const StatusLines json = AskAndCheck(server.port(), "json");
  fail_unless(ValueOf(json, "totals.packets") ==
              std::to_string(result.packets_sent));
  fail_unless(ValueOf(json, "totals.players") == "100");
  fail_unless(ValueOf(json, "totals.dropped_players") == "0");
  fail_unless(ValueOf(json, "totals.violations") == "0");
}
GST_END_TEST

Suite* pubpoint_load_suite() {
  Suite* suite = suite_create("pubpoint_load");
  TCase* load = tcase_create("load");
  suite_add_tcase(suite, load);
  tcase_add_test(load, test_every_packet_reaches_every_player);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_load_suite;
GST_CHECK_MAIN(pubpoint_load)
