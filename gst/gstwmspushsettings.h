// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "headerintake.h"
#include "wmspush.h"

#include <gst/gst.h>

#include <string>

namespace wms::gst {

/// Numbers of the element's own properties.
enum Property : guint {
  kPropLocation = 1,
  kPropTemplateUrl,
  kPropAutoDestroy,
  kPropUserId,
  kPropUserPw,
  kPropProxy,
  kPropProxyId,
  kPropProxyPw,
  kPropAuthSchemes,
  kPropUserAgent,
  kPropAsyncConnect,
  kPropTimeout,
  kPropEndSessionOnStop,
  kPropEndSessionTimeout,
  kPropCheckServer,
  kPropReconnect,
  kPropRetries,
  kPropRetryDelay,
  kPropRepairHeader,
  kPropFixTiming,
  kPropBitrate,
  kPropMaxPacketSize,
  kPropStats,
};

/// Values of the properties, read-only ones left out; a copy of them counts
/// from READY to PAUSED on.
struct Settings {
  static constexpr gboolean kDefaultAutoDestroy = FALSE;
  static constexpr guint kDefaultAuthSchemes =
      kAuthDigest | kAuthNtlm | kAuthNegotiate;
  static constexpr gboolean kDefaultAsyncConnect = TRUE;
  static constexpr guint kDefaultTimeout = 15;
  static constexpr gboolean kDefaultEndSessionOnStop = TRUE;
  static constexpr guint kDefaultEndSessionTimeout = 5;
  static constexpr gboolean kDefaultCheckServer = TRUE;
  static constexpr gboolean kDefaultReconnect = TRUE;
  static constexpr gint kDefaultRetries = 10;
  static constexpr guint kDefaultRetryDelay = 1000;
  static constexpr gboolean kDefaultRepairHeader = TRUE;
  static constexpr gboolean kDefaultFixTiming = TRUE;
  static constexpr guint kDefaultBitrate = 0;
  static constexpr guint kDefaultMaxPacketSize = 0;
  /// Longest first delay, in milliseconds.
  static constexpr guint kMaxRetryDelay = 3600000;
  /// Longest timeout, in seconds.
  static constexpr guint kMaxTimeout = 3600;

  std::string location;  // as it was set, perhaps with user info
  std::string template_url;
  std::string user_id;
  std::string user_pw;
  std::string proxy;  // as it was set, perhaps with user info
  std::string proxy_id;
  std::string proxy_pw;
  guint auth_schemes = kDefaultAuthSchemes;
  std::string user_agent;
  gboolean auto_destroy = kDefaultAutoDestroy;
  gboolean async_connect = kDefaultAsyncConnect;
  guint timeout = kDefaultTimeout;
  gboolean end_session_on_stop = kDefaultEndSessionOnStop;
  guint end_session_timeout = kDefaultEndSessionTimeout;
  gboolean check_server = kDefaultCheckServer;
  gboolean reconnect = kDefaultReconnect;
  gint retries = kDefaultRetries;
  guint retry_delay = kDefaultRetryDelay;
  gboolean repair_header = kDefaultRepairHeader;
  gboolean fix_timing = kDefaultFixTiming;
  guint bitrate = kDefaultBitrate;
  guint max_packet_size = kDefaultMaxPacketSize;

  /// Takes a property's value. False when @a id is none that can be set.
  bool Set (guint id, const GValue* value);

  /// Gives a property's value. False when @a id is none that can be read.
  bool Get (guint id, GValue* value) const;

  /// What the push sink has to know of them.
  PushOptions Options () const;

  /// What is to be done with headers.
  HeaderIntake::Options Intake () const;

  /// The location without user info, for everybody's eyes.
  std::string PublicLocation () const;
};

/// Value of the property "stats".
GstStructure* MakeStats (const PushStats& stats, guint64 late_packets);
/// GstWmsPushAuthSchemes, the flags of AuthScheme.
GType AuthSchemesType ();

/// Installs all properties, the statistics too.
void InstallProperties (GObjectClass* klass);

}  // namespace wms::gst
