// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"
#include "streambranch.h"
#include "timeline.h"

#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <vector>

namespace wms::gst {

enum class LatencyMode : gint { kLow, kSmooth };

/// What the properties of wmspushbin say.
struct PushBinSettings {
  static constexpr guint kDefaultVideoBitrate = 500000;
  static constexpr guint kDefaultAudioBitrate = 128000;

  guint video_bitrate = kDefaultVideoBitrate;  // bit/s
  guint audio_bitrate = kDefaultAudioBitrate;  // bit/s
  LatencyMode latency = LatencyMode::kSmooth;

  guint Bitrate (MediaKind kind) const {
    return kind == MediaKind::kVideo ? video_bitrate : audio_bitrate;
  }
  guint packet_size () const;  ///< bytes
  guint64 preroll () const;    ///< milliseconds
};

/// What is in a wmspushbin: branches, the muxer, the push sink. asfmux lets go
/// of no pad and begins no second stream, so that each run from PAUSED to READY
/// has one of its own.
///
/// Calls come from the application and from state changes.
class PushAssembly {
 public:
  /// Fills @a bin, which outlives this.
  explicit PushAssembly (GstBin* bin);
  PushAssembly (const PushAssembly&) = delete;
  PushAssembly& operator= (const PushAssembly&) = delete;

  /// The push sink, the bin's.
  GstElement* sink () const { return sink_; }

  /// READY to PAUSED: a muxer. False after an error message.
  bool Open (const PushBinSettings& settings);
  /// PAUSED to READY, when no data flows any more.
  void Close ();

  /// Another branch, for the pad @a name.
  /// @return its sink pad; null when the stream has begun without it, which
  ///   the header of ASF does not allow.
  GstPad* Add (MediaKind kind, const char* name,
               const PushBinSettings& settings);
  /// The branch that @a pad is of leaves.
  void Remove (GstPad* pad);

 private:
  static GstPadProbeReturn OnLatency (GstPad* pad, GstPadProbeInfo* info,
                                      gpointer self) noexcept;
  static GstPadProbeReturn OnFlush (GstPad* pad, GstPadProbeInfo* info,
                                    gpointer self) noexcept;
  glib::Ref<GstElement> MakeMux (const PushBinSettings& settings);
  GstClockTime PacketTime (guint64 video, guint64 audio) const;
  GstClockTime Latency ();

  GstBin* const bin_;
  GstElement* const sink_;  // the bin's
  Timeline timeline_;
  std::mutex lock_;
  // Under lock_:
  std::vector<std::unique_ptr<StreamBranch>> branches_;
  glib::Ref<GstElement> mux_;
  guint packet_size_ = 0;
  bool smooth_ = true;
};

}  // namespace wms::gst
