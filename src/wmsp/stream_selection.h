// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace wms::wmsp {

inline constexpr unsigned kMaxStreamNumber = 127;
/// "No stream is specified", the first number of most entries.
inline constexpr unsigned kNoSourceStream = 0xFFFF;

/// Thinning level of a stream-switch-entry ([MS-WMSP] 2.2.1.4.27).
enum class Thinning : std::uint8_t {
  kNone = 0,
  kKeyFrames = 1,  ///< key frames alone
  kAll = 2,        ///< nothing: the stream is off
};

/// One entry of a stream-switch-entry token.
struct StreamSwitch {
  std::uint8_t source = 0;  ///< stream that is switched from, 0 for none
  std::uint8_t target = 0;  ///< stream that is switched to, 1 to 127
  Thinning thinning = Thinning::kNone;

  bool operator==(const StreamSwitch&) const = default;
};

/// Which streams a player gets, and from which payload on. A stream that is
/// turned on starts with a key frame; one that it replaces goes on until then
/// (3.2.5.7).
class StreamSelection {
 public:
  /// Does what the entries ask for, on top of what is selected.
  void Apply(std::span<const StreamSwitch> switches);

  /// Selects one stream.
  void TurnOn(std::uint8_t stream);

  void Clear() { streams_ = {}; }

  /// Every selected stream starts with a key frame again: packets have been
  /// left out.
  void Restart();

  /// True when the stream is selected, whether it has started or not.
  bool Selected(std::uint8_t stream) const;
  bool empty() const;

  /// Whether a payload goes out. The order of the payloads is that of the
  /// stream, and each is asked about once.
  /// @param starts it is the first of a media object from which the stream
  ///               can be decoded.
  /// @param key_frame it is of such a media object.
  bool Admit(std::uint8_t stream, bool starts, bool key_frame);

 private:
  enum class Phase : std::uint8_t { kOff, kPending, kOn };

  struct Stream {
    Phase phase = Phase::kOff;
    bool key_frames_only = false;
    std::uint8_t replaces = 0;  ///< goes off when this starts, 0 for none
  };

  std::array<Stream, kMaxStreamNumber + 1> streams_{};
};

}  // namespace wms::wmsp
