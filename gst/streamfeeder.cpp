// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "streamfeeder.h"

#include "asf/data_packet.h"
#include "asf/header.h"

#include <algorithm>

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

/// The bytes of the buffers in the field "streamheader".
std::vector<std::uint8_t> StreamHeader (const GstCaps* caps) {
  std::vector<std::uint8_t> header;
  const GstStructure* structure = gst_caps_get_structure (caps, 0);
  const GValue* array = gst_structure_get_value (structure, "streamheader");
  if (array == nullptr || !GST_VALUE_HOLDS_ARRAY (array)) return header;
  for (guint i = 0; i < gst_value_array_get_size (array); ++i) {
    const GValue* value = gst_value_array_get_value (array, i);
    if (!GST_VALUE_HOLDS_BUFFER (value)) continue;
    const ReadMap map (gst_value_get_buffer (value));
    if (!map.mapped ()) continue;
    header.insert (header.end (), map.bytes ().begin (), map.bytes ().end ());
  }
  return header;
}

}  // namespace

void StreamFeeder::Reset (const HeaderIntake::Options& options) {
  intake_.Reset (options);
  fix_timing_ = options.fix_timing;
  timing_ = {};
  splitter_ = asf::Splitter (intake_.strictness ());
  pending_header_.clear ();
  next_header_.clear ();
  pacer_.Reset ();
  kept_ = false;
  seen_packet_ = false;
  warned_ = false;
  refused_ = false;
  late_packets_ = 0;
  held_ = false;
}

void StreamFeeder::Flush () {
  splitter_.DropPartial ();
  intake_.Flush ();
  pacer_.Reset ();
}

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

bool StreamFeeder::TakeCaps (const GstCaps* caps) {
  std::vector<std::uint8_t> header = StreamHeader (caps);
  if (header.empty ()) return true;
  const Result<asf::Header> parsed =
      asf::ParseHeader (header, intake_.strictness ());
  if (!parsed) {
    Refuse (parsed.error ().message);
    return false;
  }
  splitter_.DropPartial ();
  splitter_.SetHeader (*parsed);
  if (intake_.measuring () && !intake_.IsSame (header)) {
    // The packets of the one before go first, when data may flow.
    next_header_ = std::move (header);
    return true;
  }
  const Result<bool> complete = UseHeader (header);
  if (!complete) {
    Refuse (complete.error ().message);
    return false;
  }
  if (!*complete) return true;
  pending_header_ = intake_.header ();
  // Interrupted or failed, it is for Render to go on or to say so.
  if (push_sink_.OnHeader (pending_header_) == HResult::S_OK) {
    pending_header_.clear ();
  }
  return true;
}

GstFlowReturn StreamFeeder::Render (GstBuffer* buffer) {
  return SendKept (TakeBuffer (buffer, Delivery::kNow));
}

GstFlowReturn StreamFeeder::RenderList (GstBufferList* list) {
  const guint count = gst_buffer_list_length (list);
  GstFlowReturn flow = GST_FLOW_OK;
  for (guint i = 0; i < count && flow == GST_FLOW_OK; ++i) {
    flow = TakeBuffer (gst_buffer_list_get (list, i),
                       i + 1 < count ? Delivery::kWithNext : Delivery::kNow);
  }
  return SendKept (flow);
}

/// Sends what @a buffer holds; @a last is for its last packet.
GstFlowReturn StreamFeeder::TakeBuffer (GstBuffer* buffer, Delivery last) {
  // Buffers can still come after an error was returned.
  if (refused_) return GST_FLOW_ERROR;
  const GstFlowReturn flow = SendPendingHeader ();
  if (flow != GST_FLOW_OK) return flow;
  const ReadMap map (buffer);
  if (!map.mapped ()) return Refuse ("a buffer that cannot be read");
  return TakeUnits (map, last);
}

GstFlowReturn StreamFeeder::TakeUnits (const ReadMap& map, Delivery last) {
  GstBuffer* buffer = map.buffer ();
  GstFlowReturn flow = GST_FLOW_OK;
  splitter_.Feed (map.bytes ());
  while (flow == GST_FLOW_OK) {
    Result<std::optional<asf::Unit>> unit = splitter_.Next ();
    if (!unit) {
      flow = Refuse (unit.error ().message);
    } else if (!*unit) {
      return GST_FLOW_OK;
    } else if ((*unit)->kind == asf::Unit::Kind::kHeader) {
      flow = TakeHeader ((*unit)->bytes);
    } else if (intake_.measuring ()) {
      flow = Hold ((*unit)->bytes, buffer);
    } else {
      const bool is_last = (*unit)->bytes.size () == splitter_.buffered ();
      flow = SendPacket ((*unit)->bytes, buffer, map.OwnerOf ((*unit)->bytes),
                         is_last ? last : Delivery::kWithNext);
      // Most buffers are one packet: nothing is left to look for.
      if (is_last) break;
    }
  }
  // The splitter must not refer to the buffer any longer; what it still has
  // is used up, unless that went wrong.
  splitter_.DropPartial ();
  return flow;
}

