// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/response.h"
#include "pubpoint/soup_request.h"

#include <string>

namespace wms::pubpoint {

/// True when a GET comes from a web browser, which cannot play the stream and
/// would show its bytes or save them without end.
bool IsBrowser(const RequestHead& head);

/// A page for that browser, in place of the stream: the URLs of the
/// publishing point to copy into a player, and whether it is live.
std::string PlayerPage(const RequestHead& head, bool live);

/// Head of the response that carries @a page.
Response PageResponse(const std::string& page);

}  // namespace wms::pubpoint
