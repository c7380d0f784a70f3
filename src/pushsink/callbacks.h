// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <string>

// Relative, so that it also holds where the headers are installed.
#include "../base/hresult.h"

namespace wms {

/// What a push sink reports; the values of the SDK's WMT_STATUS.
enum class Status {
  kError = 0,            ///< the session is over; the HRESULT says why
  kOpened = 1,           ///< PushSetup has succeeded
  kEndOfStreaming = 6,   ///< $E with S_OK has been written
  kLocating = 7,         ///< looking for the server
  kConnecting = 8,       ///< the server's address is known
  kStarted = 11,         ///< PushStart and $H have been written
  kStopped = 12,         ///< no more packets will be sent in this session
  kClosed = 13,          ///< the connection is closed
  kSourceSwitch = 22,    ///< $E with S_FALSE and $C have been written
  kReconnectStart = 35,  ///< the connection is lost; the HRESULT says why
  kReconnectEnd = 36,    ///< data flows again
};

/// What goes with a status. None of it holds a secret.
struct StatusDetail {
  std::string message;       ///< for people; what to do when it is an error
  std::string location;      ///< URL of the publishing point, without user info
  unsigned http_status = 0;  ///< of the response that caused this, or 0
  std::uint64_t bytes_sent = 0;    ///< on the wire, in this session
  std::uint64_t packets_sent = 0;  ///< data packets, in this session
  /// Of kReconnectStart and kReconnectEnd: which attempt to connect again it
  /// is or was, from 1 on; else 0.
  unsigned attempt = 0;
  /// Of kReconnectEnd: the session went on where it was (3.2.7.1). Else it
  /// began anew with $H, and players may need a key frame.
  bool resumed = false;
};

/// IWMStatusCallback.
class WMS_API StatusCallback {
 public:
  virtual ~StatusCallback() = default;

  /// IWMStatusCallback::OnStatus. Called without any lock held: in the thread
  /// of a Connect under way for what concerns it, else in the thread whose
  /// call to the sink had the effect. It may call the sink, but a callback of
  /// a Connect must not wait for that Connect.
  /// @param hresult S_OK, or why the status came about.
  /// @param context what Advise was given.
  virtual void OnStatus(Status status, HResult hresult,
                        const StatusDetail& detail, void* context) = 0;
};

/// Schemes of HTTP authentication (2.2.1.9), flags.
enum AuthScheme : unsigned {
  kAuthBasic = 0x1,   ///< sends the password in clear text
  kAuthDigest = 0x2,  ///< MD5, with qop=auth or without
  kAuthNtlm = 0x4,    ///< NTLMv2
  /// Kerberos by a ticket of the process, or by a user "USER@REALM" and a
  /// password; NTLM within Negotiate for other users.
  kAuthNegotiate = 0x8,
};

/// WMT_CREDENTIAL_FLAGS, those that apply.
enum CredentialFlags : unsigned {
  kCredentialSave = 0x1,       ///< out: keep them for the next Connect
  kCredentialDontCache = 0x2,  ///< out: forget them after this try
  kCredentialClearText = 0x4,  ///< in: they will be sent in clear text
  kCredentialProxy = 0x8,      ///< in: it is the proxy that asks
};

/// Who asks for credentials, and where the answer goes.
struct Credentials {
  std::string realm;     ///< in
  std::string site;      ///< in: the host that asks
  std::string user;      ///< in: of the last try, "" at first; out
  std::string password;  ///< out
  unsigned flags = 0;    ///< in and out: CredentialFlags
};

/// IWMCredentialCallback.
class WMS_API CredentialCallback {
 public:
  virtual ~CredentialCallback() = default;

  /// IWMCredentialCallback::AcquireCredentials. Called in the thread of a
  /// Connect under way, without any lock held; the Connect waits for it.
  /// @param last S_OK at first, else how the last try ended.
  /// @return S_OK when user and password are filled in; anything else ends
  ///   the Connect with NS_E_SERVER_ACCESSDENIED.
  virtual HResult AcquireCredentials(Credentials& credentials,
                                     HResult last) = 0;
};

}  // namespace wms
