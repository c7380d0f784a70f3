// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "wmspush.h"

#include <gst/gst.h>

#include <string>

namespace wms::gst {

/// What a message of the element is about; what does not apply is left empty.
struct MessageDetail {
  HResult hresult = HResult::S_OK;
  std::string message;
  std::string location;
  unsigned http_status = 0;
};

/// GstWmsPushStatus: the statuses with their WMT_STATUS values.
GType PushStatusType ();

/// Posts the element message "wms-push-status".
void PostStatus (GstElement* element, Status status, HResult hresult,
                 const StatusDetail& detail);

/// Posts an ERROR message whose domain and code fit the HRESULT, with the
/// HRESULT's name in its debug text and all fields in its details.
/// @param opened whether the session had been opened before.
void PostError (GstElement* element, const MessageDetail& detail, bool opened);

/// The same as a WARNING: something is lost, and the stream goes on.
void PostWarning (GstElement* element, const MessageDetail& detail);

/// Posts a PROGRESS message; @a code is "connect" or "close".
void PostProgress (GstElement* element, GstProgressType type, const char* code,
                   const std::string& text);

}  // namespace wms::gst
