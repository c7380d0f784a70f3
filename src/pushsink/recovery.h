// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"

#include <cstdint>
#include <random>

namespace wms {

/// When and how a push that has lost its connection goes on. It only decides:
/// others wait and connect. Times are monotonic and in microseconds.
class Recovery {
 public:
  struct Options {
    bool enabled = true;
    int retries = -1;  ///< attempts in a row, -1 for as many as it takes
    std::int64_t delay_us = 1000000;  ///< before the second attempt
  };

  /// What to do next; each that a server refuses leads to the one below.
  enum class Plan {
    /// Once more on a new connection, without a word: nothing had been sent.
    kStartAgain,
    kResume,      ///< PushStart with $D or $C (2.2.2.2, 3.2.7.1)
    kSetUpAgain,  ///< PushSetup for the same push-id, PushStart with $H
    kSetUpNew,    ///< PushSetup for a new session, PushStart with $H
  };

  /// What a connection that was lost had come to.
  struct Loss {
    bool unheard = false;         ///< nothing of the stream was on it
    bool header_arrived = false;  ///< all of $H of this session
    bool has_push_id = false;     ///< without, a server cannot know it again
    bool in_setup = false;        ///< it was PushSetup that failed
  };

  /// Back-off does not go beyond this, unless the first delay does.
  static constexpr std::int64_t kMaxDelay = 10000000;
  /// Idle-Timeout of servers (3.2.2): the session is there for so long.
  static constexpr std::int64_t kServerIdle = 60000000;
  /// A server that has not noticed the loss has by then.
  static constexpr std::int64_t kConflictLimit = 75000000;
  /// A connection that lasted this long was a good one.
  static constexpr std::int64_t kSteady = 2000000;
  /// A server that so often takes a session back and drops it before that does
  /// not know it; some notice only when data comes.
  static constexpr unsigned kMostBrief = 3;

  explicit Recovery(const Options& options);

  /// The connection, or the attempt at another, has failed with @a error.
  /// @return false when that is the end.
  bool OnLoss(const Error& error, const Loss& loss, std::int64_t now);

  /// Data flows again.
  void OnFlowing(std::int64_t now);

  bool enabled() const { return options_.enabled; }
  /// From the loss until data flows again.
  bool active() const { return active_; }
  Plan plan() const { return plan_; }
  /// When to go on.
  std::int64_t retry_at() const { return retry_at_; }
  /// Which attempt of this loss that is, from 1 on.
  unsigned attempt() const { return attempt_; }
  /// The session was resumed, or will be if that works.
  bool resumes() const { return plan_ == Plan::kResume; }

 private:
  enum class Verdict { kGiveUp, kAtOnce, kLater };

  void Count(std::int64_t now);
  bool resumed_lately(std::int64_t now) const;
  bool CanResume(const Loss& loss, std::int64_t now) const;
  Verdict Judge(const Error& error, const Loss& loss, std::int64_t now);
  Verdict JudgeStatus(unsigned status, const Loss& loss, std::int64_t now);
  Verdict JudgeRefusal(unsigned status, const Loss& loss, std::int64_t now);
  std::int64_t NextDelay();

  const Options options_;
  bool active_ = false;
  bool started_again_ = false;  // since the last PushSetup
  Plan plan_ = Plan::kResume;
  std::int64_t since_ = 0;    // of this loss, or of the first in a row
  std::int64_t flowing_ = 0;  // since when, after the last one; 0 before that
  std::int64_t retry_at_ = 0;
  unsigned attempt_ = 0;
  unsigned step_ = 0;   // of the back-off
  unsigned brief_ = 0;  // resumed connections in a row that were not steady
  std::minstd_rand random_;
};

}  // namespace wms
