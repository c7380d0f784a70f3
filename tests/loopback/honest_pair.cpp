// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "honest_pair.h"

#include "expect.h"

#include <algorithm>

namespace wms::test {

using Clock = std::chrono::steady_clock;

HonestPair::HonestPair(unsigned port, const std::string& path)
    : pusher_(port, path) {
  EXPECT(!pusher_.push_id.empty(), path);
  EXPECT(pusher_.Start() && pusher_.Header(header_), path);
  EXPECT(pusher_.Data(Packet(0)), path);
  // The stream is there as soon as the server has read its header.
  const auto deadline = Clock::now() + RawClient::kDeadline;
  for (unsigned status = 404; status != 200;) {
    EXPECT(Clock::now() < deadline, path + ": no stream");
    player_ = std::make_unique<RawClient>(port);
    EXPECT(player_->Send("GET " + path + " HTTP/1.0\r\n\r\n"), path);
    const auto response = player_->ReadResponse();
    EXPECT(response.has_value(), path);
    status = response->status;
  }
  EXPECT(player_->Read(header_.size()) == header_, path);
  EXPECT(player_->Read(kPacketSize) == Packet(0), path);
  arrived_ = 1;
  thread_ = std::thread(&HonestPair::Run, this);
}

HonestPair::~HonestPair() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

ByteVector HonestPair::Packet(unsigned number) const {
  return MakePacket({.packet_size = kPacketSize,
                     .send_time_ms = number,
                     .number = static_cast<std::uint8_t>(number)});
}

bool HonestPair::Exchange() {
  const ByteVector packet = Packet(arrived_);
  const auto sent = Clock::now();
  if (!pusher_.Data(packet) || player_->Read(kPacketSize) != packet) {
    return false;
  }
  slowest_ = std::max(slowest_, std::chrono::ceil<std::chrono::milliseconds>(
                                    Clock::now() - sent));
  ++arrived_;
  return true;
}

void HonestPair::Run() {
  while (!stop_) {
    if (!Exchange()) {
      failed_ = true;
      return;
    }
  }
}

void HonestPair::Finish(const std::string& attack, unsigned packets) {
  stop_ = true;
  thread_.join();
  const unsigned before = arrived_;
  while (!failed_ && arrived_ < before + packets)
    failed_ = !Exchange();
  EXPECT(!failed_,
         attack + ": packet " + std::to_string(arrived_) + " does not arrive");
  EXPECT(pusher_.End() && player_->ReadToEnd().empty(), attack);
  g_print("%s: %u packets, the slowest took %d ms\n", attack.c_str(),
          arrived_.load(), static_cast<int>(slowest_.count()));
}

}  // namespace wms::test
