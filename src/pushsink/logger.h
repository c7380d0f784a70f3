// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/log.h"

#include <memory>
#include <string_view>

namespace wms {

/// A log hook that may be missing and that threads share.
class Logger {
 public:
  Logger() = default;
  explicit Logger(LogHook hook)
      : hook_(hook ? std::make_shared<const LogHook>(std::move(hook))
                   : nullptr) {}

  explicit operator bool() const { return hook_ != nullptr; }

  void operator()(LogLevel level, std::string_view line) const {
    if (hook_) (*hook_)(level, line);
  }

 private:
  std::shared_ptr<const LogHook> hook_;
};

}  // namespace wms
