// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// All of the public API of the push sink.

#pragma once

#include "pushsink/writer_push_sink.h"
