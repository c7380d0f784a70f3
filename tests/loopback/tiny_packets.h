// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>

#include <cstdint>
#include <string>

namespace wms::test {

/// Of packets that are hardly more than padding: a few bytes on the wire, and
/// in memory, for each 64 KiB of a file and of what a plain player gets.
inline constexpr std::uint32_t kTinyPacketSize = asf::kMaxPacketSize;

inline ByteVector TinyHeader() {
  return MakeHeader({.packet_size = kTinyPacketSize});
}

/// A key frame of one byte, as $D carries it.
inline ByteVector Tiny(std::uint32_t send_time_ms) {
  return Stripped(MakePacket(
      std::vector<PayloadSample>{{.stream = 1, .key_frame = true, .size = 1}},
      send_time_ms, kTinyPacketSize));
}

/// The $D of @a count of them.
inline ByteVector TinyData(std::uint32_t count) {
  ByteVector body;
  for (std::uint32_t i = 0; i < count; ++i)
    Append(body, Frame(wmhttp::PacketId::kData, Tiny(i)));
  return body;
}

/// A push of such packets, begun.
struct TinyPush {
  explicit TinyPush(unsigned port, const std::string& path = "/live",
                    std::uint64_t length = 2147483647)
      : pusher(port, path) {
    fail_unless(pusher.Start(length));
    fail_unless(pusher.Header(TinyHeader()));
  }

  void Push(std::uint32_t count) {
    fail_unless(pusher.client->Send(TinyData(count)));
  }

  Pusher pusher;
};

}  // namespace wms::test
