// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "draining_peer.h"

#include "peer_answers.h"

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
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace wms::bench {
namespace {

using Counter = std::atomic<std::uint64_t>;

constexpr std::uint64_t kEndless = ~std::uint64_t{0};

/// One connection.
class Reader {
 public:
  Reader(int fd, Counter& received) : fd_(fd), received_(received) {}
  ~Reader() { close(fd_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void Run() {
    if (!IsHttp()) return (void)Drain(kEndless);
    while (TakeRequest()) {
    }
  }

 private:
  bool IsHttp() const {
    char start[4] = {};
    if (recv(fd_, start, sizeof start, MSG_PEEK | MSG_WAITALL) <= 0) {
      return false;
    }
    return IsRequest({start, sizeof start});
  }

  bool TakeRequest() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
      char byte = 0;
      if (read(fd_, &byte, 1) != 1) return false;
      head += byte;
    }
    const PeerAnswer answer = AnswerTo(head);
    if (!answer.now.empty() && !Write(answer.now)) return false;
    if (answer.body == 0) return true;
    return Drain(answer.body.value_or(kEndless)) && Write(kOkAnswer);
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

  bool Write(std::string_view text) const {
    return write(fd_, text.data(), text.size()) > 0;
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
