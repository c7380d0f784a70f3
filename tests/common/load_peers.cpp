// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/load_peers.h"

#include "asf/data_packet.h"
#include "loopback/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace wms::test {
namespace {

constexpr std::size_t kTagSize = 16;
/// A server that takes nothing any more.
constexpr std::size_t kMaxWaiting = std::size_t{16} << 20;

std::int64_t Nanoseconds(LoadClock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             time.time_since_epoch())
      .count();
}

/// Every packet and every place in it differs from its neighbours.
std::uint8_t Filling(const LoadTag& tag, std::size_t at) {
  return static_cast<std::uint8_t>(tag.number * 31 + tag.encoder * 7 + at);
}

/// Where the payload of MakePacket begins, with what fills it.
std::size_t PayloadOffset(Bytes packet) {
  const auto parsed = asf::ParseDataPacket(packet);
  // Stream, object, offset, replicated data.
  return parsed ? parsed->payloads + 14 : packet.size();
}

/// Offset behind the blank line of an HTTP head, 0 when it is not whole.
std::size_t EndOfHead(const ByteVector& bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto found =
      std::search(bytes.begin(), bytes.end(), kEnd.begin(), kEnd.end());
  if (found == bytes.end()) return 0;
  return static_cast<std::size_t>(found - bytes.begin()) + kEnd.size();
}

std::string FirstLine(Bytes bytes) {
  const std::string text(bytes.begin(), bytes.end());
  return text.substr(0, text.find("\r\n"));
}

void Drop(ByteVector& bytes, std::size_t size) {
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

ByteVector MakeLoadPacket(std::uint32_t size, std::uint32_t send_time_ms,
                          const LoadTag& tag) {
  PacketSample sample;
  sample.packet_size = size;
  sample.send_time_ms = send_time_ms;
  sample.number = static_cast<std::uint8_t>(tag.number);
  ByteVector packet = MakePacket(sample);
  for (std::size_t i = PayloadOffset(packet); i < packet.size(); ++i)
    packet[i] = Filling(tag, i);
  std::uint8_t* end = packet.data() + packet.size() - kTagSize;
  std::memcpy(end, &tag.encoder, 4);
  std::memcpy(end + 4, &tag.number, 4);
  std::memcpy(end + 8, &tag.sent_ns, 8);
  return packet;
}

bool ReadLoadPacket(Bytes packet, LoadTag& tag) {
  if (packet.size() < kTagSize) return false;
  const std::uint8_t* end = packet.data() + packet.size() - kTagSize;
  std::memcpy(&tag.encoder, end, 4);
  std::memcpy(&tag.number, end + 4, 4);
  std::memcpy(&tag.sent_ns, end + 8, 8);
  const std::size_t begin = PayloadOffset(packet);
  if (begin >= packet.size() - kTagSize) return false;
  for (std::size_t i = begin; i < packet.size() - kTagSize; ++i) {
    if (packet[i] != Filling(tag, i)) return false;
  }
  return true;
}

LoadSocket::LoadSocket(unsigned port)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  failed_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address),
                    sizeof address) != 0 &&
            errno != EINPROGRESS;
}

LoadSocket::~LoadSocket() {
  Close();
}

void LoadSocket::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void LoadSocket::Send(Bytes bytes) {
  Append(out_, bytes);
  Flush();
}

