// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/status_hub.h"

#include <algorithm>

namespace wms {

HResult StatusHub::Advise(std::shared_ptr<StatusCallback> callback,
                          void* context) {
  if (!callback) return HResult::E_INVALIDARG;
  const std::lock_guard lock(lock_);
  Entry entry(std::move(callback), context);
  const auto known = std::find(entries_.begin(), entries_.end(), entry);
  if (known != entries_.end()) return HResult::E_INVALIDARG;
  entries_.push_back(std::move(entry));
  return HResult::S_OK;
}

HResult StatusHub::Unadvise(const std::shared_ptr<StatusCallback>& callback,
                            void* context) {
  const std::lock_guard lock(lock_);
  const auto known =
      std::find(entries_.begin(), entries_.end(), Entry(callback, context));
  if (known == entries_.end()) return HResult::E_INVALIDARG;
  entries_.erase(known);
  return HResult::S_OK;
}

void StatusHub::Dispatch(Status status, HResult hresult,
                         const StatusDetail& detail) const {
  std::vector<Entry> entries;
  {
    const std::lock_guard lock(lock_);
    entries = entries_;
  }
  for (const auto& [callback, context] : entries) {
    callback->OnStatus(status, hresult, detail, context);
  }
}

}  // namespace wms
