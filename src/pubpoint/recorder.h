// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "asf/header.h"
#include "asf/play_duration.h"
#include "base/bytes.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <vector>

namespace wms::pubpoint {

/// Part of a file name made of a publishing point's path: nothing in it can
/// leave the directory or be hidden.
std::string FileNameOfPoint(std::string_view path);

/// Writes one ASF file: the header as it was received, then packets of the
/// header's size. Until it is finished the file is what a broadcast looks
/// like, so that it plays even when nobody gets to finish it.
class Recorder {
 public:
  /// Creates DIRECTORY/POINT-YYYYMMDD-HHMMSS.asf, or with -2, -3 and so on
  /// behind when that exists.
  static Result<std::unique_ptr<Recorder>> Create(const std::string& directory,
                                                  std::string_view point,
                                                  Bytes header);
  /// Finishes the file if Finish was not called.
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Appends one packet, padded to the header's packet size. After an error
  /// the file is finished with what it has, and further packets are not
  /// wanted.
  Result<void> Write(const asf::PaddedPacket& packet);

  /// Writes sizes, packet count and durations into the header ([ASF] 3.2,
  /// 5.1), clears the broadcast flag, and closes the file.
  Result<void> Finish();

  const std::string& path() const { return path_; }

 private:
  class File;

  Recorder(std::string path, std::unique_ptr<File> file, Bytes header,
           const asf::Header& parsed);

  void CountTime(const asf::PaddedPacket& packet);
  /// Writes the fields that are known at the end.
  bool Patch(const File& file) const;

  const std::string path_;
  std::unique_ptr<File> file_;  // null when finished
  const std::size_t header_size_;
  const std::uint64_t preroll_ms_;
  std::size_t file_properties_ = 0;  // offset of its object
  std::vector<std::uint8_t> whole_;  // the packet that is being written
  std::uint64_t packets_ = 0;
  std::uint64_t packet_bytes_ = 0;
  std::uint32_t last_send_time_ = 0;
  std::int64_t send_span_ms_ = 0;  // from the first packet to the last
  std::uint32_t last_duration_ms_ = 0;
  asf::PlayDuration play_duration_;
  std::uint32_t flags_ = 0;
};

}  // namespace wms::pubpoint
