// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

namespace wms {

/// How a receiver takes what others send.
enum class Strictness {
  kTolerant,  ///< small departures that are met in the field pass
  kStrict,    ///< every rule of the specification is kept
};

}  // namespace wms
