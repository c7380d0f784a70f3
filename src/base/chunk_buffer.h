// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"

#include <optional>
#include <vector>

namespace wms {

/// Turns bytes that arrive in pieces of any size into views of the sizes a
/// parser asks for. A view lies in the fed piece itself where that holds all
/// of it; only what straddles two pieces is copied.
///
/// Feed one piece, then Peek and Consume until Peek yields nothing: from then
/// on the piece's memory is no longer referred to.
class ChunkBuffer {
 public:
  /// Adds @a chunk; the one before has to be used up by then.
  void Feed(Bytes chunk) {
    Keep();
    chunk_ = chunk;
  }

  /// Copies what has not been consumed: the fed memory may go then.
  void Keep() {
    if (!chunk_.empty()) Hold(chunk_.size());
  }

  /// The next @a size bytes, valid until the next call of any method; nothing
  /// when so many have not arrived yet, and then all that has is copied.
  std::optional<Bytes> Peek(std::size_t size) {
    if (held_.empty() && chunk_.size() >= size) return chunk_.first(size);
    return PeekHeld(size);
  }

  /// Drops @a size bytes, or all there are when there are fewer.
  /// @return how many were dropped.
  std::size_t Consume(std::size_t size) {
    if (!held_.empty() || size > chunk_.size()) return ConsumeHeld(size);
    chunk_ = chunk_.subspan(size);
    return size;
  }

  /// How many bytes have been fed and not consumed.
  std::size_t available() const {
    return held_.size() - held_offset_ + chunk_.size();
  }

  void Clear();

 private:
  std::optional<Bytes> PeekHeld(std::size_t size);
  std::size_t ConsumeHeld(std::size_t size);
  void Hold(std::size_t size);

  std::vector<std::uint8_t> held_;  // copied from earlier pieces
  std::size_t held_offset_ = 0;     // what of held_ has been consumed
  Bytes chunk_;                     // the rest of the newest piece
};

}  // namespace wms
