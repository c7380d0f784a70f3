// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pushsink/callbacks.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wms::test {

const char* StatusName(Status status);

/// Keeps what it is told. From any thread.
class StatusRecorder : public StatusCallback {
 public:
  struct Record {
    Status status;
    HResult hresult;
    StatusDetail detail;
    void* context;
    std::thread::id thread;
  };

  /// @param then is called with each record, in the sink's thread.
  explicit StatusRecorder(std::function<void(const Record&)> then = {})
      : then_(std::move(then)) {}

  void OnStatus(Status status, HResult hresult, const StatusDetail& detail,
                void* context) override;

  /// Waits until there are @a count records and returns the last of these;
  /// fails the test when that takes too long.
  Record WaitForCount(std::size_t count);
  /// Waits for the first record of @a status.
  Record WaitFor(Status status);

  std::vector<Record> records() const;
  /// "locating connecting opened": their order in one line.
  std::string Order() const;

 private:
  const std::function<void(const Record&)> then_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Record> records_;  // under mutex_
};

}  // namespace wms::test
