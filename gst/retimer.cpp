// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "retimer.h"

GST_DEBUG_CATEGORY_EXTERN (gst_wms_push_bin_debug);
#define GST_CAT_DEFAULT gst_wms_push_bin_debug

namespace wms::gst {

void Retimer::Attach (GstPad* pad) {
  gst_pad_add_probe (
      pad,
      static_cast<GstPadProbeType> (GST_PAD_PROBE_TYPE_BUFFER |
                                    GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      OnData, new Retimer,
      [] (gpointer self) { delete static_cast<Retimer*> (self); });
}

GstPadProbeReturn Retimer::OnData (GstPad* pad, GstPadProbeInfo* info,
                                   gpointer self) noexcept {
  auto* retimer = static_cast<Retimer*> (self);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    return retimer->Retime (pad, info);
  }
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_SEGMENT) {
    return retimer->TakeSegment (pad, info);
  }
  return GST_PAD_PROBE_OK;
}

/// Downstream sees one segment in which timestamps are running times.
GstPadProbeReturn Retimer::TakeSegment (GstPad* pad, GstPadProbeInfo* info) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT (info);
  gst_event_copy_segment (event, &segment_);
  if (segment_.format != GST_FORMAT_TIME) {
    GST_WARNING_OBJECT (pad, "a segment that is not in time");
  }
  GstSegment plain;
  gst_segment_init (&plain, GST_FORMAT_TIME);
  GstEvent* replacement = gst_event_new_segment (&plain);
  gst_event_set_seqnum (replacement, gst_event_get_seqnum (event));
  GST_PAD_PROBE_INFO_DATA (info) = replacement;
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn Retimer::Retime (GstPad* pad, GstPadProbeInfo* info) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  const GstClockTime pts =
      RunningTime (GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer)
                                                    : GST_BUFFER_DTS (buffer));
  if (!GST_CLOCK_TIME_IS_VALID (pts)) {
    GST_DEBUG_OBJECT (
        pad, "dropping %" GST_PTR_FORMAT ": outside of %" GST_SEGMENT_FORMAT,
        buffer, &segment_);
    return GST_PAD_PROBE_DROP;
  }
  const GstClockTime dts = RunningTime (GST_BUFFER_DTS (buffer));
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DTS (buffer) = dts;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

GstClockTime Retimer::RunningTime (GstClockTime time) const {
  if (segment_.format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID (time)) {
    return GST_CLOCK_TIME_NONE;
  }
  return gst_segment_to_running_time (&segment_, GST_FORMAT_TIME, time);
}

}  // namespace wms::gst
