// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <string>
#include <vector>

namespace wms::test {

/// A program as a child process. It is ended with this.
class ChildProcess {
 public:
  /// Fails the running test when it cannot be started.
  /// @param environment NAME=VALUE, in addition to the test's own.
  /// @param inherited a file descriptor that becomes number 3 there, -1 for
  /// none; it is the child's from then on.
  explicit ChildProcess(const std::vector<std::string>& arguments,
                        const std::vector<std::string>& environment = {},
                        int inherited = -1);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Waits for the end. The exit code, -1 for a signal; what it wrote to both
  /// outputs is in @a output then.
  int Wait(std::string& output);

 private:
  glib::Ref<GSubprocess> process_;
};

/// Runs it to its end and fails the running test unless that is a good one.
std::string RunToEnd(const std::vector<std::string>& arguments);

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
