// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What is counted while the server runs: plain numbers, changed where the
// thing itself happens, in the one thread of the server. StatusBoard makes a
// snapshot of them; nothing else reads them.

namespace wms::pubpoint {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Bits per second over the last seconds.
class RateMeter {
 public:
  /// How far back it looks.
  static constexpr std::chrono::seconds kWindow{5};

  void Add(std::uint64_t bytes, SteadyTime now);

  /// Over the window, or over the time since the first bytes when that is
  /// shorter, one second at least.
  std::uint64_t BitsPerSecond(SteadyTime now) const;

 private:
  struct Second {
    std::int64_t number = -1;  // of the steady clock
    std::uint64_t bytes = 0;
  };

  std::array<Second, kWindow.count()> seconds_;
  std::optional<SteadyTime> first_;
};

/// How far the send times of packets run behind the clock, since the first
/// packet of a header. A jump of the send times starts it anew.
class SendTimeLag {
 public:
  /// Larger steps between two packets are jumps.
  static constexpr std::int32_t kMaxStepBackMs = 1000;
  static constexpr std::int32_t kMaxStepAheadMs = 10000;

  void Add(std::uint32_t send_time_ms, SteadyTime now);
  void Reset() { running_ = false; }

  /// Milliseconds, below 0 for a sender that is ahead; 0 before any packet.
  /// It grows while nothing comes.
  std::int64_t Milliseconds(SteadyTime now) const;

 private:
  bool running_ = false;
  SteadyTime start_;
  std::uint32_t newest_ms_ = 0;
  std::int64_t sent_ms_ = 0;  // from the first packet to the newest
};

/// Sums that never fall, of one publishing point or of the server.
struct Totals {
  std::uint64_t pushes = 0;   ///< sessions, by PushSetup
  std::uint64_t headers = 0;  ///< $H and $C
  std::uint64_t packets = 0;  ///< $D
  std::uint64_t bytes = 0;    ///< of their payloads, headers included
  std::uint64_t violations = 0;
  std::uint64_t players = 0;           ///< that began
  std::uint64_t dropped_players = 0;   ///< for being too slow
  std::uint64_t skipped_packets = 0;   ///< that players were too slow for
  std::uint64_t unframed_packets = 0;  ///< too large for a $D of [MS-WMSP]
  std::uint64_t sent_bytes = 0;        ///< to players

  Totals& operator+=(const Totals& other);
};

class PointFigures;

/// One push session.
class PushFigures {
 public:
  explicit PushFigures(std::shared_ptr<PointFigures> point);
  PushFigures(const PushFigures&) = delete;
  PushFigures& operator=(const PushFigures&) = delete;

  /// Who sends the requests; the last one counts.
  void SetPeer(std::string address, std::string user_agent);
  void AddHeader(std::size_t size);
  /// @param size of the payload as it came.
  void AddPacket(std::size_t size, std::uint32_t send_time_ms);

  enum class State {
    kWaiting,      ///< for a PushStart, the first or the next
    kStreaming,    ///< within one
    kInterrupted,  ///< its connection was lost: it may resume
  };
  State state = State::kWaiting;

 private:
  friend class StatusBoard;

  const std::shared_ptr<PointFigures> point_;
  const std::int64_t since_;  // Unix time, seconds
  std::string address_;
  std::string user_agent_;
  std::uint64_t headers_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  RateMeter rate_;
  SendTimeLag lag_;
};

/// One player.
class PlayerFigures {
 public:
  PlayerFigures(std::shared_ptr<PointFigures> point, std::string address,
                std::string user_agent, const char* kind);
  PlayerFigures(const PlayerFigures&) = delete;
  PlayerFigures& operator=(const PlayerFigures&) = delete;

  void AddSent(std::size_t bytes);
  void AddSkipped(std::size_t packets);
  void AddDrop();

  /// For the log: "player 127.0.0.1:49152 of /live".
  std::string Name() const;

  std::size_t queued_bytes = 0;  ///< that wait for it now

 private:
  friend class StatusBoard;

  const std::shared_ptr<PointFigures> point_;
  const std::string address_;
  const std::string user_agent_;
  const char* const kind_;
  const std::int64_t since_;
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t skipped_packets_ = 0;
};

/// One publishing point, and who is connected to it.
class PointFigures {
 public:
  /// @param retired gets the sums when the point is gone, so that those of
  /// the server never fall.
  PointFigures(std::string path, std::shared_ptr<Totals> retired);
  ~PointFigures();
  PointFigures(const PointFigures&) = delete;
  PointFigures& operator=(const PointFigures&) = delete;

  void AddViolation() { ++totals.violations; }

  Totals totals;
  bool live = false;  ///< there is a stream to play

 private:
  friend class PlayerFigures;
  friend class StatusBoard;

  const std::string path_;
  const std::shared_ptr<Totals> retired_;
  std::weak_ptr<PushFigures> push_;
  std::vector<std::weak_ptr<PlayerFigures>> players_;
};

}  // namespace wms::pubpoint
