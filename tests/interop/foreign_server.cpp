// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "interop/foreign_server.h"

#include "common/loopback_address.h"
#include "loopback/expect.h"

#include <gst/check/gstcheck.h>

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

namespace wms::test {
namespace {

constexpr std::chrono::seconds kStartTime{30};

}  // namespace

/// A program tells by nothing else that it is ready than by taking connections,
/// and nothing tells when it begins to: it is asked again and again.
void AwaitListener(unsigned port, const std::string& name) {
  const sockaddr_in address = LoopbackAddress(port);
  const auto deadline = std::chrono::steady_clock::now() + kStartTime;
  while (std::chrono::steady_clock::now() < deadline) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool there = connect(fd, reinterpret_cast<const sockaddr*>(&address),
                               sizeof address) == 0;
    close(fd);
    if (there) return;
    g_usleep(10000);  // between two attempts
  }
  EXPECT(false, name + " does not start");
}

void OpenToAll(const ScratchDir& dir) {
  std::filesystem::permissions(dir.path(), std::filesystem::perms::all);
}

unsigned FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = LoopbackAddress(0);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  fail_unless(fd >= 0 && bind(fd, generic, size) == 0 &&
              getsockname(fd, generic, &size) == 0);
  close(fd);
  return ntohs(address.sin_port);
}

}  // namespace wms::test
