// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "loopback/scripted_server.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace wms::test {

/// A server on 127.0.0.1 that answers as it is told, one connection after the
/// other, for thousands of clients: each has a path of its own, so that none
/// is mistaken for the one before.
class MutatingServer {
 public:
  /// Which request gets the answer of the plan; others get good ones.
  enum class Place {
    kSetup,    ///< PushSetup
    kStart,    ///< PushStart, when its body is whole
    kMidBody,  ///< PushStart, within its body
  };

  struct Plan {
    Place place = Place::kSetup;
    std::string answer;
  };

  MutatingServer();
  ~MutatingServer();
  MutatingServer(const MutatingServer&) = delete;
  MutatingServer& operator=(const MutatingServer&) = delete;

  /// From now on this is what clients get.
  /// @return the URL for the next client.
  std::string Prepare(Plan plan);

  /// Waits until the client of the last plan has begun so many PushStart
  /// requests, and returns the head of the last of them; "" at the deadline.
  std::string WaitForStart(unsigned count) const;
  /// Waits for the second PushStart: true when it goes on behind the first,
  /// with $D or $C, false when it begins with $H again, or does not come.
  bool WentOn() const;
  /// Waits until the plan's answer has been sent; false at the deadline.
  bool WaitForAnswer() const;

 private:
  class Peer;

  void Serve();
  void ServeRequests(Peer& peer);
  bool AnswerSetup(Peer& peer, const Plan& plan);
  bool AnswerStart(Peer& peer, const Plan& plan);
  std::optional<Plan> PlanFor(const std::string& head) const;
  bool IsOfThisPlan_locked(const std::string& head) const;
  void CountStart(const std::string& head, bool goes_on);
  bool Started() const;
  void NoteAnswer();

  const Gate stop_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;  // answered_, starts_
  // Under mutex_:
  Plan plan_;
  unsigned number_ = 0;  // of the plan; the path has it
  unsigned starts_ = 0;
  bool went_on_ = false;
  bool answered_ = false;
  std::string last_start_;
};

}  // namespace wms::test
