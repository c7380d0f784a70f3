// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The properties of Settings as the element's class has them.

#include "gstwmspushsettings.h"

namespace wms::gst {
namespace {

constexpr GParamFlags Flags (guint more) {
  return static_cast<GParamFlags> (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                   more);
}

void InstallTextProperties (GObjectClass* klass) {
  const auto text = [klass] (guint id, const char* name, const char* nick,
                             const char* blurb, GParamFlags flags) {
    g_object_class_install_property (
        klass, id, g_param_spec_string (name, nick, blurb, nullptr, flags));
  };
  const GParamFlags flags = Flags (GST_PARAM_MUTABLE_READY);
  const auto secret = static_cast<GParamFlags> (
      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
  text (kPropLocation, "location", "Location",
        "URL of the publishing point, http://[USER:PASSWORD@]HOST[:PORT]/NAME; "
        "reads back without user and password",
        flags);
  text (kPropTemplateUrl, "template-url", "Template URL",
        "Publishing point on the same server to copy, as a path or a URL, when "
        "that of the location does not exist yet",
        flags);
  text (kPropUserId, "user-id", "User ID",
        "User for the server, if it asks; user info in the location goes first",
        flags);
  text (kPropUserPw, "user-pw", "User password",
        "Password for the server, if it asks; cannot be read back", secret);
  text (kPropProxy, "proxy", "Proxy",
        "HTTP proxy to push through, http://[USER:PASSWORD@]HOST:PORT, or "
        "direct:// for none; unset for what the system's settings say; reads "
        "back without user and password",
        flags);
  text (kPropProxyId, "proxy-id", "Proxy user ID",
        "User for the proxy, if it asks; user info in its URL goes first",
        flags);
  text (kPropProxyPw, "proxy-pw", "Proxy password",
        "Password for the proxy, if it asks; cannot be read back", secret);
  text (kPropUserAgent, "user-agent", "User agent",
        "Value of the User-Agent header, starting with WMEncoder/9.0, 10.0, "
        "11.0 or 12.0; unset for the default",
        flags);
}

/// What is done about a lost connection.
void InstallRetryProperties (GObjectClass* klass) {
  const GParamFlags flags = Flags (GST_PARAM_MUTABLE_READY);
  g_object_class_install_property (
      klass, kPropReconnect,
      g_param_spec_boolean (
          "reconnect", "Reconnect",
          "Connect again when the connection is lost, and go on where it was; "
          "the stream waits meanwhile",
          Settings::kDefaultReconnect, flags));
  g_object_class_install_property (
      klass, kPropRetries,
      g_param_spec_int ("retries", "Retries",
                        "Attempts in a row to connect again after which a "
                        "lost connection is an error (-1 = never)",
                        -1, G_MAXINT, Settings::kDefaultRetries, flags));
  g_object_class_install_property (
      klass, kPropRetryDelay,
      g_param_spec_uint (
          "retry-delay", "Retry delay",
          "Milliseconds before the second attempt to connect again; the first "
          "is made at once, and each further delay is twice as long, up to 10 "
          "seconds or this, whichever is more",
          0, Settings::kMaxRetryDelay, Settings::kDefaultRetryDelay, flags));
}

/// What is done about headers.
void InstallHeaderProperties (GObjectClass* klass) {
  const GParamFlags flags = Flags (GST_PARAM_MUTABLE_READY);
  g_object_class_install_property (
      klass, kPropRepairHeader,
      g_param_spec_boolean (
          "repair-header", "Repair header",
          "Make of the stream's header what Microsoft's encoders push; "
          "otherwise it goes out as it is",
          Settings::kDefaultRepairHeader, flags));
  g_object_class_install_property (
      klass, kPropFixTiming,
      g_param_spec_boolean (
          "fix-timing", "Fix timing",
          "Take constant offsets out of the times of streams, as the 1000 "
          "hours where some encoders start; where the order of the packets "
          "does not allow it, that is an error",
          Settings::kDefaultFixTiming, flags));
  g_object_class_install_property (
      klass, kPropBitrate,
      g_param_spec_uint (
          "bitrate", "Bitrate",
          "Bits per second of all streams together, for a header that lacks "
          "bitrates when no tags have them (0 = unknown: measure them)",
          0, G_MAXUINT, Settings::kDefaultBitrate, flags));
  g_object_class_install_property (
      klass, kPropMaxPacketSize,
      g_param_spec_uint (
          "max-packet-size", "Maximum packet size",
          "Bytes of the largest data packet that the receiver takes, 8192 for "
          "PeerCast; a stream with larger ones is an error (0 = no limit)",
          0, asf::kMaxPacketSize, Settings::kDefaultMaxPacketSize, flags));
}

}  // namespace

void InstallProperties (GObjectClass* klass) {
  const auto flag = [klass] (guint id, const char* name, const char* nick,
                             const char* blurb, gboolean value) {
    g_object_class_install_property (
        klass, id,
        g_param_spec_boolean (name, nick, blurb, value,
                              Flags (GST_PARAM_MUTABLE_READY)));
  };
  const auto seconds = [klass] (guint id, const char* name, const char* nick,
                                const char* blurb, guint min, guint value) {
    g_object_class_install_property (
        klass, id,
        g_param_spec_uint (name, nick, blurb, min, Settings::kMaxTimeout, value,
                           Flags (GST_PARAM_MUTABLE_READY)));
  };
  InstallTextProperties (klass);
  InstallRetryProperties (klass);
  g_object_class_install_property (
      klass, kPropAuthSchemes,
      g_param_spec_flags (
          "auth-schemes", "Authentication schemes",
          "Schemes that are offered to the server and used when it asks, the "
          "best of them first; basic sends the password in clear text",
          AuthSchemesType (), Settings::kDefaultAuthSchemes,
          Flags (GST_PARAM_MUTABLE_READY)));
  InstallHeaderProperties (klass);
  flag (kPropAutoDestroy, "auto-destroy", "Auto destroy",
        "Have the server remove the publishing point when the push ends",
        Settings::kDefaultAutoDestroy);
  flag (kPropAsyncConnect, "async-connect", "Async connect",
        "Connect without blocking the change to PAUSED; otherwise it waits for "
        "the server, and fails when that refuses",
        Settings::kDefaultAsyncConnect);
  flag (kPropEndSessionOnStop, "end-session-on-stop", "End session on stop",
        "End the push on the way to READY; otherwise only disconnect, and the "
        "server keeps the session for a while",
        Settings::kDefaultEndSessionOnStop);
  flag (kPropCheckServer, "check-server", "Check server",
        "Fail unless the Server header is that of a Windows Media server",
        Settings::kDefaultCheckServer);
  seconds (kPropTimeout, "timeout", "Timeout",
           "Seconds to wait for a connection, for a response, and for a server "
           "that has stopped to take data (0 = for ever)",
           0, Settings::kDefaultTimeout);
  seconds (kPropEndSessionTimeout, "end-session-timeout", "End session timeout",
           "Seconds that EOS may take to reach the server and to close the "
           "connection",
           1, Settings::kDefaultEndSessionTimeout);
  g_object_class_install_property (
      klass, kPropStats,
      g_param_spec_boxed ("stats", "Statistics",
                          "Counters of the push: live while connected, the "
                          "last ones afterwards",
                          GST_TYPE_STRUCTURE,
                          static_cast<GParamFlags> (G_PARAM_READABLE |
                                                    G_PARAM_STATIC_STRINGS)));
}

}  // namespace wms::gst
