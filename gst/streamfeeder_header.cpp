// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Headers on their way through StreamFeeder, and the packets that wait for
// them.

#include "streamfeeder.h"

namespace wms::gst {

/// A header that the splitter has let through comes into force. asfmux gives
/// each twice; behind another one the send times are those of another stream.
Result<bool> StreamFeeder::UseHeader (Bytes header) {
  if (!intake_.IsSame (header)) {
    pacer_.Reset ();
    if (fix_timing_) timing_.Begin (*splitter_.header ());
  }
  return intake_.TakeHeader (header);
}

/// Sends the header, repaired, if its bitrates are known.
GstFlowReturn StreamFeeder::TakeHeader (Bytes header) {
  if (intake_.measuring () && !intake_.IsSame (header)) {
    const GstFlowReturn flow = SendHeld ();
    if (flow != GST_FLOW_OK) return flow;
  }
  const Result<bool> complete = UseHeader (header);
  if (!complete) return Refuse (complete.error ().message);
  return *complete ? SendRepaired () : GST_FLOW_OK;
}

/// Keeps a packet until the bitrates are known.
GstFlowReturn StreamFeeder::Hold (Bytes packet, GstBuffer* buffer) {
  const Result<bool> enough = intake_.Hold (packet, buffer);
  if (!enough) return Refuse (enough.error ().message);
  return *enough ? SendHeld () : GST_FLOW_OK;
}

/// Sends the header with what has been measured, and the packets it was
/// measured by.
GstFlowReturn StreamFeeder::SendHeld () {
  const Result<std::vector<HeaderIntake::HeldPacket>> held =
      intake_.EndMeasuring ();
  if (!held) return Refuse (held.error ().message);
  GstFlowReturn flow = SendRepaired ();
  for (const HeaderIntake::HeldPacket& packet : *held) {
    if (flow != GST_FLOW_OK) break;
    flow = SendPacket (packet.bytes, packet.times.get (), {});
  }
  return flow;
}

/// Sends what the intake has made of the header. A flush may end the wait for
/// the server, and nobody repeats the header after it.
GstFlowReturn StreamFeeder::SendRepaired () {
  pending_header_ = intake_.header ();
  const GstFlowReturn flow = SendHeader (pending_header_);
  if (flow == GST_FLOW_OK) pending_header_.clear ();
  return flow;
}

/// Why fix-timing has not helped; empty when it had nothing to do.
std::string StreamFeeder::WhyNotFixed () const {
  if (timing_.too_late () == 0) return {};
  return "stream " + std::to_string (timing_.too_late ()) +
         ", which starts at 1000 hours, comes " +
         std::to_string (timing_.late_ms ()) +
         " ms behind the others, so that other times alone would not put it "
         "right; ";
}

}  // namespace wms::gst
