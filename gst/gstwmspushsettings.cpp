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

}  // namespace wms::gst
