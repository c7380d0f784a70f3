// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/from_environment.h"
#include "common/leak_check.h"
#include "common/pubpoint_thread.h"
#include "element/sink_case.h"
#include "loopback/scripted_server.h"

#include <cstdio>
#include <random>

namespace wms::test {
namespace {

/// How many state changes; a sanitizer's run may take fewer.
unsigned Cycles() {
  return FromEnvironment("WMSPUSH_TEST_CYCLES", 1000);
}

unsigned Seed() {
  const unsigned seed =
      FromEnvironment("WMSPUSH_TEST_SEED", std::random_device()());
  std::printf("WMSPUSH_TEST_SEED=%u\n", seed);
  return seed;
}

/// A live source in front of the sink.
void AddSource(SinkCase& push) {
  glib::ErrorPtr error;
  GstElement* bin = gst_parse_bin_from_description(
      "audiotestsrc is-live=true samplesperbuffer=512 ! "
      "audio/x-raw,rate=44100,channels=1 ! audioconvert ! avenc_wmav2 ! "
      "asfmux streamable=true packet-size=700",
      TRUE, glib::Out(error));
  EXPECT(bin != nullptr, error->message);
  gst_bin_add(GST_BIN(push.pipeline()), bin);
  fail_unless(gst_element_link(bin, push.sink()));
}

/// Changes the state at random moments: at once, or when something of the
/// push has come about.
void Cycle(const std::string& url, unsigned count, std::mt19937& random) {
  constexpr GstState kStates[] = {GST_STATE_NULL, GST_STATE_READY,
                                  GST_STATE_PAUSED, GST_STATE_PLAYING};
  constexpr const char* kMoments[] = {"locating", "connecting", "opened",
                                      "started"};
  SinkCase push(url);
  AddSource(push);
  for (unsigned i = 0; i < count; ++i) {
    push.messages().Clear();
    const GstState state = kStates[random() % 4];
    const auto took = TimeOf([&] { push.SetState(state); });
    EXPECT(took < std::chrono::seconds(5),
           std::string(gst_element_state_get_name(state)) + " takes " +
               std::to_string(took.count()) + " ms");
    if (state < GST_STATE_PAUSED || random() % 2 == 0) continue;
    // Not every moment comes in every state, so none is waited for long.
    push.messages().WaitFor(kMoments[random() % 4], 1,
                            std::chrono::milliseconds(random() % 20));
  }
}

GST_START_TEST(test_random_states) {
  std::mt19937 random(Seed());
  const auto all = [&random](unsigned count) {
    PubpointThread server;
    Cycle(server.Url(), count, random);
  };
  all(50);
  const LeakCheck check;
  all(Cycles());
  fail_unless_equals_int(check.new_files(), 0);
  // GLib keeps some threads of its pools.
  EXPECT(check.new_threads(4) <= 4,
         std::to_string(check.new_threads(4)) + " threads");
}
GST_END_TEST

// The same with a server that never answers: every way down ends a wait.
GST_START_TEST(test_random_states_unanswered) {
  std::mt19937 random(Seed());
  const auto all = [&](unsigned count) {
    ScriptedServer server({.backlog = 1000});
    Cycle(server.Url(), count, random);
  };
  all(20);
  const LeakCheck check;
  all(Cycles() / 10);
  fail_unless_equals_int(check.new_files(), 0);
  EXPECT(check.new_threads(4) <= 4,
         std::to_string(check.new_threads(4)) + " threads");
}
GST_END_TEST

// From nothing to PLAYING and destroyed without a wait.
GST_START_TEST(test_destroyed_at_once) {
  PubpointThread server;
  const unsigned count = Cycles() / 10;
  for (unsigned i = 0; i < count; ++i) {
    SinkCase push(server.Url("/live" + std::to_string(i)));
    AddSource(push);
    push.SetState(GST_STATE_PLAYING);
    if (i % 2 == 0) {
      push.messages().WaitFor("opened", 1, std::chrono::milliseconds(i % 20));
    }
  }
}
GST_END_TEST

Suite* wmspushsink_cycles_suite() {
  Suite* suite = suite_create("wmspushsink_cycles");
  TCase* cycles = tcase_create("cycles");
  suite_add_tcase(suite, cycles);
  tcase_add_test(cycles, test_random_states);
  tcase_add_test(cycles, test_random_states_unanswered);
  tcase_add_test(cycles, test_destroyed_at_once);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_cycles_suite;
GST_CHECK_MAIN(wmspushsink_cycles)
