// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "timeline.h"

#include <gst/gst.h>

namespace wms::gst {

/// Makes the time in the push the timestamp of buffers, since asfmux takes
/// timestamps as they are: encoders of libav start theirs at 1000 hours, and
/// each source may have a segment of its own. What is outside of the segment is
/// dropped, and so is what has no time: with an ERROR when no buffer has one,
/// since the segment is not in time, else with a WARNING.
///
/// A probe on a pad; it lives as long as that has it.
class Retimer {
 public:
  /// Puts a retimer on @a pad.
  /// @param reporter the element that posts messages; outlives the data on the
  ///   pad, as @a timeline does
  static void Attach (GstPad* pad, GstElement* reporter, Timeline& timeline);

 private:
  Retimer (GstElement* reporter, Timeline& timeline)
      : reporter_ (reporter), timeline_ (timeline) {
    gst_segment_init (&segment_, GST_FORMAT_UNDEFINED);
  }

  static GstPadProbeReturn OnData (GstPad* pad, GstPadProbeInfo* info,
                                   gpointer self) noexcept;
  GstPadProbeReturn TakeEvent (GstPadProbeInfo* info);
  GstPadProbeReturn TakeSegment (GstPadProbeInfo* info);
  GstPadProbeReturn Retime (GstPad* pad, GstPadProbeInfo* info);
  void ReportUntimed (const GstBuffer* buffer);
  GstClockTime RunningTime (GstClockTime time) const;

  GstElement* const reporter_;
  Timeline& timeline_;
  // Streaming thread:
  GstSegment segment_{};
  bool warned_ = false;
};

}  // namespace wms::gst
