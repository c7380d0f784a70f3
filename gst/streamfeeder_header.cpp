// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Headers on their way through StreamFeeder, the packets that wait for them,
// and what becomes of the times of streams.

#include "streamfeeder.h"

#include <cstdlib>
#include <string>

namespace wms::gst {
namespace {

/// "3000 ms ahead of those of the others".
std::string Offset (std::int64_t ms) {
  return std::to_string (std::llabs (ms)) +
         (ms < 0 ? " ms behind" : " ms ahead of") + " those of the others";
}

}  // namespace

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
    const GstFlowReturn flow = SendMeasured ();
    if (flow != GST_FLOW_OK) return flow;
  }
  const Result<bool> complete = UseHeader (header);
  if (!complete) return Refuse (complete.error ().message);
  return *complete ? SendRepaired () : GST_FLOW_OK;
}

/// Keeps a packet until the bitrates are known.
GstFlowReturn StreamFeeder::Measure (Bytes packet, GstBuffer* buffer) {
  const Result<bool> enough = intake_.Measure (packet, buffer);
  if (!enough) return Refuse (enough.error ().message);
  return *enough ? SendMeasured () : GST_FLOW_OK;
}

/// Sends the header with what has been measured, and the packets it was
/// measured by.
GstFlowReturn StreamFeeder::SendMeasured () {
  const Result<std::vector<HeaderIntake::MeasuredPacket>> measured =
      intake_.EndMeasuring ();
  if (!measured) return Refuse (measured.error ().message);
  GstFlowReturn flow = SendRepaired ();
  for (const HeaderIntake::MeasuredPacket& packet : *measured) {
    if (flow != GST_FLOW_OK) break;
    flow =
        SendPacket (packet.bytes, packet.times.get (), {}, Delivery::kWithNext);
  }
  return SendKept (flow);
}

/// Sends what the intake has made of the header. A flush may end the wait for
/// the server, and nobody repeats the header after it.
GstFlowReturn StreamFeeder::SendRepaired () {
  pending_header_ = intake_.header ();
  const GstFlowReturn flow = SendHeader (pending_header_);
  if (flow == GST_FLOW_OK) pending_header_.clear ();
  return flow;
}

/// Takes offsets between streams out of @a packet, which may be a copy then.
GstFlowReturn StreamFeeder::FixTiming (Bytes& packet, MemoryOwner& owner) {
  const bool aligned = timing_.alignment ().has_value ();
  const Bytes fixed = timing_.Apply (packet);
  if (fixed.data () != packet.data ()) owner = {};
  packet = fixed;
  if (timing_.misfit ()) return RefuseTiming (*timing_.misfit ());
  if (timing_.alignment () && !aligned) {
    const asf::TimingFix::Alignment& alignment = *timing_.alignment ();
    WarnOnce ("the times of stream " + std::to_string (alignment.stream) +
              " are " + Offset (alignment.offset_ms) +
              ": it has been moved to begin "
              "with them, which need not be right to the frame; " +
              kTimingCure);
  } else if (timing_.missing () != 0 && !warned_) {
    WarnOnce ("no packet of stream " + std::to_string (timing_.missing ()) +
              " has come among the first " +
              std::to_string (asf::TimingFix::kMaxPackets) +
              ": a muxer that orders by time keeps a stream back whose times "
              "are ahead of the others, as those from 1000 hours on are; " +
              kTimingCure);
  }
  return GST_FLOW_OK;
}

/// Streams that do not go together are of no use to anybody: better an error
/// that says why than a push that nobody can play.
GstFlowReturn StreamFeeder::RefuseTiming (
    const asf::TimingFix::Misfit& misfit) {
  ReportOnce (
      HResult::NS_E_INVALID_DATA,
      "the times of stream " + std::to_string (misfit.stream) + " are " +
          Offset (misfit.offset_ms) +
          (misfit.offset_ms == asf::kEncoderOriginMs ? ", at 1000 hours" : "") +
          ", and its packets come " + std::to_string (misfit.behind_ms) +
          " ms behind theirs: with the times of the others it would have to be "
          "sent before what has been sent, so fix-timing cannot put it "
          "right; " +
          kTimingCure + ", or set fix-timing=false to send it as it is");
  return GST_FLOW_ERROR;
}

}  // namespace wms::gst