void LoadSocket::Send(const std::string& text) {
  Send(Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void LoadSocket::Flush() {
  while (waiting() > 0) {
    const ssize_t size = send(fd_, out_.data() + written_, waiting(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      failed_ = failed_ || (errno != EAGAIN && errno != EWOULDBLOCK);
      break;
    }
    written_ += static_cast<std::size_t>(size);
  }
  if (waiting() > kMaxWaiting) failed_ = true;
  Drop(out_, std::exchange(written_, 0));
}

void LoadSocket::Receive(ByteVector& in) {
  std::uint8_t piece[65536];
  while (!ended_) {
    const ssize_t size = recv(fd_, piece, sizeof piece, MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    failed_ = failed_ || size < 0;
    ended_ = size <= 0;
    if (size > 0) Append(in, Bytes(piece, static_cast<std::size_t>(size)));
  }
}

LoadEncoder::LoadEncoder(unsigned port, LoadStream stream)
    : stream_(std::move(stream)), socket_(port) {
  socket_.Send(SetupRequest({.path = stream_.path}));
}

void LoadEncoder::Fail(const std::string& why) {
  if (failure_.empty()) failure_ = "encoder of " + stream_.path + ": " + why;
  state_ = State::kDone;
}

void LoadEncoder::OnReadable() {
  socket_.Receive(in_);
  if (state_ == State::kEnding && socket_.ended()) {
    state_ = State::kDone;
    return;
  }
  if (socket_.failed() || socket_.ended()) {
    Fail("its connection is lost");
    return;
  }
  const std::size_t end = EndOfHead(in_);
  if (end == 0) return;
  const std::string head(in_.begin(),
                         in_.begin() + static_cast<std::ptrdiff_t>(end));
  constexpr std::string_view kCookie = "push-id=";
  const std::size_t cookie = head.find(kCookie);
  if (state_ != State::kSetup || !head.starts_with("HTTP/1.1 204") ||
      cookie == std::string::npos) {
    Fail("an answer: " + FirstLine(in_));
    return;
  }
  in_.clear();
  const std::size_t begin = cookie + kCookie.size();
  Start(head.substr(begin, head.find_first_of(";\r", begin) - begin));
}

void LoadEncoder::Start(const std::string& push_id) {
  socket_.Send(
      StartRequest({.path = stream_.path, .cookie = "push-id=" + push_id}));
  socket_.Send(Frame(wmhttp::PacketId::kHeader, stream_.header));
  state_ = State::kStreaming;
  begin_ = LoadClock::now();
  due_ = begin_;
}

void LoadEncoder::OnTime(LoadClock::time_point now) {
  while (streaming() && due_ <= now) {
    const auto send_time =
        std::chrono::duration_cast<std::chrono::milliseconds>(due_ - begin_);
    const LoadTag tag{stream_.index, number_++, Nanoseconds(LoadClock::now())};
    socket_.Send(Frame(
        wmhttp::PacketId::kData,
        MakeLoadPacket(stream_.packet_size,
                       static_cast<std::uint32_t>(send_time.count()), tag)));
    due_ += stream_.interval;
    if (socket_.failed()) Fail("the server takes no more");
  }
}

void LoadEncoder::End() {
  if (!streaming()) return;
  socket_.Send(Frame(wmhttp::PacketId::kEndOfStream, {}));
  state_ = State::kEnding;
  due_ = LoadClock::time_point::max();
}

LoadPlayer::LoadPlayer(unsigned port, const LoadStream& stream)
    : stream_(stream), socket_(port) {
  socket_.Send("GET " + stream.path +
               " HTTP/1.0\r\nUser-Agent: LoadPlayer/1.0\r\n\r\n");
}

void LoadPlayer::Fail(const std::string& why) {
  if (failure_.empty()) failure_ = "player of " + stream_.path + ": " + why;
}

void LoadPlayer::OnReadable() {
  socket_.Receive(in_);
  if (socket_.failed()) Fail("its connection is lost");
  if (!TakeHead() || !TakeHeader()) {
    if (socket_.ended()) Fail("it got no stream");
    return;
  }
  TakePackets();
  if (socket_.ended() && !in_.empty()) Fail("it ends within a packet");
}

bool LoadPlayer::TakeHead() {
  if (has_head_) return true;
  const std::size_t end = EndOfHead(in_);
  if (end == 0) return false;
  if (FirstLine(in_).find(" 200 ") == std::string::npos) {
    too_early_ = FirstLine(in_).find(" 404 ") != std::string::npos;
    Fail("an answer: " + FirstLine(in_));
    return false;
  }
  Drop(in_, end);
  has_head_ = true;
  began_ns_ = Nanoseconds(LoadClock::now());
  return true;
}

bool LoadPlayer::TakeHeader() {
  if (has_header_) return true;
  const std::size_t size = stream_.header.size();
  if (in_.size() < size) return false;
  if (!std::equal(stream_.header.begin(), stream_.header.end(), in_.begin())) {
    Fail("another header than was sent");
    return false;
  }
  Drop(in_, size);
  has_header_ = true;
  return true;
}

void LoadPlayer::TakePackets() {
  const std::int64_t now = Nanoseconds(LoadClock::now());
  const Bytes all(in_);
  std::size_t at = 0;
  while (all.size() - at >= stream_.packet_size && failure_.empty()) {
    TakePacket(all.subspan(at, stream_.packet_size), now);
    at += stream_.packet_size;
  }
  Drop(in_, at);
}

void LoadPlayer::TakePacket(Bytes packet, std::int64_t now_ns) {
  LoadTag tag;
  if (!ReadLoadPacket(packet, tag) || tag.encoder != stream_.index) {
    Fail("a damaged packet");
    return;
  }
  if (received_ == 0) first_ = tag.number;
  if (tag.number < next()) {
    Fail("packet " + std::to_string(tag.number) + " again");
    return;
  }
  lost_ += tag.number - next();
  ++received_;
  if (tag.sent_ns < began_ns_) return;
  delays_.push_back(static_cast<std::uint32_t>((now_ns - tag.sent_ns) / 1000));
}

}  // namespace wms::test
