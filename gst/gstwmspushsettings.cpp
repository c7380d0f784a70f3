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
    default:
      return false;
  }
  return true;
}

std::string Settings::PublicLocation () const {
  return WithoutUserInfo (location);
}

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
  g_object_class_install_property (
      klass, kPropAuthSchemes,
      g_param_spec_flags (
          "auth-schemes", "Authentication schemes",
          "Schemes that are offered to the server and used when it asks, the "
          "best of them first; basic sends the password in clear text",
          AuthSchemesType (), Settings::kDefaultAuthSchemes,
          Flags (GST_PARAM_MUTABLE_READY)));
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
