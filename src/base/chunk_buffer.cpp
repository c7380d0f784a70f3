// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "base/chunk_buffer.h"

#include <algorithm>

namespace wms {

/// The same for bytes that need not lie in the newest piece.
std::optional<Bytes> ChunkBuffer::PeekHeld(std::size_t size) {
  const std::size_t held = held_.size() - held_offset_;
  if (held < size) Hold(std::min(size - held, chunk_.size()));
  if (available() < size) {
    Hold(chunk_.size());
    return std::nullopt;
  }
  return Bytes(held_).subspan(held_offset_, size);
}

std::size_t ChunkBuffer::ConsumeHeld(std::size_t size) {
  const std::size_t from_held = std::min(size, held_.size() - held_offset_);
  held_offset_ += from_held;
  if (held_offset_ == held_.size()) {
    held_.clear();
    held_offset_ = 0;
  }
  const std::size_t from_chunk = std::min(size - from_held, chunk_.size());
  chunk_ = chunk_.subspan(from_chunk);
  return from_held + from_chunk;
}

void ChunkBuffer::Clear() {
  held_.clear();
  held_offset_ = 0;
  chunk_ = {};
}

void ChunkBuffer::Hold(std::size_t size) {
  // What has been consumed leaves only here, once per straddling unit.
  held_.erase(held_.begin(),
              held_.begin() + static_cast<std::ptrdiff_t>(held_offset_));
  held_offset_ = 0;
  held_.insert(held_.end(), chunk_.begin(),
               chunk_.begin() + static_cast<std::ptrdiff_t>(size));
  chunk_ = chunk_.subspan(size);
}

}  // namespace wms
