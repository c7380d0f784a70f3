// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "element/sink_case.h"

#include <algorithm>

// Runs with GST_TRACERS=leaks, which also makes gst_deinit warn, and so the
// test fail, when an object is left at its end.

namespace wms::test {
namespace {

/// Objects that the leaks tracer knows of, one line each.
std::vector<std::string> LiveObjects() {
  GList* tracers = gst_tracing_get_active_tracers();
  EXPECT(tracers != nullptr, "run this with GST_TRACERS=leaks");
  std::vector<std::string> lines;
  for (GList* item = tracers; item != nullptr; item = item->next) {
    if (g_strcmp0(G_OBJECT_TYPE_NAME(item->data), "GstLeaksTracer") != 0) {
      continue;
    }
    GstStructure* info = nullptr;
    g_signal_emit_by_name(item->data, "get-live-objects", &info);
    const StructurePtr owned(info);
    const GValue* list = gst_structure_get_value(info, "live-objects-list");
    EXPECT(list != nullptr, "the tracer tells nothing");
    for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
      const GstStructure* object =
          gst_value_get_structure(gst_value_list_get_value(list, i));
      const glib::Chars text(gst_structure_to_string(object));
      lines.emplace_back(text.get());
    }
  }
  g_list_free_full(tracers, gst_object_unref);
  return lines;
}

GST_START_TEST(test_leaks) {
  const auto session = [] {
    PubpointThread server;
    for (const bool eos : {true, false}) {
      SinkCase push(server.Url(eos ? "/one" : "/two"));
      push.Play(MakeHeader());
      EXPECT_FLOW(push.PushAll(MakePackets(10)), GST_FLOW_OK);
      push.Stats();
      if (eos) {
        fail_unless(push.PushEos());
        push.messages().WaitFor("EOS");
      }
    }
    // Failures, too: before and after the connection is there.
    PubpointThread other(ExistingOnly());
    SinkCase refused(other.Url());
    refused.SetState(GST_STATE_PLAYING);
    refused.messages().WaitFor("ERROR");
    SinkCase malformed(server.Url("/three"));
    malformed.Play(MakeHeader());
    EXPECT_FLOW(malformed.Push(MakeHeader({.streams = 0})), GST_FLOW_ERROR);
  };
  session();
  const std::vector<std::string> before = LiveObjects();
  session();
  const std::vector<std::string> after = LiveObjects();
  std::string more;
  for (const std::string& line : after) {
    if (std::find(before.begin(), before.end(), line) == before.end()) {
      more += line + "\n";
    }
  }
  EXPECT(after.size() == before.size(), more);
}
GST_END_TEST

Suite* wmspushsink_leaks_suite() {
  Suite* suite = suite_create("wmspushsink_leaks");
  TCase* leaks = tcase_create("leaks");
  suite_add_tcase(suite, leaks);
  tcase_add_test(leaks, test_leaks);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_leaks_suite;
GST_CHECK_MAIN(wmspushsink_leaks)
