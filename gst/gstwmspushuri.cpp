// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "gstwmspushuri.h"

#include "glib/ref.h"
#include "wmspush.h"

#include <algorithm>

namespace wms::gst {
namespace {

constexpr std::string_view kUriPrefix = "wmspush:";
constexpr std::string_view kHttpPrefix = "http:";

std::string ReplacePrefix (std::string_view text, std::string_view from,
                           std::string_view to) {
  if (g_ascii_strncasecmp (text.data (), from.data (), from.size ()) != 0) {
    return std::string (text);
  }
  return std::string (to) + std::string (text.substr (from.size ()));
}

GstURIType UriType (GType /*type*/) noexcept {
  return GST_URI_SINK;
}

const gchar* const* Protocols (GType /*type*/) noexcept {
  static const gchar* const protocols[] = {kUriScheme, nullptr};
  return protocols;
}

gchar* GetUri (GstURIHandler* handler) noexcept {
  gchar* location = nullptr;
  g_object_get (handler, "location", &location, nullptr);
  const glib::Chars owned (location);
  return location != nullptr ? g_strdup (ToUri (location).c_str ()) : nullptr;
}

gboolean SetUri (GstURIHandler* handler, const gchar* uri,
                 GError** error) noexcept {
  // On the way up counts, too: the way may be as long as connecting takes.
  if (std::max (GST_STATE (handler), GST_STATE_PENDING (handler)) >
      GST_STATE_READY) {
    g_set_error_literal (error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE,
                         "the location of a running wmspushsink cannot change; "
                         "set it in READY or NULL");
    return FALSE;
  }
  std::string why;
  const HResult hr = WriterPushSink::CheckUrl (ToHttp (uri), &why);
  if (Failed (hr)) {
    const std::string name (HResultName (hr));
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI, "%s (%s)",
                 why.c_str (), name.c_str ());
    return FALSE;
  }
  g_object_set (handler, "location", uri, nullptr);
  return TRUE;
}

}  // namespace

std::string ToHttp (const char* location) {
  return ReplacePrefix (location, kUriPrefix, kHttpPrefix);
}

std::string ToUri (const std::string& location) {
  return ReplacePrefix (location, kHttpPrefix, kUriPrefix);
}

void InitUriHandler (gpointer iface, gpointer /*data*/) {
  auto* handler = static_cast<GstURIHandlerInterface*> (iface);
  handler->get_type = UriType;
  handler->get_protocols = Protocols;
  handler->get_uri = GetUri;
  handler->set_uri = SetUri;
}

}  // namespace wms::gst
