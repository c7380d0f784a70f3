// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>

namespace wms::pubpoint {

/// Fills @a bytes with the kernel's random numbers, which nobody can guess.
/// Fails when there are none; http_status is then 500.
Result<void> FillRandom(std::span<std::uint8_t> bytes);

}  // namespace wms::pubpoint
