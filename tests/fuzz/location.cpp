// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/location.h"

#include "fuzz/fuzz_target.h"
#include "pushsink/proxy.h"

using namespace wms;

namespace {

bool HasControls(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

/// A URL goes into a request line and into headers: nothing gets in with it.
void ExpectClean(const Location& location) {
  FUZZ_EXPECT(!HasControls(location.text) && !HasControls(location.target));
  FUZZ_EXPECT(location.target.find(' ') == std::string::npos);
  FUZZ_EXPECT(!HasControls(location.HostHeader()));
  FUZZ_EXPECT(location.port > 0 && location.port <= 65535);
  FUZZ_EXPECT(location.ToUri());
  const Result<Location> again = ParseLocation(location.text);
  FUZZ_EXPECT(again && again->text == location.text && again->user.empty() &&
              again->password.empty());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = test::TextOf(Bytes(data, size));
  const std::size_t line = text.find('\n');
  const std::string_view url = text.substr(0, line);
  const Result<Location> location = ParseLocation(url);
  static_cast<void>(ParseProxy(url));
  static_cast<void>(ParseTemplate(url));
  if (!location) return 0;
  ExpectClean(*location);
  if (line == std::string_view::npos) return 0;
  const Result<Location> next =
      ResolveLocation(*location, std::string(text.substr(line + 1)));
  if (next) ExpectClean(*next);
  return 0;
}
