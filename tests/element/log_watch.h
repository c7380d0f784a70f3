// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace wms::test {

/// Looks for texts in all that GStreamer logs, every category at its highest
/// level, while it lives. Nothing is printed meanwhile.
class LogWatch {
 public:
  explicit LogWatch(std::vector<std::string> texts)
      : texts_(std::move(texts)),
        threshold_(gst_debug_get_default_threshold()) {
    gst_debug_remove_log_function(gst_debug_log_default);
    gst_debug_add_log_function(OnLine, this, nullptr);
    gst_debug_set_default_threshold(GST_LEVEL_MEMDUMP);
  }
  ~LogWatch() {
    gst_debug_set_default_threshold(threshold_);
    gst_debug_remove_log_function(OnLine);
    gst_debug_add_log_function(gst_debug_log_default, nullptr, nullptr);
  }
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  std::size_t lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  /// Waits for a line with one of the texts; false when none has come within
  /// @a deadline.
  bool WaitForOne(std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline,
                             [this] { return !found_.empty(); });
  }
  /// The first line with one of the texts; "" when there is none.
  std::string found() const {
    const std::lock_guard lock(mutex_);
    return found_;
  }

 private:
  static void OnLine(GstDebugCategory* category, GstDebugLevel /*level*/,
                     const gchar* /*file*/, const gchar* /*function*/,
                     gint /*line*/, GObject* /*object*/,
                     GstDebugMessage* message, gpointer data) noexcept {
    auto* self = static_cast<LogWatch*>(data);
    const gchar* text = gst_debug_message_get(message);
    if (text == nullptr) return;
    const std::string line =
        std::string(gst_debug_category_get_name(category)) + ": " + text;
    const std::lock_guard lock(self->mutex_);
    ++self->lines_;
    if (!self->found_.empty()) return;
    for (const std::string& wanted : self->texts_) {
      if (line.find(wanted) != std::string::npos) self->found_ = line;
    }
    self->changed_.notify_all();
  }

  const std::vector<std::string> texts_;
  const GstDebugLevel threshold_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t lines_ = 0;  // under mutex_
  std::string found_;      // under mutex_
};

}  // namespace wms::test
