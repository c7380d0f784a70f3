// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "streamfeeder.h"

#include "asf/header.h"

GST_DEBUG_CATEGORY_EXTERN (gst_wms_push_sink_debug);
#define GST_CAT_DEFAULT gst_wms_push_sink_debug

namespace wms::gst {
namespace {

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
      flow = Measure ((*unit)->bytes, buffer);
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
    const GstFlowReturn flow = SendMeasured ();
    if (flow != GST_FLOW_OK) return flow;
  }
  push_sink_.OnEndWriting ();
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds> (
      std::chrono::nanoseconds (limit));
  for (;;) {
    // Once more from the start after a pause, which does not count.
    const HResult ended = push_sink_.EndSession (limit_ms);
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

void StreamFeeder::WarnOnce (const std::string& message) {
  if (warned_) return;
  warned_ = true;
  PostWarning (GST_ELEMENT (base_sink_),
               {HResult::NS_E_INVALID_DATA, message, {}});
}

}  // namespace wms::gst
