// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmsp/pragma.h"

#include "base/text.h"

#include <algorithm>
#include <limits>

namespace wms::wmsp {
namespace {

/// @a text up to the next comma that stands outside of quotation marks, and
/// what is behind it.
std::pair<std::string_view, std::string_view> SplitToken(
    std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == ',' && !quoted)
      return {text.substr(0, i), text.substr(i + 1)};
  }
  // A quotation mark that nothing closes is no reason to lose what follows.
  if (quoted) return SplitAt(text, ',');
  return {text, {}};
}

std::string_view Unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

}  // namespace

Pragma::Pragma(std::string_view value) {
  while (!value.empty() && tokens_.size() < kMaxPragmaTokens) {
    const auto [token, rest] = SplitToken(value);
    value = rest;
    const auto [name, text] = SplitAt(token, '=');
    if (Trim(name).empty()) continue;
    tokens_.push_back(
        {std::string(Trim(name)), std::string(Unquoted(Trim(text)))});
  }
}

const Pragma::Token* Pragma::Find(std::string_view name) const {
  const auto found =
      std::find_if(tokens_.begin(), tokens_.end(), [name](const Token& token) {
        return EqualsIgnoringCase(token.name, name);
      });
  return found != tokens_.end() ? &*found : nullptr;
}

bool Pragma::Has(std::string_view name) const {
  return Find(name) != nullptr;
}

std::string_view Pragma::Value(std::string_view name) const {
  const Token* token = Find(name);
  return token != nullptr ? std::string_view(token->value) : std::string_view();
}

std::optional<std::uint32_t> Pragma::Number(std::string_view name) const {
  const std::string_view text = Value(name);
  std::uint64_t number = 0;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    number = number * 10 + static_cast<std::uint64_t>(text[digits++] - '0');
    if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  }
  if (digits == 0) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

}  // namespace wms::wmsp
