// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "retimer.h"

GST_DEBUG_CATEGORY_EXTERN (gst_wms_push_bin_debug);
#define GST_CAT_DEFAULT gst_wms_push_bin_debug

namespace wms::gst {

void Retimer::Attach (GstPad* pad, GstElement* reporter, Timeline& timeline) {
  gst_pad_add_probe (
      pad,
      static_cast<GstPadProbeType> (GST_PAD_PROBE_TYPE_BUFFER |
                                    GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
                                    GST_PAD_PROBE_TYPE_EVENT_FLUSH),
      OnData, new Retimer (reporter, timeline),
      [] (gpointer self) { delete static_cast<Retimer*> (self); });
}

GstPadProbeReturn Retimer::OnData (GstPad* pad, GstPadProbeInfo* info,
                                   gpointer self) noexcept {
  auto* retimer = static_cast<Retimer*> (self);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    return retimer->Retime (pad, info);
  }
  return retimer->TakeEvent (info);
}

GstPadProbeReturn Retimer::TakeEvent (GstPadProbeInfo* info) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT) {
    return TakeSegment (info);
  }
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    gboolean reset_time = FALSE;
    gst_event_parse_flush_stop (event, &reset_time);
    if (reset_time) timeline_.Restart (gst_event_get_seqnum (event));
  }
  return GST_PAD_PROBE_OK;
}

/// Downstream sees one segment in which timestamps are running times.
GstPadProbeReturn Retimer::TakeSegment (GstPadProbeInfo* info) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT (info);
  gst_event_copy_segment (event, &segment_);
  if (segment_.format != GST_FORMAT_TIME) {
    GST_ELEMENT_ERROR (
        reporter_, STREAM, FORMAT,
        ("A stream comes in %s and not in time, so that nobody knows when its "
         "buffers are due. Put a parser or a demuxer before it, or set "
         "format=time on its source",
         gst_format_get_name (segment_.format)),
        ("%" GST_SEGMENT_FORMAT, &segment_));
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
    ReportUntimed (buffer);
    return GST_PAD_PROBE_DROP;
  }
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = timeline_.Place (pts, GST_BUFFER_DURATION (buffer));
  // asfmux goes by the other.
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

/// Codec data in front of a stream needs no time, and is in the caps besides.
void Retimer::ReportUntimed (const GstBuffer* buffer) {
  if (warned_ || segment_.format != GST_FORMAT_TIME ||
      GST_BUFFER_PTS_IS_VALID (buffer) || GST_BUFFER_DTS_IS_VALID (buffer) ||
      GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_HEADER)) {
    return;
  }
  warned_ = true;
  GST_ELEMENT_WARNING (
      reporter_, STREAM, FORMAT,
      ("A buffer has no timestamp and is left out; set do-timestamp=true on a "
       "live source, or put a parser behind another"),
      ("%" GST_PTR_FORMAT, buffer));
}

GstClockTime Retimer::RunningTime (GstClockTime time) const {
  if (segment_.format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID (time)) {
    return GST_CLOCK_TIME_NONE;
  }
  return gst_segment_to_running_time (&segment_, GST_FORMAT_TIME, time);
}

}  // namespace wms::gst
