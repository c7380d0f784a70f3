// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/setup_body.h"

#include "base/text.h"

#include <algorithm>
#include <optional>

namespace wms::wmhttp {
namespace {

constexpr std::string_view kTemplateUrl = "Template-URL:";
constexpr std::string_view kAutoDestroy = "AutoDestroy:";
constexpr std::string_view kLineEnd = "\r\n";

Error Invalid(const char* expected) {
  return {HResult::NS_E_BAD_REQUEST, Fault::kPeer,
          std::string("2.2.2.1: the PushSetup body has no valid ") + expected};
}

/// Takes @a name and a space, if there is one, off the front of @a text.
bool TakeName(std::string_view& text, std::string_view name) {
  if (!EqualsIgnoringCase(text.substr(0, name.size()), name)) return false;
  text.remove_prefix(name.size());
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

/// The rest of the line, taken off together with its end.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find(kLineEnd);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + kLineEnd.size());
  return line;
}

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
         (c >= 'A' && c <= 'F');
}

/// Every "%" starts a pct-encoded of RFC 3986 2.1.
bool IsPercentEncoded(std::string_view path) {
  for (std::size_t at = path.find('%'); at != std::string_view::npos;
       at = path.find('%', at + 1)) {
    if (path.size() - at < 3 || !IsHexDigit(path[at + 1]) ||
        !IsHexDigit(path[at + 2])) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool IsPathAbsolute(std::string_view path) {
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=:@/%";
  if (!path.starts_with('/') || path.starts_with("//")) return false;
  if (!IsPercentEncoded(path)) return false;
  return std::all_of(path.begin(), path.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

std::string WriteSetupBody(const SetupBody& body) {
  std::string text;
  if (!body.template_path.empty()) {
    text += std::string(kTemplateUrl) + " \"" + body.template_path + "\"";
    text += kLineEnd;
  }
  if (body.auto_destroy || !body.template_path.empty()) {
    text += std::string(kAutoDestroy) + (body.auto_destroy ? " 1" : " 0");
    text += kLineEnd;
  }
  return text;
}

Result<SetupBody> ParseSetupBody(std::string_view text, Strictness strictness) {
  SetupBody body;
  if (TakeName(text, kTemplateUrl)) {
    const std::optional<std::string_view> line = TakeLine(text);
    if (!line || line->size() < 2 || !line->starts_with('"') ||
        !line->ends_with('"') ||
        !IsPathAbsolute(line->substr(1, line->size() - 2))) {
      return Invalid("Template-URL");
    }
    body.template_path = line->substr(1, line->size() - 2);
  }
  if (TakeName(text, kAutoDestroy)) {
    const std::optional<std::string_view> line = TakeLine(text);
    if (line != "0" && line != "1") return Invalid("AutoDestroy");
    body.auto_destroy = line == "1";
    body.keep = !body.auto_destroy;
  } else if (strictness == Strictness::kStrict && !body.template_path.empty()) {
    return Invalid("AutoDestroy behind its Template-URL");
  }
  if (!text.empty()) return Invalid("end: more follows its directives");
  return body;
}

}  // namespace wms::wmhttp
