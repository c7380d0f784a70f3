// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "measuring_peer.h"

#include "marks.h"
#include "peer_answers.h"
#include "wmhttp/framing.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

namespace wms::bench {

struct MeasuringPeer::Shared {
  std::atomic<std::uint64_t> count{0};
  std::array<Arrival, kRoom> arrivals;
};

namespace {

using Shared = MeasuringPeer::Shared;

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// With $E a server closes, which the sink waits for. It comes in one piece,
/// and if not, that wait has a limit.
bool EndsStream(Bytes bytes) {
  static const wmhttp::FramingHeader kEnd =
      wmhttp::EncodeFramingHeader(wmhttp::PacketId::kEndOfStream, 0);
  const Bytes end = kEnd.bytes();
  return bytes.size() >= end.size() &&
         std::ranges::equal(bytes.last(end.size()), end);
}

class Connection {
 public:
  Connection(int fd, Shared& shared) : fd_(fd), shared_(shared) {}
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Reads once. False at the end.
  bool Read(std::vector<std::uint8_t>& room) {
    const ssize_t size = recv(fd_, room.data(), room.size(), 0);
    if (size <= 0) return false;
    const std::int64_t now = Nanoseconds();
    const Bytes bytes(room.data(), static_cast<std::size_t>(size));
    Note(bytes, now);
    return !EndsStream(bytes) && Follow(bytes);
  }

 private:
  void Note(Bytes bytes, std::int64_t now) {
    found_.clear();
    scanner_.Scan(bytes, found_);
    for (const Mark& mark : found_) {
      const std::uint64_t place = shared_.count;
      if (place < MeasuringPeer::kRoom) {
        const std::int64_t delay =
            std::max<std::int64_t>(now - mark.time_ns, 0);
        shared_.arrivals[place] = {mark.stream,
                                   static_cast<std::uint32_t>(delay / 1000)};
      }
      shared_.count = place + 1;
    }
  }

  /// Goes through heads and bodies.
  bool Follow(Bytes bytes) {
    while (!bytes.empty() && !endless_) {
      if (body_ == 0) {
        bytes = TakeHead(bytes);
        continue;
      }
      const std::uint64_t part = std::min<std::uint64_t>(body_, bytes.size());
      bytes = bytes.subspan(part);
      body_ -= part;
      if (body_ == 0 && !Send(kOkAnswer)) return false;
    }
    return true;
  }

  /// What is left behind it.
  Bytes TakeHead(Bytes bytes) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    const std::size_t before = head_.size();
    head_.append(bytes.begin(), bytes.end());
    endless_ = head_.size() >= 4 && !IsRequest(head_);
    const std::size_t end = head_.find(kEnd);
    if (endless_ || end == std::string::npos) return {};
    head_.resize(end + kEnd.size());
    const PeerAnswer answer = AnswerTo(head_);
    Send(answer.now);
    endless_ = !answer.body.has_value();
    body_ = answer.body.value_or(0);
    const std::size_t used = head_.size() - before;
    head_.clear();
    return bytes.subspan(used);
  }

  bool Send(std::string_view text) const {
    return send(fd_, text.data(), text.size(), MSG_NOSIGNAL) >= 0;
  }

  const int fd_;
  Shared& shared_;
  MarkScanner scanner_;
  std::vector<Mark> found_;
  std::string head_;
  std::uint64_t body_ = 0;  // bytes left of it
  bool endless_ = false;    // whatever comes now is one body
};

[[noreturn]] void Serve(int listener, Shared& shared) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int epoll = epoll_create1(0);
  const auto watch = [epoll](int fd, void* data) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = data;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) _exit(1);
  };
  watch(listener, nullptr);
  std::vector<std::uint8_t> room(1 << 18);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      void* data = events[static_cast<std::size_t>(i)].data.ptr;
      if (data == nullptr) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) _exit(1);
        watch(fd, new Connection(fd, shared));
        continue;
      }
      // Closing takes it out of the set.
      std::unique_ptr<Connection> connection(static_cast<Connection*>(data));
      if (connection->Read(room)) connection.release();
    }
  }
}

}  // namespace

MeasuringPeer::MeasuringPeer(in_addr_t address) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(address);
  auto* generic = reinterpret_cast<sockaddr*>(&name);
  socklen_t size = sizeof name;
  if (bind(listener, generic, size) != 0 || listen(listener, 4096) != 0 ||
      getsockname(listener, generic, &size) != 0) {
    Die("listening");
  }
  port_ = ntohs(name.sin_port);
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) Die("mmap");
  // Default-initialized, so that no page is touched before it is needed.
  shared_ = new (memory) Shared;
  pid_ = fork();
  if (pid_ < 0) Die("fork");
  if (pid_ == 0) Serve(listener, *shared_);
  close(listener);
}

MeasuringPeer::~MeasuringPeer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  munmap(shared_, sizeof(Shared));
}

std::uint64_t MeasuringPeer::received() const {
  return shared_->count;
}

std::vector<MeasuringPeer::Arrival> MeasuringPeer::ArrivalsSince(
    std::uint64_t from) const {
  const std::uint64_t count = shared_->count;
  if (count > kRoom) {
    std::fprintf(stderr, "more packets than can be noted\n");
    std::exit(1);
  }
  return {shared_->arrivals.begin() + static_cast<std::ptrdiff_t>(from),
          shared_->arrivals.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace wms::bench
