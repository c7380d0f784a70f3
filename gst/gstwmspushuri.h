// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <gst/gst.h>

#include <string>

namespace wms::gst {

/// The scheme that the element can be made from; it stands for http.
inline constexpr const char* kUriScheme = "wmspush";

/// Replaces a leading "wmspush:" by "http:", which the push sink takes.
std::string ToHttp (const char* location);

/// Replaces a leading "http:" by "wmspush:".
std::string ToUri (const std::string& location);

/// GInterfaceInitFunc of GstURIHandler: get and set the property "location".
void InitUriHandler (gpointer iface, gpointer data);

}  // namespace wms::gst
