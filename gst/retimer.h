// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "timeline.h"

#include <gst/gst.h>

namespace wms::gst {

/// Makes the time in the push the timestamp of buffers, since asfmux takes
/// timestamps as they are: encoders of libav start theirs at 1000 hours, and
/// each source may have a segment of its own. What is outside of the segment
/// or has no time is dropped.
///
/// A probe on a pad; it lives as long as that has it.
class Retimer {
 public:
  /// Puts a retimer on @a pad. @a timeline outlives the data on it.
  static void Attach (GstPad* pad, Timeline& timeline);

 private:
  explicit Retimer (Timeline& timeline) : timeline_ (timeline) {
    gst_segment_init (&segment_, GST_FORMAT_UNDEFINED);
  }

  static GstPadProbeReturn OnData (GstPad* pad, GstPadProbeInfo* info,
                                   gpointer self) noexcept;
  GstPadProbeReturn TakeEvent (GstPad* pad, GstPadProbeInfo* info);
  GstPadProbeReturn TakeSegment (GstPad* pad, GstPadProbeInfo* info);
  GstPadProbeReturn Retime (GstPad* pad, GstPadProbeInfo* info);
  GstClockTime RunningTime (GstClockTime time) const;

  Timeline& timeline_;
  GstSegment segment_{};  // streaming thread
};

}  // namespace wms::gst
