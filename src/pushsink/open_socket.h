// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "glib/ref.h"
#include "pushsink/push_target.h"

#include <cstdint>

namespace wms {

/// A new connection, and whether it leads to an HTTP proxy.
struct OpenedSocket {
  glib::Ref<GSocket> socket;
  bool to_proxy = false;
};

/// Opens a connection to the server of @a target, or to the proxy before it
/// ([MS-WMHTTP] 3.1.4.2.1). Waits until @a deadline_us, a monotonic time, 0 for
/// as long as it takes.
Result<OpenedSocket> OpenSocket(const PushTarget& target,
                                std::int64_t deadline_us,
                                GCancellable* cancellable);

}  // namespace wms
