// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"
#include "asf/rules.h"
#include "fuzz/fuzz_target.h"

using namespace wms;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  if (size < asf::kObjectHeaderSize) return 0;
  const Result<std::size_t> whole =
      asf::HeaderSize(bytes.first(asf::kObjectHeaderSize));
  const Result<asf::Header> header = asf::ParseHeader(bytes);
  if (!header) return 0;
  FUZZ_EXPECT(whole && *whole == header->size && header->size == size);
  FUZZ_EXPECT(asf::StartsHeader(bytes));
  FUZZ_EXPECT(header->packet_size > 0 &&
              header->packet_size <= asf::kMaxPacketSize);
  const Result<asf::StreamNumbers> tolerant =
      asf::CheckHeader(bytes, Strictness::kTolerant);
  const Result<asf::StreamNumbers> strict =
      asf::CheckHeader(bytes, Strictness::kStrict);
  // Who is strict takes nothing that others do not.
  FUZZ_EXPECT(!strict || (tolerant && *tolerant == *strict));
  return 0;
}
