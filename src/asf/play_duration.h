// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "asf/header.h"
#include "base/bytes.h"

#include <cstdint>
#include <map>
#include <optional>

namespace wms::asf {

/// Finds the Play Duration of a file ([ASF] 3.2) while its packets go by: up to
/// the end of the media object that is presented last, the preroll included.
class PlayDuration {
 public:
  /// Of a file with this header, which ParseHeader has accepted.
  explicit PlayDuration(Bytes header);

  /// Takes the next packet, which @a parsed describes. One whose payloads are
  /// malformed counts for nothing.
  void Add(Bytes packet, const DataPacket& parsed);

  /// In units of 100 ns; nothing when no packet had a presentation time.
  std::optional<std::uint64_t> Get() const;

 private:
  struct StreamTimes {
    StreamType type = StreamType::kOther;
    std::uint64_t frame_time = 0;  // in 100 ns, 0 is unknown
    bool begun = false;
    std::uint32_t last = 0;        // as it stands in the packet
    std::int64_t last_time = 0;    // from here on from the first send time
    std::int64_t first_time = 0;   // the earliest
    std::int64_t latest_time = 0;  // of the object that is presented last
    std::optional<std::int64_t> next_to_latest;
    std::uint16_t packet_duration_ms = 0;  // of the packet of that object
  };

  void Note(StreamTimes& stream, std::uint32_t time, const DataPacket& parsed);
  static std::uint64_t LastObjectDuration(const StreamTimes& stream);

  std::uint64_t preroll_ms_ = 0;
  std::optional<std::uint32_t> first_send_time_;
  std::map<std::uint8_t, StreamTimes> streams_;
};

}  // namespace wms::asf
