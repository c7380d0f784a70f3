// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/base/gstbasesink.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_WMS_PUSH_SINK (gst_wms_push_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstWmsPushSink, gst_wms_push_sink, GST, WMS_PUSH_SINK,
                      GstBaseSink)

GST_ELEMENT_REGISTER_DECLARE (wmspushsink);

G_END_DECLS
