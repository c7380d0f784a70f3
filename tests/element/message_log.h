// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <gst/gst.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace wms::test {

using StructurePtr =
    std::unique_ptr<GstStructure, glib::Deleter<gst_structure_free>>;

/// An ERROR or WARNING message, taken apart.
struct Report {
  GQuark domain = 0;
  gint code = 0;
  std::string text;
  std::string debug;
  StructurePtr details;  // null when it has none, as those of wmspushbin

  guint hresult() const;
  std::string Field(const char* name) const;  ///< a string of the details
  guint http_status() const;                  ///< 0 when there is none
};

/// Keeps the messages that a pipeline posts, each as a word: a status by its
/// nick, "ERROR", "WARNING", "EOS", "ASYNC-DONE", and progress as
/// "connect-start", "close-complete" and so on. Other messages are left out.
/// It takes all messages off the bus. Any thread.
class MessageLog {
 public:
  static constexpr std::chrono::seconds kDeadline{20};

  explicit MessageLog(GstElement* pipeline);
  ~MessageLog();
  MessageLog(const MessageLog&) = delete;
  MessageLog& operator=(const MessageLog&) = delete;

  /// Waits for the @a count-th @a word; fails the test when it does not come.
  void WaitFor(std::string_view word, std::size_t count = 1) const;
  bool WaitFor(std::string_view word, std::size_t count,
               std::chrono::milliseconds deadline) const;

  std::size_t Count(std::string_view word) const;
  /// All words in their order, one blank between two; of the statuses alone.
  std::string Order() const;
  std::string Statuses() const;
  /// Fields of the first status of this nick; null when there is none.
  StructurePtr Status(std::string_view nick) const;
  /// The first "ERROR" or "WARNING"; fails the test when there is none.
  Report TheFault(std::string_view word) const;
  /// Every message as text, to look for what must not be there.
  std::string AllText() const;
  void Clear();

 private:
  struct Entry {
    std::string word;
    bool status;
    std::shared_ptr<GstMessage> message;
  };

  static GstBusSyncReply OnMessage(GstBus* bus, GstMessage* message,
                                   gpointer self);
  void Take(GstMessage* message);

  std::unique_ptr<GstBus, glib::Deleter<gst_object_unref>> bus_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Entry> entries_;  // under mutex_
  std::string text_;            // under mutex_
};

}  // namespace wms::test
