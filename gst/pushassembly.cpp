// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushassembly.h"

#include <algorithm>
#include <utility>

GST_DEBUG_CATEGORY_EXTERN (gst_wms_push_bin_debug);
#define GST_CAT_DEFAULT gst_wms_push_bin_debug

namespace wms::gst {
namespace {

// Of asfmux, "smooth" are the defaults. A packet of "low" fits into a segment
// of TCP on Ethernet, framing included.
constexpr guint kLowPacketSize = 1400;
constexpr guint64 kLowPreroll = 1000;
constexpr guint kSmoothPacketSize = 4800;
constexpr guint64 kSmoothPreroll = 5000;

/// Longest time to fill a packet that is counted into the latency: encoders
/// that take less than their bitrate are not waited for.
constexpr GstClockTime kMaxPacketTime = GST_SECOND;

/// A frame of audio as encoders make it: 2048 samples at 44.1 kHz. They do not
/// count it into their latency.
constexpr GstClockTime kAudioFrameTime = 47 * GST_MSECOND;

}  // namespace

guint PushBinSettings::packet_size () const {
  return latency == LatencyMode::kLow ? kLowPacketSize : kSmoothPacketSize;
}

guint64 PushBinSettings::preroll () const {
  return latency == LatencyMode::kLow ? kLowPreroll : kSmoothPreroll;
}

PushAssembly::PushAssembly (GstBin* bin)
    : bin_ (bin), sink_ (gst_element_factory_make ("wmspushsink", "sink")) {
  if (sink_ != nullptr) gst_bin_add (bin_, sink_);
}

/// A muxer in the bin; null after an error.
glib::Ref<GstElement> PushAssembly::MakeMux (const PushBinSettings& settings) {
  GstElement* mux = MakeOrReport (GST_ELEMENT (bin_), "asfmux", "mux");
  if (mux == nullptr) return {};
  g_object_set (mux, "streamable", TRUE, "packet-size", settings.packet_size (),
                "preroll", settings.preroll (), nullptr);
  gst_bin_add (bin_, mux);
  const auto src =
      glib::Ref<GstPad>::Take (gst_element_get_static_pad (mux, "src"));
  gst_pad_add_probe (
      src.get (),
      static_cast<GstPadProbeType> (GST_PAD_PROBE_TYPE_QUERY_UPSTREAM |
                                    GST_PAD_PROBE_TYPE_PULL),
      OnLatency, this, nullptr);
  gst_pad_add_probe (src.get (), GST_PAD_PROBE_TYPE_EVENT_FLUSH, OnFlush, this,
                     nullptr);
  return glib::Ref<GstElement>::Share (mux);
}

bool PushAssembly::Open (const PushBinSettings& settings) {
  const std::lock_guard guard (lock_);
  timeline_.Reset ();
  packet_size_ = settings.packet_size ();
  smooth_ = settings.latency == LatencyMode::kSmooth;
  mux_ = MakeMux (settings);
  if (!mux_) return false;
  bool linked = gst_element_link (mux_.get (), sink_) != FALSE;
  for (const auto& branch : branches_) {
    linked = linked &&
             branch->Join (mux_.get (), settings.Bitrate (branch->kind ()));
  }
  if (linked) return true;
  GST_ELEMENT_ERROR (bin_, CORE, PAD, (nullptr),
                     ("the muxer cannot be linked"));
  return false;
}

void PushAssembly::Close () {
  glib::Ref<GstElement> mux;
  {
    const std::lock_guard guard (lock_);
    std::swap (mux, mux_);
    for (const auto& branch : branches_)
      branch->Reset ();
  }
  if (!mux) return;
  gst_element_set_state (mux.get (), GST_STATE_NULL);
  gst_bin_remove (bin_, mux.get ());
}

GstPad* PushAssembly::Add (MediaKind kind, const char* name,
                           const PushBinSettings& settings) {
  auto branch = std::make_unique<StreamBranch> (bin_, kind, name, timeline_);
  const std::lock_guard guard (lock_);
  if (mux_ && !branch->Join (mux_.get (), settings.Bitrate (kind))) {
    branch->Leave ();
    return nullptr;
  }
  branch->Start ();
  branches_.push_back (std::move (branch));
  return branches_.back ()->sink_pad ();
}

void PushAssembly::Remove (GstPad* pad) {
  std::unique_ptr<StreamBranch> branch;
  {
    const std::lock_guard guard (lock_);
    const auto found =
        std::find_if (branches_.begin (), branches_.end (),
                      [pad] (const auto& b) { return b->sink_pad () == pad; });
    if (found == branches_.end ()) return;
    branch = std::move (*found);
    branches_.erase (found);
  }
  branch->Leave ();
}

/// Time to fill a packet. Video takes its bitrate when there is much to see,
/// audio always does: for packets that leave evenly only that is counted on.
GstClockTime PushAssembly::PacketTime (guint64 video, guint64 audio) const {
  const guint64 bitrate = smooth_ && audio > 0 ? audio : video + audio;
  return std::min (
      gst_util_uint64_scale (packet_size_, 8 * GST_SECOND, bitrate),
      kMaxPacketTime);
}

/// Time that a frame takes from its encoder's input to the end of its packet:
/// that of an audio frame, until its samples are complete, and once more when
/// pictures wait in the muxer for the sound that goes with them; and that to
/// fill the packet.
GstClockTime PushAssembly::Latency () {
  const std::lock_guard guard (lock_);
  guint64 video = 0;
  guint64 audio = 0;
  for (const auto& branch : branches_) {
    (branch->kind () == MediaKind::kVideo ? video : audio) +=
        branch->encoding_bitrate ();
  }
  if (video + audio == 0) return 0;
  const GstClockTime packet = PacketTime (video, audio);
  if (audio == 0) return packet;
  return packet + kAudioFrameTime * (branches_.size () > 1 ? 2 : 1);
}

/// Neither asfmux nor the encoders say anything of it.
GstPadProbeReturn PushAssembly::OnLatency (GstPad* /*pad*/,
                                           GstPadProbeInfo* info,
                                           gpointer self) noexcept {
  GstQuery* query = GST_PAD_PROBE_INFO_QUERY (info);
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY) return GST_PAD_PROBE_OK;
  gboolean live = FALSE;
  GstClockTime min = 0;
  GstClockTime max = 0;
  gst_query_parse_latency (query, &live, &min, &max);
  const GstClockTime mine = static_cast<PushAssembly*> (self)->Latency ();
  if (GST_CLOCK_TIME_IS_VALID (max)) max += mine;
  gst_query_set_latency (query, live, min + mine, max);
  return GST_PAD_PROBE_OK;
}

/// asfmux does not send its segment again, which a flush takes away.
GstPadProbeReturn PushAssembly::OnFlush (GstPad* pad, GstPadProbeInfo* info,
                                         gpointer self) noexcept {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) != GST_EVENT_FLUSH_STOP) return GST_PAD_PROBE_OK;
  GstSegment segment;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = static_cast<PushAssembly*> (self)->timeline_.offset ();
  segment.time = segment.start;
  segment.position = segment.start;
  GstEvent* again = gst_event_new_segment (&segment);
  gst_event_set_seqnum (again, gst_event_get_seqnum (event));
  const auto peer = glib::Ref<GstPad>::Take (gst_pad_get_peer (pad));
  if (peer) {
    gst_pad_send_event (peer.get (), event);
  } else {
    gst_event_unref (event);
  }
  gst_pad_push_event (pad, again);
  return GST_PAD_PROBE_HANDLED;
}

}  // namespace wms::gst
