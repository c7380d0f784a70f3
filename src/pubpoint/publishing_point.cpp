// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/publishing_point.h"

#include <algorithm>
#include <span>
#include <utility>

namespace wms::pubpoint {
namespace {

/// Memory of packets that wait for others to leave with: about a read's worth,
/// however small they are.
constexpr std::size_t kMaxUnflushed = std::size_t{256} << 10;

/// So few players get each packet at once: a round of writes takes well under
/// a millisecond.
constexpr std::size_t kServedAtOnce = 40;
/// With so many, packets wait for all of Timers::gather: a round may take some
/// milliseconds.
constexpr std::size_t kGatheredFor = 200;

/// All who get @a packets at this time have got them: copies that they share
/// are in their queues, for as long as they take.
void ForgetFiltered(std::span<const PacketRef> packets) {
  for (const PacketRef& packet : packets)
    packet->ForgetFiltered();
}

}  // namespace

void PublishingPoint::BeginStream(Bytes header, const asf::Header& parsed) {
  Flush();
  EndRecording();
  was_live_ = true;
  figures_->live = true;
  recent_.Clear();
  packet_count_ = 0;
  told_unframed_ = false;
  // 0 says "no playlist entry" ([MS-WMSP] 3.2.1).
  generation_ = std::max<std::uint32_t>(generation_ + 1, 1);
  auto live = std::make_shared<LiveHeader>();
  live->bytes.assign(header.begin(), header.end());
  live->parsed = parsed;
  live->generation = generation_;
  live->first_video = asf::FirstVideoStream(live->parsed);
  header_ = std::move(live);
  for (const auto& player : Players())
    player->Switch(header_);
  if (!core_.options().record_dir.empty()) BeginRecording(header);
}

std::vector<std::shared_ptr<Player>> PublishingPoint::Players() {
  std::vector<std::shared_ptr<Player>> players;
  std::erase_if(players_, [&players](const std::weak_ptr<Player>& weak) {
    auto player = weak.lock();
    if (!player || !player->open()) return true;
    players.push_back(std::move(player));
    return false;
  });
  return players;
}

void PublishingPoint::AddPacket(asf::PaddedPacket packet) {
  const auto live = std::make_shared<const LivePacket>(
      std::move(packet), packet_count_++, *header_);
  CheckFraming(*live);
  recent_.Add(live);
  // First, so that what a player has had is there whatever happens.
  Record(*live);
  unflushed_.push_back(live);
  unflushed_memory_ += live->memory();
  if (unflushed_memory_ > kMaxUnflushed) Flush();
}

std::chrono::milliseconds PublishingPoint::GatherTime() const {
  return core_.options().timers.gather *
         std::min(players_.size(), kGatheredFor) / kGatheredFor;
}

void PublishingPoint::FlushWhenDue() {
  if (unflushed_.empty() || flush_timer_) return;
  if (!flushed_) return Flush();
  const auto left = *flushed_ + GatherTime() - std::chrono::steady_clock::now();
  if (left.count() <= 0) return Flush();
  flush_timer_ = WatchTime(std::chrono::ceil<std::chrono::milliseconds>(left),
                           [this] { Flush(); });
}

void PublishingPoint::Flush() {
  flush_timer_.Reset();
  if (unflushed_.empty()) return;
  flushed_.reset();
  if (players_.size() >= kServedAtOnce) {
    flushed_ = std::chrono::steady_clock::now();
  }
  // A player that is dropped leaves its entry behind for this loop to remove.
  std::erase_if(players_, [this](const std::weak_ptr<Player>& weak) {
    const std::shared_ptr<Player> player = weak.lock();
    if (!player) return true;
    for (const PacketRef& packet : unflushed_)
      player->Deliver(packet);
    player->Flush();
    return !player->open();
  });
  ForgetFiltered(unflushed_);
  unflushed_.clear();
  unflushed_memory_ = 0;
}

void PublishingPoint::Record(const LivePacket& packet) {
  if (recorder_ == nullptr) return;
  if (const Result<void> written = recorder_->Write(packet.padded());
      !written) {
    core_.Log(LogLevel::kWarning,
              "recording of " + path_ + " stops: " + written.error().message);
    recorder_.reset();
  }
}

void PublishingPoint::CheckFraming(const LivePacket& packet) {
  if (packet.stripped().size() <= wmsp::kMaxPayload) return;
  ++figures_->totals.unframed_packets;
  if (std::exchange(told_unframed_, true)) return;
  core_.Log(LogLevel::kWarning,
            path_ + ": players of [MS-WMSP] miss packets of more than " +
                std::to_string(wmsp::kMaxPayload) +
                " bytes: let the encoder make smaller ones");
}

void PublishingPoint::EndStream() {
  Flush();
  EndPlayers();
  EndRecording();
  header_.reset();
  figures_->live = false;
  recent_.Clear();
}

std::shared_ptr<Player> PublishingPoint::AddPlayer(
    Connection connection, const std::string& address,
    const std::string& user_agent, std::string_view head,
    std::shared_ptr<PlayerFormat> format) {
  // Those are in what it begins with.
  Flush();
  const auto figures =
      core_.board().AddPlayer(figures_, address, user_agent, format->Name());
  auto player = std::make_shared<Player>(core_, std::move(connection),
                                         std::move(format), figures);
  core_.AddPlayer(player);
  core_.Log(LogLevel::kInfo, figures->Name() + " begins");
  core_.observer().OnPlayer(path_);
  const std::vector<PacketRef> burst = recent_.Burst();
  player->Start(head, header_, burst);
  ForgetFiltered(burst);
  players_.push_back(player);
  return player;
}

void PublishingPoint::EndPlayers() {
  for (const auto& player : Players())
    player->End();
  players_.clear();
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
