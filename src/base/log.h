// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <functional>
#include <string_view>

namespace wms {

/// How much a log line matters; GStreamer's levels and their meaning.
enum class LogLevel {
  kError,    ///< we give up
  kWarning,  ///< odd, and we go on
  kInfo,     ///< once per session: connected, ended
  kDebug,    ///< once per transition
  kLog,      ///< once per packet
  kTrace,    ///< every read and every header
};

/// Takes the log lines of a class. Called in the thread that has something to
/// say, which may hold a lock of the class: it must not call back into it. A
/// line holds no line break and no secret: passwords, Authorization values and
/// push-ids are left out by its author.
using LogHook = std::function<void(LogLevel level, std::string_view line)>;

}  // namespace wms
