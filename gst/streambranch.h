// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "branchchain.h"
#include "glib/ref.h"
#include "timeline.h"

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <string>

namespace wms::gst {

/// One stream on its way to the muxer: what its format needs (MakeChain), a
/// queue, the Retimer. It is a bin within the wmspushbin. The chain is made
/// when the caps come, in the streaming thread; all else is the application's,
/// or a state change's.
class StreamBranch {
 public:
  /// Makes the bin @a name and adds it to @a owner, which outlives this.
  /// @param timeline that all streams share; outlives this
  StreamBranch (GstBin* owner, MediaKind kind, const std::string& name,
                Timeline& timeline);
  ~StreamBranch () = default;
  StreamBranch (const StreamBranch&) = delete;
  StreamBranch& operator= (const StreamBranch&) = delete;

  /// Where the stream goes in.
  GstPad* sink_pad () const { return sink_pad_.get (); }

  MediaKind kind () const { return kind_; }

  /// Follows the state of the owner, once what it sends has somewhere to go.
  void Start () {
    gst_element_sync_state_with_parent (GST_ELEMENT (bin_.get ()));
  }

  /// Takes a pad of @a mux. False when it gives none any more.
  /// @param bitrate to encode at, in bit/s
  bool Join (GstElement* mux, guint bitrate);

  /// Between two runs, in READY: back to how it was made. The muxer is gone.
  void Reset ();

  /// The stream ends here, whatever it is at; the muxer goes on with the
  /// others. Any state; it does not wait for the network. What is left to do
  /// takes a thread of its own.
  void Leave ();

  /// Bit rate that is being encoded to, 0 when nothing is.
  guint encoding_bitrate () const { return encoding_bitrate_; }

 private:
  static gboolean OnEvent (GstPad* pad, GstObject* parent,
                           GstEvent* event) noexcept;
  static gboolean OnQuery (GstPad* pad, GstObject* parent,
                           GstQuery* query) noexcept;
  bool TakeCaps (const GstCaps* caps);
  bool Keep (const GstCaps* caps) const;
  void DropChain ();

  GstBin* const owner_;
  const MediaKind kind_;
  std::atomic<guint> bitrate_{0};
  glib::Ref<GstBin> bin_;
  glib::Ref<GstElement> queue_;
  glib::Ref<GstPad> sink_pad_;  // of the bin, a ghost
  glib::Ref<GstPad> mux_pad_;   // null when there is no muxer
  // Streaming thread, and the state change when that has stopped:
  CapsPtr caps_;  // that the chain was made for; null when there is none
  bool encodes_ = false;
  std::atomic<guint> encoding_bitrate_{0};
};

}  // namespace wms::gst
