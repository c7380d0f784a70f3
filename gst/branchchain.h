// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <memory>

namespace wms::gst {

/// gst_caps_unref is inline, so that glib::Deleter of it would be a type of
/// each source by itself.
struct CapsUnref {
  void operator() (GstCaps* caps) const { gst_caps_unref (caps); }
};
using CapsPtr = std::unique_ptr<GstCaps, CapsUnref>;

enum class MediaKind { kVideo, kAudio };

/// What a stream may come as: raw, or as one of the codecs that asfmux takes.
const char* AcceptedCaps (MediaKind kind);

/// The elements that turn a stream of @a caps into what asfmux takes, linked
/// and in @a bin. Both pads are null when none are needed.
struct BranchChain {
  GstPad* sink = nullptr;  ///< of the first element, which is the bin's
  GstPad* src = nullptr;   ///< of the last element
  bool encodes = false;
  bool complete = false;  ///< false: something is missing, and was reported
};

/// Makes the chain for @a caps. A missing element is an error of @a reporter,
/// after the message that applications install missing plugins by.
/// @param bitrate of the encoder, in bit/s
BranchChain MakeChain (GstBin* bin, GstElement* reporter, MediaKind kind,
                       const GstCaps* caps, guint bitrate);

/// The element @a factory, or null after an error of @a reporter.
GstElement* MakeOrReport (GstElement* reporter, const char* factory,
                          const char* name);

}  // namespace wms::gst
