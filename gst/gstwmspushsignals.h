// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

namespace wms::gst {

/// Gives @a type, that of the sink, its signals.
/// @param retry_now handles "retry-now"; it gets the element.
void InstallSignals (GType type, GCallback retry_now);

/// Emits "acquire-credentials".
/// @return the answer, which is the caller's; null when nobody has one.
GstStructure* EmitAcquireCredentials (GstElement* element,
                                      const GstStructure* request);

}  // namespace wms::gst
