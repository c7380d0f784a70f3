// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "interop/gss_acceptor.h"

#include <fstream>
#include <utility>

namespace wms::test {
namespace {

std::string Base64(gss_buffer_t buffer) {
  const glib::Chars text(g_base64_encode(
      static_cast<const guchar*>(buffer->value), buffer->length));
  return text.get();
}

bool IsStart(SoupServerMessage* message) {
  const char* type = soup_message_headers_get_content_type(
      soup_server_message_get_request_headers(message), nullptr);
  return g_strcmp0(type, "application/x-wms-pushstart") == 0;
}

/// libsoup would wait for the end of the body, which may never come: so this
/// does not wait for libsoup, which drops what the client still sends.
void RefuseInBody(SoupServerMessage* message, const std::string& challenge) {
  soup_message_body_set_accumulate(
      soup_server_message_get_request_body(message), FALSE);
  const std::string response =
      "HTTP/1.1 401 Unauthorized\r\nServer: Cougar/9.5.5732.6324\r\n"
      "WWW-Authenticate: " +
      challenge + "\r\nContent-Length: 0\r\n\r\n";
  g_socket_send(soup_server_message_get_socket(message), response.data(),
                response.size(), nullptr, nullptr);
}

}  // namespace

GssAcceptor::GssAcceptor(std::string scheme, Asks asks)
    : scheme_(std::move(scheme)),
      asks_(asks),
      loop_(g_main_loop_new(context_.get(), FALSE)) {
  Listen();
  thread_ = std::thread([this] {
    const glib::ThreadDefault mine(context_.get());
    g_main_loop_run(loop_.get());
  });
}

void GssAcceptor::Listen() {
  const glib::ThreadDefault thread_default(context_.get());
  server_ = glib::Ref<SoupServer>::Take(
      soup_server_new("server-header", "Cougar/9.5.5732.6324", nullptr));
  // A PushStart is looked at before its body, a PushSetup behind it: what is
  // answered early ends the connection.
  soup_server_add_early_handler(
      server_.get(), "/live",
      [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*,
         gpointer self) {
        if (IsStart(message)) {
          static_cast<GssAcceptor*>(self)->OnStart(message);
        }
      },
      this, nullptr);
  soup_server_add_handler(
      server_.get(), "/live",
      [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*,
         gpointer self) {
        if (!IsStart(message)) {
          static_cast<GssAcceptor*>(self)->OnSetup(message);
        }
      },
      this, nullptr);
  glib::ErrorPtr error;
  if (soup_server_listen_local(server_.get(), 0, SOUP_SERVER_LISTEN_IPV4_ONLY,
                               glib::Out(error)) == FALSE) {
    g_error("no server: %s", error->message);
  }
  GSList* uris = soup_server_get_uris(server_.get());
  const int port = g_uri_get_port(static_cast<GUri*>(uris->data));
  g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(g_uri_unref));
  url_ = "http://localhost:" + std::to_string(port) + "/live";
}

GssAcceptor::~GssAcceptor() {
  g_main_context_invoke(
      context_.get(),
      [](gpointer loop) -> gboolean {
        g_main_loop_quit(static_cast<GMainLoop*>(loop));
        return G_SOURCE_REMOVE;
      },
      loop_.get());
  thread_.join();
  soup_server_disconnect(server_.get());
  for (auto& [socket, peer] : peers_) {
    OM_uint32 minor = 0;
    gss_delete_sec_context(&minor, &peer.context, GSS_C_NO_BUFFER);
  }
}

std::string GssAcceptor::Url() const {
  return url_;
}

GssAcceptor::Seen GssAcceptor::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

/// Whether the request may go on; when not, it has its answer.
bool GssAcceptor::Admits(SoupServerMessage* message) {
  Peer& peer = peers_[soup_server_message_get_socket(message)];
  if (peer.authenticated && asks_ == Asks::kConnections) return true;
  if (peer.authenticated) peer = {};
  return Authenticate(message, peer);
}

