// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/scripted_server.h"

#include "common/loopback_address.h"
#include "loopback/expect.h"
#include "loopback/script_runner.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <strings.h>
#include <utility>

namespace wms::test {
const char* const kPushId = "secret4124";
const char* const kSetupResponse =
    "HTTP/1.1 204 No Content\r\n"
    "Server: Cougar/9.01.01.3814\r\n"
    "Set-Cookie: push-id=secret4124\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

std::string MakeResponse(std::string_view status_line, std::string_view more,
                         std::string_view body) {
  return "HTTP/1.1 " + std::string(status_line) +
         "\r\nServer: Cougar/9.01.01.3814\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n" + std::string(more) + "\r\n" +
         std::string(body);
}

Gate::Gate() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Gate::~Gate() {
  // Whoever opens it may still be inside.
  const std::lock_guard lock(mutex_);
  close(fd_);
}

void Gate::Open() const {
  const std::lock_guard lock(mutex_);
  eventfd_write(fd_, 1);
}

bool Gate::Wait(std::chrono::milliseconds deadline) const {
  pollfd waited{fd_, POLLIN, 0};
  return poll(&waited, 1, static_cast<int>(deadline.count())) == 1;
}

bool WireRequest::IsStart() const {
  return Header("Content-Type") == "application/x-wms-pushstart";
}

std::string WireRequest::Header(std::string_view name) const {
  std::size_t line = head.find("\r\n");
  while (line != std::string::npos) {
    line += 2;
    const std::size_t end = head.find("\r\n", line);
    const std::size_t colon = line + name.size();
    if (end != std::string::npos && colon < end && head[colon] == ':' &&
        strncasecmp(&head[line], name.data(), name.size()) == 0) {
      return head.substr(colon + 2, end - colon - 2);
    }
    line = end;
  }
  return {};
}

std::vector<WirePacket> Recording::Packets() const {
  std::vector<WirePacket> packets;
  for (const WireRequest& request : requests) {
    packets.insert(packets.end(), request.packets.begin(),
                   request.packets.end());
  }
  return packets;
}

std::size_t Recording::Setups() const {
  std::size_t count = 0;
  for (const WireRequest& request : requests)
    count += request.IsStart() ? 0 : 1;
  return count;
}

Script& Script::Add(Step step) {
  steps_.push_back(std::move(step));
  return *this;
}

Script& Script::Accept() {
  return Add([](ScriptRunner& runner) { return runner.Accept(); });
}

Script& Script::ReadRequest() {
  return Add([](ScriptRunner& runner) { return runner.ReadRequest(); });
}

Script& Script::ReadPackets(std::size_t count) {
  return Add(
      [count](ScriptRunner& runner) { return runner.ReadPackets(count); });
}

Script& Script::ReadBody() {
  return Add([](ScriptRunner& runner) { return runner.ReadBody(); });
}

Script& Script::ReadToEnd() {
  return Add([](ScriptRunner& runner) { return runner.ReadToEnd(); });
}

Script& Script::Send(std::string bytes) {
  return Add([bytes = std::move(bytes)](ScriptRunner& runner) {
    return runner.Send(bytes);
  });
}

Script& Script::CloseWrite() {
  return Add([](ScriptRunner& runner) { return runner.CloseWrite(); });
}

Script& Script::Close() {
  return Add([](ScriptRunner& runner) { return runner.Close(false); });
}

Script& Script::Reset() {
  return Add([](ScriptRunner& runner) { return runner.Close(true); });
}

Script& Script::FallSilent() {
  return Add([](ScriptRunner& runner) { return runner.FallSilent(); });
}

Script& Script::CloseListener() {
  return Add([](ScriptRunner& runner) { return runner.CloseListener(); });
}

Script& Script::Open(const Gate& gate) {
  return Add([&gate](ScriptRunner& /*runner*/) {
    gate.Open();
    return true;
  });
}

Script& Script::Await(const Gate& gate) {
  return Add([&gate](ScriptRunner& runner) { return runner.Await(gate); });
}

Script& Script::Then(const Script& script) {
  steps_.insert(steps_.end(), script.steps_.begin(), script.steps_.end());
  return *this;
}

Script& Script::Setup(std::string response) {
  return Accept().ReadRequest().Send(std::move(response));
}

Script& Script::ServeForever() {
  return Add([](ScriptRunner& runner) { return runner.ServeForever(); });
}

namespace {

/// Any free port. False when the machine does not have the family.
bool BindToLoopback(int fd, bool ipv6) {
  if (!ipv6) {
    const sockaddr_in address = LoopbackAddress(0);
    return bind(fd, reinterpret_cast<const sockaddr*>(&address),
                sizeof(address)) == 0;
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  return bind(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) == 0;
}

}  // namespace

ScriptedServer::ScriptedServer() : ScriptedServer(Options()) {}

ScriptedServer::ScriptedServer(const Options& options)
    : listener_(socket(options.ipv6 ? AF_INET6 : AF_INET,
                       SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (options.receive_buffer > 0) {
    // Connections inherit it.
    setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer,
               sizeof(options.receive_buffer));
  }
  const bool bound = BindToLoopback(listener_, options.ipv6);
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  const bool listening =
      bound && listen(listener_, options.backlog) == 0 &&
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  EXPECT(listening, "no listening socket on the loopback");
  // Both families have it in the same place.
  port_ = ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

ScriptedServer::~ScriptedServer() {
  stop_.Open();
  if (thread_.joinable()) thread_.join();
  if (listener_ >= 0) close(listener_);
}

void ScriptedServer::Run(Script script) {
  thread_ = std::thread([this, script = std::move(script)] {
    ScriptRunner runner(*this);
    std::string failure;
    std::size_t number = 0;
    for (const Script::Step& step : script.steps()) {
      ++number;
      if (step(runner)) continue;
      failure = "step " + std::to_string(number) + ": " + runner.failure();
      break;
    }
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
      failure_ = failure;
      changed_.notify_all();
    }
    // What is still open stays so until the end.
    stop_.Wait();
  });
}

std::string ScriptedServer::Url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

void ScriptedServer::Finish() {
  std::unique_lock lock(mutex_);
  const bool done =
      changed_.wait_for(lock, kDeadline, [this] { return done_; });
  EXPECT(done, "the server's script has not come to its end");
  EXPECT(failure_.empty(), "the server's script: " + failure_);
}

void ScriptedServer::WaitFor(
    const std::function<bool(const Recording&)>& holds) {
  std::unique_lock lock(mutex_);
  const bool held = changed_.wait_for(
      lock, kDeadline, [this, &holds] { return holds(recording_); });
  EXPECT(held, "the server has not received what was waited for" +
                   (failure_.empty() ? std::string() : "; " + failure_));
}

Recording ScriptedServer::recording() const {
  const std::lock_guard lock(mutex_);
  return recording_;
}

BacklogFiller::BacklogFiller(int port, std::uint32_t address) {
  // The first one is taken into the queue, the others see that it is full.
  for (int i = 0; i < 3; ++i) {
    const int fd =
        socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in peer = LoopbackAddress(static_cast<unsigned>(port));
    peer.sin_addr.s_addr = htonl(address);
    connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer));
    pollfd waited{fd, POLLOUT, 0};
    if (i == 0) poll(&waited, 1, 1000);
    sockets_.push_back(fd);
  }
}

BacklogFiller::~BacklogFiller() {
  for (const int fd : sockets_)
    close(fd);
}

}  // namespace wms::test
