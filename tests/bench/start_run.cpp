// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "start_run.h"

#include "common/asf_samples.h"
#include "fed_sink.h"
#include "loopback/raw_client.h"
#include "marks.h"
#include "packets.h"
#include "process_figures.h"
#include "sinks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace wms::bench {
namespace {

constexpr std::uint32_t kPacketSize = 1400;
constexpr double kPerMillisecond = 1e6;
/// After that a start has failed.
constexpr std::int64_t kDeadline = 20000000000;

/// Waits for one more packet than @a before.
/// @return its delay, in milliseconds.
double AwaitPacket(const MeasuringPeer& peer, std::uint64_t before) {
  const std::int64_t begin = Nanoseconds();
  while (peer.received() == before) {
    if (Nanoseconds() - begin > kDeadline) g_error("no packet has arrived");
    // That is another process, with nothing to wait on.
    g_usleep(100);
  }
  return peer.ArrivalsSince(before).front().delay_us * 1e-3;
}

StartTimes StartSink(const StartOptions& options, const std::string& host,
                     const MeasuringPeer& peer) {
  GstElement* element = MakeSink(options.factory, peer.port(), host);
  if (element == nullptr) std::exit(2);
  if (options.factory == "wmspushsink") {
    g_object_set(element, "async-connect", !options.wait_for_server, nullptr);
  }
  GstBuffer* packet = MakePackets(kPacketSize, 1);
  StartTimes times;
  {
    FedSink sink(element, packet, 0);
    const std::uint64_t before = peer.received();
    const std::int64_t begin = Nanoseconds();
    gst_element_set_state(element, GST_STATE_PAUSED);
    times.paused_ms =
        static_cast<double>(Nanoseconds() - begin) / kPerMillisecond;
    sink.Start(options.header_padding);
    sink.Push(begin);
    times.data_ms = AwaitPacket(peer, before);
  }
  gst_buffer_unref(packet);
  return times;
}

void SendAll(int fd, Bytes bytes) {
  if (send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(bytes.size())) {
    g_error("a request cannot be sent");
  }
}

Bytes BytesOf(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

int Connect(const std::string& host, std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 ||
      connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) != 0) {
    g_error("%s cannot be reached", host.c_str());
  }
  return fd;
}

StartTimes StartByHand(const StartOptions& options, const std::string& host,
                       const MeasuringPeer& peer) {
  StartTimes times;
  test::HeaderSample header;
  header.packet_size = kPacketSize;
  header.padding = options.header_padding;
  test::PacketSample sample;
  sample.packet_size = kPacketSize;
  test::ByteVector packet = test::MakePacket(sample);
  const std::uint64_t before = peer.received();
  const std::int64_t begin = Nanoseconds();
  PutMark(packet, {0, 0, begin});
  const int fd = Connect(host, peer.port());
  SendAll(fd, BytesOf(test::SetupRequest({})));
  char answer[1024];
  if (recv(fd, answer, sizeof answer, 0) <= 0) g_error("no answer");
  times.paused_ms =
      static_cast<double>(Nanoseconds() - begin) / kPerMillisecond;
  test::ByteVector all;
  test::Append(all, BytesOf(test::StartRequest({})));
  test::Append(
      all, test::Frame(wmhttp::PacketId::kHeader, test::MakeHeader(header)));
  test::Append(all, test::Frame(wmhttp::PacketId::kData, packet));
  SendAll(fd, all);
  times.data_ms = AwaitPacket(peer, before);
  close(fd);
  return times;
}

}  // namespace

StartTimes MeasureStart(const StartOptions& options, const std::string& host,
                        const MeasuringPeer& peer) {
  const double cpu = CpuSecondsHere();
  StartTimes times = options.factory.empty() ? StartByHand(options, host, peer)
                                             : StartSink(options, host, peer);
  times.cpu_ms = (CpuSecondsHere() - cpu) * 1000;
  return times;
}

}  // namespace wms::bench
