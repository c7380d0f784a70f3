// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

namespace wms::test {

/// SO_RCVBUF of a peer that is to stop reading soon. A window smaller than
/// the loopback device's segments of 64 KiB would take an honest sender
/// seconds to get through: it opens again only by probes, ever rarer ones.
inline constexpr int kSmallWindow = 131072;

}  // namespace wms::test
