// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <cstddef>

namespace wms::bench {

/// Sends the events that go before a stream of ASF packets of @a packet_size
/// bytes, its header among them.
/// @param header_padding bytes by which the header is larger than it need be.
void PushStart(GstPad* source, guint32 packet_size,
               std::size_t header_padding = 0);

/// @a count data packets without padding, in one buffer.
GstBuffer* MakePackets(guint32 packet_size, guint count);

}  // namespace wms::bench
