// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/asf_samples.h"
#include "wmspush.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace wms::test {

/// Memory with a count of references. When the last one goes it is overwritten
/// before it is freed, so that it shows when somebody still reads it.
class OwnedPacket {
 public:
  /// Has one reference, the caller's.
  static OwnedPacket* Make(ByteVector bytes) {
    return new OwnedPacket(std::move(bytes));
  }
  void Drop() { Unref(this); }

  const ByteVector& bytes() const { return bytes_; }
  MemoryOwner owner() { return {this, Ref, Unref}; }

  /// How many there are.
  static int living() { return living_; }

 private:
  explicit OwnedPacket(ByteVector bytes) : bytes_(std::move(bytes)) {
    ++living_;
  }
  ~OwnedPacket() {
    std::fill(bytes_.begin(), bytes_.end(), std::uint8_t{0xEE});
    --living_;
  }
  static void Ref(void* self) { ++static_cast<OwnedPacket*>(self)->count_; }
  static void Unref(void* self) {
    auto* packet = static_cast<OwnedPacket*>(self);
    if (--packet->count_ == 0) delete packet;
  }

  static inline std::atomic<int> living_{0};
  ByteVector bytes_;
  std::atomic<int> count_{1};
};

/// Hands @a bytes to @a sink, which refers to them as long as it likes.
inline HResult SendOwned(WriterPushSink& sink, ByteVector bytes,
                         Delivery delivery = Delivery::kNow) {
  OwnedPacket* packet = OwnedPacket::Make(std::move(bytes));
  const HResult hr =
      sink.OnDataUnit(packet->bytes(), packet->owner(), delivery);
  packet->Drop();
  return hr;
}

}  // namespace wms::test
