// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <string>
#include <vector>

namespace wms::bench {

/// A sink by the name of its factory, not synchronized, that sends to a
/// DrainingPeer at @a port: tcpclientsink, wmspushsink, souphttpclientsink,
/// curlhttpsink or fakesink. Null, with a word to stderr, when it is not
/// there.
/// @param host an IPv4 address that leads there.
GstElement* MakeSink(const std::string& factory, std::uint16_t port,
                     const std::string& host = "127.0.0.1");

/// How packets come to a sink.
enum class Feed {
  kBuffers,  ///< a packet in each, as asfmux makes them
  kLists,    ///< lists of such buffers
  kBlocks,   ///< several packets in a buffer, as filesrc makes them
};

/// A sink in PLAYING behind a pad of this program's own, in whose thread
/// everything runs. The events and the header are sent, and a first packet,
/// which waits for the connection.
class SinkUnderLoad {
 public:
  /// How many packets go round: a stream's packets do not lie in one place.
  static constexpr std::size_t kPackets = 256;

  /// @param sink taken over.
  /// @param together packets in a list or in a block; 1 for kBuffers.
  SinkUnderLoad(GstElement* sink, guint32 packet_size,
                Feed feed = Feed::kBuffers, guint together = 1);
  ~SinkUnderLoad();
  SinkUnderLoad(const SinkUnderLoad&) = delete;
  SinkUnderLoad& operator=(const SinkUnderLoad&) = delete;

  /// Pushes a buffer or a list: as many packets as it holds.
  void Push();

 private:
  GstBuffer* Next();

  const Feed feed_;
  const guint together_;
  GstElement* sink_;
  GstPad* source_;
  GstPad* target_;
  std::vector<GstBuffer*> packets_;
  std::size_t next_ = 0;
};

}  // namespace wms::bench
