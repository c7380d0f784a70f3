// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"

#include <vector>

namespace wms::test {

/// asf::RestorePadding of a packet that nobody has parsed yet.
inline Result<asf::PaddedPacket> Padded(Bytes packet, std::size_t packet_size) {
  const Result<asf::DataPacket> parsed = asf::ParseDataPacket(packet);
  if (!parsed) return parsed.error();
  return asf::RestorePadding(packet, *parsed, packet_size);
}

/// The packet as it stands in a file.
inline std::vector<std::uint8_t> Whole(const asf::PaddedPacket& padded) {
  std::vector<std::uint8_t> whole = padded.bytes;
  whole.resize(padded.size());
  return whole;
}

}  // namespace wms::test
