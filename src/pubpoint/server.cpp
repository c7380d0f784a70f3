// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/server.h"

#include "pubpoint/authenticator.h"
#include "pubpoint/core.h"
#include "pubpoint/registry.h"
#include "pubpoint/router.h"
#include "pubpoint/status_interface.h"
#include "pubpoint/watch.h"

#include <libsoup/soup.h>

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace wms::pubpoint {
namespace {

/// A connection may be silent for that much longer than a session.
constexpr std::chrono::seconds kSilenceMargin{10};

/// Connections that wait to be accepted.
constexpr int kBacklog = 512;

Error LocalError(std::string message) {
  return {HResult::E_FAIL, Fault::kLocal, std::move(message)};
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(ServerOptions options)
      : core_(std::move(options)),
        authenticator_(core_.options().users, core_.options().auth_schemes,
                       core_.options().realm),
        registry_(core_),
        status_(core_, registry_),
        router_(core_, registry_, authenticator_, status_) {}
  ~Impl() { End(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> Start();
  void Stop(std::function<void()> done);
  unsigned port() const { return port_; }

 private:
  static void OnRequestStarted(SoupServer* server, SoupServerMessage* message,
                               gpointer impl) noexcept;
  static void OnGotHeaders(SoupServerMessage* message, gpointer impl) noexcept;
  static void OnRequest(SoupServer* server, SoupServerMessage* message,
                        const char* path, GHashTable* query,
                        gpointer impl) noexcept;

  Result<void> Listen();
  void Accept(Connection connection);
  void BoundSilence(GSocket* socket) const;
  void End();

  Core core_;
  Authenticator authenticator_;
  Registry registry_;
  StatusInterface status_;
  Router router_;
  glib::Ref<SoupServer> server_;
  unsigned port_ = 0;
  std::function<void()> stopped_;
  Watch stop_timer_;
};

Result<void> Server::Impl::Start() {
  const ServerOptions& options = core_.options();
  if (!options.record_dir.empty() &&
      (g_file_test(options.record_dir.c_str(), G_FILE_TEST_IS_DIR) == FALSE ||
       access(options.record_dir.c_str(), W_OK | X_OK) != 0)) {
    return LocalError("cannot record to \"" + options.record_dir +
                      "\": give an existing directory that can be written to");
  }
  for (const std::string& path : options.points) {
    if (Result<void> added = registry_.AddPoint(path); !added) return added;
  }
  if (Result<void> keyed = authenticator_.Start(); !keyed) return keyed;
  if (Result<void> drawn = status_.Start(); !drawn) return drawn;
  server_ = glib::Ref<SoupServer>::Take(
      soup_server_new("server-header", ServerHeader().c_str(), nullptr));
  g_signal_connect(server_.get(), "request-started",
                   G_CALLBACK(OnRequestStarted), this);
  soup_server_add_handler(server_.get(), nullptr, OnRequest, this, nullptr);
  core_.SetHandBack(
      [this](Connection connection) { Accept(std::move(connection)); });
  return Listen();
}

Result<void> Server::Impl::Listen() {
  const ServerOptions& options = core_.options();
  const auto address =
      glib::Ref<GSocketAddress>::Take(g_inet_socket_address_new_from_string(
          options.listen_address.c_str(), options.port));
  if (!address) {
    return LocalError("cannot listen at \"" + options.listen_address +
                      "\": give an IP address of this machine, like 127.0.0.1");
  }
  glib::ErrorPtr error;
  if (soup_server_listen(server_.get(), address.get(),
                         static_cast<SoupServerListenOptions>(0),
                         glib::Out(error)) == FALSE) {
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)) {
      return LocalError("port " + std::to_string(options.port) +
                        " is in use: stop the other program or choose "
                        "another port, 0 for any that is free");
    }
    return LocalError("cannot listen at " + options.listen_address + " port " +
                      std::to_string(options.port) + ": " + error->message);
  }
  using List = std::unique_ptr<GSList, glib::Deleter<g_slist_free>>;
  const List listeners(soup_server_get_listeners(server_.get()));
  auto* listener = static_cast<GSocket*>(listeners->data);
  // Again, with room for more: GLib's own 10 are few when an audience comes
  // at once, and who finds no room tries again after a second.
  if (listen(g_socket_get_fd(listener), kBacklog) != 0) {
    return LocalError(std::string("cannot listen: ") + g_strerror(errno));
  }
  const auto local = glib::Ref<GSocketAddress>::Take(
      g_socket_get_local_address(listener, glib::Out(error)));
  if (!local) return LocalError(error->message);
  port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(local.get()));
  return {};
}

void Server::Impl::OnRequestStarted(SoupServer* /*server*/,
                                    SoupServerMessage* message,
                                    gpointer impl) noexcept {
  auto* self = static_cast<Impl*>(impl);
  if (GSocket* socket = soup_server_message_get_socket(message)) {
    self->BoundSilence(socket);
  }
  // Behind libsoup's own handler, which decodes the path.
  g_signal_connect(message, "got-headers", G_CALLBACK(OnGotHeaders), impl);
}

void Server::Impl::OnGotHeaders(SoupServerMessage* message,
                                gpointer impl) noexcept {
  static_cast<Impl*>(impl)->router_.OnHead(message);
}

void Server::Impl::OnRequest(SoupServer* /*server*/, SoupServerMessage* message,
                             const char* /*path*/, GHashTable* /*query*/,
                             gpointer impl) noexcept {
  static_cast<Impl*>(impl)->router_.OnRequest(message);
}

void Server::Impl::Accept(Connection connection) {
  glib::ErrorPtr error;
  const auto local =
      glib::Ref<GSocketAddress>::Take(g_socket_connection_get_local_address(
          connection.stream.get(), glib::Out(error)));
  const auto remote =
      glib::Ref<GSocketAddress>::Take(g_socket_connection_get_remote_address(
          connection.stream.get(), glib::Out(error)));
  if (!local || !remote) {  // it is gone
    Close(connection);
    return;
  }
  BoundSilence(connection.socket());
  if (soup_server_accept_iostream(
          server_.get(), G_IO_STREAM(connection.stream.get()), local.get(),
          remote.get(), glib::Out(error)) == FALSE) {
    core_.Log(LogLevel::kWarning,
              std::string("a connection is lost: ") + error->message);
    Close(connection);
  }
}

void Server::Impl::BoundSilence(GSocket* socket) const {
  // libsoup itself waits for ever for a request to begin or to go on.
  const auto limit = std::chrono::ceil<std::chrono::seconds>(
      core_.options().timers.inactivity + kSilenceMargin);
  g_socket_set_timeout(socket, static_cast<guint>(limit.count()));
}

void Server::Impl::Stop(std::function<void()> done) {
  stopped_ = std::move(done);
  const auto finish = [this] {
    stop_timer_.Reset();
    core_.NotifyQuiet({});
    core_.CutAll();
    if (const auto stopped = std::exchange(stopped_, nullptr)) stopped();
  };
  stop_timer_ = WatchTime(core_.options().timers.stop, finish);
  core_.SetHandBack({});
  if (server_) soup_server_disconnect(server_.get());
  registry_.DisconnectAll(SOUP_STATUS_SERVICE_UNAVAILABLE);
  // From the loop, even if there is nothing to wait for.
  core_.NotifyQuiet([this, finish] {
    stop_timer_ = WatchTime(std::chrono::milliseconds(0), finish);
  });
}

void Server::Impl::End() {
  core_.NotifyQuiet({});
  core_.SetHandBack({});
  if (server_) {
    g_signal_handlers_disconnect_by_data(server_.get(), this);
    soup_server_disconnect(server_.get());
    server_.reset();
  }
  registry_.DisconnectAll(SOUP_STATUS_SERVICE_UNAVAILABLE);
  core_.CutAll();
}

Server::Server(ServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() = default;

Result<void> Server::Start() {
  return impl_->Start();
}

unsigned Server::port() const {
  return impl_->port();
}

void Server::Stop(std::function<void()> done) {
  impl_->Stop(std::move(done));
}

}  // namespace wms::pubpoint
