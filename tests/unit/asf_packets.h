// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "unit/asf_bytes.h"
#include "unit/check.h"

// Data packets of every shape, for tables.

namespace wms::test {

inline constexpr std::uint8_t kWidths[] = {0, 1, 2, 4};

inline bool Fits(std::uint64_t value, unsigned width) {
  return width == 4 || value < (std::uint64_t{1} << (8 * width));
}

/// True when @a spec can be written with its widths.
inline bool IsWritable(const PacketSpec& spec) {
  const std::size_t length =
      FullSize(spec) - (spec.length_leaves_padding_out ? spec.padding : 0);
  return Fits(spec.padding, spec.padding_width) &&
         (spec.packet_length_width == 0 ||
          Fits(length, spec.packet_length_width));
}

inline std::string Describe(const PacketSpec& spec) {
  const auto ec = spec.error_correction;
  return "error correction " + (ec ? std::to_string(*ec) : "none") +
         ", widths " + std::to_string(spec.packet_length_width) + " " +
         std::to_string(spec.sequence_width) + " " +
         std::to_string(spec.padding_width) + ", payload " +
         std::to_string(spec.payload) + ", padding " +
         std::to_string(spec.padding) +
         (spec.length_leaves_padding_out ? ", asfmux" : "");
}

/// Calls @a visit with every combination of widths and error correction.
template <typename Visit>
void ForEveryShape(Visit visit) {
  for (const int error_correction : {-1, 0, 2, 15}) {
    for (int widths = 0; widths < 64; ++widths) {
      PacketSpec spec;
      if (error_correction >= 0) spec.error_correction = error_correction;
      spec.packet_length_width = kWidths[widths & 3];
      spec.sequence_width = kWidths[widths >> 2 & 3];
      spec.padding_width = kWidths[widths >> 4];
      spec.multiple_payloads = widths % 3 == 0;
      spec.sequence = 0xA1B2C3D4;
      visit(spec);
    }
  }
}

/// ... and both ways to state an explicit length, where the padding fits.
template <typename Visit>
void ForEveryPadded(const std::vector<std::size_t>& paddings, Visit visit) {
  ForEveryShape([&](PacketSpec spec) {
    for (const std::size_t padding : paddings) {
      for (const bool asfmux : {false, true}) {
        spec.padding = padding;
        spec.length_leaves_padding_out = asfmux;
        if (IsWritable(spec)) visit(spec);
      }
    }
  });
}

inline asf::DataPacket MustParse(Bytes packet, const std::string& context) {
  const Result<asf::DataPacket> parsed = asf::ParseDataPacket(packet);
  EXPECT(parsed.has_value(), context + ": " + Hex(packet));
  return *parsed;
}

}  // namespace wms::test
