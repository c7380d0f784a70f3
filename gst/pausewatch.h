// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "clocktimer.h"

namespace wms::gst {

/// Warns when a pause goes on for so long that the server will end the
/// session: its Idle-Timeout is 60 seconds by default ([MS-WMHTTP] 3.2.2).
/// Used in the state changes of the element, which the thread of the
/// application and the streaming thread make.
class PauseWatch {
 public:
  /// How long a pause lasts before the warning.
  static constexpr GstClockTime kWarnAfter = 45 * GST_SECOND;

  /// A pause of @a element begins.
  void Start (GstElement* element);
  /// It is over.
  void Stop () { timer_.Stop (); }

 private:
  ClockTimer timer_;
};

}  // namespace wms::gst
