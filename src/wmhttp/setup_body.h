// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "base/strictness.h"

#include <string>
#include <string_view>

namespace wms::wmhttp {

/// Largest body of a PushSetup request that is read: a path and a digit.
inline constexpr std::size_t kMaxSetupBody = 8192;

/// What a PushSetup request asks for ([MS-WMHTTP] 2.2.2.1).
struct SetupBody {
  /// Absolute path of the publishing point to copy, percent-encoded; empty
  /// asks for none.
  std::string template_path;
  /// Remove the publishing point when the session ends.
  bool auto_destroy = false;
  /// It says AutoDestroy: 0, which is not the same as saying nothing.
  bool keep = false;
};

/// True for a path-absolute of RFC 3986 3.3, the form of a Template-URL.
bool IsPathAbsolute(std::string_view path);

/// Writes the body; nothing at all when nothing is asked for, since some
/// receivers do not read it.
std::string WriteSetupBody(const SetupBody& body);

/// Reads a body by the grammar of 2.2.2.1 to 2.2.2.1.2. Fails with
/// NS_E_BAD_REQUEST, naming what was expected. A Template-URL alone, which
/// the grammar does not have, is taken for AutoDestroy: 0 by the tolerant.
Result<SetupBody> ParseSetupBody(std::string_view text,
                                 Strictness strictness = Strictness::kTolerant);

}  // namespace wms::wmhttp
