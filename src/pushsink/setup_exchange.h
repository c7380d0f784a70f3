// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/local_cancellable.h"
#include "glib/ref.h"
#include "pushsink/errors.h"
#include "pushsink/push_setup.h"

#include <libsoup/soup.h>

namespace wms {

/// One PushSetup request to one server, repeated by libsoup as challenges
/// demand, until there is a response that is none. Made, used and destroyed
/// in one thread.
class SetupExchange {
 public:
  /// @param request its cookies are kept up to date.
  /// @param state goes on with each challenge.
  /// @param use_credentials whether user and password of the request are for
  ///   this server.
  SetupExchange(SetupRequest& request, wmhttp::ClientState& state,
                bool use_credentials);
  ~SetupExchange();
  SetupExchange(const SetupExchange&) = delete;
  SetupExchange& operator=(const SetupExchange&) = delete;

  /// Sends the request and reads the whole response. Fails when there is
  /// none; a response with an error status is a success of this call.
  Result<void> Perform();

  unsigned status() const { return soup_message_get_status(message_.get()); }
  SoupMessageHeaders* response_headers() const {
    return soup_message_get_response_headers(message_.get());
  }
  /// What answers challenges of this server; null when it sent none.
  glib::Ref<SoupAuth> auth() const { return server_.auth; }
  /// The same for the proxy.
  glib::Ref<SoupAuth> proxy_auth() const { return proxy_.auth; }

  /// The connection as a socket of its own; null when the server closes it.
  glib::Ref<GSocket> TakeSocket();

 private:
  void Prepare();
  void WriteBodyAndCookie();
  Result<void> SkipBody(GInputStream* body);
  void HangUp();
  Error Failure(const GError* error) const;
  void ArmTimer(Stage stage);
  void Report(Status status);

  void OnNetworkEvent(GSocketClientEvent event, GIOStream* stream);
  void OnGotHeaders();
  /// Who may ask for credentials: the server or the proxy.
  struct Party {
    std::string user;  ///< not offered yet
    std::string password;
    unsigned asked = 0;  ///< how often the credential callback was
    std::string last_user;
    glib::Ref<SoupAuth> auth;  ///< what the last challenge was answered by
  };

  bool OnAuthenticate(SoupAuth* auth, bool retrying);
  bool AskForCredentials(SoupAuth* auth, bool retrying, Party& party,
                         Credentials& credentials);

  SetupRequest& request_;
  wmhttp::ClientState& state_;
  // The context outlives what is attached to it.
  glib::MainContext context_;
  glib::ThreadDefault thread_default_;
  glib::LocalCancellable cancellable_;
  glib::Ref<SoupSession> session_;
  glib::Ref<SoupMessage> message_;
  glib::Ref<GSocketConnection> connection_;
  Party server_;
  Party proxy_;
  glib::Source timer_;
  Stage stage_ = Stage::kConnect;
  bool timed_out_ = false;
  bool body_skipped_ = true;
  Status reported_ = Status::kError;
};

}  // namespace wms
