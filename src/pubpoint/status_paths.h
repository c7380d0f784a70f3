// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string_view>

// The paths of the status interface, decoded.

namespace wms::pubpoint {

inline constexpr std::string_view kStatusPagePath = "/";
inline constexpr std::string_view kStatusJsonPath = "/status.json";
inline constexpr std::string_view kMetricsPath = "/metrics";
inline constexpr std::string_view kDisconnectPath = "/disconnect";

/// True for one of them: no publishing point has such a path, whether the
/// status interface is on or not.
constexpr bool IsStatusPath(std::string_view path) {
  return path == kStatusPagePath || path == kStatusJsonPath ||
         path == kMetricsPath || path == kDisconnectPath;
}

}  // namespace wms::pubpoint
