// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

/// Marks what the shared library exports; all else is hidden.
#define WMS_API __attribute__((visibility("default")))
