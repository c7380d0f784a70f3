// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gio/gio.h>

#include <system_error>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace wms::glib {

/// Runs @a job, which blocks and cannot be told to stop, in a thread of its
/// own and waits for it. The wait ends at once when @a cancellable, which may
/// be null, is cancelled; the job then ends by itself, unattended, and so has
/// to own all that it uses, and must not be under way in a library when the
/// process exits and takes that down.
///
/// @return what the job returns; nothing when it was cancelled, or when there
///   was no thread to be had.
template <typename Job>
auto RunAside(GCancellable* cancellable, Job job)
    -> std::optional<std::invoke_result_t<Job>> {
  using Outcome = std::invoke_result_t<Job>;
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool cancelled = false;          // under mutex
    std::optional<Outcome> outcome;  // under mutex
  };
  const auto shared = std::make_shared<Shared>();
  try {
    std::thread([shared, job = std::move(job)]() mutable noexcept {
      Outcome outcome = job();
      const std::lock_guard lock(shared->mutex);
      shared->outcome = std::move(outcome);
      shared->changed.notify_all();
    }).detach();
  } catch (const std::system_error&) {
    return std::nullopt;
  }
  const auto cancel = +[](GCancellable*, gpointer data) noexcept {
    auto* waiting = static_cast<Shared*>(data);
    const std::lock_guard lock(waiting->mutex);
    waiting->cancelled = true;
    waiting->changed.notify_all();
  };
  const gulong handler =
      cancellable == nullptr
          ? 0
          : g_cancellable_connect(cancellable, G_CALLBACK(cancel), shared.get(),
                                  nullptr);
  std::unique_lock lock(shared->mutex);
  shared->changed.wait(
      lock, [&] { return shared->cancelled || shared->outcome.has_value(); });
  std::optional<Outcome> outcome = std::move(shared->outcome);
  shared->outcome.reset();
  lock.unlock();
  if (handler != 0) g_cancellable_disconnect(cancellable, handler);
  return outcome;
}

}  // namespace wms::glib
