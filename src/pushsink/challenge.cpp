// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/challenge.h"

#include "glib/ref.h"

#include <memory>

namespace wms {
namespace {

struct FreeList {
  void operator()(GSList* list) const { soup_header_free_list(list); }
};
struct FreeParameters {
  void operator()(GHashTable* table) const {
    soup_header_free_param_list(table);
  }
};

/// Whether an item of the list begins a challenge, instead of being a further
/// parameter of one: "scheme", "scheme token", "scheme name=value".
bool Begins(std::string_view item) {
  const std::size_t equals = item.find('=');
  if (equals == std::string_view::npos) return true;
  const std::size_t blank = item.find_first_of(" \t");
  if (blank == std::string_view::npos || blank > equals) return false;
  return item.find_first_not_of(" \t", blank) != equals;
}

}  // namespace

bool Challenge::Is(std::string_view name) const {
  return scheme.size() == name.size() &&
         g_ascii_strncasecmp(scheme.data(), name.data(), name.size()) == 0;
}

std::vector<Challenge> ParseChallenges(SoupMessageHeaders* headers,
                                       const char* header) {
  std::vector<Challenge> challenges;
  const char* list = soup_message_headers_get_list(headers, header);
  if (list == nullptr) return challenges;
  const std::unique_ptr<GSList, FreeList> items(soup_header_parse_list(list));
  for (const GSList* at = items.get(); at != nullptr; at = at->next) {
    const std::string item = static_cast<const char*>(at->data);
    if (!Begins(item)) {
      if (challenges.empty()) continue;
      Challenge& last = challenges.back();
      last.rest += (last.rest.empty() ? "" : ", ") + item;
      continue;
    }
    if (challenges.size() == kMaxChallenges) break;
    const std::size_t blank = item.find_first_of(" \t");
    const std::size_t rest = item.find_first_not_of(" \t", blank);
    challenges.push_back(
        {item.substr(0, blank),
         blank == std::string::npos || rest == std::string::npos
             ? std::string()
             : item.substr(rest)});
  }
  return challenges;
}

const Challenge* FindChallenge(const std::vector<Challenge>& challenges,
                               std::string_view scheme) {
  for (const Challenge& challenge : challenges) {
    if (challenge.Is(scheme)) return &challenge;
  }
  return nullptr;
}

std::string ChallengeParameter(const Challenge& challenge, const char* name) {
  const std::unique_ptr<GHashTable, FreeParameters> parameters(
      soup_header_parse_param_list(challenge.rest.c_str()));
  const auto* value =
      static_cast<const char*>(g_hash_table_lookup(parameters.get(), name));
  return value != nullptr ? value : "";
}

}  // namespace wms
