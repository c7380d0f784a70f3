// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"
#include "wmsp/request.h"
#include "wmsp/stream_selection.h"

namespace wms::test {
namespace {

using wmsp::StreamSelection;

void Apply(StreamSelection& selection, std::string_view entries) {
  selection.Apply(wmsp::ParseStreamSwitches(entries));
}

/// What becomes of payloads, one after the other: "1K" is the start of a key
/// frame of stream 1, "1k" another payload of it, "1P" and "1p" the same of
/// other frames. The result has those that go out.
std::string Filter(StreamSelection& selection, std::string_view payloads) {
  std::string out;
  for (std::size_t i = 0; i + 1 < payloads.size(); i += 2) {
    const auto stream = static_cast<std::uint8_t>(payloads[i] - '0');
    const char kind = payloads[i + 1];
    const bool key = kind == 'K' || kind == 'k';
    if (selection.Admit(stream, kind == 'K', key)) {
      out += payloads.substr(i, 2);
    }
  }
  return out;
}

GST_START_TEST(test_filter) {
  const struct {
    const char* entries;
    const char* payloads;
    const char* expected;
  } kRows[] = {
      {"", "1K2K1P", ""},
      {"ffff:1:0", "1K2K1P", "1K1P"},
      {"ffff:1:0 ffff:2:0", "1K2K1P", "1K2K1P"},
      // A stream starts with a key frame.
      {"ffff:1:0", "1p1P1k1K1k1P1p", "1K1k1P1p"},
      // Thinning.
      {"ffff:1:1", "1p1K1k1P1p1K1P", "1K1k1K"},
      {"ffff:1:2", "1K1P", ""},
      {"ffff:1:0 ffff:1:2", "1K1P", ""},
      {"ffff:1:2 ffff:1:0", "1K1P", "1K1P"},
      // From 1 to 2 with nothing on: just 2.
      {"1:2:0", "1K1P2P2K2P1P", "2K2P"},
  };
  for (const auto& row : kRows) {
    StreamSelection selection;
    Apply(selection, row.entries);
    EXPECT(Filter(selection, row.payloads) == row.expected,
           std::string(row.entries) + " of " + row.payloads);
  }
}
GST_END_TEST

// 3.2.5.7: the old stream goes on up to the key frame of the new one.
GST_START_TEST(test_switch_at_a_key_frame) {
  StreamSelection selection;
  Apply(selection, "ffff:1:0 ffff:3:0");
  fail_unless(Filter(selection, "1K3K2K1P") == "1K3K1P");
  Apply(selection, "1:2:0");
  fail_unless(Filter(selection, "1P2P3P1P") == "1P3P1P");
  fail_unless(Filter(selection, "2K1P2P3P") == "2K2P3P");
  fail_unless(!selection.Selected(1));
  // Back again, while it is on already: at once.
  Apply(selection, "ffff:1:0");
  fail_unless(Filter(selection, "1K2P") == "1K2P");
  Apply(selection, "2:1:0");
  fail_unless(Filter(selection, "1P2P") == "1P");
  // To itself changes the thinning alone.
  Apply(selection, "1:1:1");
  fail_unless(Filter(selection, "1P1K1k") == "1K1k");
}
GST_END_TEST

GST_START_TEST(test_restart) {
  StreamSelection selection;
  Apply(selection, "ffff:1:0 ffff:2:0");
  fail_unless(Filter(selection, "1K2K1P") == "1K2K1P");
  selection.Restart();
  fail_unless(selection.Selected(1) && !selection.empty());
  fail_unless(Filter(selection, "1P2P2K1P1K1P") == "2K1K1P");
  selection.Clear();
  fail_unless(selection.empty());
  fail_unless(Filter(selection, "1K2K").empty());
}
GST_END_TEST

Suite* wmsp_selection_suite() {
  Suite* suite = suite_create("wmsp_selection");
  TCase* selection = tcase_create("selection");
  suite_add_tcase(suite, selection);
  tcase_add_test(selection, test_filter);
  tcase_add_test(selection, test_switch_at_a_key_frame);
  tcase_add_test(selection, test_restart);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmsp_selection_suite;
GST_CHECK_MAIN(wmsp_selection)
