// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/server.h"

#include "pubpoint/authenticator.h"
#include "pubpoint/core.h"
#include "pubpoint/listener.h"
#include "pubpoint/registry.h"
#include "pubpoint/response.h"
#include "pubpoint/router.h"
#include "pubpoint/soup_request.h"
#include "pubpoint/status_interface.h"
#include "pubpoint/watch.h"

#include <libsoup/soup.h>

#include <unistd.h>

#include <array>

namespace wms::pubpoint {
class Server::Impl {
 public:
  explicit Impl(ServerOptions options)
      : core_(std::move(options)),
        authenticator_(core_.options()),
        registry_(core_),
        status_(core_, registry_),
        router_(core_, registry_, authenticator_, status_),
        listener_(
            [this](Connection connection) {
              Accept(std::move(connection), Since::kAccepted);
            },
            [this](LogLevel level, const std::string& line) {
              core_.Log(level, line);
            }) {}
  ~Impl() { End(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> Start();
  void Stop(std::function<void()> done);
  const std::string& address() const { return listener_.address(); }
  unsigned port() const { return listener_.port(); }

 private:
  static void OnRequestStarted(SoupServer* server, SoupServerMessage* message,
                               gpointer impl) noexcept;
  static void OnGotHeaders(SoupServerMessage* message, gpointer impl) noexcept;
  static void OnDisconnected(SoupServerMessage* message,
                             gpointer impl) noexcept;
  static void OnWroteHeaders(SoupServerMessage* message,
                             gpointer impl) noexcept;
  static void OnRequest(SoupServer* server, SoupServerMessage* message,
                        const char* path, GHashTable* query,
                        gpointer impl) noexcept;

  Result<void> Listen();
  /// What a connection has been waiting since for its next request.
  enum class Since { kAccepted, kResponse };
  using Late = std::function<void(GSocket* socket, bool fresh)>;

  void Accept(Connection connection, Since since);
  void LimitWaitFor(const Connection& connection, Since since) const;
  void OnLate(GSocket* socket, bool fresh) const;
  void End();

  Core core_;
  Authenticator authenticator_;
  Registry registry_;
  StatusInterface status_;
  Router router_;
  Listener listener_;
  glib::Ref<SoupServer> server_;
  std::function<void()> stopped_;
  Watch stop_timer_;
  /// A connection that libsoup still holds on to may outlive this.
  const std::shared_ptr<const Late> late_ = std::make_shared<const Late>(
      [this](GSocket* socket, bool fresh) { OnLate(socket, fresh); });
};

Result<void> Server::Impl::Start() {
  const ServerOptions& options = core_.options();
  if (!options.record_dir.empty() &&
      (g_file_test(options.record_dir.c_str(), G_FILE_TEST_IS_DIR) == FALSE ||
       access(options.record_dir.c_str(), W_OK | X_OK) != 0)) {
    return LocalError("cannot record to \"" + options.record_dir +
                      "\": give an existing directory that can be written to");
  }
  if (Result<void> configured = registry_.Start(); !configured) {
    return configured;
  }
  if (Result<void> keyed = authenticator_.Start(); !keyed) return keyed;
  if (Result<void> drawn = status_.Start(); !drawn) return drawn;
  server_ = glib::Ref<SoupServer>::Take(
      soup_server_new("server-header", ServerHeader().c_str(), nullptr));
  g_signal_connect(server_.get(), "request-started",
                   G_CALLBACK(OnRequestStarted), this);
  soup_server_add_handler(server_.get(), nullptr, OnRequest, this, nullptr);
  core_.SetHandBack([this](Connection connection) {
    Accept(std::move(connection), Since::kResponse);
  });
  return Listen();
}

Result<void> Server::Impl::Listen() {
  const ServerOptions& options = core_.options();
  const std::size_t limit = options.limits.connections;
  return options.listen_fd >= 0
             ? listener_.Adopt(options.listen_fd, limit)
             : listener_.Listen(options.listen_address, options.port, limit);
}

void Server::Impl::OnRequestStarted(SoupServer* /*server*/,
                                    SoupServerMessage* message,
                                    gpointer impl) noexcept {
  // Behind libsoup's own handler, which decodes the path.
  g_signal_connect(message, "got-headers", G_CALLBACK(OnGotHeaders), impl);
  // Whatever is understood is answered here, so that this is libsoup's own.
  g_signal_connect(message, "wrote-headers", G_CALLBACK(OnWroteHeaders), impl);
  g_signal_connect(message, "disconnected", G_CALLBACK(OnDisconnected), impl);
}

void Server::Impl::OnGotHeaders(SoupServerMessage* message,
                                gpointer impl) noexcept {
  static_cast<Impl*>(impl)->router_.OnHead(message);
}

void Server::Impl::OnWroteHeaders(SoupServerMessage* message,
                                  gpointer impl) noexcept {
  // It closes the connection behind that.
  g_signal_handlers_disconnect_matched(message, G_SIGNAL_MATCH_DATA, 0, 0,
                                       nullptr, nullptr, impl);
  static_cast<Impl*>(impl)->router_.OnUnreadable(message);
}

void Server::Impl::OnDisconnected(SoupServerMessage* message,
                                  gpointer impl) noexcept {
  // libsoup has no other sign of a head that is larger than it reads.
  if (g_strcmp0(soup_server_message_get_reason_phrase(message),
                g_dgettext("libsoup-3.0", "Header too big")) == 0) {
    static_cast<Impl*>(impl)->router_.OnTooLarge(message);
  }
}

void Server::Impl::OnRequest(SoupServer* /*server*/, SoupServerMessage* message,
                             const char* /*path*/, GHashTable* /*query*/,
                             gpointer impl) noexcept {
  static_cast<Impl*>(impl)->router_.OnRequest(message);
}

void Server::Impl::Accept(Connection connection, Since since) {
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
  LimitWaitFor(connection, since);
  if (soup_server_accept_iostream(
          server_.get(), G_IO_STREAM(connection.stream.get()), local.get(),
          remote.get(), glib::Out(error)) == FALSE) {
    core_.Log(LogLevel::kWarning,
              std::string("a connection is lost: ") + error->message);
    Close(connection);
  }
}

void Server::Impl::LimitWaitFor(const Connection& connection,
                                Since since) const {
  const Timers& timers = core_.options().timers;
  // Between two requests a client has until its session ends, and then for a
  // request that it has just begun.
  const bool fresh = since == Since::kAccepted;
  const auto limit =
      fresh ? timers.request : timers.inactivity + timers.request;
  const auto socket = glib::Ref<GSocket>::Share(connection.socket());
  const std::weak_ptr<const Late> weak = late_;
  LimitWait(connection, limit, [weak, socket, fresh] {
    if (const auto late = weak.lock()) (*late)(socket.get(), fresh);
  });
}

void Server::Impl::OnLate(GSocket* socket, bool fresh) const {
  const auto remote = glib::Ref<GSocketAddress>::Take(
      g_socket_get_remote_address(socket, nullptr));
  core_.Log(LogLevel::kInfo, "connection from " + AddressText(remote.get()) +
                                 ": it brings no whole request in time");
  if (fresh) {
    const std::string text =
        WriteResponse(PlainResponse(SOUP_STATUS_REQUEST_TIMEOUT), true);
    const std::array<Bytes, 1> part = {
        Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())};
    // It fits, or the peer is gone.
    static_cast<void>(Send(g_socket_get_fd(socket), part));
  }
  // libsoup has the connection, and closes it at the end of the stream.
  g_socket_shutdown(socket, TRUE, TRUE, nullptr);
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
  listener_.Stop();
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
  listener_.Stop();
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

std::string Server::address() const {
  return impl_->address();
}

unsigned Server::port() const {
  return impl_->port();
}

void Server::Stop(std::function<void()> done) {
  impl_->Stop(std::move(done));
}

}  // namespace wms::pubpoint
