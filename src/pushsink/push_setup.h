// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "glib/ref.h"
#include "pushsink/logger.h"
#include "pushsink/push_target.h"
#include "pushsink/writer_push_sink.h"
#include "wmhttp/push_state.h"
#include "wmhttp/setup_body.h"

#include <functional>
#include <string>

namespace wms {

/// What PushSetup needs to know. Its functions are called in the thread that
/// runs it.
struct SetupRequest {
  PushTarget target;
  wmhttp::SetupBody body;
  /// From the URL or the options; an empty user is none.
  std::string user;
  std::string password;
  unsigned auth_schemes = 0;
  /// Told kLocating and kConnecting.
  std::function<void(Status)> on_status;
  /// Asked for credentials when there are none, or wrong ones; may be empty.
  std::function<HResult(Credentials&, HResult last)> acquire_credentials;
  glib::Ref<GCancellable> cancellable;
  Logger log;
};

/// What a successful PushSetup leaves behind.
struct SetupResult {
  PushTarget target;
  /// The connection, for PushStart; null when the server closes it.
  glib::Ref<GSocket> socket;
};

class SetupExchange;

/// The PushSetup request and its response ([MS-WMHTTP] 3.1.4.1, 3.1.5.1) with
/// redirections and authentication, through libsoup. One object for one
/// Connect; Run blocks its thread, and ends at once when the cancellable is
/// cancelled.
class PushSetup {
 public:
  explicit PushSetup(SetupRequest request);

  Result<SetupResult> Run();

 private:
  Result<SetupResult> Finish(SetupExchange& exchange);
  Result<void> Redirect(const std::string& reference);
  Result<void> UseProxy(const std::string& where);

  SetupRequest request_;
  const std::string first_site_;  // whom user and password are for
  wmhttp::ClientState state_ = wmhttp::ClientState::kIdle;
};

}  // namespace wms
