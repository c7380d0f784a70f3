// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/figures.h"

#include <glib.h>

#include <algorithm>

namespace wms::pubpoint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::int64_t SecondOf(SteadyTime time) {
  return std::chrono::duration_cast<seconds>(time.time_since_epoch()).count();
}

std::int64_t UnixTime() {
  return g_get_real_time() / G_USEC_PER_SEC;
}

SteadyTime Now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

void RateMeter::Add(std::uint64_t bytes, SteadyTime now) {
  if (!first_) first_ = now;
  const std::int64_t number = SecondOf(now);
  Second& second = seconds_[static_cast<std::size_t>(number % kWindow.count())];
  if (second.number != number) second = {number, 0};
  second.bytes += bytes;
}

std::uint64_t RateMeter::BitsPerSecond(SteadyTime now) const {
  if (!first_) return 0;
  const std::int64_t number = SecondOf(now);
  std::uint64_t bytes = 0;
  for (const Second& second : seconds_) {
    if (second.number > number - kWindow.count()) bytes += second.bytes;
  }
  // The oldest second is whole, the newest has only begun.
  const auto begin = std::max<SteadyTime>(
      *first_, SteadyTime(seconds(number - kWindow.count() + 1)));
  const auto span =
      std::max(std::chrono::duration_cast<milliseconds>(now - begin),
               milliseconds(seconds(1)));
  return bytes * 8 * 1000 / static_cast<std::uint64_t>(span.count());
}

void SendTimeLag::Add(std::uint32_t send_time_ms, SteadyTime now) {
  // Send times wrap, their differences do not.
  const auto step = static_cast<std::int32_t>(send_time_ms - newest_ms_);
  newest_ms_ = send_time_ms;
  if (running_ && step >= -kMaxStepBackMs && step <= kMaxStepAheadMs) {
    sent_ms_ += step;
    return;
  }
  running_ = true;
  start_ = now;
  sent_ms_ = 0;
}

std::int64_t SendTimeLag::Milliseconds(SteadyTime now) const {
  if (!running_) return 0;
  return std::chrono::duration_cast<milliseconds>(now - start_).count() -
         sent_ms_;
}

Totals& Totals::operator+=(const Totals& other) {
  pushes += other.pushes;
  headers += other.headers;
  packets += other.packets;
  bytes += other.bytes;
  violations += other.violations;
  players += other.players;
  dropped_players += other.dropped_players;
  skipped_packets += other.skipped_packets;
  unframed_packets += other.unframed_packets;
  sent_bytes += other.sent_bytes;
  return *this;
}

PushFigures::PushFigures(std::shared_ptr<PointFigures> point)
    : point_(std::move(point)), since_(UnixTime()) {
  ++point_->totals.pushes;
}

void PushFigures::SetPeer(std::string address, std::string user_agent) {
  address_ = std::move(address);
  user_agent_ = std::move(user_agent);
}

void PushFigures::AddHeader(std::size_t size) {
  ++headers_;
  bytes_ += size;
  ++point_->totals.headers;
  point_->totals.bytes += size;
  lag_.Reset();
  rate_.Add(size, Now());
}

void PushFigures::AddPacket(std::size_t size, std::uint32_t send_time_ms) {
  ++packets_;
  bytes_ += size;
  ++point_->totals.packets;
  point_->totals.bytes += size;
  const SteadyTime now = Now();
  rate_.Add(size, now);
  lag_.Add(send_time_ms, now);
}

PlayerFigures::PlayerFigures(std::shared_ptr<PointFigures> point,
                             std::string address, std::string user_agent,
                             const char* kind)
    : point_(std::move(point)),
      address_(std::move(address)),
      user_agent_(std::move(user_agent)),
      kind_(kind),
      since_(UnixTime()) {
  ++point_->totals.players;
}

void PlayerFigures::AddSent(std::size_t bytes) {
  sent_bytes_ += bytes;
  point_->totals.sent_bytes += bytes;
}

void PlayerFigures::AddSkipped(std::size_t packets) {
  skipped_packets_ += packets;
  point_->totals.skipped_packets += packets;
}

void PlayerFigures::AddDrop() {
  ++point_->totals.dropped_players;
}

std::string PlayerFigures::Name() const {
  return "player " + address_ + " of " + point_->path_;
}

PointFigures::PointFigures(std::string path, std::shared_ptr<Totals> retired)
    : path_(std::move(path)), retired_(std::move(retired)) {}

PointFigures::~PointFigures() {
  *retired_ += totals;
}

}  // namespace wms::pubpoint
