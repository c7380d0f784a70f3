// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header_repair.h"
#include "asf/rules.h"
#include "asf/splitter.h"
#include "asf/timing_fix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wms::asf {

/// Something that is wrong with data packets, maybe with many of them.
struct PacketFinding {
  std::string rule;  ///< "[ASF] 5.2.2"
  std::string problem;
  std::string repair;             ///< what a push does about it
  std::uint64_t packet = 0;       ///< number of the first one, from 0
  std::uint64_t offset = 0;       ///< of that one in the stream
  std::uint64_t occurrences = 0;  ///< how many packets have it
};

/// The same as a line of text.
std::string Describe(const PacketFinding& finding);

/// Looks for what in an ASF stream is not as a broadcast has it: in its
/// headers what RepairHeader finds, in its packets what [ASF] 5.2 demands, and
/// their send times. Memory does not grow with the stream.
class StreamCheck {
 public:
  /// Different things that can be wrong; more are not told apart.
  static constexpr std::size_t kMaxKinds = 100;

  /// Takes the next bytes of the stream. Fails with NS_E_INVALID_DATA when it
  /// cannot be read on, naming object, offset and rule.
  Result<void> Feed(Bytes piece);

  /// The stream has ended. Fails when it has ended before its first packet.
  Result<void> Finish();

  /// At most kMaxKinds; further ones are counted.
  const std::vector<Finding>& header_findings() const { return header_; }
  std::uint64_t more_header_findings() const { return more_header_; }
  /// In the order in which they came up first.
  const std::vector<PacketFinding>& packet_findings() const { return packet_; }
  std::uint64_t packets() const { return packets_; }
  bool clean() const { return header_.empty() && packet_.empty(); }

 private:
  Result<void> CheckHeader(Bytes header);
  void CheckPacket(Bytes packet);
  void CheckLengths(Bytes packet, const DataPacket& parsed);
  void CheckSendTime(std::uint32_t send_time_ms);
  std::uint32_t CheckTiming(Bytes packet, const DataPacket& parsed);
  void Add(const std::string& rule, const std::string& problem,
           const std::string& repair);

  Splitter splitter_{Strictness::kTolerant};
  StreamNumbers streams_;
  TimingFix timing_;
  std::uint64_t offset_ = 0;  // of the unit that is looked at
  std::uint64_t packets_ = 0;
  std::uint64_t headers_ = 0;
  bool has_send_time_ = false;
  std::uint32_t send_time_ms_ = 0;  // of the last packet
  std::vector<Finding> header_;
  std::uint64_t more_header_ = 0;
  std::vector<PacketFinding> packet_;
};

}  // namespace wms::asf
