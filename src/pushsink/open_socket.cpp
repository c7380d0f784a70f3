// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/open_socket.h"

#include "glib/async.h"
#include "glib/local_cancellable.h"
#include "pushsink/connection.h"
#include "pushsink/errors.h"

#include <algorithm>
#include <utility>

namespace wms {
namespace {

/// GIO's timeouts count in seconds: this cancellable is for a deadline, too.
class DeadlineCancellable {
 public:
  DeadlineCancellable(GMainContext* context, std::int64_t deadline_us,
                      GCancellable* cancellable)
      : cancellable_(context, cancellable) {
    if (deadline_us == 0) return;
    const std::int64_t left = deadline_us - g_get_monotonic_time();
    const auto left_ms = std::clamp<std::int64_t>(left / 1000, 0, G_MAXINT);
    timer_.reset(g_timeout_source_new(static_cast<guint>(left_ms)));
    g_source_set_callback(timer_.get(), Expire, this, nullptr);
    g_source_attach(timer_.get(), context);
  }
  ~DeadlineCancellable() {
    if (timer_) g_source_destroy(timer_.get());
  }
  DeadlineCancellable(const DeadlineCancellable&) = delete;
  DeadlineCancellable& operator=(const DeadlineCancellable&) = delete;

  GCancellable* get() const { return cancellable_.get(); }
  /// Whether it was the deadline that cancelled.
  bool expired() const { return expired_; }

 private:
  static gboolean Expire(gpointer data) noexcept {
    auto* self = static_cast<DeadlineCancellable*>(data);
    self->expired_ = true;
    g_cancellable_cancel(self->get());
    return G_SOURCE_REMOVE;
  }

  bool expired_ = false;
  glib::LocalCancellable cancellable_;
  glib::Source timer_;
};

}  // namespace

Result<OpenedSocket> OpenSocket(const PushTarget& target,
                                std::int64_t deadline_us,
                                GCancellable* cancellable) {
  const glib::MainContext context(g_main_context_new());
  const glib::ThreadDefault thread_default(context.get());
  DeadlineCancellable end(context.get(), deadline_us, cancellable);
  const auto client = glib::Ref<GSocketClient>::Take(g_socket_client_new());
  g_socket_client_set_proxy_resolver(client.get(), target.proxy.resolver.get());
  // HTTP itself speaks to such a proxy, there is no tunnel to ask for.
  g_socket_client_add_application_proxy(client.get(), "http");
  glib::AsyncResult result;
  g_socket_client_connect_to_uri_async(
      client.get(), target.location.text.c_str(),
      static_cast<guint16>(target.location.port), end.get(),
      glib::AsyncResult::Callback, &result);
  glib::ErrorPtr error;
  const auto connection =
      glib::Ref<GSocketConnection>::Take(g_socket_client_connect_to_uri_finish(
          client.get(), result.Await(context.get()), glib::Out(error)));
  if (!connection) {
    Error failure = end.expired()
                        ? TimeoutError(Stage::kConnect)
                        : ErrorFromGError(error.get(), Stage::kConnect);
    return target.proxy.required ? ProxyError(std::move(failure)) : failure;
  }
  OpenedSocket opened{DetachSocket(connection.get()),
                      LeadsToProxy(connection.get())};
  if (!opened.socket) {
    return Error{HResult::NS_E_PUSH_CANNOTCONNECT, Fault::kLocal,
                 "this process has too many files and connections open"};
  }
  return opened;
}

}  // namespace wms
