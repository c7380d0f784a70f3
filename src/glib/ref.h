// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gio/gio.h>

#include <memory>
#include <utility>

namespace wms::glib {

/// A reference to a GObject, dropped with this. Named constructors say
/// whether the reference is new or handed over.
template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}  // NOLINT: a null reference, as with any pointer
  Ref(const Ref& other) : object_(other.object_) {
    if (object_ != nullptr) g_object_ref(object_);
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) g_object_unref(object_);
  }

  /// Takes over the caller's reference (transfer full).
  static Ref Take(gpointer object) { return Ref(static_cast<T*>(object)); }
  /// Adds a reference of its own (transfer none).
  static Ref Share(gpointer object) {
    return Ref(object != nullptr ? static_cast<T*>(g_object_ref(object))
                                 : nullptr);
  }

  T* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  void reset() { *this = Ref(); }

 private:
  explicit Ref(T* object) : object_(object) {}

  T* object_ = nullptr;
};

template <auto kFree>
struct Deleter {
  template <typename T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};

/// The other things of GLib that have an owner.
using Chars = std::unique_ptr<char, Deleter<g_free>>;
using Uri = std::unique_ptr<GUri, Deleter<g_uri_unref>>;
using ErrorPtr = std::unique_ptr<GError, Deleter<g_error_free>>;
using Source = std::unique_ptr<GSource, Deleter<g_source_unref>>;
using MainContext =
    std::unique_ptr<GMainContext, Deleter<g_main_context_unref>>;
using BytesPtr = std::unique_ptr<GBytes, Deleter<g_bytes_unref>>;

/// Receives the GError of a call: `call(..., Out(error))`.
class Out {
 public:
  explicit Out(ErrorPtr& target) : target_(target) {}
  ~Out() { target_.reset(error_); }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;
  operator GError**() { return &error_; }  // NOLINT: its whole purpose

 private:
  ErrorPtr& target_;
  GError* error_ = nullptr;
};

/// Makes @a context the calling thread's default while this lives.
class ThreadDefault {
 public:
  explicit ThreadDefault(GMainContext* context) : context_(context) {
    g_main_context_push_thread_default(context_);
  }
  ~ThreadDefault() { g_main_context_pop_thread_default(context_); }
  ThreadDefault(const ThreadDefault&) = delete;
  ThreadDefault& operator=(const ThreadDefault&) = delete;

 private:
  GMainContext* context_;
};

}  // namespace wms::glib
