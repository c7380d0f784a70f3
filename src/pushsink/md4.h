// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"

#include <array>
#include <cstdint>

namespace wms {

using Md4Digest = std::array<std::uint8_t, 16>;

/// MD4 of RFC 1320. Long broken; it is how NTLM hashes a password.
Md4Digest Md4(Bytes data);

}  // namespace wms
