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

/// One PushSetup request to one server, repeated as challenges demand, until
/// there is a response that is none. Leaves what answers challenges in the
/// request's target. Made, used and destroyed in one thread.
class SetupExchange {
 public:
  /// @param request its cookies are kept up to date, its auth is replaced.
  /// @param state goes on with each challenge.
  /// @param use_credentials whether user and password of the request are for
  ///   this server.
  SetupExchange(SetupRequest& request, wmhttp::ClientState& state,
                bool use_credentials);
  ~SetupExchange();
  SetupExchange(const SetupExchange&) = delete;
  SetupExchange& operator=(const SetupExchange&) = delete;

  /// Sends the request and reads the whole response. Fails when there is
  /// none, and when there is no answer to a challenge; any other response
  /// with an error status is a success of this call.
  Result<void> Perform();

  unsigned status() const { return soup_message_get_status(message_.get()); }
  SoupMessageHeaders* response_headers() const {
    return soup_message_get_response_headers(message_.get());
  }

  /// The connection as a socket of its own; null when the server closes it.
  glib::Ref<GSocket> TakeSocket();

 private:
  void PrepareSession();
  void PrepareMessage();
  void ConnectSignals();
  void DropMessage();
  void AddCredentials();
  std::shared_ptr<ClientAuth> MakeAuth(bool proxy, bool use_credentials);
  ClientAuth* Challenged() const;
  Result<void> Answer();
  Result<void> SendOnce();
  void WriteBodyAndCookie();
  Result<void> SkipBody(GInputStream* body);
  void HangUp();
  Error Failure(const GError* error) const;
  void ArmTimer(Stage stage);
  void Report(Status status);

  void OnNetworkEvent(GSocketClientEvent event, GIOStream* stream);
  void OnGotHeaders();

  SetupRequest& request_;
  wmhttp::ClientState& state_;
  // The context outlives what is attached to it.
  glib::MainContext context_;
  glib::ThreadDefault thread_default_;
  glib::LocalCancellable cancellable_;
  glib::Ref<SoupSession> session_;
  glib::Ref<SoupMessage> message_;
  glib::Ref<GSocketConnection> connection_;
  glib::Source timer_;
  Stage stage_ = Stage::kConnect;
  bool timed_out_ = false;
  bool body_skipped_ = true;
  Status reported_ = Status::kError;
};

}  // namespace wms
