// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// How the status interface writes text that a peer may have chosen, and
// numbers for people.

namespace wms::pubpoint {

/// For element content and attribute values in double quotes.
std::string EscapeHtml(std::string_view text);

/// A string literal of JSON with its quotes. @a text is UTF-8.
std::string JsonString(std::string_view text);

/// For the value of a label of Prometheus, without the quotes.
std::string EscapeLabel(std::string_view text);

/// "812 B", "4.8 MB": powers of 1000, two digits at least.
std::string BytesText(std::uint64_t bytes);
/// "0 b/s", "604 kb/s".
std::string RateText(std::uint64_t bits_per_second);
/// "42 s", "3 min 7 s", "5 h 2 min", "12 d 4 h"; below 0 it is 0.
std::string DurationText(std::int64_t seconds);
/// "250 ms", "-1.5 s".
std::string LagText(std::int64_t milliseconds);

}  // namespace wms::pubpoint
