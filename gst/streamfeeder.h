// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/splitter.h"
#include "asf/timing_fix.h"
#include "gstwmspushmessages.h"
#include "headerintake.h"
#include "pacer.h"
#include "readmap.h"
#include "wmspush.h"

#include <gst/base/gstbasesink.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace wms::gst {

/// The data path of the element: buffers in, headers and paced data packets
/// to the push sink. Runs in the streaming thread, in the virtual functions
/// of the base sink, except where noted.
class StreamFeeder {
 public:
  /// Both outlive this.
  StreamFeeder (GstBaseSink* base_sink, WriterPushSink& push_sink)
      : base_sink_ (base_sink),
        push_sink_ (push_sink),
        intake_ (GST_OBJECT (base_sink)) {}

  /// A new stream begins. Not while another thread is in here.
  void Reset (const HeaderIntake::Options& options);
  /// After a flush: the next buffer starts with a packet.
  void Flush ();

  /// Takes the header that caps carry and sends it, if the network lets it,
  /// else before the next data. False when it is no ASF header, which has
  /// been reported.
  bool TakeCaps (const GstCaps* caps);

  /// Takes tags that go before a header.
  void TakeTags (const GstTagList* tags) { intake_.TakeTags (tags); }

  /// Sends what @a buffer holds, each packet when it is due, and those that
  /// are due together in one call of the system.
  GstFlowReturn Render (GstBuffer* buffer);
  /// The same for all buffers of @a list.
  GstFlowReturn RenderList (GstBufferList* list);

  /// Ends the session at EOS, within @a limit for the network.
  GstFlowReturn Finish (GstClockTime limit);

  /// Thread of the state change: from Hold, before the change to PAUSED, to
  /// Release, after that to PLAYING, no packet goes out. The base class alone
  /// lets some through when changes follow each other faster than the
  /// streaming thread wakes up, and a packet that waits for the network in
  /// PAUSED blocks the next change.
  void Hold () { held_ = true; }
  void Release ();

  /// Any thread: packets that left more than kLateAfter behind their time.
  guint64 late_packets () const { return late_packets_; }

  /// From this delay on a packet counts as late, in nanoseconds.
  static constexpr GstClockTimeDiff kLateAfter = 20 * GST_MSECOND;

 private:
  static constexpr const char* kTimingCure =
      "put \"identity single-segment=true\" between each encoder and asfmux";

  GstFlowReturn TakeBuffer (GstBuffer* buffer, Delivery last);
  GstFlowReturn TakeUnits (const ReadMap& map, Delivery last);
  GstFlowReturn SendPendingHeader ();
  GstFlowReturn TakeHeader (Bytes header);
  Result<bool> UseHeader (Bytes header);
  GstFlowReturn Measure (Bytes packet, GstBuffer* buffer);
  GstFlowReturn SendMeasured ();
  GstFlowReturn SendRepaired ();
  GstFlowReturn SendHeader (Bytes header);
  GstFlowReturn SendPacket (Bytes packet, GstBuffer* buffer, MemoryOwner owner,
                            Delivery delivery);
  GstFlowReturn SendKept (GstFlowReturn flow);
  GstFlowReturn FixTiming (Bytes& packet, MemoryOwner& owner);
  GstFlowReturn RefuseTiming (const asf::TimingFix::Misfit& misfit);
  GstFlowReturn Pace (Bytes packet, GstBuffer* buffer);
  bool held () const;
  GstFlowReturn AwaitPlaying ();
  GstFlowReturn WaitUntil (std::int64_t running_time, GstBuffer* buffer,
                           GstClockTimeDiff& jitter);
  bool IsOver (std::int64_t running_time) const;
  std::optional<std::int64_t> PacingTime () const;
  GstFlowReturn ToFlow (HResult hresult);
  GstFlowReturn Refuse (const std::string& message);
  void ReportOnce (HResult hresult, const std::string& message);
  std::optional<std::int64_t> RunningTimeOf (GstBuffer* buffer) const;
  void ReportOrigin (std::uint32_t send_time_ms,
                     std::optional<std::int64_t> buffer_time);
  void ReportJump (const Pacer::Departure& departure);
  void WarnOnce (const std::string& message);

  GstBaseSink* const base_sink_;
  WriterPushSink& push_sink_;
  HeaderIntake intake_;
  bool fix_timing_ = true;
  asf::TimingFix timing_;
  asf::Splitter splitter_;
  std::vector<std::uint8_t> pending_header_;  // from caps, not sent yet
  std::vector<std::uint8_t> next_header_;     // from caps, not taken yet
  Pacer pacer_;
  bool paced_ = false;  // whether the last packet was
  bool kept_ = false;   // the push sink has packets that wait for the next one
  bool seen_packet_ = false;
  bool warned_ = false;
  bool refused_ = false;
  std::atomic<bool> held_{false};
  std::atomic<guint64> late_packets_{0};
};

}  // namespace wms::gst
