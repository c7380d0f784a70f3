// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "asf/header.h"
#include "asf/payloads.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace wms::pubpoint {

/// The header of a live stream, shared by all players of its point.
struct LiveHeader {
  std::vector<std::uint8_t> bytes;
  asf::Header parsed;
  /// Counts the headers of a point from 1: playlist-gen-id of [MS-WMSP].
  std::uint32_t generation = 1;
  std::optional<std::uint8_t> first_video;  ///< its first video stream

  bool IsVideo(std::uint8_t stream) const;
};
using HeaderRef = std::shared_ptr<const LiveHeader>;

/// A data packet of a live stream, in memory once for all players that get
/// it, and without its padding. What a player gets in front of it is the
/// player's own.
class LivePacket {
 public:
  /// @param padded of a stream with the packet size of @a header.
  /// @param number counts the packets behind the header from 0.
  LivePacket(asf::PaddedPacket padded, std::uint32_t number,
             const LiveHeader& header);
  LivePacket(const LivePacket&) = delete;
  LivePacket& operator=(const LivePacket&) = delete;

  /// As a file has it: bytes() and, behind them, padding().
  const asf::PaddedPacket& padded() const { return padded_; }
  Bytes bytes() const { return padded_.bytes; }
  Bytes padding() const;
  /// Bytes of memory that it takes, most of what Filtered makes left out.
  std::size_t memory() const;
  std::uint32_t number() const { return number_; }
  std::uint32_t send_time_ms() const { return padded_.parsed.send_time_ms; }

  /// Without its padding; refers to this.
  const asf::StrippedPacket& stripped() const { return stripped_; }

  /// Its payloads; none when it is malformed behind its head, so that nobody
  /// can tell what is in it.
  const std::vector<asf::Payload>& payloads() const { return payloads_; }

  /// A player can begin here: a key frame of the first video stream begins in
  /// it, or the stream has no video.
  bool starts_playback() const { return starts_playback_; }

  /// The packet with some of its payloads alone, and without padding. Players
  /// with the same choice share it, until ForgetFiltered.
  std::shared_ptr<const std::vector<std::uint8_t>> Filtered(
      asf::PayloadSet keep) const;
  void ForgetFiltered() const { variants_.clear(); }

 private:
  struct Variant {
    asf::PayloadSet keep;
    std::shared_ptr<const std::vector<std::uint8_t>> bytes;
  };

  const asf::PaddedPacket padded_;
  const std::uint32_t number_;
  asf::StrippedPacket stripped_;
  std::vector<asf::Payload> payloads_;
  bool starts_playback_ = false;
  mutable std::vector<Variant> variants_;  // a cache of what follows from it
};
using PacketRef = std::shared_ptr<const LivePacket>;

/// True when a stream can be decoded from @a payload on: it begins a key
/// frame, or an object of a stream without key frames, as audio is.
bool StartsStream(const LiveHeader& header, const asf::Payload& payload);

}  // namespace wms::pubpoint
