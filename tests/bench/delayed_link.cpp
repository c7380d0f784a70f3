// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "delayed_link.h"

#include "marks.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <vector>

namespace wms::bench {
namespace {

constexpr in_addr_t kNetmask = 0xFFFFFF00;
constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kSourceAddress = 12;
constexpr std::size_t kAddress = 4;

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

ifreq Interface(const char* name) {
  ifreq request{};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  return request;
}

void Bring(int control, const char* name) {
  ifreq request = Interface(name);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(control, SIOCSIFFLAGS, &request) != 0) Die(name);
}

void SetAddress(int control, unsigned long operation, in_addr_t address) {
  ifreq request = Interface("tun0");
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(address);
  std::memcpy(&request.ifr_addr, &name, sizeof name);
  if (ioctl(control, operation, &request) != 0) Die("an address for tun0");
}

int OpenTun() {
  const int tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (tun < 0) Die("/dev/net/tun");
  ifreq request = Interface("tun0");
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(tun, TUNSETIFF, &request) != 0) Die("TUNSETIFF");
  const int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  SetAddress(control, SIOCSIFADDR, DelayedLink::kHere);
  SetAddress(control, SIOCSIFNETMASK, kNetmask);
  Bring(control, "tun0");
  Bring(control, "lo");
  close(control);
  return tun;
}

struct Travelling {
  std::int64_t due_ns;
  std::vector<std::uint8_t> bytes;
};

/// The other end of the link is this machine again. Checksums stay right: they
/// are sums.
void ExchangeAddresses(std::vector<std::uint8_t>& packet) {
  const auto source = packet.begin() + kSourceAddress;
  std::swap_ranges(source, source + kAddress, source + kAddress);
}

/// Takes what the kernel sends, up to nothing.
void Take(int tun, std::int64_t one_way_ns, std::deque<Travelling>& under_way) {
  std::array<std::uint8_t, 65536> room;
  for (;;) {
    const ssize_t size = read(tun, room.data(), room.size());
    if (size <= 0) return;
    const auto end = room.begin() + size;
    const bool is_ipv4 = room[0] >> 4 == 4;
    if (static_cast<std::size_t>(size) < kIpv4Header || !is_ipv4) continue;
    Travelling packet{Nanoseconds() + one_way_ns, {room.begin(), end}};
    ExchangeAddresses(packet.bytes);
    under_way.push_back(std::move(packet));
  }
}

}  // namespace

bool DelayedLink::EnterOwnNetwork() {
  if (unshare(CLONE_NEWNET) == 0) return true;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) return true;
  std::perror("a network namespace");
  return false;
}

DelayedLink::DelayedLink()
    : tun_(OpenTun()),
      stop_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { Run(); }) {}

DelayedLink::~DelayedLink() {
  const std::uint64_t one = 1;
  if (write(stop_, &one, sizeof one) != sizeof one) Die("eventfd");
  thread_.join();
  close(stop_);
  close(tun_);
}

void DelayedLink::Run() {
  std::deque<Travelling> under_way;
  pollfd fds[] = {{tun_, POLLIN, 0}, {stop_, POLLIN, 0}};
  while (fds[1].revents == 0) {
    Take(tun_, one_way_ns_, under_way);
    std::int64_t now = Nanoseconds();
    while (!under_way.empty() && under_way.front().due_ns <= now) {
      const std::vector<std::uint8_t>& bytes = under_way.front().bytes;
      // Lost, as on any network, when the kernel has no room.
      [[maybe_unused]] const ssize_t written =
          write(tun_, bytes.data(), bytes.size());
      under_way.pop_front();
      now = Nanoseconds();
    }
    timespec wait{};
    if (!under_way.empty()) {
      const std::int64_t left = under_way.front().due_ns - now;
      wait = {left / 1000000000, left % 1000000000};
    }
    ppoll(fds, 2, under_way.empty() ? nullptr : &wait, nullptr);
  }
}

}  // namespace wms::bench
