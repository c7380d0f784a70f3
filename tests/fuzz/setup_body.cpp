// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/setup_body.h"

#include "fuzz/fuzz_target.h"

using namespace wms;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = test::TextOf(Bytes(data, size));
  for (const Strictness strictness :
       {Strictness::kTolerant, Strictness::kStrict}) {
    const Result<wmhttp::SetupBody> body =
        wmhttp::ParseSetupBody(text, strictness);
    if (!body) continue;
    FUZZ_EXPECT(body->template_path.empty() ||
                wmhttp::IsPathAbsolute(body->template_path));
    // What was understood can be said again.
    const Result<wmhttp::SetupBody> again =
        wmhttp::ParseSetupBody(wmhttp::WriteSetupBody(*body), strictness);
    FUZZ_EXPECT(again && again->template_path == body->template_path &&
                again->auto_destroy == body->auto_destroy);
  }
  return 0;
}
