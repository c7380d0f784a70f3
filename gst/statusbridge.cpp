// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "statusbridge.h"

#include "gstwmspushmessages.h"

GST_DEBUG_CATEGORY_EXTERN (gst_wms_push_sink_debug);
#define GST_CAT_DEFAULT gst_wms_push_sink_debug

namespace wms::gst {
namespace {

constexpr const char* kConnect = "connect";
constexpr const char* kClose = "close";

using StructurePtr =
    std::unique_ptr<GstStructure, glib::Deleter<gst_structure_free>>;

std::string StringField (const GstStructure* structure, const char* name) {
  const char* value = gst_structure_get_string (structure, name);
  return value != nullptr ? value : "";
}

/// Players that begin anew can show nothing before the next key frame. The
/// event is what gst_video_event_new_upstream_force_key_unit makes; for that
/// alone libgstvideo is not worth having.
void RequestKeyFrame (GstElement* element) {
  const auto pad =
      glib::Ref<GstPad>::Take (gst_element_get_static_pad (element, "sink"));
  gst_pad_push_event (
      pad.get (),
      gst_event_new_custom (
          GST_EVENT_CUSTOM_UPSTREAM,
          gst_structure_new ("GstForceKeyUnit", "running-time", G_TYPE_UINT64,
                             GST_CLOCK_TIME_NONE, "all-headers", G_TYPE_BOOLEAN,
                             FALSE, "count", G_TYPE_UINT, 0U, nullptr)));
}

}  // namespace

StatusBridge::StatusBridge (GstElement* element, AskSignal ask) : ask_ (ask) {
  g_weak_ref_init (&element_, element);
}

StatusBridge::~StatusBridge () {
  g_weak_ref_clear (&element_);
}

glib::Ref<GstElement> StatusBridge::Element () const {
  return glib::Ref<GstElement>::Take (g_weak_ref_get (&element_));
}

void StatusBridge::Log (LogLevel level, std::string_view line) const {
  constexpr GstDebugLevel kLevels[] = {GST_LEVEL_ERROR, GST_LEVEL_WARNING,
                                       GST_LEVEL_INFO,  GST_LEVEL_DEBUG,
                                       GST_LEVEL_LOG,   GST_LEVEL_TRACE};
  const auto element = Element ();
  if (!element) return;
  GST_CAT_LEVEL_LOG (GST_CAT_DEFAULT, kLevels[static_cast<int> (level)],
                     element.get (), "%.*s", static_cast<int> (line.size ()),
                     line.data ());
}

void StatusBridge::Begin () {
  opened_ = false;
  failed_ = false;
  closing_ = false;
  ending_ = false;
  connecting_ = true;
}

void StatusBridge::BeginClose (Closing why) {
  ending_ = why == Closing::kEndOfStream;
  const auto element = Element ();
  if (!element || !opened_ || closing_.exchange (true)) return;
  PostProgress (element.get (), GST_PROGRESS_TYPE_START, kClose,
                "Ending the push");
}

void StatusBridge::OnStatus (Status status, HResult hresult,
                             const StatusDetail& detail, void* /*context*/) {
  const auto element = Element ();
  if (!element) return;
  PostStatus (element.get (), status, hresult, detail);
  PostConnectProgress (element.get (), status, detail);
  PostCloseProgress (element.get (), status);
  if (status == Status::kError) {
    failed_ = true;
    PostError (element.get (),
               {hresult, detail.message, detail.location, detail.http_status},
               opened_);
  }
  if (status == Status::kReconnectStart) {
    PostWarning (
        element.get (),
        {hresult, "the connection is lost, and tried again: " + detail.message,
         detail.location, detail.http_status});
  }
  if (status == Status::kClosed && ending_ && hresult != HResult::S_OK) {
    PostEndWarning (element.get (), hresult, detail);
  }
  if (status == Status::kReconnectEnd && !detail.resumed) {
    RequestKeyFrame (element.get ());
  }
  if (status == Status::kOpened) opened_ = true;
  if (status == Status::kError || status == Status::kClosed) opened_ = false;
}

/// The stream has ended as well as it could: no error, for the application
/// could do nothing about it.
void StatusBridge::PostEndWarning (GstElement* element, HResult hresult,
                                   const StatusDetail& detail) {
  const bool refused = detail.http_status != 0;
  const char* what =
      refused ? "the server refused the stream at its end: "
              : "the end of the stream may not have reached the server: ";
  PostWarning (element,
               {refused ? hresult : HResult::NS_E_CONNECTION_FAILURE,
                what + detail.message, detail.location, detail.http_status});
}

void StatusBridge::PostConnectProgress (GstElement* element, Status status,
                                        const StatusDetail& detail) {
  switch (status) {
    case Status::kLocating:
      PostProgress (element, GST_PROGRESS_TYPE_START, kConnect,
                    "Connecting to " + detail.location);
      break;
    case Status::kConnecting:
      PostProgress (element, GST_PROGRESS_TYPE_CONTINUE, kConnect,
                    "The server has been located");
      break;
    case Status::kOpened:
      if (connecting_.exchange (false)) {
        PostProgress (element, GST_PROGRESS_TYPE_COMPLETE, kConnect,
                      "The server takes the push");
      }
      break;
    case Status::kError:
      if (connecting_.exchange (false)) {
        PostProgress (element, GST_PROGRESS_TYPE_ERROR, kConnect,
                      "Connecting has failed");
      }
      break;
    case Status::kClosed:
      if (connecting_.exchange (false)) {
        PostProgress (element, GST_PROGRESS_TYPE_CANCELED, kConnect,
                      "Connecting has been ended from this side");
      }
      break;
    default:
      break;
  }
}

void StatusBridge::PostCloseProgress (GstElement* element, Status status) {
  if (status != Status::kClosed || !closing_.exchange (false)) return;
  PostProgress (element, GST_PROGRESS_TYPE_COMPLETE, kClose,
                "The push has ended");
}

HResult StatusBridge::AcquireCredentials (Credentials& credentials,
                                          HResult last) {
  const auto element = Element ();
  if (!element) return HResult::E_FAIL;
  const bool clear_text = (credentials.flags & kCredentialClearText) != 0;
  const bool proxy = (credentials.flags & kCredentialProxy) != 0;
  const StructurePtr request (gst_structure_new (
      "wms-push-credential-request", "realm", G_TYPE_STRING,
      credentials.realm.c_str (), "site", G_TYPE_STRING,
      credentials.site.c_str (), "user-id", G_TYPE_STRING,
      credentials.user.c_str (), "clear-text", G_TYPE_BOOLEAN, clear_text,
      "proxy", G_TYPE_BOOLEAN, proxy, "hresult", G_TYPE_UINT,
      static_cast<guint> (last), nullptr));
  const StructurePtr answer (ask_ (element.get (), request.get ()));
  if (!answer) return HResult::E_FAIL;
  credentials.user = StringField (answer.get (), "user-id");
  credentials.password = StringField (answer.get (), "user-pw");
  return credentials.user.empty () ? HResult::E_FAIL : HResult::S_OK;
}

}  // namespace wms::gst
