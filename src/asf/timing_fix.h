// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "asf/header.h"
#include "asf/payloads.h"
#include "base/bytes.h"

#include <array>
#include <cstdint>
#include <vector>

namespace wms::asf {

/// Where the timestamps of some encoders start, in ms: an offset that keeps
/// them positive, and that muxers write into packets as it is.
inline constexpr std::uint32_t kEncoderOriginMs = 1000U * 3600 * 1000;

/// True of a time that counts from there, within its first hour.
constexpr bool HasEncoderOrigin(std::uint32_t time_ms) {
  return time_ms >= kEncoderOriginMs &&
         time_ms - kEncoderOriginMs < 3600U * 1000;
}

/// Takes the 1000 hours out of the streams that start there. Each stream is
/// judged by the first payload that it has; what is changed are send times and
/// presentation times alone, never sizes or the order of payloads. A stream
/// that comes later than its time is left as it is: with another time it would
/// have to be sent before what has been sent.
class TimingFix {
 public:
  /// Later than this behind the other streams it is too late, in ms.
  static constexpr std::uint32_t kMaxLateMs = 1000;
  /// Packets after which nobody waits for another stream to begin.
  static constexpr std::size_t kMaxPackets = 512;

  /// Packets of @a header come now.
  void Begin(const Header& header);

  /// Whether packets have to go through Apply.
  bool active() const { return judging_ || shifting_; }

  /// The packet as it is to be sent: @a packet itself, or a copy that is valid
  /// until the next call. A malformed one is left for others to refuse.
  Bytes Apply(Bytes packet);

  /// Whether a stream has been moved.
  bool shifting() const { return shifting_; }
  /// Number of the stream that came too late to be moved, 0 for none.
  std::uint8_t too_late() const { return too_late_; }
  /// By how much it was, in ms.
  std::uint32_t late_ms() const { return late_ms_; }

 private:
  enum class Judgement : std::uint8_t { kNone, kKept, kShifted };

  void Judge(std::uint8_t stream, std::uint32_t time_ms);
  void Shift(Bytes packet, const DataPacket& parsed,
             const std::vector<Payload>& payloads);

  std::array<Judgement, 128> streams_{};
  std::size_t unjudged_ = 0;  // streams that have had no payload
  std::size_t packets_ = 0;
  bool judging_ = false;
  bool shifting_ = false;
  bool has_latest_ = false;
  std::uint32_t latest_ms_ = 0;  // presentation time, as it is sent
  std::uint8_t too_late_ = 0;
  std::uint32_t late_ms_ = 0;
  std::vector<std::uint8_t> copy_;
};

}  // namespace wms::asf
