// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/text.h"

namespace wms::wmhttp {

using wms::EqualsIgnoringCase;
using wms::SplitAt;
using wms::Trim;

}  // namespace wms::wmhttp
