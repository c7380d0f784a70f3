// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/bitrate_meter.h"
#include "asf/header.h"
#include "asf/header_repair.h"

#include <gst/gst.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wms::gst {

/// What becomes of ASF file headers on their way to the push sink: repaired
/// with what tags, properties and, where these do not say it, the first
/// packets tell of bitrates. Streaming thread.
class HeaderIntake {
 public:
  struct Options {
    bool repair = true;
    bool fix_timing = true;
    guint bitrate = 0;          ///< of all streams, bit/s; 0 is unknown
    guint max_packet_size = 0;  ///< that the receiver takes; 0 is any
  };

  // gst_buffer_unref is static, and of no use as a template's argument here.
  struct BufferUnref {
    void operator() (GstBuffer* buffer) const { gst_buffer_unref (buffer); }
  };

  /// A packet that waits for the header to be complete.
  struct MeasuredPacket {
    std::vector<std::uint8_t> bytes;
    /// Timestamps and flags of the buffer that it came in, and no memory: that
    /// may be of a pool which waits for it.
    std::unique_ptr<GstBuffer, BufferUnref> times;
  };

  /// @param object that log lines are of.
  explicit HeaderIntake (GstObject* object) : object_ (object) {}

  /// A new stream begins.
  void Reset (const Options& options);
  /// The packets kept are not to be sent any more.
  void Flush ();

  /// How headers are to be read: a repair cures what the strict refuse.
  Strictness strictness () const {
    return options_.repair ? Strictness::kTolerant : Strictness::kStrict;
  }

  /// Takes bitrates and texts out of the tags of the stream or of its parts.
  void TakeTags (const GstTagList* tags);

  /// Takes the stream's header. True: header() is what is to be sent now.
  /// False: packets have to be measured before.
  Result<bool> TakeHeader (Bytes header);
  const std::vector<std::uint8_t>& header () const { return repaired_; }

  /// Whether packets are to be measured, and wait meanwhile.
  bool measuring () const { return meter_.has_value (); }
  /// Whether @a header is the one that has been taken last.
  bool IsSame (Bytes header) const;

  /// Measures a packet, and keeps it. True when enough have been.
  Result<bool> Measure (Bytes packet, GstBuffer* buffer);
  /// Ends measuring with what there is: header() is complete, and the packets
  /// come out.
  Result<std::vector<MeasuredPacket>> EndMeasuring ();

 private:
  Result<void> CheckPacketSize (const asf::Header& parsed) const;
  asf::RepairHints Hints (const asf::Header& parsed) const;
  Result<asf::RepairedHeader> Repair ();
  void Use (asf::RepairedHeader repaired);

  GstObject* const object_;
  Options options_;
  asf::ContentDescription description_;
  guint audio_bitrate_ = 0;  // of tags that name an audio codec
  guint video_bitrate_ = 0;
  guint other_bitrate_ = 0;
  std::vector<std::uint8_t> source_;  // the header as it came
  std::vector<std::uint8_t> repaired_;
  std::optional<asf::BitrateMeter> meter_;
  std::vector<MeasuredPacket> measured_;
};

}  // namespace wms::gst
