// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wms::pubpoint {

/// Takes as long for a wrong text as for the right one.
bool EqualsSecret(std::string_view a, std::string_view b);

/// In hexadecimal: MD5 of @a text, and HMAC-SHA-256 of it with @a key.
std::string Md5(const std::string& text);
std::string Mac(std::span<const std::uint8_t> key, const std::string& text);

}  // namespace wms::pubpoint
