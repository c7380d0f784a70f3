// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <gst/gst.h>

#include <memory>
#include <string>

namespace wms::test {

inline constexpr unsigned kFrameRate = 25;
inline constexpr unsigned kSampleRate = 44100;
inline constexpr unsigned kWidth = 320;
inline constexpr unsigned kHeight = 240;

/// A GStreamer pipeline that runs from its construction to its end.
class Pipeline {
 public:
  /// Fails the test when the description is no pipeline.
  explicit Pipeline(const std::string& description);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Waits for EOS; fails the test on an error, and after @a seconds.
  void WaitForEnd(unsigned seconds);

 private:
  std::unique_ptr<GstElement, glib::Deleter<gst_object_unref>> pipeline_;
};

/// asfmux with test picture and sound for @a seconds; what comes behind the
/// muxer is @a sink.
/// @param live in real time, or as fast as it goes.
/// @param pattern of videotestsrc.
std::string TestStream(const std::string& sink, unsigned seconds, bool live,
                       const std::string& pattern = "smpte");

}  // namespace wms::test
