// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/status_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace wms::pubpoint {
namespace {

/// "4.8 M" of 4800000: three figures below 10, none behind the point above.
std::string Scaled(std::uint64_t number) {
  constexpr std::array<const char*, 5> kPrefixes = {"", "k", "M", "G", "T"};
  if (number < 1000) return std::to_string(number) + " ";
  double scaled = static_cast<double>(number);
  std::size_t prefix = 0;
  // 999.5 would be shown as 1000.
  while (scaled >= 999.5 && prefix + 1 < kPrefixes.size()) {
    scaled /= 1000;
    ++prefix;
  }
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), scaled < 9.95 ? "%.1f %s" : "%.0f %s",
                scaled, kPrefixes[prefix]);
  return text.data();
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string JsonString(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      json += code.data();
    } else {
      json += c;
    }
  }
  return json + "\"";
}

std::string EscapeLabel(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string BytesText(std::uint64_t bytes) {
  return Scaled(bytes) + "B";
}

std::string RateText(std::uint64_t bits_per_second) {
  return Scaled(bits_per_second) + "b/s";
}

std::string DurationText(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  seconds = std::max<std::int64_t>(seconds, 0);
  const auto two = [seconds](std::int64_t large, const char* large_name,
                             std::int64_t small, const char* small_name) {
    return std::to_string(seconds / large) + large_name +
           std::to_string(seconds % large / small) + small_name;
  };
  if (seconds < kMinute) return std::to_string(seconds) + " s";
  if (seconds < kHour) return two(kMinute, " min ", 1, " s");
  if (seconds < kDay) return two(kHour, " h ", kMinute, " min");
  return two(kDay, " d ", kHour, " h");
}

std::string LagText(std::int64_t milliseconds) {
  if (std::abs(milliseconds) < 1000)
    return std::to_string(milliseconds) + " ms";
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.1f s",
                static_cast<double>(milliseconds) / 1000);
  return text.data();
}

}  // namespace wms::pubpoint
