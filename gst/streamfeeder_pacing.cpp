// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// When packets leave StreamFeeder: pauses, the clock, and what is odd about
// send times. The base class holds its preroll lock around the streaming
// thread's part, and lets go of it while it waits: so need_preroll and flushing
// can be read as they are.

#include "asf/data_packet.h"
#include "streamfeeder.h"

#include <algorithm>
#include <string>

GST_DEBUG_CATEGORY_EXTERN (gst_wms_push_sink_debug);
#define GST_CAT_DEFAULT gst_wms_push_sink_debug

namespace wms::gst {
namespace {

/// Where avenc's timestamps start: an offset that keeps them positive, and
/// that asfmux writes into the packets as it is.
constexpr std::int64_t kEncoderOrigin = asf::kEncoderOriginMs * GST_MSECOND;
/// So near to it a timestamp is one of that origin.
constexpr std::int64_t kOriginRange = 3600 * GST_SECOND;

bool HasEncoderOrigin (std::int64_t time) {
  return time >= kEncoderOrigin && time < kEncoderOrigin + kOriginRange;
}

}  // namespace

void StreamFeeder::Release () {
  // Who sends has the lock for as long as the network takes; while it is held
  // nobody sends.
  if (!held_) return;
  GST_BASE_SINK_PREROLL_LOCK (base_sink_);
  held_ = false;
  GST_BASE_SINK_PREROLL_SIGNAL (base_sink_);
  GST_BASE_SINK_PREROLL_UNLOCK (base_sink_);
}

/// The base class can also go back to PLAYING by itself, when a pause that
/// waited for data has been taken back: then nobody calls Release.
bool StreamFeeder::held () const {
  if (!held_) return false;
  GST_OBJECT_LOCK (base_sink_);
  const bool playing = GST_STATE (base_sink_) == GST_STATE_PLAYING &&
                       GST_STATE_NEXT (base_sink_) == GST_STATE_VOID_PENDING;
  GST_OBJECT_UNLOCK (base_sink_);
  return !playing;
}

/// Lets go of the preroll lock until data may flow.
GstFlowReturn StreamFeeder::AwaitPlaying () {
  GstFlowReturn flow = GST_FLOW_OK;
  do {
    // A pause that found nobody waiting is a state change under way, which
    // only a preroll completes.
    flow = base_sink_->need_preroll
               ? gst_base_sink_do_preroll (base_sink_, nullptr)
               : gst_base_sink_wait_preroll (base_sink_);
  } while (flow == GST_FLOW_OK && held ());
  return flow;
}

/// Waits until the packet is due by its own send time.
GstFlowReturn StreamFeeder::Pace (Bytes packet, GstBuffer* buffer) {
  const std::optional<std::uint32_t> send_time = asf::ReadSendTime (packet);
  // The push sink says what is wrong with it.
  if (!send_time) return GST_FLOW_OK;
  if (!seen_packet_) {
    seen_packet_ = true;
    ReportOrigin (*send_time, RunningTimeOf (buffer));
  }
  // In a pause the clock goes on, and running time does not.
  if (base_sink_->need_preroll) {
    const GstFlowReturn flow = AwaitPlaying ();
    if (flow != GST_FLOW_OK) return flow;
  }
  const std::optional<std::int64_t> now = PacingTime ();
  if (now.has_value () != paced_) {
    paced_ = now.has_value ();
    pacer_.Reset ();
  }
  // Without a clock to follow, the send times are still looked at.
  const Pacer::Departure departure =
      pacer_.Schedule (*send_time, now.value_or (0),
                       now ? RunningTimeOf (buffer) : std::nullopt);
  if (departure.jump != Pacer::Jump::kNone) ReportJump (departure);
  if (!now) return GST_FLOW_OK;
  GstClockTimeDiff jitter = 0;
  const GstFlowReturn flow = WaitUntil (departure.running_time, buffer, jitter);
  const GstClockTimeDiff late = jitter + departure.running_time - departure.due;
  if (flow == GST_FLOW_OK && late > kLateAfter) ++late_packets_;
  return flow;
}

/// Waits for @a running_time on the pipeline's clock. gst_base_sink_wait does
/// that, too, but a pause that interrupts it stays a state change under way:
/// only a preroll completes that.
GstFlowReturn StreamFeeder::WaitUntil (std::int64_t running_time,
                                       GstBuffer* buffer,
                                       GstClockTimeDiff& jitter) {
  for (;;) {
    const GstFlowReturn flow =
        gst_base_sink_do_preroll (base_sink_, GST_MINI_OBJECT_CAST (buffer));
    if (flow != GST_FLOW_OK) return flow;
    const std::int64_t time =
        running_time +
        static_cast<std::int64_t> (gst_base_sink_get_latency (base_sink_)) +
        gst_base_sink_get_ts_offset (base_sink_) -
        static_cast<std::int64_t> (gst_base_sink_get_render_delay (base_sink_));
    if (kept_ && !IsOver (time)) {
      // Those that were due go first. A pause may come meanwhile.
      const GstFlowReturn sent = SendKept (GST_FLOW_OK);
      if (sent != GST_FLOW_OK) return sent;
      continue;
    }
    const GstClockReturn waited = gst_base_sink_wait_clock (
        base_sink_,
        static_cast<GstClockTime> (std::max<std::int64_t> (time, 0)), &jitter);
    if (base_sink_->flushing) return GST_FLOW_FLUSHING;
    // A pause can come just when the wait is over, too.
    if (waited != GST_CLOCK_UNSCHEDULED && !base_sink_->need_preroll) {
      return GST_FLOW_OK;
    }
  }
}

/// Whether @a running_time, latency included, is past.
bool StreamFeeder::IsOver (std::int64_t running_time) const {
  const GstClockTime now =
      gst_element_get_current_running_time (GST_ELEMENT (base_sink_));
  return GST_CLOCK_TIME_IS_VALID (now) &&
         static_cast<std::int64_t> (now) >= running_time;
}

/// Running time without the latency that the wait adds; nothing when packets
/// are not paced.
std::optional<std::int64_t> StreamFeeder::PacingTime () const {
  // gst_base_sink_get_sync takes a lock, for each packet.
  if (g_atomic_int_get (&base_sink_->sync) == FALSE) return std::nullopt;
  const GstClockTime now =
      gst_element_get_current_running_time (GST_ELEMENT (base_sink_));
  if (!GST_CLOCK_TIME_IS_VALID (now)) return std::nullopt;
  return static_cast<std::int64_t> (now) -
         static_cast<std::int64_t> (gst_base_sink_get_latency (base_sink_));
}

std::optional<std::int64_t> StreamFeeder::RunningTimeOf (
    GstBuffer* buffer) const {
  const GstSegment* segment = &base_sink_->segment;
  if (segment->format != GST_FORMAT_TIME || !GST_BUFFER_PTS_IS_VALID (buffer)) {
    return std::nullopt;
  }
  const GstClockTime time = gst_segment_to_running_time (
      segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (!GST_CLOCK_TIME_IS_VALID (time)) return std::nullopt;
  return static_cast<std::int64_t> (time);
}

/// A stream that starts 1000 hours late plays, but no other can go with it.
void StreamFeeder::ReportOrigin (std::uint32_t send_time_ms,
                                 std::optional<std::int64_t> buffer_time) {
  const std::int64_t send_time = send_time_ms * GST_MSECOND;
  if (timing_.shifting ()) {
    GST_INFO_OBJECT (base_sink_,
                     "the stream starts at 1000 hours, or far from the others: "
                     "that is taken out of its times");
    return;
  }
  if (!HasEncoderOrigin (send_time) &&
      !(buffer_time && HasEncoderOrigin (*buffer_time))) {
    return;
  }
  WarnOnce (std::string ("the stream starts at 1000 hours, where the encoder's "
                         "timestamps do; ") +
            kTimingCure);
}

void StreamFeeder::ReportJump (const Pacer::Departure& departure) {
  const char* direction =
      departure.jump == Pacer::Jump::kAhead ? "ahead" : "back";
  GST_DEBUG_OBJECT (base_sink_, "send times jump %s by %" G_GINT64_FORMAT " ms",
                    direction, departure.jump_ms);
  WarnOnce (std::string ("the send times in the stream jump ") + direction +
            " by " + std::to_string (departure.jump_ms) +
            " ms: its streams do not share one timeline, and players will "
            "stall; " +
            kTimingCure);
}

}  // namespace wms::gst
