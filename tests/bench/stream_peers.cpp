// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "stream_peers.h"

#include "glib/ref.h"
#include "loopback/raw_client.h"

#include <glib.h>

#include <sys/socket.h>

#include <cerrno>

namespace wms::bench {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

std::string PathOf(std::uint32_t stream) {
  return "/stream" + std::to_string(stream);
}

std::string IcecastRequest(const std::string& path) {
  const std::string login = std::string("source:") + kIcecastPassword;
  const glib::Chars encoded(g_base64_encode(
      reinterpret_cast<const guchar*>(login.data()), login.size()));
  return "PUT " + path +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic " +
         encoded.get() +
         "\r\nContent-Type: video/x-ms-asf\r\nIce-Public: 0\r\n\r\n";
}

test::ByteVector Template(std::uint32_t size) {
  test::PacketSample sample;
  sample.packet_size = size;
  return test::MakePacket(sample);
}

}  // namespace

StreamPusher::StreamPusher(Dialect dialect, unsigned port, std::uint32_t stream,
                           std::uint32_t packet_size, std::int64_t interval_ns)
    : dialect_(dialect),
      stream_(stream),
      path_(PathOf(stream)),
      interval_ns_(interval_ns),
      packet_(Template(packet_size)),
      socket_(port) {
  socket_.Send(dialect == Dialect::kWmHttp ? test::SetupRequest({.path = path_})
                                           : IcecastRequest(path_));
}

void StreamPusher::OnReadable() {
  socket_.Receive(in_);
  const std::string text(in_.begin(), in_.end());
  if (socket_.ended() || streaming_) {
    failure_ = "the server ends the push of " + path_ + ": " + text;
    return;
  }
  if (text.find(kEndOfHead) == std::string::npos) return;
  in_.clear();
  Start(text);
}

void StreamPusher::Start(const std::string& answer) {
  constexpr std::string_view kCookie = "push-id=";
  const std::size_t cookie = answer.find(kCookie);
  const bool wmhttp = dialect_ == Dialect::kWmHttp;
  if (!answer.starts_with(wmhttp ? "HTTP/1.1 204" : "HTTP/1.0 200") ||
      (wmhttp && cookie == std::string::npos)) {
    failure_ = "no push of " + path_ + ": " + answer;
    return;
  }
  if (wmhttp) {
    const std::size_t end = answer.find_first_of(";\r", cookie);
    socket_.Send(test::StartRequest(
        {.path = path_, .cookie = answer.substr(cookie, end - cookie)}));
  }
  test::HeaderSample header;
  header.packet_size = static_cast<std::uint32_t>(packet_.size());
  Send(wmhttp::PacketId::kHeader, test::MakeHeader(header));
  streaming_ = true;
  // Streams do not all begin at once, nor go in step.
  due_ns_ = Nanoseconds() + stream_ * 7919 * 1000LL % interval_ns_;
}

void StreamPusher::Send(wmhttp::PacketId id, Bytes payload) {
  if (dialect_ == Dialect::kWmHttp) {
    socket_.Send(test::Frame(id, payload));
  } else {
    socket_.Send(payload);
  }
}

void StreamPusher::OnTime(std::int64_t now_ns) {
  if (socket_.waiting() > 0) Flush();
  while (due_ns_ <= now_ns) {
    PutMark(packet_, {stream_, number_, due_ns_});
    test::SetSendTime(
        packet_, static_cast<std::uint32_t>(number_ * interval_ns_ / 1000000));
    ++number_;
    Send(wmhttp::PacketId::kData, packet_);
    due_ns_ += interval_ns_;
  }
  if (socket_.failed()) failure_ = "the server takes no more of " + path_;
}

StreamPlayer::StreamPlayer(unsigned port, std::uint32_t stream)
    : stream_(stream), socket_(port), begin_ns_(Nanoseconds()) {
  socket_.Send("GET " + PathOf(stream) +
               " HTTP/1.0\r\nUser-Agent: bench/1.0\r\n\r\n");
}

void StreamPlayer::OnReadable(std::vector<std::uint8_t>& room,
                              std::vector<std::uint32_t>& delays_us) {
  const ssize_t size = recv(fd(), room.data(), room.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    failure_ = "the server ends " + PathOf(stream_);
    return;
  }
  const std::int64_t now = Nanoseconds();
  Bytes bytes(room.data(), static_cast<std::size_t>(size));
  if (!TakeHead(bytes, now)) return;
  found_.clear();
  scanner_.Scan(bytes, found_);
  for (const Mark& mark : found_) {
    Count(mark);
    if (mark.time_ns < joined_ns_) continue;
    delays_us.push_back(
        static_cast<std::uint32_t>((now - mark.time_ns) / 1000));
  }
}

/// Leaves in @a bytes what is behind it.
bool StreamPlayer::TakeHead(Bytes& bytes, std::int64_t now_ns) {
  if (!has_head_) {
    const std::size_t before = head_.size();
    head_.append(bytes.begin(), bytes.end());
    const std::size_t end = head_.find(kEndOfHead);
    if (end == std::string::npos) return false;
    if (head_.find(" 200 OK") > head_.find("\r\n")) {
      failure_ = "an answer: " + head_.substr(0, head_.find("\r\n"));
      return false;
    }
    bytes = bytes.subspan(end + kEndOfHead.size() - before);
    has_head_ = true;
    head_ = {};
  }
  if (first_byte_ms_ == 0 && !bytes.empty()) {
    joined_ns_ = now_ns;
    first_byte_ms_ = static_cast<double>(now_ns - begin_ns_) * 1e-6;
  }
  return true;
}

void StreamPlayer::Count(const Mark& mark) {
  if (mark.stream != stream_) failure_ = "a packet of another stream";
  if (has_packet_ && mark.number < next_) failure_ = "a packet comes again";
  if (has_packet_ && mark.number > next_) skipped_ += mark.number - next_;
  has_packet_ = true;
  next_ = mark.number + 1;
}

}  // namespace wms::bench
