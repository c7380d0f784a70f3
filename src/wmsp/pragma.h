// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wms::wmsp {

/// Most tokens that are read of the Pragma headers of one request; the rest is
/// passed over.
inline constexpr std::size_t kMaxPragmaTokens = 256;

/// The tokens of all Pragma headers of one request ([MS-WMSP] 2.2.1.4).
///
/// Names are compared without regard to letter case, order does not matter,
/// and of a token that comes several times the first counts. What is malformed
/// or unknown is passed over: players in the field send both.
class Pragma {
 public:
  Pragma() = default;
  /// @param value the values of all Pragma headers, joined by commas.
  explicit Pragma(std::string_view value);

  /// True when the token is there, with a value or without.
  bool Has(std::string_view name) const;

  /// What stands behind the token's "=", trimmed and without the quotation
  /// marks around it; "" when there is no such token.
  std::string_view Value(std::string_view name) const;

  /// The value as a decimal number of 32 bits. Text that follows the digits
  /// is passed over: one player in the field glues its next header line to
  /// the last token. Nothing when the value does not begin with a number, or
  /// when that is too large.
  std::optional<std::uint32_t> Number(std::string_view name) const;

 private:
  struct Token {
    std::string name;
    std::string value;
  };

  const Token* Find(std::string_view name) const;

  std::vector<Token> tokens_;
};

}  // namespace wms::wmsp
