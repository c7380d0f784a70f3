// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"
#include "asf/payloads.h"
#include "asf/rules.h"
#include "common/padded_packet.h"
#include "fuzz/fuzz_target.h"

#include <algorithm>
#include <vector>

using namespace wms;

namespace {

bool HaveSamePayloads(Bytes a, const asf::DataPacket& parsed_a, Bytes b,
                      const asf::DataPacket& parsed_b) {
  const Bytes of_a = a.first(parsed_a.payloads_end).subspan(parsed_a.payloads);
  const Bytes of_b = b.first(parsed_b.payloads_end).subspan(parsed_b.payloads);
  return std::ranges::equal(of_a, of_b);
}

/// Nothing happens to the payloads on the way.
void ExpectRestored(Bytes packet, const asf::DataPacket& parsed) {
  const asf::StrippedPacket stripped = asf::StripPadding(packet, parsed);
  FUZZ_EXPECT(stripped.size() == parsed.payloads_end);
  std::vector<std::uint8_t> sent(stripped.head().begin(),
                                 stripped.head().end());
  sent.insert(sent.end(), stripped.rest.begin(), stripped.rest.end());
  const Result<asf::DataPacket> again = asf::ParseDataPacket(sent);
  FUZZ_EXPECT(again && again->payloads == parsed.payloads &&
              again->send_time_ms == parsed.send_time_ms);
  FUZZ_EXPECT(HaveSamePayloads(packet, parsed, sent, *again));
  const Result<asf::PaddedPacket> padded = test::Padded(sent, packet.size());
  if (!padded) return;
  const std::vector<std::uint8_t> restored = test::Whole(*padded);
  FUZZ_EXPECT(restored.size() == packet.size());
  const Result<asf::DataPacket> whole = asf::ParseDataPacket(restored);
  FUZZ_EXPECT(whole && *whole == padded->parsed);
  FUZZ_EXPECT(HaveSamePayloads(packet, parsed, restored, *whole));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes packet(data, size);
  const Result<asf::DataPacket> parsed = asf::ParseDataPacket(packet);
  if (!parsed) return 0;
  FUZZ_EXPECT(parsed->payloads <= parsed->payloads_end &&
              parsed->payloads_end <= size);
  ExpectRestored(packet, *parsed);
  asf::StreamNumbers all;
  all.set();
  for (const Strictness strictness :
       {Strictness::kTolerant, Strictness::kStrict}) {
    static_cast<void>(
        asf::CheckDataPacket(packet, *parsed, size, all, strictness));
  }
  const Result<std::vector<asf::Payload>> payloads =
      asf::ParsePayloads(packet, *parsed);
  if (!payloads || payloads->empty()) return 0;
  FUZZ_EXPECT(payloads->size() <= asf::kMaxPayloads);
  for (const asf::Payload& payload : *payloads) {
    FUZZ_EXPECT(payload.begin <= payload.data && payload.data <= payload.end &&
                payload.end <= parsed->payloads_end);
  }
  const asf::PayloadSet every = asf::AllPayloads(payloads->size());
  const asf::PayloadSet odd = every & 0x5555555555555555;
  for (const asf::PayloadSet keep : {every, odd}) {
    const std::vector<std::uint8_t> kept =
        asf::KeepPayloads(packet, *parsed, *payloads, keep);
    FUZZ_EXPECT(asf::ParseDataPacket(kept));
  }
  return 0;
}
