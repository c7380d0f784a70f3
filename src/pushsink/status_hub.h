// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pushsink/callbacks.h"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace wms {

/// The registered status callbacks (IWMRegisterCallback).
class StatusHub {
 public:
  HResult Advise(std::shared_ptr<StatusCallback> callback, void* context);
  HResult Unadvise(const std::shared_ptr<StatusCallback>& callback,
                   void* context);

  /// Calls all of them in the order of their registration, without a lock.
  void Dispatch(Status status, HResult hresult,
                const StatusDetail& detail) const;

 private:
  using Entry = std::pair<std::shared_ptr<StatusCallback>, void*>;

  mutable std::mutex lock_;
  std::vector<Entry> entries_;  // under lock_
};

}  // namespace wms
