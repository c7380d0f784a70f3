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
#include <optional>
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

/// Takes constant offsets out of streams: the 1000 hours where an encoder
/// starts there, and what a stream of sound or pictures is ahead of the others
/// or behind them by more than any gap. Those begin together then, since
/// nothing tells by how much they should not.
///
/// asfmux, given one stream from there, leaves only the send times there, which
/// then have an offset of their own.
///
/// Each stream is judged by the first payload that it has. What is changed are
/// presentation times and send times alone, never sizes or the order of
/// payloads, and send times do not go back for it. A stream that comes later
/// than its time is left as it is: with another time it would have to be sent
/// before what has been sent.
class TimingFix {
 public:
  /// Later than this behind the other streams it is too late, in ms.
  static constexpr std::uint32_t kMaxLateMs = 1000;
  /// Packets whose payloads are looked at for streams to begin; after these
  /// only the ones where the send time jumps.
  static constexpr std::size_t kMaxPackets = 512;

  /// A stream whose offset is not to be taken out. No player makes one stream
  /// of it and the others.
  struct Misfit {
    std::uint8_t stream = 0;
    std::int64_t offset_ms = 0;   ///< ahead of the others
    std::uint32_t behind_ms = 0;  ///< how much of those it comes behind
  };

  /// A stream that has been moved to begin with the others.
  struct Alignment {
    std::uint8_t stream = 0;
    std::int64_t offset_ms = 0;  ///< that was taken out
  };

  /// Packets of @a header come now.
  void Begin(const Header& header);

  /// Whether packets have to go through Apply.
  bool active() const { return unjudged_ > 0 || shifting_ || suspect_ != 0; }

  /// The packet as it is to be sent: @a packet itself, or a copy that is valid
  /// until the next call. A malformed one is left for others to refuse.
  Bytes Apply(Bytes packet);

  /// Whether a stream has been moved.
  bool shifting() const { return shifting_; }
  /// The last stream whose offset was not known before.
  const std::optional<Alignment>& alignment() const { return alignment_; }
  const std::optional<Misfit>& misfit() const { return misfit_; }
  /// Sound or pictures that no payload has come of in kMaxPackets; 0 for none.
  std::uint8_t missing() const { return missing_; }

 private:
  struct Track {
    StreamType type = StreamType::kOther;
    bool known = false;  // the header has it
    bool begun = false;
    std::uint32_t last_ms = 0;   // presentation time as it came
    std::uint32_t shift_ms = 0;  // what is taken out of its times
  };

  bool ToBeLookedAt(std::uint32_t send_time_ms);
  std::uint8_t FindMissing() const;
  void JudgeSendTimes(std::uint32_t send_time_ms, std::uint32_t time_ms);
  void Look(std::uint8_t stream, std::uint32_t time_ms);
  void Start(std::uint8_t stream, std::uint32_t time_ms);
  void Follow(std::uint8_t stream, std::uint32_t time_ms);
  void FollowSuspect(Track& track, std::uint32_t time_ms);
  std::optional<std::uint32_t> OffsetOf(const Track& track,
                                        std::uint32_t time_ms) const;
  void Shift(Bytes packet, const DataPacket& parsed,
             const std::vector<Payload>& payloads);
  std::uint32_t Monotonic(std::uint32_t send_time_ms);

  std::array<Track, 128> tracks_{};
  std::size_t unjudged_ = 0;  // streams that have had no payload
  std::size_t packets_ = 0;
  std::uint8_t missing_ = 0;
  bool shifting_ = false;
  bool has_latest_ = false;
  std::uint32_t latest_ms_ = 0;  // presentation time, as it is sent
  bool has_start_ = false;
  std::uint32_t start_ms_ = 0;  // of sound and pictures, as it is sent
  /// One that begins far from the others, and too late to be moved: what is
  /// left is that all of them have jumped, which the next packets tell.
  std::uint8_t suspect_ = 0;
  std::uint32_t suspect_since_ms_ = 0;  // the latest time of the others then
  std::optional<Alignment> alignment_;
  std::optional<Misfit> misfit_;
  bool has_send_time_ = false;
  std::uint32_t send_time_ms_ = 0;   // of the last packet, as it is sent
  std::uint32_t send_shift_ms_ = 0;  // of send times, where it is their own
  std::uint32_t came_at_ms_ = 0;     // as it came
  std::vector<std::uint8_t> copy_;
};

}  // namespace wms::asf
