// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/splitter.h"
#include "fuzz/fuzz_target.h"

#include <string>
#include <vector>

using namespace wms;

namespace {

struct Found {
  std::vector<std::vector<std::uint8_t>> units;
  std::string error;

  bool operator==(const Found&) const = default;
};

/// All units of @a stream, fed in pieces.
Found Split(Bytes stream, test::Decisions pieces, bool whole) {
  Found found;
  asf::Splitter splitter;
  while (!stream.empty()) {
    const std::size_t size =
        whole ? stream.size()
              : std::min<std::size_t>(stream.size(), pieces.Next() + 1U);
    splitter.Feed(stream.first(size));
    stream = stream.subspan(size);
    for (;;) {
      const Result<std::optional<asf::Unit>> unit = splitter.Next();
      if (!unit) {
        found.error = unit.error().message;
        return found;
      }
      if (!*unit) break;
      found.units.emplace_back((*unit)->bytes.begin(), (*unit)->bytes.end());
    }
  }
  return found;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes stream(data, size);
  const test::Decisions pieces(stream);
  // However it is cut, the same comes out.
  FUZZ_EXPECT(Split(stream, pieces, true) == Split(stream, pieces, false));
  return 0;
}
