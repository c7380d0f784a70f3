// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/random.h"

#include <libsoup/soup.h>

#include <sys/random.h>

#include <cerrno>

namespace wms::pubpoint {

Result<void> FillRandom(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t size = getrandom(bytes.data(), bytes.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      return Error{HResult::E_FAIL, Fault::kLocal,
                   std::string("getrandom: ") + g_strerror(errno),
                   SOUP_STATUS_INTERNAL_SERVER_ERROR};
    }
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return {};
}

}  // namespace wms::pubpoint
