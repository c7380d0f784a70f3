// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/figures.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wms::pubpoint {

/// One push session at a moment.
struct PushStatus {
  std::string address;     ///< "127.0.0.1:49152"
  std::string user_agent;  ///< its first product
  std::string state;       ///< see StatusBoard
  std::int64_t since = 0;  ///< Unix time
  std::uint64_t headers = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bits_per_second = 0;
  std::int64_t lag_ms = 0;
};

/// One player at a moment.
struct PlayerStatus {
  std::string address;
  std::string user_agent;  ///< its first product
  std::string kind;        ///< how it is served
  std::int64_t since = 0;  ///< Unix time
  std::uint64_t sent_bytes = 0;
  std::uint64_t queued_bytes = 0;
  std::uint64_t skipped_packets = 0;
};

/// One publishing point at a moment.
struct PointStatus {
  std::string path;
  bool live = false;
  Totals totals;
  std::optional<PushStatus> push;
  std::vector<PlayerStatus> players;

  std::uint64_t QueuedBytes() const;  ///< of all its players
};

/// The whole server at a moment, without any secret.
struct ServerStatus {
  std::string version;
  std::int64_t now = 0;    ///< Unix time
  std::int64_t since = 0;  ///< Unix time
  std::chrono::seconds uptime{0};
  /// Of all points, those that are gone included, and violations of requests
  /// that belong to none.
  Totals totals;
  std::vector<PointStatus> points;  ///< by path

  std::size_t PushCount() const;
  std::size_t PlayerCount() const;
};

/// Where pages, JSON and metrics get their figures from.
class StatusSource {
 public:
  virtual ~StatusSource() = default;
  virtual ServerStatus Snapshot() const = 0;
};

/// The page at "/": HTML without a script, which loads itself again.
/// @param disconnect_token for the buttons that end a push, a secret; "" for
/// who may not.
std::string StatusPage(const ServerStatus& status,
                       const std::string& disconnect_token);

/// /status.json.
std::string StatusJson(const ServerStatus& status);

/// /metrics: the text format 0.0.4 of Prometheus.
std::string StatusMetrics(const ServerStatus& status);

}  // namespace wms::pubpoint
