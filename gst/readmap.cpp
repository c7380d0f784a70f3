// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "readmap.h"

#include <algorithm>
#include <functional>

namespace wms::gst {
namespace {

/// Up to this size a buffer is kept for any packet in it, since the others in
/// it are kept, too; a larger one for a packet that is half of it.
constexpr std::size_t kMaxShared = 256U * 1024;

/// Whether @a memory is of the usual kind, which stays where it is.
bool IsSystemMemory (const GstMemory* memory) {
  static const auto* const kAllocator = [] {
    GstAllocator* allocator = gst_allocator_find (GST_ALLOCATOR_SYSMEM);
    gst_object_unref (allocator);  // GStreamer keeps it
    return allocator;
  }();
  return memory->allocator == kAllocator;
}

}  // namespace

// Mapping a buffer locks it and its memory, and takes a reference: for most
// buffers the memory alone will do.
ReadMap::ReadMap (GstBuffer* buffer)
    : buffer_ (buffer),
      memory_ (gst_buffer_n_memory (buffer) == 1
                   ? gst_buffer_peek_memory (buffer, 0)
                   : nullptr),
      mapped_ ((memory_ != nullptr
                    ? gst_memory_map (memory_, &info_, GST_MAP_READ)
                    : gst_buffer_map (buffer, &info_, GST_MAP_READ)) != FALSE) {
}

ReadMap::~ReadMap () {
  if (!mapped_) return;
  if (memory_ != nullptr) {
    gst_memory_unmap (memory_, &info_);
  } else {
    gst_buffer_unmap (buffer_, &info_);
  }
}

MemoryOwner ReadMap::OwnerOf (std::span<const std::uint8_t> packet) const {
  // What spans two buffers lies elsewhere.
  const std::less_equal<const std::uint8_t*> not_behind;
  const bool inside =
      not_behind (info_.data, packet.data ()) &&
      not_behind (packet.data () + packet.size (), info_.data + info_.size);
  const bool fair = info_.size <= std::max (kMaxShared, packet.size () * 2);
  // A buffer of a pool is not kept: the pool may have to wait for it.
  if (!inside || !fair || buffer_->pool != nullptr || memory_ == nullptr ||
      !IsSystemMemory (memory_)) {
    return {};
  }
  return {
      buffer_,
      [] (void* object) { gst_buffer_ref (static_cast<GstBuffer*> (object)); },
      [] (void* object) {
        gst_buffer_unref (static_cast<GstBuffer*> (object));
      }};
}

}  // namespace wms::gst
