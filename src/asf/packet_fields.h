// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>

// What the files that read data packets share; nobody else needs it.

namespace wms::asf {

/// Bytes that a two-bit length type stands for ([ASF] 5.2.2).
constexpr std::uint8_t WidthOfType(unsigned type) {
  constexpr std::uint8_t kWidths[] = {0, 1, 2, 4};
  return kWidths[type & 3];
}

inline Error InvalidPacket(std::string message) {
  return {HResult::NS_E_INVALID_DATA, Fault::kLocal,
          "ASF data packet: " + std::move(message)};
}

}  // namespace wms::asf
