// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"
#include "common/loopback_address.h"
#include "loopback/push_sink_case.h"
#include "wmhttp/length_remaining.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

// A PushStart whose Content-Length is used up to its last byte, by so many
// packets that nobody keeps them. WMSPUSH_LONG=1 for the 2147483647 bytes of
// 3.1.4.2.1; without it some megabytes go the same way.

namespace wms::test {
namespace {

/// Large, so that 2 GiB take seconds.
constexpr std::uint32_t kPacketSize = 32768;

std::uint64_t Length() {
  return std::getenv("WMSPUSH_LONG") != nullptr
             ? wmhttp::kUnboundedContentLength
             : 20000000;
}

/// What a PushStart body was.
struct Body {
  std::uint64_t length = 0;  ///< Content-Length
  std::uint64_t data = 0;    ///< $D packets
  std::uint64_t filler = 0;  ///< $F packets
  std::uint64_t others = 0;
  bool in_order = true;  ///< each $D has the next number
  bool whole = false;    ///< all of the length came, as whole packets
};

/// A server that reads a body and keeps nothing of it.
class Reader {
 public:
  Reader() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = LoopbackAddress(0);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool listening = bind(listener_, generic, size) == 0 &&
                           listen(listener_, 1) == 0 &&
                           getsockname(listener_, generic, &size) == 0;
    EXPECT(listening, "no listening socket on 127.0.0.1");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Reader() {
    stop_.Open();
    Join();
    close(listener_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/live";
  }
  /// Waits for the end; one for each PushStart.
  const std::vector<Body>& Join() {
    if (thread_.joinable()) thread_.join();
    return bodies_;
  }

 private:
  void Serve() {
    if (!Readable(listener_)) return;
    fd_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    while (ServeRequest())
      continue;
    close(fd_);
  }

  bool ServeRequest() {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReadMore()) return false;
    }
    WireRequest request;
    request.head = unread_.substr(0, end + 4);
    unread_.erase(0, end + 4);
    if (request.IsStart()) {
      bodies_.push_back(
          {.length = std::strtoull(request.Header("Content-Length").c_str(),
                                   nullptr, 10)});
      if (!ReadBody(bodies_.back())) return false;
    }
    return send(fd_, kSetupResponse, std::string_view(kSetupResponse).size(),
                MSG_NOSIGNAL) > 0;
  }

  bool ReadBody(Body& body) {
    wmhttp::PacketReader packets;
    std::uint64_t left = body.length;
    for (;;) {
      const auto size = static_cast<std::size_t>(
          std::min<std::uint64_t>(left, unread_.size()));
      packets.Feed(
          {reinterpret_cast<const std::uint8_t*>(unread_.data()), size});
      const bool good = Count(packets, body);
      unread_.erase(0, size);
      left -= size;
      if (!good) return false;
      if (left == 0) break;
      if (!ReadMore()) return false;
    }
    body.whole = packets.buffered() == 0;
    return true;
  }

  bool Count(wmhttp::PacketReader& packets, Body& body) {
    for (;;) {
      const auto packet = packets.Next();
      if (!packet) return false;
      if (!*packet) return true;
      if ((*packet)->id == wmhttp::PacketId::kData) {
        const auto parsed = asf::ParseDataPacket((*packet)->payload);
        body.in_order =
            body.in_order && parsed && parsed->send_time_ms == next_++;
        ++body.data;
      } else if ((*packet)->id == wmhttp::PacketId::kFiller) {
        ++body.filler;
      } else {
        ++body.others;
      }
    }
  }

  bool Readable(int fd) const {
    std::array<pollfd, 2> fds{pollfd{fd, POLLIN, 0},
                              pollfd{stop_.fd(), POLLIN, 0}};
    return poll(fds.data(), fds.size(), -1) > 0 && fds[1].revents == 0;
  }

  bool ReadMore() {
    if (!Readable(fd_)) return false;
    const std::size_t before = unread_.size();
    unread_.resize(before + kBlock);
    const ssize_t size = recv(fd_, &unread_[before], kBlock, 0);
    unread_.resize(before +
                   static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return size > 0;
  }

  static constexpr std::size_t kBlock = 262144;

  const Gate stop_;
  int listener_;
  int port_ = 0;
  std::thread thread_;
  // The thread's, until it has ended:
  int fd_ = -1;
  std::string unread_;
  std::uint32_t next_ = 0;  // number of the next $D
  std::vector<Body> bodies_;
};

/// The packet with this number, which is its send time.
const ByteVector& Numbered(ByteVector& packet, std::size_t at,
                           std::uint32_t number) {
  for (std::size_t i = 0; i < 4; ++i)
    packet[at + i] = static_cast<std::uint8_t>(number >> (8 * i));
  return packet;
}

/// Where the send time stands in packets of this kind.
std::size_t SendTimeAt() {
  const ByteVector zero = MakePacket({.packet_size = kPacketSize});
  const ByteVector one =
      MakePacket({.packet_size = kPacketSize, .send_time_ms = 1});
  return static_cast<std::size_t>(
      std::mismatch(zero.begin(), zero.end(), one.begin()).first -
      zero.begin());
}

GST_START_TEST(test_whole_length) {
  const std::uint64_t length = Length();
  Reader server;
  PushSinkCase push;
  push.header =
      MakeHeader({.packet_size = kPacketSize, .max_bitrate = 4000000000});
  push.options.content_length = length;
  push.Start(server.Url());
  ByteVector packet = MakePacket({.packet_size = kPacketSize});
  const std::size_t at = SendTimeAt();
  std::uint32_t sent = 0;
  const auto took = TimeOf([&] {
    while (push.sink->GetStats().push_starts < 2) {
      EXPECT(push.sink->OnDataUnit(Numbered(packet, at, sent)) == HResult::S_OK,
             push.sink->LastError());
      ++sent;
    }
  });
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  const std::vector<Body>& bodies = server.Join();
  fail_unless_equals_int(bodies.size(), 2);
  const Body& full = bodies[0];
  fail_unless_equals_uint64(full.length, length);
  fail_unless(full.whole);
  // $H, and no $E.
  fail_unless_equals_uint64(full.others, 1);
  fail_unless(full.filler >= 1);
  // It goes on with the packet that did not fit.
  fail_unless_equals_uint64(full.data + bodies[1].data, sent);
  fail_unless(bodies[1].data >= 1);
  fail_unless(full.in_order && bodies[1].in_order);
  std::printf("%llu bytes in %d ms, %llu packets, %llu fillers\n",
              static_cast<unsigned long long>(length),
              static_cast<int>(took.count()),
              static_cast<unsigned long long>(full.data),
              static_cast<unsigned long long>(full.filler));
}
GST_END_TEST

Suite* push_sink_long_suite() {
  Suite* suite = suite_create("push_sink_long");
  TCase* tcase = tcase_create("long");
  suite_add_tcase(suite, tcase);
  tcase_set_timeout(tcase, 0);
  tcase_add_test(tcase, test_whole_length);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_long_suite;
GST_CHECK_MAIN(push_sink_long)
