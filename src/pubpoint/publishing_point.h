// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header.h"
#include "pubpoint/core.h"
#include "pubpoint/player.h"
#include "pubpoint/point_settings.h"
#include "pubpoint/recorder.h"

#include <deque>
#include <memory>
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
        permanent_(permanent) {}
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

  /// A stream begins. Players of the one before end, its recording too.
  void BeginStream(Bytes header);

  /// The next packet, padded to the packet size of the header.
  void AddPacket(std::vector<std::uint8_t> packet, std::uint32_t send_time_ms);

  /// The stream is over: players end when they have what was queued.
  void EndStream();

  /// Serves the stream on @a connection: the header, the newest packets, and
  /// then what comes. Only while live.
  void AddPlayer(Connection connection, const std::string& address,
                 const std::string& user_agent);

 private:
  struct Recent {
    Chunk packet;
    std::uint32_t send_time_ms;
  };

  void Trim();
  void EndPlayers();
  void BeginRecording(Bytes header);
  void EndRecording();

  Core& core_;
  const std::string path_;
  const std::shared_ptr<PointFigures> figures_;
  const std::shared_ptr<const PointSettings> settings_;
  const bool permanent_;
  bool was_live_ = false;
  Chunk header_;
  std::deque<Recent> recent_;
  std::size_t recent_bytes_ = 0;
  std::vector<std::weak_ptr<Player>> players_;
  std::unique_ptr<Recorder> recorder_;
};

}  // namespace wms::pubpoint
