// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/script_runner.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <linux/filter.h>
#include <utility>

namespace wms::test {
namespace {

constexpr int kDeadlineMs =
    static_cast<int>(std::chrono::milliseconds(kDeadline).count());

Bytes ToBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

ScriptRunner::~ScriptRunner() {
  for (const int fd : open_)
    close(fd);
}

bool ScriptRunner::Fail(std::string why) {
  failure_ = std::move(why);
  return false;
}

/// Waits for the socket or the end of the server, whichever comes first.
bool ScriptRunner::Wait(int fd, short events, int timeout_ms) {
  std::array<pollfd, 2> fds{pollfd{fd, events, 0},
                            pollfd{server_.stop_.fd(), POLLIN, 0}};
  const int ready = poll(fds.data(), fds.size(), timeout_ms);
  if (ready == 0) return Fail("the deadline has passed");
  if (fds[1].revents != 0) return Fail("the server has been stopped");
  return ready > 0;
}

bool ScriptRunner::Wait(int fd, short events) {
  return Wait(fd, events, kDeadlineMs);
}

bool ScriptRunner::Accept() {
  if (!Wait(server_.listener_, POLLIN)) return false;
  fd_ = accept4(server_.listener_, nullptr, nullptr,
                SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd_ < 0) return Fail("accept failed");
  open_.push_back(fd_);
  at_end_ = false;
  in_body_ = false;
  unread_.clear();
  const std::lock_guard lock(server_.mutex_);
  server_.recording_.connections.push_back(Recording::End::kOpen);
  server_.changed_.notify_all();
  return true;
}

/// Receives once. False at the end of the connection, too.
bool ScriptRunner::ReadMore() {
  if (at_end_) return Fail("the client has closed the connection");
  if (!Wait(fd_, POLLIN)) return false;
  std::array<char, 65536> bytes;
  const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
  if (size > 0) {
    unread_.append(bytes.data(), static_cast<std::size_t>(size));
    return true;
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  at_end_ = true;
  EndConnection(size == 0 ? Recording::End::kClosed : Recording::End::kReset);
  return Fail(size == 0 ? "the client has closed the connection"
                        : "the client has reset the connection");
}

void ScriptRunner::EndConnection(Recording::End end) {
  const std::lock_guard lock(server_.mutex_);
  server_.recording_.connections.back() = end;
  server_.changed_.notify_all();
}

bool ScriptRunner::ReadRequest() {
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!ReadMore()) return false;
  }
  WireRequest request;
  request.head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  content_length_ =
      std::strtoul(request.Header("Content-Length").c_str(), nullptr, 10);
  in_body_ = request.IsStart();
  if (!in_body_) {
    while (unread_.size() < content_length_) {
      if (!ReadMore()) return false;
    }
    request.body = unread_.substr(0, content_length_);
    unread_.erase(0, content_length_);
  }
  packets_ = std::make_unique<wmhttp::PacketReader>();
  {
    const std::lock_guard lock(server_.mutex_);
    request.connection = server_.recording_.connections.size() - 1;
    server_.recording_.requests.push_back(std::move(request));
    server_.changed_.notify_all();
  }
  TakeBody();
  return true;
}

std::size_t ScriptRunner::BodyLeft() const {
  return in_body_ ? content_length_ - request().body.size() : 0;
}

/// Moves what belongs to the body of a PushStart to the recording.
void ScriptRunner::TakeBody() {
  const std::lock_guard lock(server_.mutex_);
  if (!in_body_ || unread_.empty()) return;
  const std::size_t size = std::min(unread_.size(), BodyLeft());
  const std::string piece = unread_.substr(0, size);
  unread_.erase(0, size);
  request().body += piece;
  server_.changed_.notify_all();
  packets_->Feed(ToBytes(piece));
  for (;;) {
    const auto packet = packets_->Next();
    if (!packet) request().malformed = packet.error().message;
    if (!packet || !*packet) return;
    const wmhttp::Packet& found = **packet;
    request().packets.push_back(
        {found.id, found.reason,
         ByteVector(found.payload.begin(), found.payload.end())});
  }
}

bool ScriptRunner::ReadPackets(std::size_t count) {
  while (request().packets.size() < count) {
    if (!request().malformed.empty()) return Fail(request().malformed);
    if (BodyLeft() == 0) return Fail("the body has ended");
    if (!ReadMore()) return false;
    TakeBody();
  }
  return true;
}

bool ScriptRunner::ReadBody() {
  while (BodyLeft() > 0) {
    if (!ReadMore()) return false;
    TakeBody();
  }
  return true;
}

bool ScriptRunner::ReadToEnd() {
  while (ReadMore())
    TakeBody();
  return at_end_;
}

bool ScriptRunner::Send(const std::string& bytes) {
  std::string_view left = bytes;
  while (!left.empty()) {
    if (!Wait(fd_, POLLOUT)) return false;
    const ssize_t sent = send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent < 0) return Fail("the connection does not take more");
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool ScriptRunner::CloseWrite() {
  shutdown(fd_, SHUT_WR);
  return true;
}

bool ScriptRunner::Close(bool reset) {
  if (reset) {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  }
  close(fd_);
  std::erase(open_, fd_);
  fd_ = -1;
  return true;
}

bool ScriptRunner::FallSilent() {
  sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog filter{1, &none};
  return setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
                    sizeof(filter)) == 0 ||
         Fail("the socket takes no filter");
}

bool ScriptRunner::CloseListener() {
  close(std::exchange(server_.listener_, -1));
  return true;
}

bool ScriptRunner::Await(const Gate& gate) {
  return Wait(gate.fd(), POLLIN);
}

bool ScriptRunner::ServeForever() {
  for (;;) {
    if (!Wait(server_.listener_, POLLIN, -1) || !Accept()) return false;
    // However it ends, the next one is served.
    if (ReadRequest() && Send(kSetupResponse)) ReadToEnd();
    Close(false);
  }
}

}  // namespace wms::test
