// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "config.h"

#include "gstwmspushbin.h"
#include "gstwmspushsink.h"

// The macro below asks for it.
#define PACKAGE "gst-wmspush"

#include <gst/gst.h>

static gboolean plugin_init (GstPlugin* plugin) {
  return GST_ELEMENT_REGISTER (wmspushsink, plugin) &&
         GST_ELEMENT_REGISTER (wmspushbin, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, wmspush,
                   "Pushes ASF streams to Windows Media servers [MS-WMHTTP]",
                   plugin_init, WMSPUSH_VERSION, "LGPL", "gst-wmspush",
                   "https://www.gnu.org/licenses/old-licenses/lgpl-2.1.html")
