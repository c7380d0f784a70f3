// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Stands for the installed header, so that the examples name it as any other
// application does.

#pragma once

#include "../../../src/wmspush.h"
