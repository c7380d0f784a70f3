// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gio/gio.h>

#include <system_error>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>

namespace wms::glib {

/// What ends a wait that nothing else does.
struct WaitLimit {
  GCancellable* cancellable = nullptr;  ///< may be null
  std::int64_t timeout_us = 0;          ///< 0 for as long as it takes
};

/// Why a job was not waited for.
enum class Unattended { kCancelled, kTimeout, kNoThread };

/// Runs @a job, which blocks and cannot be told to stop, in a thread of its
/// own and waits for it, as long as @a limit allows. Beyond that the job ends
/// by itself, unattended, and so has to own all that it uses, and must not be
/// under way in a library when the process exits and takes that down.
///
/// @return what the job returns, or why that was not waited for.
template <typename Job>
auto RunAside(const WaitLimit& limit, Job job)
    -> std::variant<std::invoke_result_t<Job>, Unattended> {
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
    return Unattended::kNoThread;
  }
  const auto cancel = +[](GCancellable*, gpointer data) noexcept {
    auto* waiting = static_cast<Shared*>(data);
    const std::lock_guard lock(waiting->mutex);
    waiting->cancelled = true;
    waiting->changed.notify_all();
  };
  const gulong handler =
      limit.cancellable == nullptr
          ? 0
          : g_cancellable_connect(limit.cancellable, G_CALLBACK(cancel),
                                  shared.get(), nullptr);
  std::unique_lock lock(shared->mutex);
  const auto over = [&] {
    return shared->cancelled || shared->outcome.has_value();
  };
  if (limit.timeout_us > 0) {
    shared->changed.wait_for(lock, std::chrono::microseconds(limit.timeout_us),
                             over);
  } else {
    shared->changed.wait(lock, over);
  }
  std::optional<Outcome> outcome = std::exchange(shared->outcome, std::nullopt);
  const bool cancelled = shared->cancelled;
  lock.unlock();
  if (handler != 0) g_cancellable_disconnect(limit.cancellable, handler);
  if (outcome) return std::move(*outcome);
  return cancelled ? Unattended::kCancelled : Unattended::kTimeout;
}

}  // namespace wms::glib
