// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <algorithm>
#include <mutex>

namespace wms::gst {

/// The timeline that all streams of a push share. A flushing seek lets running
/// time begin at 0 again, where the timeline of a push goes on: players do not
/// follow it back. Any thread.
class Timeline {
 public:
  /// A push begins.
  void Reset () {
    const std::lock_guard guard (lock_);
    values_ = Values{};
  }

  /// A stream was flushed by the seek of @a seqnum, and running time restarts.
  void Restart (guint32 seqnum) {
    const std::lock_guard guard (lock_);
    // Once for all the streams that the seek concerns.
    if (seqnum == values_.seqnum) return;
    values_.seqnum = seqnum;
    values_.offset = values_.end;
  }

  /// Time in the push of @a running_time. @a duration may be none.
  GstClockTime Place (GstClockTime running_time, GstClockTime duration) {
    const std::lock_guard guard (lock_);
    const GstClockTime time = running_time + values_.offset;
    const GstClockTime end =
        GST_CLOCK_TIME_IS_VALID (duration) ? time + duration : time;
    values_.end = std::max (values_.end, end);
    return time;
  }

  /// Where the running time 0 is.
  GstClockTime offset () const {
    const std::lock_guard guard (lock_);
    return values_.offset;
  }

 private:
  struct Values {
    GstClockTime offset = 0;
    GstClockTime end = 0;  // of what has been placed
    guint32 seqnum = GST_SEQNUM_INVALID;
  };

  mutable std::mutex lock_;
  Values values_;  // under lock_
};

}  // namespace wms::gst
