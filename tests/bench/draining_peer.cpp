// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "draining_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace wms::bench {
namespace {

constexpr char kSetupAnswer[] =
    "HTTP/1.1 204 No Content\r\n"
    "Server: Cougar/9.5\r\n"
    "Set-Cookie: push-id=bench\r\n"
    "Content-Length: 0\r\n\r\n";

/// Answers a PushSetup, which has no body here, when the connection starts
/// with one.
bool AnswerSetup(int fd) {
  char start[4] = {};
  if (recv(fd, start, sizeof start, MSG_PEEK | MSG_WAITALL) <= 0) return false;
  if (std::memcmp(start, "POST", sizeof start) != 0) return true;
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    char byte = 0;
    if (read(fd, &byte, 1) != 1) return false;
    head += byte;
  }
  return write(fd, kSetupAnswer, sizeof kSetupAnswer - 1) > 0;
}

void Drain(int fd) {
  std::vector<char> bytes(1 << 20);
  if (AnswerSetup(fd)) {
    while (read(fd, bytes.data(), bytes.size()) > 0) {
    }
  }
  close(fd);
}

[[noreturn]] void Serve(int listener) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) {
    const int fd = accept(listener, nullptr, nullptr);
    if (fd < 0) _exit(1);
    std::thread(Drain, fd).detach();
  }
}

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

}  // namespace

DrainingPeer::DrainingPeer() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener, generic, size) != 0 || listen(listener, 512) != 0 ||
      getsockname(listener, generic, &size) != 0) {
    Die("listening on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  pid_ = fork();
  if (pid_ < 0) Die("fork");
  if (pid_ == 0) Serve(listener);
  close(listener);
}

DrainingPeer::~DrainingPeer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

}  // namespace wms::bench
