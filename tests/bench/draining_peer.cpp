// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "draining_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
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

constexpr char kAnswer[] =
    "HTTP/1.1 200 OK\r\n"
    "Server: Cougar/9.5\r\n"
    "Content-Length: 0\r\n\r\n";
constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";

using Counter = std::atomic<std::uint64_t>;

/// One connection.
class Reader {
 public:
  Reader(int fd, Counter& received) : fd_(fd), received_(received) {}
  ~Reader() { close(fd_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void Run() {
    if (!IsHttp()) return (void)Drain(~std::uint64_t{0});
    while (TakeRequest()) {
    }
  }

 private:
  bool IsHttp() const {
    char start[4] = {};
    if (recv(fd_, start, sizeof start, MSG_PEEK | MSG_WAITALL) <= 0) {
      return false;
    }
    return std::memcmp(start, "POST", 4) == 0 ||
           std::memcmp(start, "PUT ", 4) == 0;
  }

  bool TakeRequest() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
      char byte = 0;
      if (read(fd_, &byte, 1) != 1) return false;
      head += byte;
    }
    if (head.find("x-wms-pushsetup") != std::string::npos) {
      return Write(kSetupAnswer);
    }
    if (head.find("100-continue") != std::string::npos) Write(kContinue);
    const std::size_t length = head.find("Content-Length: ");
    if (length == std::string::npos) return Drain(~std::uint64_t{0});
    return Drain(std::strtoull(&head[length + 16], nullptr, 10)) &&
           Write(kAnswer);
  }

  /// Reads @a left bytes. False when there were fewer.
  bool Drain(std::uint64_t left) {
    while (left > 0) {
      const std::size_t most = std::min<std::uint64_t>(left, bytes_.size());
      const ssize_t size = read(fd_, bytes_.data(), most);
      if (size <= 0) return false;
      received_ += static_cast<std::uint64_t>(size);
      left -= static_cast<std::uint64_t>(size);
    }
    return true;
  }

  template <std::size_t kSize>
  bool Write(const char (&text)[kSize]) const {
    return write(fd_, text, kSize - 1) > 0;
  }

  const int fd_;
  Counter& received_;
  std::vector<char> bytes_ = std::vector<char>(1 << 20);
};

[[noreturn]] void Serve(int listener, Counter& received) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) {
    const int fd = accept(listener, nullptr, nullptr);
    if (fd < 0) _exit(1);
    std::thread([fd, &received] { Reader(fd, received).Run(); }).detach();
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
  void* shared = mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) Die("mmap");
  received_ = new (shared) Counter(0);
  pid_ = fork();
  if (pid_ < 0) Die("fork");
  if (pid_ == 0) Serve(listener, *received_);
  close(listener);
}

DrainingPeer::~DrainingPeer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  munmap(received_, sizeof(Counter));
}

}  // namespace wms::bench
