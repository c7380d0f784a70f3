// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"

#include <algorithm>
#include <array>

namespace wms::asf {

/// An object's identifier as its 16 bytes stand in a file.
using Guid = std::array<std::uint8_t, 16>;

// [ASF] 10.1 to 10.4, in byte order.
inline constexpr Guid kHeaderObject = {0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66,
                                       0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA,
                                       0x00, 0x62, 0xCE, 0x6C};
inline constexpr Guid kDataObject = {0x36, 0x26, 0xB2, 0x75, 0x8E, 0x66,
                                     0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA,
                                     0x00, 0x62, 0xCE, 0x6C};
inline constexpr Guid kFileProperties = {0xA1, 0xDC, 0xAB, 0x8C, 0x47, 0xA9,
                                         0xCF, 0x11, 0x8E, 0xE4, 0x00, 0xC0,
                                         0x0C, 0x20, 0x53, 0x65};
inline constexpr Guid kStreamProperties = {0x91, 0x07, 0xDC, 0xB7, 0xB7, 0xA9,
                                           0xCF, 0x11, 0x8E, 0xE6, 0x00, 0xC0,
                                           0x0C, 0x20, 0x53, 0x65};
inline constexpr Guid kAudioMedia = {0x40, 0x9E, 0x69, 0xF8, 0x4D, 0x5B,
                                     0xCF, 0x11, 0xA8, 0xFD, 0x00, 0x80,
                                     0x5F, 0x5C, 0x44, 0x2B};
inline constexpr Guid kVideoMedia = {0xC0, 0xEF, 0x19, 0xBC, 0x4D, 0x5B,
                                     0xCF, 0x11, 0xA8, 0xFD, 0x00, 0x80,
                                     0x5F, 0x5C, 0x44, 0x2B};

/// GUID, size, number of objects and two reserved bytes: what comes before
/// the objects in the Header Object ([ASF] 3.1).
inline constexpr std::size_t kHeaderObjectFixedSize = 30;

/// True when @a data starts with @a guid.
inline bool StartsWith(Bytes data, const Guid& guid) {
  return data.size() >= guid.size() &&
         std::equal(guid.begin(), guid.end(), data.begin());
}

}  // namespace wms::asf
