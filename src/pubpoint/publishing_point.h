// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/core.h"
#include "pubpoint/live_media.h"
#include "pubpoint/player.h"
#include "pubpoint/point_settings.h"
#include "pubpoint/recent_packets.h"
#include "pubpoint/recorder.h"
#include "pubpoint/watch.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wms::pubpoint {

/// What a path of the server stands for: one live stream, as long as it is
/// pushed, its players and its recording.
class PublishingPoint {
 public:
  /// @param permanent it stays when a session with AutoDestroy ends.
  PublishingPoint(Core& core, std::string path,
                  std::shared_ptr<const PointSettings> settings, bool permanent)
      : core_(core),
        path_(std::move(path)),
        figures_(core.board().AddPoint(path_)),
        settings_(std::move(settings)),
        permanent_(permanent),
        recent_(core_.options().limits) {}
  ~PublishingPoint() { EndStream(); }
  PublishingPoint(const PublishingPoint&) = delete;
  PublishingPoint& operator=(const PublishingPoint&) = delete;

  const std::string& path() const { return path_; }
  const std::shared_ptr<const PointSettings>& settings() const {
    return settings_;
  }
  bool permanent() const { return permanent_; }
  /// True once there has been a stream.
  bool was_live() const { return was_live_; }

  const std::shared_ptr<PointFigures>& figures() const { return figures_; }

  /// True while there is a stream to play.
  bool live() const { return header_ != nullptr; }

  /// The header of the stream that is played; null while there is none.
  const HeaderRef& header() const { return header_; }

  /// A stream begins. Players of the one before go over to it, or end when
  /// they cannot; its recording ends.
  /// @param parsed what asf::ParseHeader makes of @a header.
  void BeginStream(Bytes header, const asf::Header& parsed);

  /// The next packet, padded to the packet size of the header. Players get it
  /// with Flush at the latest, so that packets that have come together leave
  /// together.
  void AddPacket(asf::PaddedPacket packet);
  void Flush();
  /// At once when players are few or have had nothing for a while. Else when
  /// as much time has passed as so many are worth (Timers::gather).
  void FlushWhenDue();

  /// The stream is over: players end when they have what was queued.
  void EndStream();

  /// Serves the stream on @a connection as @a format has it, behind @a head,
  /// the response's: the header, the newest packets, and then what comes. Only
  /// while live.
  std::shared_ptr<Player> AddPlayer(Connection connection,
                                    const std::string& address,
                                    const std::string& user_agent,
                                    std::string_view head,
                                    std::shared_ptr<PlayerFormat> format);

 private:
  /// The players that are still there.
  std::vector<std::shared_ptr<Player>> Players();
  void EndPlayers();
  std::chrono::milliseconds GatherTime() const;
  /// A packet that fills nearly all of its 65,535 bytes has no room in a $D of
  /// [MS-WMSP] 2.2.3.3; plain players and the recording get it.
  void CheckFraming(const LivePacket& packet);
  void Record(const LivePacket& packet);
  void BeginRecording(Bytes header);
  void EndRecording();

  Core& core_;
  const std::string path_;
  const std::shared_ptr<PointFigures> figures_;
  const std::shared_ptr<const PointSettings> settings_;
  const bool permanent_;
  bool was_live_ = false;
  HeaderRef header_;
  std::uint32_t generation_ = 0;    // of header_
  std::uint32_t packet_count_ = 0;  // behind header_
  bool told_unframed_ = false;      // likewise
  RecentPackets recent_;
  std::vector<PacketRef> unflushed_;  // the newest ones
  std::size_t unflushed_memory_ = 0;  // what they take
  /// When they were flushed last; nothing while players are few.
  std::optional<std::chrono::steady_clock::time_point> flushed_;
  Watch flush_timer_;
  std::vector<std::weak_ptr<Player>> players_;
  std::unique_ptr<Recorder> recorder_;
};

}  // namespace wms::pubpoint
