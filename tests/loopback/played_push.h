// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "expect.h"
#include "pusher.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace wms::test {

/// A push, and a player of it, of which the server may break any part.
class PlayedPush {
 public:
  /// A push and a player as far as they get. True when the server has got all
  /// and the player, too. What arrives is right in any case.
  bool Run(unsigned port, const std::string& path) const {
    Pusher pusher(port, path);
    if (pusher.push_id.empty() || !pusher.Start()) return false;
    ByteVector all = header_;
    Append(all, packets_[0]);
    if (!pusher.Header(header_) || !pusher.Data(packets_[0])) return false;
    const auto player = Play(port, path, pusher);
    for (std::size_t i = 1; i < packets_.size(); ++i) {
      if (!pusher.Data(packets_[i])) break;
      Append(all, packets_[i]);
    }
    pusher.End();
    const bool closed = pusher.client->WaitForClose();
    if (!player) return false;
    const ByteVector got = player->ReadToEnd();
    EXPECT(got.size() <= all.size() &&
               std::equal(got.begin(), got.end(), all.begin()),
           path + ": what the player gets is wrong");
    return closed &&
           got.size() == header_.size() + packets_.size() * kPacketSize;
  }

 private:
  static constexpr std::size_t kPacketSize = 1000;

  /// A player that is being served; none when the push is not.
  static std::unique_ptr<RawClient> Play(unsigned port, const std::string& path,
                                         Pusher& pusher) {
    while (!pusher.client->Readable(std::chrono::milliseconds(0))) {
      auto player = std::make_unique<RawClient>(port);
      player->Send("GET " + path + " HTTP/1.0\r\n\r\n");
      const auto response = player->ReadResponse();
      if (response && response->status == 200) return player;
    }
    return nullptr;
  }

  const ByteVector header_ = MakeHeader({.packet_size = kPacketSize});
  const std::vector<ByteVector> packets_ = [] {
    std::vector<ByteVector> packets;
    for (std::uint8_t i = 0; i < 5; ++i) {
      packets.push_back(MakePacket(
          {.packet_size = kPacketSize, .send_time_ms = i * 100U, .number = i}));
    }
    return packets;
  }();
};

}  // namespace wms::test
