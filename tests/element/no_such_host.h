// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <gio/gio.h>

namespace wms::test {

/// While it lives, no host name is known to the process, and no name server
/// is asked.
class NoSuchHost {
 public:
  NoSuchHost();
  ~NoSuchHost();
  NoSuchHost(const NoSuchHost&) = delete;
  NoSuchHost& operator=(const NoSuchHost&) = delete;

 private:
  glib::Ref<GResolver> before_;
};

}  // namespace wms::test
