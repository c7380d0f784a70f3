// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/mutating_server.h"

#include "common/loopback_address.h"
#include "loopback/expect.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace wms::test {
namespace {

/// A client that is content with an answer goes on at once; one that waits for
/// more of it is told after this that there is none.
constexpr int kPatienceMs = 30;
constexpr int kDeadlineMs =
    static_cast<int>(std::chrono::milliseconds(kDeadline).count());
/// So much of a body is there when the answer comes into it.
constexpr std::size_t kMidBody = 300;
/// $E with S_OK.
constexpr std::string_view kEnd("$E\x04\0\0\0\0\0", 8);

std::size_t LengthOf(const std::string& head) {
  WireRequest request;
  request.head = head;
  return std::strtoul(request.Header("Content-Length").c_str(), nullptr, 10);
}

}  // namespace

/// A connection that was accepted.
class MutatingServer::Peer {
 public:
  Peer(int fd, const Gate& stop) : fd_(fd), stop_(stop) {}
  ~Peer() { close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// A request's head; "" at the end.
  std::string ReadHead() {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReadMore()) return {};
    }
    std::string head = unread_.substr(0, end + 4);
    unread_.erase(0, end + 4);
    return head;
  }

  bool ReadBody(std::size_t size) {
    while (unread_.size() < size) {
      if (!ReadMore()) return false;
    }
    return true;
  }

  bool Holds(std::string_view start) const {
    return unread_.starts_with(start);
  }

  void DropBody(std::size_t size) { unread_.erase(0, size); }

  void Send(const std::string& bytes) const {
    std::string_view left = bytes;
    while (!left.empty()) {
      const ssize_t sent = send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
      if (sent < 0) return;
      left.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Whether the client goes on, or closes, within a while.
  bool AwaitMore() {
    pollfd waited{fd_, POLLIN, 0};
    return !unread_.empty() || poll(&waited, 1, kPatienceMs) == 1;
  }

  void CloseWrite() const { shutdown(fd_, SHUT_WR); }

  /// Reads until the client has closed, or has ended its stream.
  void Drain() {
    while (!unread_.ends_with(kEnd) && ReadMore()) {
      if (unread_.size() > kEnd.size()) {
        unread_.erase(0, unread_.size() - kEnd.size());
      }
    }
  }

 private:
  bool ReadMore() {
    std::array<pollfd, 2> fds{pollfd{fd_, POLLIN, 0},
                              pollfd{stop_.fd(), POLLIN, 0}};
    if (poll(fds.data(), fds.size(), kDeadlineMs) <= 0) return false;
    if (fds[1].revents != 0) return false;
    std::array<char, 65536> bytes;
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
    if (size <= 0) return false;
    unread_.append(bytes.data(), static_cast<std::size_t>(size));
    return true;
  }

  const int fd_;
  const Gate& stop_;
  std::string unread_;
};

MutatingServer::MutatingServer()
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = LoopbackAddress(0);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool listening = bind(listener_, generic, size) == 0 &&
                         listen(listener_, 64) == 0 &&
                         getsockname(listener_, generic, &size) == 0;
  EXPECT(listening, "no listening socket on 127.0.0.1");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

MutatingServer::~MutatingServer() {
  stop_.Open();
  thread_.join();
  close(listener_);
}

std::string MutatingServer::Prepare(Plan plan) {
  const std::lock_guard lock(mutex_);
  plan_ = std::move(plan);
  ++number_;
  starts_ = 0;
  went_on_ = false;
  answered_ = false;
  last_start_.clear();
  return "http://127.0.0.1:" + std::to_string(port_) + "/live" +
         std::to_string(number_);
}

std::string MutatingServer::WaitForStart(unsigned count) const {
  std::unique_lock lock(mutex_);
  const bool came =
      changed_.wait_for(lock, kDeadline, [&] { return starts_ >= count; });
  return came ? last_start_ : std::string();
}

bool MutatingServer::WentOn() const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kDeadline, [this] { return starts_ > 1; });
  return went_on_;
}

bool MutatingServer::WaitForAnswer() const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [this] { return answered_; });
}

void MutatingServer::Serve() {
  for (;;) {
    std::array<pollfd, 2> fds{pollfd{listener_, POLLIN, 0},
                              pollfd{stop_.fd(), POLLIN, 0}};
    poll(fds.data(), fds.size(), -1);
    if (fds[1].revents != 0) return;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    Peer peer(fd, stop_);
    ServeRequests(peer);
  }
}

void MutatingServer::ServeRequests(Peer& peer) {
  for (;;) {
    WireRequest request;
    request.head = peer.ReadHead();
    const std::optional<Plan> plan = PlanFor(request.head);
    if (!plan) return;
    if (!request.IsStart()) {
      const std::size_t size = LengthOf(request.head);
      if (!peer.ReadBody(size)) return;
      peer.DropBody(size);
      if (!AnswerSetup(peer, *plan)) return;
      continue;
    }
    const std::size_t size = LengthOf(request.head);
    if (Started()) {
      // What it was about: the answer to the first was taken, or was not.
      const bool body = peer.ReadBody(2);
      CountStart(request.head, body && !peer.Holds("$H"));
      return;
    }
    CountStart(request.head, false);
    const bool whole = plan->place != Place::kMidBody;
    if (!peer.ReadBody(whole ? size : kMidBody)) return;
    peer.DropBody(whole ? size : kMidBody);
    if (!AnswerStart(peer, *plan)) return;
  }
}

/// What PushSetup gets; false when that ends the connection.
bool MutatingServer::AnswerSetup(Peer& peer, const Plan& plan) {
  if (plan.place != Place::kSetup) {
    peer.Send(kSetupResponse);
    return true;
  }
  peer.Send(plan.answer);
  NoteAnswer();
  peer.CloseWrite();
  peer.Drain();
  return false;
}

bool MutatingServer::AnswerStart(Peer& peer, const Plan& plan) {
  peer.Send(plan.answer);
  NoteAnswer();
  if (plan.place == Place::kMidBody) {
    peer.Drain();
    return false;
  }
  if (peer.AwaitMore()) return true;
  peer.CloseWrite();
  peer.Drain();
  return false;
}

/// What the client with this request gets; nothing for one that is over.
std::optional<MutatingServer::Plan> MutatingServer::PlanFor(
    const std::string& head) const {
  const std::lock_guard lock(mutex_);
  return IsOfThisPlan_locked(head) ? std::optional(plan_) : std::nullopt;
}

bool MutatingServer::IsOfThisPlan_locked(const std::string& head) const {
  return head.starts_with("POST /live" + std::to_string(number_) + " ");
}

bool MutatingServer::Started() const {
  const std::lock_guard lock(mutex_);
  return starts_ > 0;
}

void MutatingServer::CountStart(const std::string& head, bool goes_on) {
  const std::lock_guard lock(mutex_);
  // There may be another plan since it was read.
  if (!IsOfThisPlan_locked(head)) return;
  last_start_ = head;
  went_on_ = goes_on;
  ++starts_;
  changed_.notify_all();
}

void MutatingServer::NoteAnswer() {
  const std::lock_guard lock(mutex_);
  answered_ = true;
  changed_.notify_all();
}

}  // namespace wms::test
