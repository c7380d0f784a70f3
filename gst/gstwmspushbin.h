// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_WMS_PUSH_BIN (gst_wms_push_bin_get_type ())
G_DECLARE_FINAL_TYPE (GstWmsPushBin, gst_wms_push_bin, GST, WMS_PUSH_BIN,
                      GstBin)

GST_ELEMENT_REGISTER_DECLARE (wmspushbin);

G_END_DECLS
