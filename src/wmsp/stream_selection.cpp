// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmsp/stream_selection.h"

#include <algorithm>

namespace wms::wmsp {

void StreamSelection::Apply(std::span<const StreamSwitch> switches) {
  for (const StreamSwitch& entry : switches) {
    Stream& target = streams_[entry.target];
    if (entry.thinning == Thinning::kAll) {
      target = {};
    } else {
      target.key_frames_only = entry.thinning == Thinning::kKeyFrames;
      if (target.phase == Phase::kOff) target.phase = Phase::kPending;
    }
    if (entry.source == 0 || entry.source == entry.target) continue;
    if (target.phase == Phase::kPending) {
      target.replaces = entry.source;
    } else {
      streams_[entry.source] = {};
    }
  }
}

void StreamSelection::TurnOn(std::uint8_t stream) {
  const StreamSwitch entry{0, stream, Thinning::kNone};
  Apply(std::span(&entry, 1));
}

void StreamSelection::Restart() {
  for (Stream& stream : streams_) {
    if (stream.phase == Phase::kOn) stream.phase = Phase::kPending;
  }
}

bool StreamSelection::Selected(std::uint8_t stream) const {
  return streams_[stream & kMaxStreamNumber].phase != Phase::kOff;
}

bool StreamSelection::empty() const {
  return std::all_of(streams_.begin(), streams_.end(),
                     [](const Stream& s) { return s.phase == Phase::kOff; });
}

bool StreamSelection::Admit(std::uint8_t stream, bool starts, bool key_frame) {
  Stream& state = streams_[stream & kMaxStreamNumber];
  if (state.phase == Phase::kOff) return false;
  if (state.phase == Phase::kPending) {
    if (!starts) return false;
    state.phase = Phase::kOn;
    if (state.replaces != 0) streams_[state.replaces] = {};
    state.replaces = 0;
  }
  return key_frame || !state.key_frames_only;
}

}  // namespace wms::wmsp
