// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "gstwmspushmessages.h"

#include "glib/ref.h"

namespace wms::gst {
namespace {

const GEnumValue kStatuses[] = {
    {static_cast<int> (Status::kError), "Error", "error"},
    {static_cast<int> (Status::kOpened), "Opened", "opened"},
    {static_cast<int> (Status::kEndOfStreaming), "End of streaming",
     "end-of-streaming"},
    {static_cast<int> (Status::kLocating), "Locating the server", "locating"},
    {static_cast<int> (Status::kConnecting), "Connecting", "connecting"},
    {static_cast<int> (Status::kStarted), "Started", "started"},
    {static_cast<int> (Status::kStopped), "Stopped", "stopped"},
    {static_cast<int> (Status::kClosed), "Closed", "closed"},
    {static_cast<int> (Status::kSourceSwitch), "Source switch",
     "source-switch"},
    {static_cast<int> (Status::kReconnectStart), "Connecting again",
     "reconnect-start"},
    {static_cast<int> (Status::kReconnectEnd), "Connected again",
     "reconnect-end"},
    {0, nullptr, nullptr},
};

/// What the element says itself about where it pushes to, without user info.
std::string LocationOf (GstElement* element) {
  gchar* location = nullptr;
  g_object_get (element, "location", &location, nullptr);
  const glib::Chars owned (location);
  return location != nullptr ? location : "";
}

/// Adds what every message of the element carries.
void AddFields (GstStructure* structure, GstElement* element,
                const MessageDetail& detail) {
  const std::string name (HResultName (detail.hresult));
  gst_structure_set (structure, "hresult", G_TYPE_UINT,
                     static_cast<guint> (detail.hresult), "hresult-name",
                     G_TYPE_STRING, name.c_str (), "message", G_TYPE_STRING,
                     detail.message.c_str (), "location", G_TYPE_STRING,
                     detail.location.c_str (), "running-time", G_TYPE_UINT64,
                     gst_element_get_current_running_time (element), nullptr);
  if (detail.http_status != 0) {
    gst_structure_set (structure, "http-status", G_TYPE_UINT,
                       detail.http_status, nullptr);
  }
}

struct ErrorKind {
  GQuark domain;
  gint code;
};

ErrorKind KindOf (HResult hresult, bool opened) {
  const auto resource = [] (GstResourceError code) {
    return ErrorKind{GST_RESOURCE_ERROR, code};
  };
  switch (hresult) {
    case HResult::NS_E_INVALID_DATA:
    case HResult::NS_E_INVALID_REQUEST:
      return {GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT};
    case HResult::NS_E_SERVER_ACCESSDENIED:
    case HResult::NS_E_PROXY_ACCESSDENIED:
    case HResult::NS_E_REFUSED_BY_SERVER:
      return resource (GST_RESOURCE_ERROR_NOT_AUTHORIZED);
    case HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT:
    case HResult::NS_E_INVALID_PUSH_TEMPLATE:
    case HResult::NS_E_RESOURCE_GONE:
    case HResult::NS_E_SERVER_NOT_FOUND:
    case HResult::NS_E_PROXY_NOT_FOUND:
      return resource (GST_RESOURCE_ERROR_NOT_FOUND);
    case HResult::NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME:
      return resource (GST_RESOURCE_ERROR_BUSY);
    case HResult::E_INVALIDARG:
    case HResult::NS_E_INVALID_NAME:
    case HResult::NS_E_UNKNOWN_PROTOCOL:
      return resource (GST_RESOURCE_ERROR_SETTINGS);
    default:
      return resource (opened ? GST_RESOURCE_ERROR_WRITE
                              : GST_RESOURCE_ERROR_OPEN_WRITE);
  }
}

std::string DebugText (const MessageDetail& detail) {
  const std::string name (HResultName (detail.hresult));
  const std::string text (HResultText (detail.hresult));
  gchar* value = g_strdup_printf ("%08X", static_cast<guint> (detail.hresult));
  std::string debug = name + " (0x" + value + "): " + text;
  g_free (value);
  if (!detail.location.empty ()) debug += "; location " + detail.location;
  return debug;
}

void PostFull (GstElement* element, GstMessageType type, ErrorKind kind,
               MessageDetail detail) {
  if (detail.location.empty ()) detail.location = LocationOf (element);
  GstStructure* details = gst_structure_new_empty ("details");
  AddFields (details, element, detail);
  gst_element_message_full_with_details (
      element, type, kind.domain, kind.code, g_strdup (detail.message.c_str ()),
      g_strdup (DebugText (detail).c_str ()), __FILE__, G_STRFUNC, __LINE__,
      details);
}

}  // namespace

GType PushStatusType () {
  static const GType type =
      g_enum_register_static ("GstWmsPushStatus", kStatuses);
  return type;
}

void PostStatus (GstElement* element, Status status, HResult hresult,
                 const StatusDetail& detail) {
  GstStructure* structure =
      gst_structure_new ("wms-push-status", "status", PushStatusType (),
                         static_cast<gint> (status), nullptr);
  AddFields (structure, element,
             {hresult, detail.message, detail.location, detail.http_status});
  gst_structure_set (structure, "bytes-sent", G_TYPE_UINT64, detail.bytes_sent,
                     "packets-sent", G_TYPE_UINT64, detail.packets_sent,
                     nullptr);
  if (status == Status::kReconnectStart || status == Status::kReconnectEnd) {
    gst_structure_set (structure, "attempt", G_TYPE_UINT, detail.attempt,
                       nullptr);
  }
  if (status == Status::kReconnectEnd) {
    gst_structure_set (structure, "resumed", G_TYPE_BOOLEAN, detail.resumed,
                       nullptr);
  }
  gst_element_post_message (
      element, gst_message_new_element (GST_OBJECT (element), structure));
}

void PostError (GstElement* element, const MessageDetail& detail, bool opened) {
  PostFull (element, GST_MESSAGE_ERROR, KindOf (detail.hresult, opened),
            detail);
}

void PostWarning (GstElement* element, const MessageDetail& detail) {
  PostFull (element, GST_MESSAGE_WARNING, KindOf (detail.hresult, true),
            detail);
}

void PostProgress (GstElement* element, GstProgressType type, const char* code,
                   const std::string& text) {
  gst_element_post_message (
      element, gst_message_new_progress (GST_OBJECT (element), type, code,
                                         text.c_str ()));
}

}  // namespace wms::gst
