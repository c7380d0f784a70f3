// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "gstwmspushsettings.h"

#include "gstwmspushuri.h"

namespace wms::gst {
namespace {

const GFlagsValue kAuthSchemes[] = {
    {kAuthBasic, "Basic, which sends the password in clear text", "basic"},
    {kAuthDigest, "Digest, MD5", "digest"},
    {kAuthNtlm, "NTLM, version 2; user DOMAIN\\USER", "ntlm"},
    {kAuthNegotiate,
     "Negotiate: Kerberos by a ticket or as USER@REALM, else NTLM",
     "negotiate"},
    {0, nullptr, nullptr},
};

std::string StringOf (const GValue* value) {
  const gchar* text = g_value_get_string (value);
  return text != nullptr ? text : "";
}

/// A URL without user info. In one that is not valid anything before the last
/// @ may be a secret.
std::string WithoutUserInfo (const std::string& location) {
  const std::size_t scheme = location.find (":/");
  const std::size_t start = scheme == std::string::npos
                                ? 0
                                : location.find_first_not_of ('/', scheme + 1);
  if (start == std::string::npos) return location;
  const HResult hr =
      WriterPushSink::CheckUrl (ToHttp (location.c_str ()), nullptr);
  const std::size_t end =
      Failed (hr) ? std::string::npos : location.find_first_of ("/?#", start);
  const std::size_t at = location.rfind ('@', end);
  if (at == std::string::npos || at < start) return location;
  return location.substr (0, start) + location.substr (at + 1);
}

void SetString (GValue* value, const std::string& text) {
  g_value_set_string (value, text.empty () ? nullptr : text.c_str ());
}

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

}  // namespace

GType AuthSchemesType () {
  static const GType type =
      g_flags_register_static ("GstWmsPushAuthSchemes", kAuthSchemes);
  return type;
}

bool Settings::Set (guint id, const GValue* value) {
  switch (id) {
    case kPropLocation:
      location = StringOf (value);
      break;
    case kPropTemplateUrl:
      template_url = StringOf (value);
      break;
    case kPropAutoDestroy:
      auto_destroy = g_value_get_boolean (value);
      break;
    case kPropUserId:
      user_id = StringOf (value);
      break;
    case kPropUserPw:
      user_pw = StringOf (value);
      break;
    case kPropProxy:
      proxy = StringOf (value);
      break;
    case kPropProxyId:
      proxy_id = StringOf (value);
      break;
    case kPropProxyPw:
      proxy_pw = StringOf (value);
      break;
    case kPropAuthSchemes:
      auth_schemes = g_value_get_flags (value);
      break;
    case kPropUserAgent:
      user_agent = StringOf (value);
      break;
    case kPropAsyncConnect:
      async_connect = g_value_get_boolean (value);
      break;
    case kPropTimeout:
      timeout = g_value_get_uint (value);
      break;
    case kPropEndSessionOnStop:
      end_session_on_stop = g_value_get_boolean (value);
      break;
    case kPropEndSessionTimeout:
      end_session_timeout = g_value_get_uint (value);
      break;
    case kPropCheckServer:
      check_server = g_value_get_boolean (value);
      break;
    case kPropReconnect:
      reconnect = g_value_get_boolean (value);
      break;
    case kPropRetries:
      retries = g_value_get_int (value);
      break;
    case kPropRetryDelay:
      retry_delay = g_value_get_uint (value);
      break;
    case kPropRepairHeader:
      repair_header = g_value_get_boolean (value);
      break;
    case kPropFixTiming:
      fix_timing = g_value_get_boolean (value);
      break;
    case kPropBitrate:
      bitrate = g_value_get_uint (value);
      break;
    case kPropMaxPacketSize:
      max_packet_size = g_value_get_uint (value);
      break;
    default:
      return false;
  }
  return true;
}

bool Settings::Get (guint id, GValue* value) const {
  switch (id) {
    case kPropLocation:
      SetString (value, PublicLocation ());
      break;
    case kPropTemplateUrl:
      SetString (value, WithoutUserInfo (template_url));
      break;
    case kPropAutoDestroy:
      g_value_set_boolean (value, auto_destroy);
      break;
    case kPropUserId:
      SetString (value, user_id);
      break;
    case kPropProxy:
      SetString (value, WithoutUserInfo (proxy));
      break;
    case kPropProxyId:
      SetString (value, proxy_id);
      break;
    case kPropAuthSchemes:
      g_value_set_flags (value, auth_schemes);
      break;
    case kPropUserAgent:
      SetString (value, user_agent);
      break;
    case kPropAsyncConnect:
      g_value_set_boolean (value, async_connect);
      break;
    case kPropTimeout:
      g_value_set_uint (value, timeout);
      break;
    case kPropEndSessionOnStop:
      g_value_set_boolean (value, end_session_on_stop);
      break;
    case kPropEndSessionTimeout:
      g_value_set_uint (value, end_session_timeout);
      break;
    case kPropCheckServer:
      g_value_set_boolean (value, check_server);
      break;
    case kPropReconnect:
      g_value_set_boolean (value, reconnect);
      break;
    case kPropRetries:
      g_value_set_int (value, retries);
      break;
    case kPropRetryDelay:
      g_value_set_uint (value, retry_delay);
      break;
    case kPropRepairHeader:
      g_value_set_boolean (value, repair_header);
      break;
    case kPropFixTiming:
      g_value_set_boolean (value, fix_timing);
      break;
    case kPropBitrate:
      g_value_set_uint (value, bitrate);
      break;
    case kPropMaxPacketSize:
      g_value_set_uint (value, max_packet_size);
      break;
    default:
      return false;
  }
  return true;
}

PushOptions Settings::Options () const {
  PushOptions options;
  options.user = user_id;
  options.password = user_pw;
  options.auth_schemes = auth_schemes;
  options.proxy = proxy;
  options.proxy_user = proxy_id;
  options.proxy_password = proxy_pw;
  options.user_agent = user_agent;
  options.timeout = std::chrono::seconds (timeout);
  options.check_server = check_server != FALSE;
  options.reconnect = reconnect != FALSE;
  options.retries = retries;
  options.retry_delay = std::chrono::milliseconds (retry_delay);
  return options;
}

HeaderIntake::Options Settings::Intake () const {
  return {repair_header != FALSE, fix_timing != FALSE, bitrate,
          max_packet_size};
}

std::string Settings::PublicLocation () const {
  return WithoutUserInfo (location);
}

GstStructure* MakeStats (const PushStats& stats, guint64 late_packets) {
  const guint32 media_ms = stats.last_send_time_ms - stats.first_send_time_ms;
  const auto nanoseconds = [] (std::chrono::microseconds time) {
    return static_cast<guint64> (time.count ()) * GST_USECOND;
  };
  return gst_structure_new (
      "wms-push-stats", "bytes-sent", G_TYPE_UINT64, stats.bytes_sent,
      "packets-sent", G_TYPE_UINT64, stats.packets_sent, "padding-removed",
      G_TYPE_UINT64, stats.padding_removed, "late-packets", G_TYPE_UINT64,
      late_packets, "media-time", G_TYPE_UINT64, media_ms * GST_MSECOND,
      "connected-time", G_TYPE_UINT64, nanoseconds (stats.connected),
      "push-starts", G_TYPE_UINT64, stats.push_starts, "reconnects",
      G_TYPE_UINT64, stats.reconnects, "packets-resent", G_TYPE_UINT64,
      stats.packets_resent, "send-queue", G_TYPE_UINT64, stats.send_queue,
      "round-trip-time", G_TYPE_UINT64, nanoseconds (stats.round_trip),
      nullptr);
}

namespace {

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