void GssAcceptor::OnSetup(SoupServerMessage* message) {
  if (asks_ != Asks::kStarts && !Admits(message)) return;
  // Not the usual 204: after that, libsoup ends the connection.
  soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
  SoupMessageHeaders* headers =
      soup_server_message_get_response_headers(message);
  soup_message_headers_replace(headers, "Set-Cookie", "push-id=4124758405");
  const std::lock_guard lock(mutex_);
  ++seen_.setups;
}

void GssAcceptor::OnStart(SoupServerMessage* message) {
  if (!Admits(message)) return;
  soup_message_body_set_accumulate(
      soup_server_message_get_request_body(message), FALSE);
  g_signal_connect(
      message, "got-chunk",
      G_CALLBACK(+[](SoupServerMessage*, GBytes* chunk, gpointer self) {
        auto* acceptor = static_cast<GssAcceptor*>(self);
        const std::lock_guard lock(acceptor->mutex_);
        acceptor->seen_.bytes += g_bytes_get_size(chunk);
      }),
      this);
  const std::lock_guard lock(mutex_);
  ++seen_.starts;
}

bool GssAcceptor::Authenticate(SoupServerMessage* message, Peer& peer) {
  const char* value = soup_message_headers_get_one(
      soup_server_message_get_request_headers(message), "Authorization");
  const std::string prefix = scheme_ + ' ';
  if (value == nullptr || !g_str_has_prefix(value, prefix.c_str())) {
    Refuse(message, {});
    return false;
  }
  {
    const std::lock_guard lock(mutex_);
    seen_.tokens.emplace_back(value + prefix.size());
  }
  gss_buffer_desc in = GSS_C_EMPTY_BUFFER;
  in.value = g_base64_decode(value + prefix.size(), &in.length);
  gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 minor = 0;
  const OM_uint32 major =
      gss_accept_sec_context(&minor, &peer.context, GSS_C_NO_CREDENTIAL, &in,
                             GSS_C_NO_CHANNEL_BINDINGS, &name, nullptr, &out,
                             nullptr, nullptr, nullptr);
  g_free(in.value);
  const std::string token = out.length > 0 ? Base64(&out) : std::string();
  OM_uint32 ignored = 0;
  gss_release_buffer(&ignored, &out);
  if (major == GSS_S_COMPLETE) {
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    gss_display_name(&ignored, name, &text, nullptr);
    const std::lock_guard lock(mutex_);
    // gss-ntlmssp counts the terminating zero.
    std::string shown(static_cast<const char*>(text.value), text.length);
    seen_.names.emplace_back(shown.c_str());
    gss_release_buffer(&ignored, &text);
    peer.authenticated = true;
    if (asks_ != Asks::kConnections) {
      gss_delete_sec_context(&ignored, &peer.context, GSS_C_NO_BUFFER);
    }
  } else {
    if (GSS_ERROR(major) != 0) {
      gss_delete_sec_context(&ignored, &peer.context, GSS_C_NO_BUFFER);
    }
    Refuse(message, GSS_ERROR(major) != 0 ? std::string() : token);
  }
  gss_release_name(&ignored, &name);
  return peer.authenticated;
}

void GssAcceptor::Refuse(SoupServerMessage* message, const std::string& token) {
  const std::string value = token.empty() ? scheme_ : scheme_ + ' ' + token;
  soup_message_headers_append(soup_server_message_get_response_headers(message),
                              "WWW-Authenticate", value.c_str());
  soup_server_message_set_status(message, SOUP_STATUS_UNAUTHORIZED, nullptr);
  if (IsStart(message)) RefuseInBody(message, value);
  const std::lock_guard lock(mutex_);
  ++seen_.challenges;
}

NtlmUsers::NtlmUsers(const std::string& domain, const std::string& user,
                     const std::string& password) {
  const std::string path = dir_.path() + "/users";
  std::ofstream(path) << domain << ":" << user << ":" << password << "\n";
  g_setenv("NTLM_USER_FILE", path.c_str(), TRUE);
}

}  // namespace wms::test
