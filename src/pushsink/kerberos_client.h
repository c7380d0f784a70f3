// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/run_aside.h"

#include <memory>
#include <optional>
#include <string>

namespace wms {

/// One GSSAPI context that proves by Kerberos, within SPNEGO, who the client
/// is ([RFC4559]). Create and FirstToken may talk to a key distribution
/// centre, and wait for it, no longer than the limit allows: they then end with
/// nothing. Without GSSAPI in the build there is none.
class KerberosClient {
 public:
  /// @param host whom to convince: the service is HTTP/host.
  /// @param user whose ticket to get, "USER@REALM", by @a password; "" for
  ///   the tickets that the process already has.
  /// @return null when there are none to be had; @a why then says so.
  static std::unique_ptr<KerberosClient> Create(const std::string& host,
                                                const std::string& user,
                                                const std::string& password,
                                                const glib::WaitLimit& limit,
                                                std::string* why);
  ~KerberosClient();
  KerberosClient(const KerberosClient&) = delete;
  KerberosClient& operator=(const KerberosClient&) = delete;

  /// Begins anew and returns the first token, in base64, which one server
  /// takes once; nothing when there is no ticket for the service: @a why.
  std::optional<std::string> FirstToken(const glib::WaitLimit& limit,
                                        std::string* why);

  /// The answer to a token of the server, in base64; nothing when the
  /// exchange is over, as with Kerberos alone it is at once.
  std::optional<std::string> NextToken(const std::string& token);

 private:
  struct State;
  explicit KerberosClient(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace wms
