// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/header.h"
#include "base/chunk_buffer.h"
#include "base/result.h"

#include <cstdint>
#include <optional>

namespace wms::asf {

/// What an ASF byte stream consists of.
struct Unit {
  enum class Kind { kHeader, kDataPacket };
  Kind kind;
  Bytes bytes;               ///< valid until the next call to the splitter
  std::uint64_t offset = 0;  ///< of the first of them in what has been fed
};

/// Cuts a byte stream into its ASF file header and its data packets, however
/// the bytes are spread over the pieces it is fed. Objects behind the data
/// (indices) are passed over; another header may follow at the end of the
/// data, or at a packet's place when the length of the data is not known.
///
/// Feed one piece, then call Next() until it yields nothing.
class Splitter {
 public:
  /// @param strictness how headers are read: see ParseHeader.
  explicit Splitter(Strictness strictness = Strictness::kStrict)
      : strictness_(strictness) {}

  void Feed(Bytes piece) {
    if (place_ != Place::kFailed) buffer_.Feed(piece);
  }

  /// The next whole unit, or nothing until more is fed. An error is lasting:
  /// only Reset() gets the splitter going again.
  Result<std::optional<Unit>> Next();

  /// The header of the packets that come out now; null before the first.
  const Header* header() const { return header_ ? &*header_ : nullptr; }

  /// Bytes held back because their unit is not whole yet.
  std::size_t buffered() const { return buffer_.available(); }

  /// Forgets everything: the next byte is the first one of a stream.
  void Reset();

  /// Drops what is not used up, a packet that is not whole included: the next
  /// byte that is fed starts a packet. The fed memory may go then.
  void DropPartial();

  /// Goes on as if @a header had just been read: for a header that came by
  /// another way than the stream itself.
  void SetHeader(const Header& header);

 private:
  enum class Place { kHeader, kData, kBehindData, kFailed };

  Result<std::optional<Unit>> NextHeader();
  Result<std::optional<Unit>> NextPacket();
  std::size_t Consume(std::size_t size);
  void EndDataIfNoPacketFits();
  void SkipBehindData();

  Strictness strictness_;
  ChunkBuffer buffer_;
  Place place_ = Place::kHeader;
  std::optional<Header> header_;
  std::uint64_t offset_ = 0;     // of the next byte in what has been fed
  std::size_t unit_size_ = 0;    // of the unit given out last
  std::uint64_t data_left_ = 0;  // of data_size, when that is known
  std::uint64_t skip_left_ = 0;  // of an object behind the data
  Error failure_;
};

}  // namespace wms::asf
