// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "balancer.h"

#include "loopback/expect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace wms::test {

Balancer::Balancer(unsigned port_a, unsigned port_b)
    : process_({EnvironmentValue("HAPROXY"), "-f",
                EnvironmentValue("HAPROXY_CONFIG")},
               {"WMS_BIND=fd@" + std::to_string(ChildProcess::kInherited),
                "WMS_A=127.0.0.1:" + std::to_string(port_a),
                "WMS_B=127.0.0.1:" + std::to_string(port_b)},
               Listen()) {}

int Balancer::Listen() {
  // Who connects before HAProxy is there waits for it in the queue.
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  fail_unless(fd >= 0 && bind(fd, generic, size) == 0 && listen(fd, 64) == 0 &&
              getsockname(fd, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  return fd;
}

std::string Balancer::Url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

}  // namespace wms::test
