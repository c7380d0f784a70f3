// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/scratch_dir.h"
#include "glib/ref.h"

#include <libsoup/soup.h>

#include <gssapi/gssapi.h>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wms::test {

/// A server for pushes that asks GSSAPI who somebody is: the acceptor of
/// Debian's Kerberos, or that of gss-ntlmssp. Counts packets no further than by
/// the bytes of a body.
class GssAcceptor {
 public:
  enum class Asks {
    kConnections,  ///< as Windows: later requests are accepted as they are
    kRequests,     ///< each for itself
    kStarts,       ///< each PushStart, and no PushSetup
  };

  /// @param scheme "NTLM" or "Negotiate": the word before the tokens.
  explicit GssAcceptor(std::string scheme, Asks asks = Asks::kConnections);
  ~GssAcceptor();
  GssAcceptor(const GssAcceptor&) = delete;
  GssAcceptor& operator=(const GssAcceptor&) = delete;

  /// http://localhost:PORT/live
  std::string Url() const;

  struct Seen {
    unsigned challenges = 0;          ///< 401
    unsigned setups = 0;              ///< PushSetup accepted
    unsigned starts = 0;              ///< PushStart accepted
    std::size_t bytes = 0;            ///< of the bodies of the latter
    std::vector<std::string> names;   ///< who logged in
    std::vector<std::string> tokens;  ///< what came with Authorization
  };
  Seen seen() const;

 private:
  struct Peer {
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    bool authenticated = false;
  };

  void Listen();
  void OnSetup(SoupServerMessage* message);
  void OnStart(SoupServerMessage* message);
  bool Admits(SoupServerMessage* message);
  bool Authenticate(SoupServerMessage* message, Peer& peer);
  void Refuse(SoupServerMessage* message, const std::string& token);

  const std::string scheme_;
  const Asks asks_;
  glib::MainContext context_{g_main_context_new()};
  std::unique_ptr<GMainLoop, glib::Deleter<g_main_loop_unref>> loop_;
  glib::Ref<SoupServer> server_;
  std::string url_;
  std::thread thread_;
  std::map<GSocket*, Peer> peers_;  // of the thread
  mutable std::mutex mutex_;
  Seen seen_;  // under mutex_
};

/// The users that the acceptor of gss-ntlmssp knows, by a file: one. As with
/// Kerberos, the environment has to be there before the library.
class NtlmUsers {
 public:
  NtlmUsers(const std::string& domain, const std::string& user,
            const std::string& password);

 private:
  ScratchDir dir_;
};

}  // namespace wms::test
