// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmsp/client.h"

#include "base/text.h"

namespace wms::wmsp {
namespace {

/// More digits than that are no version.
constexpr std::size_t kMaxDigits = 4;

struct TokenName {
  Client::Token token;
  std::string_view name;
};

constexpr TokenName kTokens[] = {
    {Client::Token::kNSPlayer, "NSPlayer"},
    {Client::Token::kNSServer, "NSServer"},
    {Client::Token::kWMCacheProxy, "WMCacheProxy"},
};

/// Takes the digits at the front of @a text off it.
unsigned TakeNumber(std::string_view& text) {
  unsigned number = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits < kMaxDigits && text[digits] >= '0' &&
         text[digits] <= '9') {
    number = number * 10 + static_cast<unsigned>(text[digits++] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

/// Where a product's token ends: at its version, or without one.
bool EndsToken(std::string_view rest) {
  return rest.empty() || rest.front() == '/' || rest.front() == ' ' ||
         rest.front() == ';';
}

}  // namespace

Client ParseClient(std::string_view user_agent) {
  user_agent = Trim(user_agent);
  Client client;
  for (const auto& [token, name] : kTokens) {
    if (!EqualsIgnoringCase(user_agent.substr(0, name.size()), name)) continue;
    std::string_view rest = user_agent.substr(name.size());
    if (!EndsToken(rest)) continue;
    client.token = token;
    if (!rest.starts_with('/')) return client;
    rest.remove_prefix(1);
    client.major_version = TakeNumber(rest);
    if (!rest.starts_with('.')) return client;
    rest.remove_prefix(1);
    client.minor_version = TakeNumber(rest);
    return client;
  }
  return client;
}

}  // namespace wms::wmsp