GstFlowReturn StreamFeeder::Finish (GstClockTime limit) {
  if (splitter_.buffered () > 0) {
    PostWarning (GST_ELEMENT (base_sink_),
                 {HResult::NS_E_INVALID_DATA,
                  "the last " + std::to_string (splitter_.buffered ()) +
                      " bytes of the stream are no whole packet and were not "
                      "sent",
                  {}});
  }
  if (held ()) {
    const GstFlowReturn flow = AwaitPlaying ();
    if (flow != GST_FLOW_OK) return flow;
  }
  if (intake_.measuring ()) {
    const GstFlowReturn flow = SendHeld ();
    if (flow != GST_FLOW_OK) return flow;
  }
  push_sink_.OnEndWriting ();
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds> (
      std::chrono::nanoseconds (limit));
  for (;;) {
    // Once more from the start after a pause, which does not count.
    const HResult ended = push_sink_.EndSession (limit_ms);
    if (ended == HResult::NS_E_CONNECTION_FAILURE ||
        ended == HResult::S_FALSE) {
      PostWarning (GST_ELEMENT (base_sink_),
                   {HResult::NS_E_CONNECTION_FAILURE,
                    "the end of the stream may not have reached the server: " +
                        push_sink_.LastError (),
                    {}});
    }
    if (ended != HResult::NS_E_SHUTDOWN) return GST_FLOW_OK;
    const GstFlowReturn flow = AwaitPlaying ();
    if (flow != GST_FLOW_OK) return flow;
  }
}

GstFlowReturn StreamFeeder::SendPendingHeader () {
  if (!next_header_.empty ()) {
    const GstFlowReturn flow = TakeHeader (next_header_);
    if (flow != GST_FLOW_OK) return flow;
    next_header_.clear ();
  }
  if (pending_header_.empty ()) return GST_FLOW_OK;
  const GstFlowReturn flow = SendHeader (pending_header_);
  if (flow == GST_FLOW_OK) pending_header_.clear ();
  return flow;
}

GstFlowReturn StreamFeeder::SendHeader (Bytes header) {
  GstFlowReturn flow = held () ? AwaitPlaying () : GST_FLOW_OK;
  while (flow == GST_FLOW_OK) {
    const HResult sent = push_sink_.OnHeader (header);
    if (sent != HResult::NS_E_SHUTDOWN) return ToFlow (sent);
    flow = AwaitPlaying ();
  }
  return flow;
}

GstFlowReturn StreamFeeder::SendPacket (Bytes packet, GstBuffer* buffer,
                                        MemoryOwner owner, Delivery delivery) {
  GstFlowReturn flow =
      timing_.active () ? FixTiming (packet, owner) : GST_FLOW_OK;
  if (flow == GST_FLOW_OK) flow = Pace (packet, buffer);
  if (flow == GST_FLOW_OK && held ()) flow = AwaitPlaying ();
  while (flow == GST_FLOW_OK) {
    const HResult sent = push_sink_.OnDataUnit (packet, owner, delivery);
    if (sent == HResult::S_OK) kept_ = delivery == Delivery::kWithNext;
    if (sent != HResult::NS_E_SHUTDOWN) return ToFlow (sent);
    // Not taken: a pause, or the end.
    flow = AwaitPlaying ();
  }
  return flow;
}

/// Sends what the push sink may have kept, when nothing follows at once: be it
/// since what follows is wrong. What a flush interrupts leaves behind it.
/// @return @a flow, that of what was taken last, unless this fails.
GstFlowReturn StreamFeeder::SendKept (GstFlowReturn flow) {
  if (!kept_ || (flow != GST_FLOW_OK && !refused_)) return flow;
  GstFlowReturn sent = GST_FLOW_OK;
  do {
    const HResult hr = push_sink_.SendKept ();
    if (hr != HResult::NS_E_SHUTDOWN) {
      kept_ = false;
      sent = ToFlow (hr);
      break;
    }
    sent = AwaitPlaying ();
  } while (sent == GST_FLOW_OK);
  return flow == GST_FLOW_OK ? sent : flow;
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

GstFlowReturn StreamFeeder::ToFlow (HResult hresult) {
  switch (hresult) {
    case HResult::S_OK:
      return GST_FLOW_OK;
    case HResult::NS_E_INVALID_DATA:
    case HResult::NS_E_INVALID_REQUEST:
      // The session is still there, so nobody else has reported this.
      return Refuse (push_sink_.LastError ());
    case HResult::NS_E_NOCONNECTION:
      ReportOnce (hresult,
                  "the push has ended; go to READY and back to begin another");
      return GST_FLOW_ERROR;
    default:
      return GST_FLOW_ERROR;
  }
}

/// Reports data that cannot be sent.
GstFlowReturn StreamFeeder::Refuse (const std::string& message) {
  ReportOnce (HResult::NS_E_INVALID_DATA,
              message + "; feed the output of asfmux, or a whole ASF stream");
  return GST_FLOW_ERROR;
}

/// Posts an error, after which no more is sent.
void StreamFeeder::ReportOnce (HResult hresult, const std::string& message) {
  if (refused_) return;
  refused_ = true;
  PostError (GST_ELEMENT (base_sink_), {hresult, message, {}}, true);
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

void StreamFeeder::WarnOnce (const std::string& message) {
  if (warned_) return;
  warned_ = true;
  PostWarning (GST_ELEMENT (base_sink_),
               {HResult::NS_E_INVALID_DATA, message, {}});
}

}  // namespace wms::gst
