// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

// What the parts of the push sink that send and that end a session share.

#include "pushsink/writer_push_sink_impl.h"

#include <utility>
#include <vector>

namespace wms {

/// Statuses that are due when the locks are free: declare it before them.
class WriterPushSink::Impl::StatusBatch {
 public:
  explicit StatusBatch(const StatusHub& hub) : hub_(hub) {}
  ~StatusBatch() {
    for (const Entry& entry : entries_) {
      hub_.Dispatch(entry.status, entry.hresult, entry.detail);
    }
  }
  StatusBatch(const StatusBatch&) = delete;
  StatusBatch& operator=(const StatusBatch&) = delete;

  void Add(Status status, HResult hresult, StatusDetail detail) {
    entries_.push_back({status, hresult, std::move(detail)});
  }

 private:
  struct Entry {
    Status status;
    HResult hresult;
    StatusDetail detail;
  };

  const StatusHub& hub_;
  std::vector<Entry> entries_;
};

/// Makes every wait end, until it has been released or destroyed.
class WriterPushSink::Impl::Closer {
 public:
  explicit Closer(Impl& impl) : impl_(impl) {
    const std::lock_guard lock(impl_.lock_);
    ++impl_.closers_;
    impl_.clear_ = false;
    g_cancellable_cancel(impl_.wake_.get());
    impl_.changed_.notify_all();
  }
  ~Closer() { Release(); }
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;

  /// To be called with writer_lock_ held: the waits are over then.
  void Release() {
    if (std::exchange(released_, true)) return;
    const std::lock_guard lock(impl_.lock_);
    --impl_.closers_;
    if (!impl_.MustStop_locked()) g_cancellable_reset(impl_.wake_.get());
  }

 private:
  Impl& impl_;
  bool released_ = false;
};

}  // namespace wms
