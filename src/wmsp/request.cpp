// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmsp/request.h"

#include "base/text.h"
#include "wmsp/pragma.h"

#include <algorithm>
#include <array>

namespace wms::wmsp {
namespace {

constexpr std::string_view kLogStats = "application/x-wms-LogStats";
constexpr std::string_view kTextPlain = "text/plain";
constexpr std::string_view kGetContentInfo = "application/x-wms-getcontentinfo";
constexpr std::string_view kSendEvent = "application/x-wms-sendevent";
constexpr std::string_view kPredictiveStreams = "com.microsoft.wm.predstrm";

/// Tokens that no other protocol has. "no-cache" is everybody's, and
/// "client-id" and "timeout" alone would say too little.
constexpr std::string_view kOwnTokens[] = {
    "xPlayStrm",           "xStopStrm",
    "xKeepAliveInPause",   "xPlayNextEntry",
    "xClientGUID",         "stream-switch-entry",
    "stream-switch-count", "log-line",
    "pipeline-request",    "packet-pair-experiment",
    "version11-enabled",
};

/// What of a player can be in a switch entry: three hexadecimal numbers.
std::optional<unsigned> ParseHex(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned number = 0;
  for (const char c : text) {
    number *= 16;
    if (c >= '0' && c <= '9') {
      number += static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      number += static_cast<unsigned>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      number += static_cast<unsigned>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
  }
  return number;
}

bool IsStream(unsigned number) {
  return number >= 1 && number <= kMaxStreamNumber;
}

std::optional<StreamSwitch> ParseStreamSwitch(std::string_view text) {
  const auto [source_text, rest] = SplitAt(text, ':');
  const auto [target_text, level_text] = SplitAt(rest, ':');
  const auto source = ParseHex(source_text);
  const auto target = ParseHex(target_text);
  const auto level = ParseHex(level_text);
  if (!source || !target || !level || !IsStream(*target) || *level > 2) {
    return std::nullopt;
  }
  if (*source != kNoSourceStream && !IsStream(*source)) return std::nullopt;
  return StreamSwitch{
      *source == kNoSourceStream ? std::uint8_t{0}
                                 : static_cast<std::uint8_t>(*source),
      static_cast<std::uint8_t>(*target), static_cast<Thinning>(*level)};
}

/// Is @a type, whatever parameters follow it.
bool IsContent(std::string_view content_type, std::string_view type) {
  return EqualsIgnoringCase(Trim(SplitAt(content_type, ';').first), type);
}

bool IsPlayer(const Client& client, const Pragma& pragma) {
  return client.known() ||
         std::any_of(
             std::begin(kOwnTokens), std::end(kOwnTokens),
             [&pragma](std::string_view name) { return pragma.Has(name); });
}

/// 2.2.2.1, 2.2.2.6 and the pipelined form of 2.2.2.8.
RequestType TypeOfGet(const Pragma& pragma) {
  if (pragma.Has("pipeline-request") || pragma.Has("xPlayNextEntry")) {
    return RequestType::kUnsupported;
  }
  if (pragma.Number("xPlayStrm") == 1U) return RequestType::kPlay;
  if (!pragma.Has("stream-switch-entry")) return RequestType::kDescribe;
  // 2.2.2.8 excludes these, 2.2.2.1 the switch entry.
  if (pragma.Has("xPlayStrm") || pragma.Has("xStopStrm") ||
      pragma.Has("xKeepAliveInPause")) {
    return RequestType::kInvalid;
  }
  return RequestType::kSelectStream;
}

/// 2.2.2.3.1, 2.2.2.4, 2.2.2.8 and 2.2.2.10, each of which excludes what
/// tells the others.
RequestType TypeOfPost(const RequestFields& fields, const Pragma& pragma) {
  if (IsContent(fields.content_type, kGetContentInfo) ||
      IsContent(fields.content_type, kSendEvent) ||
      pragma.Has("pipeline-request") || pragma.Has("xPlayNextEntry")) {
    return RequestType::kUnsupported;
  }
  const bool log_stats = IsContent(fields.content_type, kLogStats);
  const std::array<std::pair<bool, RequestType>, 4> kinds = {{
      {log_stats || pragma.Has("log-line"), RequestType::kLog},
      {pragma.Has("stream-switch-entry"), RequestType::kSelectStream},
      {pragma.Has("xStopStrm"), RequestType::kStop},
      {pragma.Has("xKeepAliveInPause"), RequestType::kKeepAlive},
  }};
  RequestType type = RequestType::kInvalid;
  for (const auto& [applies, candidate] : kinds) {
    if (!applies) continue;
    if (type != RequestType::kInvalid) return RequestType::kInvalid;
    type = candidate;
  }
  // Only a Log has a body, and only with its own Content-Type.
  const bool plain =
      fields.content_type.empty() || IsContent(fields.content_type, kTextPlain);
  if (!log_stats && (fields.has_body || !plain)) return RequestType::kInvalid;
  return type;
}

std::optional<bool> FindPredictiveStreams(std::string_view supported) {
  if (supported.empty()) return std::nullopt;
  while (!supported.empty()) {
    const auto [feature, rest] = SplitAt(supported, ',');
    if (EqualsIgnoringCase(Trim(feature), kPredictiveStreams)) return true;
    supported = rest;
  }
  return false;
}

}  // namespace

const char* RequestName(RequestType type) {
  switch (type) {
    case RequestType::kDescribe:
      return "Describe";
    case RequestType::kKeepAlive:
    case RequestType::kKeepAlive11:
      return "KeepAlive";
    case RequestType::kLog:
      return "Log";
    case RequestType::kPlay:
      return "Play";
    case RequestType::kSelectStream:
      return "SelectStream";
    case RequestType::kStop:
      return "Stop";
    case RequestType::kNone:
    case RequestType::kUnsupported:
    case RequestType::kInvalid:
      break;
  }
  return "a request";
}

std::vector<StreamSwitch> ParseStreamSwitches(std::string_view value) {
  std::vector<StreamSwitch> switches;
  while (!value.empty() && switches.size() < kMaxStreamNumber) {
    const auto [entry, rest] = SplitAt(Trim(value), ' ');
    value = rest;
    if (const auto parsed = ParseStreamSwitch(entry)) {
      switches.push_back(*parsed);
    }
  }
  return switches;
}

Request ParseRequest(const RequestFields& fields) {
  constexpr std::string_view kPush = "application/x-wms-push";
  Request request;
  if (EqualsIgnoringCase(fields.content_type.substr(0, kPush.size()), kPush)) {
    return request;
  }
  request.client = ParseClient(fields.user_agent);
  const Pragma pragma(fields.pragma);
  if (!IsPlayer(request.client, pragma)) return request;
  if (fields.method == "GET") {
    request.type = TypeOfGet(pragma);
  } else if (fields.method == "POST") {
    request.type = TypeOfPost(fields, pragma);
  } else if (fields.method == "OPTIONS") {
    request.type = RequestType::kKeepAlive11;
  } else if (fields.method != "HEAD") {
    request.type = RequestType::kInvalid;  // 3.2.5.1: another method
  }
  request.client_id = pragma.Number("client-id");
  request.request_context = pragma.Number("request-context").value_or(0);
  request.switches = ParseStreamSwitches(pragma.Value("stream-switch-entry"));
  request.predictive_streams = FindPredictiveStreams(fields.supported);
  return request;
}

}  // namespace wms::wmsp
