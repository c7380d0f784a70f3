// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <gio/gio.h>

#include <string>
#include <vector>

namespace wms::test {

/// A program as a child process. It is ended with this, and with the test
/// when that ends in any other way.
class ChildProcess {
 public:
  /// What an inherited file descriptor is in the child.
  static constexpr int kInherited = 3;

  /// Fails the running test when it cannot be started.
  /// @param environment NAME=VALUE, in addition to the test's own.
  /// @param inherited a file descriptor that becomes kInherited, -1 for none;
  /// it is the child's from then on.
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

/// An environment variable that meson sets; fails the test without it.
std::string EnvironmentValue(const char* name);

}  // namespace wms::test
