// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/listener.h"

#include "pubpoint/response.h"

#include <libsoup/soup.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace wms::pubpoint {
namespace {

/// GLib's own 10 are few when an audience comes at once, and who finds no
/// room tries again after a second.
constexpr int kBacklog = 512;

/// Descriptors for other things than connections: recordings, logs, the loop.
constexpr std::size_t kOtherDescriptors = 64;
constexpr std::size_t kLeastConnections = 8;
/// Connections that are accepted before others get their turn.
constexpr int kAcceptsPerTurn = 32;
constexpr std::chrono::milliseconds kPause{100};

/// How many connections the limit on open files leaves room for.
std::size_t RoomForConnections(std::size_t limit) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return limit;
  const std::size_t most = static_cast<std::size_t>(files.rlim_cur);
  const std::size_t room =
      most > kOtherDescriptors ? most - kOtherDescriptors : 0;
  return std::min(limit, std::max(room, kLeastConnections));
}

/// What a connection carries from its start to its end.
class Counted {
 public:
  explicit Counted(std::shared_ptr<std::size_t> count)
      : count_(std::move(count)) {
    ++*count_;
  }
  ~Counted() { --*count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  const std::shared_ptr<std::size_t> count_;
};

}  // namespace

Listener::~Listener() {
  Stop();
}

Result<void> Listener::Listen(const std::string& address, unsigned port,
                              std::size_t limit) {
  const auto at = glib::Ref<GSocketAddress>::Take(
      g_inet_socket_address_new_from_string(address.c_str(), port));
  if (!at) {
    return LocalError("cannot listen at \"" + address +
                      "\": give an IP address of this machine, like "
                      "127.0.0.1");
  }
  glib::ErrorPtr error;
  const GSocketFamily family = g_socket_address_get_family(at.get());
  socket_ = glib::Ref<GSocket>::Take(g_socket_new(
      family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, glib::Out(error)));
  if (socket_ && family == G_SOCKET_FAMILY_IPV6) {
    g_socket_set_option(socket_.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1, nullptr);
  }
  if (socket_) g_socket_set_listen_backlog(socket_.get(), kBacklog);
  if (!socket_ ||
      g_socket_bind(socket_.get(), at.get(), TRUE, glib::Out(error)) == FALSE ||
      g_socket_listen(socket_.get(), glib::Out(error)) == FALSE) {
    socket_.reset();
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)) {
      return LocalError("port " + std::to_string(port) +
                        " is in use: stop the other program or choose "
                        "another port, 0 for any that is free");
    }
    return LocalError("cannot listen at " + address + " port " +
                      std::to_string(port) + ": " + error->message);
  }
  return Begin(limit);
}

Result<void> Listener::Adopt(int fd, std::size_t limit) {
  glib::ErrorPtr error;
  socket_ =
      glib::Ref<GSocket>::Take(g_socket_new_from_fd(fd, glib::Out(error)));
  int listening = 0;
  if (!socket_ ||
      g_socket_get_option(socket_.get(), SOL_SOCKET, SO_ACCEPTCONN, &listening,
                          nullptr) == FALSE ||
      listening == 0) {
    socket_.reset();
    return LocalError("descriptor " + std::to_string(fd) +
                      " is not a socket that listens");
  }
  return Begin(limit);
}

Result<void> Listener::Begin(std::size_t limit) {
  glib::ErrorPtr error;
  const auto local = glib::Ref<GSocketAddress>::Take(
      g_socket_get_local_address(socket_.get(), glib::Out(error)));
  if (!local) return LocalError(error->message);
  if (G_IS_INET_SOCKET_ADDRESS(local.get())) {
    auto* inet = G_INET_SOCKET_ADDRESS(local.get());
    port_ = g_inet_socket_address_get_port(inet);
    address_ = glib::Chars(g_inet_address_to_string(
                               g_inet_socket_address_get_address(inet)))
                   .get();
  }
  // Connections inherit it.
  g_socket_set_option(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
  limit_ = RoomForConnections(limit);
  if (limit_ < limit) {
    log_(LogLevel::kInfo, "the limit on open files leaves room for " +
                              std::to_string(limit_) + " connections");
  }
  OpenReserve();
  Arm();
  return {};
}

void Listener::Stop() {
  readable_.Reset();
  pause_.Reset();
  socket_.reset();
  if (reserve_ >= 0) close(reserve_);
  reserve_ = -1;
}

void Listener::OpenReserve() {
  if (reserve_ < 0) reserve_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void Listener::Arm() {
  pause_.Reset();
  readable_ =
      WatchReadable(g_socket_get_fd(socket_.get()), [this] { Accept(); });
}

void Listener::Pause() {
  readable_.Reset();
  pause_ = WatchTime(kPause, [this] {
    OpenReserve();
    Arm();
  });
}

void Listener::Accept() {
  for (int i = 0; i < kAcceptsPerTurn && readable_; ++i) {
    if (!AcceptOne()) return;
  }
}

bool Listener::AcceptOne() {
  const int fd = accept4(g_socket_get_fd(socket_.get()), nullptr, nullptr,
                         SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0) {
    Take(fd);
    return true;
  }
  switch (errno) {
    case EAGAIN:
      return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      UseReserve();
      return static_cast<bool>(readable_);
    default:
      // Of that connection alone, as a network error that waited for it.
      return true;
  }
}

void Listener::UseReserve() {
  if (refused_ == 0) {
    log_(LogLevel::kWarning,
         std::string("cannot take a connection: ") + g_strerror(errno));
  }
  ++refused_;
  if (reserve_ < 0) {
    Pause();
    return;
  }
  close(reserve_);
  reserve_ = -1;
  const int fd = accept4(g_socket_get_fd(socket_.get()), nullptr, nullptr,
                         SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0) Refuse(fd);
  OpenReserve();
  if (fd < 0 || reserve_ < 0) Pause();
}

void Listener::Refuse(int fd) {
  const std::string text =
      WriteResponse(PlainResponse(SOUP_STATUS_SERVICE_UNAVAILABLE), true);
  // It fits, or the peer is gone.
  static_cast<void>(
      send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  shutdown(fd, SHUT_WR);
  close(fd);
}

void Listener::Take(int fd) {
  if (*count_ >= limit_) {
    if (refused_++ == 0) {
      log_(LogLevel::kWarning, "there are " + std::to_string(limit_) +
                                   " connections: more are refused");
    }
    Refuse(fd);
    return;
  }
  if (refused_ > 0) {
    log_(LogLevel::kInfo, std::to_string(refused_) +
                              " connections were refused, there is room again");
    refused_ = 0;
  }
  glib::ErrorPtr error;
  const auto socket =
      glib::Ref<GSocket>::Take(g_socket_new_from_fd(fd, glib::Out(error)));
  if (!socket) {
    log_(LogLevel::kWarning,
         std::string("cannot take a connection: ") + error->message);
    close(fd);
    return;
  }
  Connection connection;
  connection.stream = glib::Ref<GSocketConnection>::Take(
      g_socket_connection_factory_create_connection(socket.get()));
  Hold(connection, std::make_shared<const Counted>(count_));
  on_connection_(std::move(connection));
}

}  // namespace wms::pubpoint
