// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

namespace wms::bench {

/// Sends the events that go before a stream of ASF packets of @a packet_size
/// bytes, its header among them.
void PushStart(GstPad* source, guint32 packet_size);

/// @a count data packets without padding, in one buffer.
GstBuffer* MakePackets(guint32 packet_size, guint count);

}  // namespace wms::bench
