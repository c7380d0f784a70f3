// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/publishing_point.h"

#include "pubpoint/response.h"

namespace wms::pubpoint {

void PublishingPoint::BeginStream(Bytes header) {
  EndPlayers();
  EndRecording();
  was_live_ = true;
  recent_.clear();
  recent_bytes_ = 0;
  header_ = std::make_shared<const std::vector<std::uint8_t>>(header.begin(),
                                                              header.end());
  figures_->live = true;
  if (!core_.options().record_dir.empty()) BeginRecording(header);
}

void PublishingPoint::AddPacket(std::vector<std::uint8_t> packet,
                                std::uint32_t send_time_ms) {
  const Chunk chunk =
      std::make_shared<const std::vector<std::uint8_t>>(std::move(packet));
  recent_.push_back({chunk, send_time_ms});
  recent_bytes_ += chunk->size();
  Trim();
  // A player that is dropped leaves its entry behind for this loop to remove.
  std::erase_if(players_, [&chunk](const std::weak_ptr<Player>& weak) {
    const std::shared_ptr<Player> player = weak.lock();
    if (player) player->Queue(chunk);
    return !player || !player->open();
  });
  if (recorder_ == nullptr) return;
  if (const Result<void> written = recorder_->Write(*chunk); !written) {
    core_.Log(LogLevel::kWarning,
              "recording of " + path_ + " stops: " + written.error().message);
    recorder_.reset();
  }
}

void PublishingPoint::Trim() {
  const Limits& limits = core_.options().limits;
  const auto too_old = [this, &limits] {
    // Send times wrap, their differences do not.
    const std::uint32_t span =
        recent_.back().send_time_ms - recent_.front().send_time_ms;
    return span > limits.recent_time.count();
  };
  while (recent_.size() > 1 &&
         (recent_bytes_ > limits.recent_bytes || too_old())) {
    recent_bytes_ -= recent_.front().packet->size();
    recent_.pop_front();
  }
}

void PublishingPoint::EndStream() {
  EndPlayers();
  EndRecording();
  header_.reset();
  figures_->live = false;
  recent_.clear();
  recent_bytes_ = 0;
}

void PublishingPoint::AddPlayer(Connection connection,
                                const std::string& address,
                                const std::string& user_agent) {
  const auto player = std::make_shared<Player>(
      core_, std::move(connection), "player " + address + " of " + path_,
      core_.board().AddPlayer(figures_, address, user_agent, "http"));
  core_.AddPlayer(player);
  core_.Log(LogLevel::kInfo, "player " + address + " of " + path_ + " begins");
  core_.observer().OnPlayer(path_);
  player->Start(WriteResponse(PlayerResponse(), true));
  player->Queue(header_);
  for (const Recent& recent : recent_)
    player->Queue(recent.packet);
  players_.push_back(player);
}

void PublishingPoint::EndPlayers() {
  for (const std::weak_ptr<Player>& weak : std::exchange(players_, {})) {
    if (const auto player = weak.lock()) player->Finish();
  }
}

void PublishingPoint::BeginRecording(Bytes header) {
  auto recorder = Recorder::Create(core_.options().record_dir, path_, header);
  if (!recorder) {
    core_.Log(LogLevel::kWarning,
              "no recording of " + path_ + ": " + recorder.error().message);
    return;
  }
  recorder_ = std::move(*recorder);
  core_.Log(LogLevel::kInfo, "recording " + path_ + " to " + recorder_->path());
}

void PublishingPoint::EndRecording() {
  if (recorder_ == nullptr) return;
  const std::unique_ptr<Recorder> recorder = std::move(recorder_);
  if (const Result<void> finished = recorder->Finish(); !finished) {
    core_.Log(LogLevel::kWarning,
              "the recording of " + path_ +
                  " has no length: " + finished.error().message);
  } else {
    core_.Log(LogLevel::kInfo, "recorded " + path_ + " to " + recorder->path());
  }
}

}  // namespace wms::pubpoint
