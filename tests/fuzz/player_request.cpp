// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "fuzz/fuzz_target.h"
#include "wmsp/request.h"

#include <array>

using namespace wms;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // One line for each field of the head, in the order of RequestFields.
  std::string_view text = test::TextOf(Bytes(data, size));
  std::array<std::string_view, 5> lines;
  for (std::string_view& line : lines) {
    line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  const wmsp::Request request = wmsp::ParseRequest(
      {lines[0], lines[1], lines[2], lines[3], lines[4], !text.empty()});
  FUZZ_EXPECT(wmsp::RequestName(request.type) != nullptr);
  wmsp::StreamSelection selection;
  selection.Apply(request.switches);
  for (const wmsp::StreamSwitch& entry : request.switches) {
    FUZZ_EXPECT(entry.target >= 1 && entry.target <= wmsp::kMaxStreamNumber);
    static_cast<void>(selection.Selected(entry.target));
    static_cast<void>(selection.Admit(entry.target, true, true));
  }
  return 0;
}
