// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <utility>

namespace wms {

/// Who owns memory that stays in use after the call it was given to: an object
/// with a count of references. The memory stays as it is, and where it is, for
/// as long as there is one.
struct MemoryOwner {
  void* object = nullptr;
  void (*ref)(void* object) = nullptr;
  /// Called in the thread of any call to whoever holds the reference, or of
  /// its destructor, and possibly under a lock: it must not call back.
  void (*unref)(void* object) = nullptr;
};

/// One such reference.
class MemoryRef {
 public:
  MemoryRef() = default;
  explicit MemoryRef(const MemoryOwner& owner)
      : object_(owner.object), unref_(owner.unref) {
    if (object_ != nullptr) owner.ref(object_);
  }
  MemoryRef(MemoryRef&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), unref_(other.unref_) {}
  MemoryRef& operator=(MemoryRef&& other) noexcept {
    if (this != &other) {
      Reset();
      object_ = std::exchange(other.object_, nullptr);
      unref_ = other.unref_;
    }
    return *this;
  }
  ~MemoryRef() { Reset(); }

  void Reset() {
    if (object_ != nullptr) unref_(std::exchange(object_, nullptr));
  }

 private:
  void* object_ = nullptr;
  void (*unref_)(void* object) = nullptr;
};

}  // namespace wms
