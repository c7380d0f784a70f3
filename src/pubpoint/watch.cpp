// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/watch.h"

#include <memory>

namespace wms::pubpoint {
namespace {

using Function = std::function<void()>;

gboolean CallSocketFunction(GSocket* /*socket*/, GIOCondition /*condition*/,
                            gpointer function) noexcept {
  (*static_cast<Function*>(function))();
  return G_SOURCE_CONTINUE;
}

gboolean CallTimeFunction(gpointer function) noexcept {
  (*static_cast<Function*>(function))();
  return G_SOURCE_REMOVE;
}

void FreeFunction(gpointer function) noexcept {
  delete static_cast<Function*>(function);
}

/// GLib keeps the function alive while it runs, whatever becomes of the
/// watch meanwhile.
Watch Attach(GSource* source, GSourceFunc call, Function function) {
  g_source_set_callback(
      source, call, std::make_unique<Function>(std::move(function)).release(),
      FreeFunction);
  g_source_attach(source, g_main_context_get_thread_default());
  return Watch(glib::Source(source));
}

}  // namespace

void Watch::Reset() {
  const glib::Source source = std::move(source_);
  if (source) g_source_destroy(source.get());
}

Watch WatchSocket(GSocket* socket, GIOCondition condition,
                  std::function<void()> ready) {
  return Attach(g_socket_create_source(socket, condition, nullptr),
                reinterpret_cast<GSourceFunc>(  // NOLINT: GLib's way
                    reinterpret_cast<void (*)()>(CallSocketFunction)),
                std::move(ready));
}

Watch WatchTime(std::chrono::milliseconds delay,
                std::function<void()> expired) {
  return Attach(g_timeout_source_new(static_cast<guint>(delay.count())),
                CallTimeFunction, std::move(expired));
}

void Deadline::Start(std::chrono::milliseconds delay) {
  due_ = Clock::now() + delay;
  // A source that fires too early looks again; one that would be too late
  // has to go.
  if (watch_ && armed_ <= due_) return;
  armed_ = due_;
  watch_ = WatchTime(delay, [this] { Check(); });
}

void Deadline::Check() {
  const Clock::time_point now = Clock::now();
  if (now >= due_) {
    watch_.Reset();
    const Function expired = expired_;  // it may destroy this timer
    expired();
    return;
  }
  armed_ = due_;
  watch_ = WatchTime(std::chrono::ceil<std::chrono::milliseconds>(due_ - now),
                     [this] { Check(); });
}

}  // namespace wms::pubpoint
