// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header_tree.h"
#include "common/pubpoint_thread.h"
#include "element/sink_case.h"

// A sink that repairs headers, and what tests of it look at.

namespace wms::test {

/// In MakeHeader stream 1 is video of unknown bitrate, stream 2 is audio that
/// says 128000 bit/s.
inline constexpr std::uint32_t kAudioBitrate = 128000;

/// One that does not tell the bitrate of all streams.
inline HeaderSample Unknown() {
  HeaderSample sample;
  sample.max_bitrate = 0;
  return sample;
}

/// @a count packets, 100 ms apart, with video and audio in turn.
inline std::vector<ByteVector> Packets(std::size_t count) {
  std::vector<ByteVector> packets;
  for (std::size_t i = 0; i < count; ++i) {
    PacketSample sample;
    sample.number = static_cast<std::uint8_t>(i);
    sample.send_time_ms = static_cast<std::uint32_t>(100 * i);
    sample.stream = i % 2 == 0 ? 1 : 2;
    packets.push_back(MakePacket(sample));
  }
  return packets;
}

/// A sink that repairs, playing, without header so far.
struct Repairing {
  Repairing() : push(server.Url()) { push.Set("repair-header", TRUE); }

  void Play(Bytes header = {}) { push.Play(header); }

  void PushTag(GstTagList* tags) {
    fail_unless(push.PushEvent(gst_event_new_tag(tags)));
  }

  /// EOS; what the server has got then.
  Received Finish() {
    fail_unless(push.PushEos());
    push.messages().WaitFor("EOS");
    fail_unless(server.WaitForEnd());
    Received received = server.Snapshot();
    EXPECT(received.violations.empty(), received.violations.front());
    EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
    return received;
  }

  PubpointThread server;
  SinkCase push;
};

inline std::uint32_t BitrateIn(const ByteVector& header, std::uint8_t stream) {
  const Result<asf::HeaderTree> tree = asf::ReadHeaderTree(header);
  EXPECT(tree.has_value(), tree.error().message);
  const asf::HeaderNode* node = tree->FindExtended(stream);
  EXPECT(node != nullptr, "no Extended Stream Properties Object");
  return static_cast<std::uint32_t>(
      node->Get(asf::ExtendedFields::kBitrate, 4));
}

inline void ExpectPackets(const Received& received,
                          const std::vector<ByteVector>& packets) {
  fail_unless_equals_int(received.packets.size(), packets.size());
  fail_unless(received.packets == packets);
}

}  // namespace wms::test
