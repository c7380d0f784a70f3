// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/cutting_proxy.h"

#include "common/loopback_address.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <string>
#include <string_view>
#include <utility>

namespace wms::test {
namespace {

void SetFlag(int fd, int level, int option) {
  const int on = 1;
  setsockopt(fd, level, option, &on, sizeof(on));
}

void CloseSocket(int& fd, bool reset) {
  if (fd < 0) return;
  if (reset) {
    const linger now{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  }
  close(std::exchange(fd, -1));
}

bool SendAll(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

/// Makes the kernel take, and acknowledge, nothing more on a connection.
void TakeNoMore(int fd) {
  sock_filter nothing{BPF_RET | BPF_K, 0, 0, 0};
  const sock_fprog program{1, &nothing};
  setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

std::uint64_t Asked(int fd, unsigned long what) {
  int size = 0;
  return fd >= 0 && ioctl(fd, what, &size) == 0 && size > 0
             ? static_cast<std::uint64_t>(size)
             : 0;
}

/// What lies unread at the other end of @a fd, a connection within this
/// machine; the kernel lists the ports of both in hexadecimal.
std::uint64_t UnreadByPeer(int fd) {
  sockaddr_in own{};
  sockaddr_in peer{};
  socklen_t size = sizeof(own);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0 ||
      getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
    return 0;
  }
  std::ifstream list("/proc/net/tcp");
  for (std::string line; std::getline(list, line);) {
    unsigned local = 0;
    unsigned remote = 0;
    unsigned queue = 0;
    const int fields =
        std::sscanf(line.c_str(), " %*u: %*x:%x %*x:%x %*x %*x:%x", &local,
                    &remote, &queue);
    if (fields == 3 && local == ntohs(peer.sin_port) &&
        remote == ntohs(own.sin_port)) {
      return queue;
    }
  }
  return 0;
}

using Clock = std::chrono::steady_clock;

/// A server that refuses has said so by then, and a network that loses nothing
/// does not lose that.
constexpr std::chrono::milliseconds kHearing{250};
/// What a client sends meanwhile gets nowhere.
constexpr std::chrono::milliseconds kVoid{100};
/// And one that is told that nothing more comes has closed.
constexpr std::chrono::milliseconds kPromptly{2000};

}  // namespace

const char* KindName(Trouble::Kind kind) {
  constexpr const char* kNames[] = {"none",  "refuse", "close",
                                    "reset", "void",   "drop"};
  return kNames[static_cast<int>(kind)];
}

/// A connection of a client and its counterpart.
struct CuttingProxy::Pipe {
  ~Pipe() {
    CloseSocket(client, false);
    CloseSocket(server, false);
  }
  bool over() const {
    return client < 0 && (server < 0 || Clock::now() >= linger_until);
  }

  Trouble trouble;
  int client = -1;
  int server = -1;
  std::uint64_t forwarded = 0;
  Clock::time_point next{};  // read of the client
  bool finished = false;     // the client has nothing more to say
  bool refused = false;      // the server does not want this
  Clock::time_point close_at = Clock::time_point::max();
  bool filling = false;  // the window, before a reset
  Clock::time_point reset_at{};
  Clock::time_point finish_at = Clock::time_point::max();
  Clock::time_point linger_until{};  // the server's side stays open
};

CuttingProxy::CuttingProxy(unsigned port, Plan plan)
    : server_port_(port),
      plan_(std::move(plan)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  // Connections inherit it.
  setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer,
             sizeof(kReceiveBuffer));
  sockaddr_in address = LoopbackAddress(0);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool listening = bind(listener_, generic, size) == 0 &&
                         listen(listener_, 16) == 0 &&
                         getsockname(listener_, generic, &size) == 0;
  if (!listening) std::abort();
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

CuttingProxy::~CuttingProxy() {
  stop_.Open();
  thread_.join();
  close(listener_);
}

std::string CuttingProxy::Url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/live";
}

void CuttingProxy::Run() {
  for (;;) {
    std::vector<pollfd> fds{{listener_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
    int wait_ms = -1;
    const auto now = Clock::now();
    for (const PipePtr& pipe : pipes_) {
      const bool due = !pipe->filling && !pipe->finished && pipe->next <= now;
      const bool closing = pipe->close_at != Clock::time_point::max();
      if (!due || closing || pipe->client < 0) wait_ms = 1;
      fds.push_back({due ? pipe->client : -1, POLLIN, 0});
      fds.push_back({pipe->server, POLLIN, 0});
    }
    poll(fds.data(), fds.size(), wait_ms);
    if (fds[1].revents != 0) return;
    for (std::size_t i = 0; i < pipes_.size(); ++i) {
      Serve(*pipes_[i], fds[2 + i * 2].revents != 0,
            fds[3 + i * 2].revents != 0);
    }
    std::erase_if(pipes_, [](const PipePtr& pipe) { return pipe->over(); });
    if (fds[0].revents != 0) Accept();
  }
}

void CuttingProxy::Serve(Pipe& pipe, bool from_client, bool from_server) {
  // What the server said comes first: it may have closed already.
  if (from_server && !Return(pipe)) CloseSocket(pipe.server, false);
  bool open = !pipe.finished || pipe.server >= 0;
  if (from_client && pipe.client >= 0 && open) open = Forward(pipe);
  if (pipe.client >= 0 && pipe.filling) Fill(pipe);
  if (pipe.server >= 0 && Clock::now() >= pipe.finish_at) {
    pipe.finish_at = Clock::time_point::max();
    shutdown(pipe.server, SHUT_WR);
  }
  if (pipe.client >= 0 && Clock::now() >= pipe.close_at) {
    pipe.close_at = Clock::time_point::max();
    if (!pipe.refused) shutdown(pipe.client, SHUT_WR);
  }
  if (!open) CloseSocket(pipe.client, false);
}

void CuttingProxy::Accept() {
  auto pipe = std::make_unique<Pipe>();
  pipe->client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (pipe->client < 0) return;
  pipe->trouble = plan_(connections_++);
  if (pipe->trouble.kind == Trouble::Kind::kRefuse) {
    CountUnread(*pipe);
    return;
  }
  SetFlag(pipe->client, IPPROTO_TCP, TCP_NODELAY);
  pipe->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = LoopbackAddress(server_port_);
  if (connect(pipe->server, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    return;
  }
  SetFlag(pipe->server, IPPROTO_TCP, TCP_NODELAY);
  pipes_.push_back(std::move(pipe));
}

/// From the client to the server. False when the connection has ended.
bool CuttingProxy::Forward(Pipe& pipe) {
  std::array<char, 65536> bytes;
  std::size_t most = std::min(pipe.trouble.chunk, bytes.size());
  const bool planned = pipe.trouble.kind != Trouble::Kind::kNone;
  if (planned) {
    const std::uint64_t left = pipe.trouble.after - pipe.forwarded;
    most = static_cast<std::size_t>(std::min<std::uint64_t>(most, left));
  }
  const ssize_t size = recv(pipe.client, bytes.data(), most, 0);
  if (size == 0 && pipe.server >= 0) {
    pipe.finished = true;
    shutdown(pipe.server, SHUT_WR);
    return true;
  }
  if (size <= 0) return false;
  // No acknowledgement is put off: what has been read counts.
  SetFlag(pipe.client, IPPROTO_TCP, TCP_QUICKACK);
  const auto read = static_cast<std::size_t>(size);
  if (pipe.server >= 0 && !SendAll(pipe.server, bytes.data(), read)) {
    // It does not want this; there may be a response that says why.
    while (Return(pipe))
      continue;
    CloseSocket(pipe.server, false);
  }
  pipe.forwarded += read;
  forwarded_ += read;
  pipe.next = Clock::now() + pipe.trouble.pause;
  if (pipe.forwarded >= pipe.trouble.after / 2) {
    pipe.next += std::exchange(pipe.trouble.stall, {});
  }
  if (planned && pipe.forwarded >= pipe.trouble.after) Make(pipe);
  return true;
}

/// From the server to the client; at the end of that the client is told so,
/// and what it still sends is read, lest it misses what was said.
bool CuttingProxy::Return(Pipe& pipe) {
  std::array<char, 4096> bytes;
  const ssize_t size = recv(pipe.server, bytes.data(), bytes.size(), 0);
  if (size > 0 && pipe.client >= 0) {
    const std::string_view text(bytes.data(), static_cast<std::size_t>(size));
    pipe.refused = pipe.refused || text.starts_with("HTTP/1.1 4");
    return SendAll(pipe.client, bytes.data(), static_cast<std::size_t>(size));
  }
  if (pipe.client >= 0) shutdown(pipe.client, SHUT_WR);
  return size > 0;
}

/// The trouble is due.
void CuttingProxy::Make(Pipe& pipe) {
  switch (std::exchange(pipe.trouble.kind, Trouble::Kind::kNone)) {
    case Trouble::Kind::kClose:
      pipe.close_at = Clock::now() + kHearing;
      break;
    case Trouble::Kind::kReset:
      pipe.filling = true;
      pipe.reset_at = Clock::now() + kHearing;
      break;
    case Trouble::Kind::kVoid:
      TakeNoMore(pipe.client);
      pipe.filling = true;
      pipe.reset_at = Clock::now() + kVoid;
      break;
    case Trouble::Kind::kDrop:
      CountUnread(pipe);
      CloseSocket(pipe.client, true);
      CloseSocket(pipe.server, true);
      break;
    case Trouble::Kind::kNone:
    case Trouble::Kind::kRefuse:
      break;
  }
}

/// What a reset of both connections loses.
void CuttingProxy::CountUnread(const Pipe& pipe) {
  TakeNoMore(pipe.client);
  std::uint64_t size = Asked(pipe.client, FIONREAD);
  if (pipe.server >= 0) {
    size += Asked(pipe.server, SIOCOUTQ) + UnreadByPeer(pipe.server);
  }
  const std::lock_guard lock(mutex_);
  unread_.push_back(size);
}

std::vector<std::uint64_t> CuttingProxy::unread() const {
  const std::lock_guard lock(mutex_);
  return unread_;
}

/// Resets: from here on the kernel takes nothing more from the client, and what
/// it has taken is delivered and acknowledged first.
void CuttingProxy::Fill(Pipe& pipe) {
  if (Clock::now() < pipe.reset_at) return;
  pipe.filling = false;
  if (pipe.refused) return;
  TakeNoMore(pipe.client);
  std::array<char, 65536> bytes;
  for (;;) {
    const ssize_t size =
        recv(pipe.client, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size <= 0) break;
    if (pipe.server >= 0) {
      SendAll(pipe.server, bytes.data(), static_cast<std::size_t>(size));
    }
  }
  SetFlag(pipe.client, IPPROTO_TCP, TCP_QUICKACK);
  CloseSocket(pipe.client, true);
  // In order, or what the server has not read yet is lost.
  pipe.finish_at = Clock::now() + pipe.trouble.late;
  pipe.linger_until = pipe.finish_at + kPromptly;
}

}  // namespace wms::test
