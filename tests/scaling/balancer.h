// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/child_process.h"

#include <string>

namespace wms::test {

/// HAProxy with examples/haproxy.cfg in front of two publishing points.
class Balancer {
 public:
  Balancer(unsigned port_a, unsigned port_b);

  unsigned port() const { return port_; }
  std::string Url(const std::string& path) const;

 private:
  /// A socket that listens at a free port of 127.0.0.1, which is port_ then.
  int Listen();

  unsigned port_ = 0;
  ChildProcess process_;
};

}  // namespace wms::test
