// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "wmspush.h"

#include <gst/gst.h>

#include <cstdint>
#include <span>

namespace wms::gst {

/// A buffer mapped for reading.
class ReadMap {
 public:
  /// @param buffer has to outlive this, and to stay as it is.
  explicit ReadMap (GstBuffer* buffer);
  ~ReadMap ();
  ReadMap (const ReadMap&) = delete;
  ReadMap& operator= (const ReadMap&) = delete;

  bool mapped () const { return mapped_; }
  GstBuffer* buffer () const { return buffer_; }
  /// What is mapped.
  std::span<const std::uint8_t> bytes () const {
    return {info_.data, info_.size};
  }

  /// Who owns @a packet, so that it need not be copied: the buffer, unless that
  /// is much more memory than the packets in it, or may go, else nobody.
  MemoryOwner OwnerOf (std::span<const std::uint8_t> packet) const;

 private:
  GstBuffer* buffer_;
  GstMemory* memory_;  // all that the buffer has; null when that is several
  GstMapInfo info_;    // when it is mapped; not cleared for each packet before
  bool mapped_;
};

}  // namespace wms::gst
