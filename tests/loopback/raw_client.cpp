// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "raw_client.h"

#include "common/asf_samples.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace wms::test {
namespace {

constexpr int kDeadlineMs =
    std::chrono::milliseconds(RawClient::kDeadline).count();

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(
      lower.begin(), lower.end(), lower.begin(),
      [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

RawResponse ParseHead(std::string head) {
  RawResponse response;
  // "HTTP/1.1 204 No Content"
  constexpr std::size_t kStatusAt = 9;
  if (head.size() > kStatusAt && head.starts_with("HTTP/1.")) {
    response.status = static_cast<unsigned>(
        std::strtoul(head.c_str() + kStatusAt, nullptr, 10));
  }
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size()) {
    const std::size_t end = head.find("\r\n", at);
    const std::string line = head.substr(at, end - at);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) {
      std::string& value = response.headers[Lower(line.substr(0, colon))];
      if (!value.empty()) value += ", ";
      value += line.substr(colon + 2);
    }
    at = end + 2;
  }
  response.head = std::move(head);
  return response;
}

}  // namespace

std::string RawResponse::Header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found != headers.end() ? found->second : "";
}

std::string RawResponse::PushId() const {
  const std::string cookie = Header("set-cookie");
  constexpr std::string_view kName = "push-id=";
  if (!cookie.starts_with(kName)) return "";
  return cookie.substr(kName.size(), cookie.find(';') - kName.size());
}

RawClient::RawClient(unsigned port, int receive_buffer)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
               sizeof receive_buffer);
  }
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) != 0) {
    const bool refused = errno == ECONNREFUSED || errno == ECONNRESET;
    std::perror("connect");
    if (!refused) std::abort();
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

bool RawClient::Send(Bytes bytes) {
  while (!bytes.empty()) {
    pollfd poller{fd_, POLLOUT, 0};
    if (poll(&poller, 1, kDeadlineMs) != 1) return false;
    const ssize_t sent =
        send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::Send(std::string_view text) {
  return Send(
      Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

bool RawClient::SendInPieces(Bytes bytes, std::size_t size) {
  while (!bytes.empty()) {
    const std::size_t piece = std::min(size, bytes.size());
    if (!Send(bytes.first(piece))) return false;
    bytes = bytes.subspan(piece);
  }
  return true;
}

bool RawClient::Fill() {
  pollfd poller{fd_, POLLIN, 0};
  if (poll(&poller, 1, kDeadlineMs) != 1) return false;
  std::uint8_t piece[16384];
  const ssize_t size = recv(fd_, piece, sizeof piece, 0);
  if (size <= 0) return false;
  Append(buffer_, Bytes(piece, static_cast<std::size_t>(size)));
  return true;
}

std::optional<RawResponse> RawClient::ReadResponse() {
  constexpr std::string_view kEnd = "\r\n\r\n";
  while (true) {
    const auto end =
        std::search(buffer_.begin(), buffer_.end(), kEnd.begin(), kEnd.end());
    if (end != buffer_.end()) {
      const auto behind = end + kEnd.size();
      std::string head(buffer_.begin(), behind - 2);
      buffer_.erase(buffer_.begin(), behind);
      return ParseHead(std::move(head));
    }
    if (!Fill()) return std::nullopt;
  }
}

std::vector<std::uint8_t> RawClient::Read(std::size_t size) {
  while (buffer_.size() < size && Fill()) {
  }
  const auto end = buffer_.begin() +
                   static_cast<std::ptrdiff_t>(std::min(size, buffer_.size()));
  std::vector<std::uint8_t> bytes(buffer_.begin(), end);
  buffer_.erase(buffer_.begin(), end);
  return bytes;
}

std::vector<std::uint8_t> RawClient::ReadToEnd() {
  while (Fill()) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::WaitForClose() {
  if (!buffer_.empty()) return false;
  pollfd poller{fd_, POLLIN, 0};
  if (poll(&poller, 1, kDeadlineMs) != 1) return false;
  std::uint8_t byte = 0;
  return recv(fd_, &byte, 1, 0) <= 0;
}

bool RawClient::Readable(std::chrono::milliseconds wait) const {
  pollfd poller{fd_, POLLIN, 0};
  return poll(&poller, 1, static_cast<int>(wait.count())) == 1;
}

void RawClient::ShutdownWrite() {
  shutdown(fd_, SHUT_WR);
}

void RawClient::Reset() {
  const linger cut{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &cut, sizeof cut);
  close(fd_);
  fd_ = -1;
}

std::string SetupRequest(RawRequest request, std::string_view body) {
  std::string text = "POST " + request.path +
                     " HTTP/1.1\r\nContent-Type: application/x-wms-pushsetup"
                     "\r\nHost: 127.0.0.1\r\n";
  if (!request.user_agent.empty()) {
    text += "User-Agent: " + request.user_agent + "\r\n";
  }
  if (!request.cookie.empty()) text += "Cookie: " + request.cookie + "\r\n";
  text += request.more;
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return text.append(body);
}

std::string StartRequest(const RawRequest& request) {
  std::string text = "POST " + request.path +
                     " HTTP/1.1\r\nContent-Type: application/x-wms-pushstart"
                     "\r\nHost: 127.0.0.1\r\n";
  if (!request.user_agent.empty()) {
    text += "User-Agent: " + request.user_agent + "\r\n";
  }
  if (!request.cookie.empty()) text += "Cookie: " + request.cookie + "\r\n";
  text += request.more;
  return text + "Content-Length: " + std::to_string(request.content_length) +
         "\r\n\r\n";
}

std::vector<std::uint8_t> Frame(wmhttp::PacketId id, Bytes payload,
                                HResult reason) {
  const wmhttp::FramingHeader header =
      wmhttp::EncodeFramingHeader(id, payload.size(), reason);
  std::vector<std::uint8_t> packet;
  Append(packet, header.bytes());
  Append(packet, payload);
  return packet;
}

std::string DoSetup(RawClient& client, const RawRequest& request,
                    std::string_view body) {
  if (!client.Send(SetupRequest(request, body))) return "";
  const auto response = client.ReadResponse();
  return response && response->status == 204 ? response->PushId() : "";
}

}  // namespace wms::test
