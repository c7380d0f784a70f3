// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "loopback/expect.h"

#include <cstdint>

namespace wms::test {

/// The number that the environment variable @a name has, @a otherwise without
/// one. Fails the running test when it is no number.
inline std::uint32_t FromEnvironment(const char* name,
                                     std::uint32_t otherwise) {
  const char* text = g_getenv(name);
  if (text == nullptr) return otherwise;
  guint64 number = 0;
  EXPECT(g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &number, nullptr),
         std::string(name) + "=" + text + " is no number");
  return static_cast<std::uint32_t>(number);
}

}  // namespace wms::test
