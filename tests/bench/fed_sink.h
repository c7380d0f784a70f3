// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <cstddef>
#include <cstdint>

namespace wms::bench {

/// A sink behind a pad of this program's own: what is pushed runs in the
/// caller's thread. Each packet ends with a mark.
class FedSink {
 public:
  /// In READY.
  /// @param sink taken over.
  /// @param packet what is pushed are copies of this.
  /// @param stream what the marks say.
  FedSink(GstElement* sink, GstBuffer* packet, std::uint32_t stream);
  ~FedSink();
  FedSink(const FedSink&) = delete;
  FedSink& operator=(const FedSink&) = delete;

  GstElement* element() const { return sink_; }

  /// Plays, and sends what goes before the packets.
  /// @param header_padding bytes by which the header is larger.
  void Start(std::size_t header_padding = 0);
  /// Ends the program when the sink does not take it.
  void Push(std::int64_t mark_time_ns);

  std::uint32_t sent() const { return number_; }

 private:
  GstElement* sink_;
  GstPad* source_;
  GstPad* target_;
  GstBuffer* packet_;
  const std::uint32_t stream_;
  std::uint32_t number_ = 0;
};

}  // namespace wms::bench
