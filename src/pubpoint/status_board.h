// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/figures.h"
#include "pubpoint/status.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wms::pubpoint {

/// Hands out what is counted into and keeps a list of it, so that one place
/// knows all figures. Who counts owns its figures; with it they leave the
/// list.
class StatusBoard : public StatusSource {
 public:
  StatusBoard();

  std::shared_ptr<PointFigures> AddPoint(std::string path);
  std::shared_ptr<PushFigures> AddPush(
      const std::shared_ptr<PointFigures>& point);
  /// @param kind how it is served, a word: "http".
  std::shared_ptr<PlayerFigures> AddPlayer(
      const std::shared_ptr<PointFigures>& point, std::string address,
      const std::string& user_agent, const char* kind);

  /// A rule was broken by a request that belongs to no push.
  void AddViolation() { ++server_->violations; }

  /// A push's state is "waiting" before its PushStart and between two,
  /// "streaming", or "interrupted" when it has lost its connection.
  ServerStatus Snapshot() const override;

 private:
  static PointStatus Describe(const PointFigures& point, SteadyTime now);
  static PushStatus Describe(const PushFigures& push, SteadyTime now);
  static PlayerStatus Describe(const PlayerFigures& player);

  const std::int64_t since_;
  const SteadyTime start_;
  /// What belongs to no point, or to one that is gone.
  const std::shared_ptr<Totals> server_;
  std::vector<std::weak_ptr<PointFigures>> points_;
};

}  // namespace wms::pubpoint
