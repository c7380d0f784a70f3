// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "fuzz/fuzz_target.h"
#include "wmhttp/framing.h"

#include <string>
#include <vector>

using namespace wms;

namespace {

/// The body again, as far as its packets are good, and what is wrong then.
std::string Read(Bytes body, test::Decisions pieces, bool whole) {
  std::string text;
  wmhttp::PacketReader reader;
  while (!body.empty()) {
    const std::size_t size =
        whole ? body.size()
              : std::min<std::size_t>(body.size(), pieces.Next() + 1U);
    std::vector<std::uint8_t> piece(body.begin(), body.begin() + size);
    reader.Feed(piece);
    body = body.subspan(size);
    for (;;) {
      const Result<std::optional<wmhttp::Packet>> packet = reader.Next();
      if (!packet) return text + packet.error().message;
      if (!*packet) break;
      const wmhttp::Packet& found = **packet;
      FUZZ_EXPECT(found.payload.size() <= wmhttp::MaxPayload(found.id));
      const wmhttp::FramingHeader head = wmhttp::EncodeFramingHeader(
          found.id, found.payload.size(), HResult{found.reason});
      FUZZ_EXPECT(head.size + found.payload.size() == found.size);
      text += std::string(wmhttp::PacketName(found.id)) +
              std::to_string(found.reason);
      text.append(test::TextOf(found.payload));
      if (!whole && pieces.Next() % 4 == 0) {
        reader.Keep();
        std::vector<std::uint8_t>().swap(piece);
      }
    }
  }
  return text;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes body(data, size);
  const test::Decisions pieces(body);
  FUZZ_EXPECT(Read(body, pieces, true) == Read(body, pieces, false));
  return 0;
}
