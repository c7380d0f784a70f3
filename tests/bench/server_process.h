// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace wms::bench {

/// The program that PUBPOINT_PROGRAM names, at a free port, without its log.
class ServerProcess {
 public:
  /// @param options of its command line, besides the port.
  explicit ServerProcess(const std::vector<std::string>& options = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// 0 when it could not be started, which has been said.
  unsigned port() const { return port_; }
  pid_t pid() const { return pid_; }

 private:
  glib::Ref<GSubprocess> process_;
  pid_t pid_ = -1;  // also after its end
  unsigned port_ = 0;
};

}  // namespace wms::bench
