// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/product.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace wms::wmhttp {
namespace {

// 2.2.1.8.
constexpr std::string_view kClient = "WMEncoder";
constexpr unsigned kFirstClient = 9;
constexpr unsigned kLastClient = 12;

// [MS-WMSP] 2.2.1.5: Windows Media Services, and players that serve others.
constexpr std::string_view kServers[] = {"Cougar", "Rex"};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

/// RFC 2616 2.2: what a token is made of.
bool IsTokenChar(char c) {
  constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={} \t";
  return c > ' ' && c < 0x7F && kSeparators.find(c) == std::string_view::npos;
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

/// As much of a header value as a message should repeat.
std::string Quotable(std::string_view value) {
  constexpr std::size_t kMaxQuoted = 80;
  std::string text(value.substr(0, kMaxQuoted));
  std::replace_if(
      text.begin(), text.end(),
      [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
  return value.size() > kMaxQuoted ? text + "..." : text;
}

/// Takes 1 to @a max digits off the front of @a text.
std::optional<unsigned> TakeNumber(std::string_view& text, std::size_t max) {
  std::size_t length = 0;
  while (length < text.size() && IsDigit(text[length]))
    ++length;
  if (length == 0 || length > max) return std::nullopt;
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + length, number);
  text.remove_prefix(length);
  return number;
}

bool TakeChar(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool TakeToken(std::string_view& text, std::string& token) {
  const auto* end = std::find_if_not(text.begin(), text.end(), IsTokenChar);
  token.assign(text.begin(), end);
  text.remove_prefix(token.size());
  return !token.empty();
}

/// What of the grammar differs between those who read it.
struct Grammar {
  std::size_t build_digits = 4;
  bool one_build = false;  ///< the second build number may be missing
  bool comments = true;
};
constexpr Grammar kCommon{};
constexpr Grammar kTolerant{5, true, true};
constexpr Grammar kStrict{4, false, false};

/// minor = 1*2DIGIT ["." 1*4DIGIT "." 1*4DIGIT]
bool TakeMinor(std::string_view& text, unsigned& minor,
               const Grammar& grammar) {
  const std::optional<unsigned> number = TakeNumber(text, 2);
  if (!number) return false;
  minor = *number;
  if (!TakeChar(text, '.')) return true;
  if (!TakeNumber(text, grammar.build_digits)) return false;
  if (!TakeChar(text, '.')) return grammar.one_build;
  return TakeNumber(text, grammar.build_digits).has_value();
}

/// *( SP product ), RFC 2616 3.8. A comment in parentheses, which RFC 2616
/// allows beside products, is passed over.
bool TakeMoreProducts(std::string_view text, const Grammar& grammar) {
  while (TakeChar(text, ' ')) {
    if (grammar.comments && TakeChar(text, '(')) {
      const std::size_t end = text.find(')');
      if (end == std::string_view::npos) return false;
      if (HasControlCharacter(text.substr(0, end))) return false;
      text.remove_prefix(end + 1);
      continue;
    }
    std::string part;
    if (!TakeToken(text, part)) return false;
    if (TakeChar(text, '/') && !TakeToken(text, part)) return false;
  }
  return text.empty();
}

Result<Product> Parse(std::string_view value, const Grammar& grammar) {
  Product product;
  std::string_view text = value;
  std::optional<unsigned> major;
  const bool parsed = TakeToken(text, product.token) && TakeChar(text, '/') &&
                      (major = TakeNumber(text, 2)).has_value() &&
                      TakeChar(text, '.') &&
                      TakeMinor(text, product.minor_version, grammar) &&
                      TakeMoreProducts(text, grammar);
  if (!parsed) {
    return Error{HResult::NS_E_BAD_REQUEST, Fault::kPeer,
                 "2.2.1.8: \"" + Quotable(value) +
                     "\" is not NAME/MAJOR.MINOR[.BUILD.BUILD]"};
  }
  product.major_version = *major;
  return product;
}

}  // namespace

Result<Product> ParseProduct(std::string_view value) {
  return Parse(value, kCommon);
}

bool IsPushClient(const Product& product) {
  return EqualsIgnoringCase(product.token, kClient) &&
         product.major_version >= kFirstClient &&
         product.major_version <= kLastClient && product.minor_version == 0;
}

bool IsPushServer(const Product& product) {
  return std::ranges::any_of(kServers, [&product](std::string_view server) {
    return EqualsIgnoringCase(product.token, server);
  });
}

bool NamesPushClient(std::string_view value) {
  std::string token;
  return TakeToken(value, token) && EqualsIgnoringCase(token, kClient);
}

Result<void> CheckUserAgent(std::string_view value, Strictness strictness) {
  const bool strict = strictness == Strictness::kStrict;
  const Result<Product> product = Parse(value, strict ? kStrict : kTolerant);
  if (!product) return product.error();
  if (!IsPushClient(*product)) {
    return Error{HResult::NS_E_BAD_REQUEST, Fault::kPeer,
                 "2.2.1.8: \"" + Quotable(value) +
                     "\" is not WMEncoder/9.0, 10.0, 11.0 or 12.0"};
  }
  return {};
}

Result<void> CheckServer(std::string_view value) {
  const Result<Product> product = Parse(value, kTolerant);
  if (product && IsPushServer(*product)) return {};
  const std::string found =
      value.empty() ? "it sends no Server header"
                    : "its Server header is \"" + Quotable(value) + "\"";
  return Error{HResult::NS_E_INCOMPATIBLE_PUSH_SERVER, Fault::kPeer,
               "this is not a Windows Media server: " + found +
                   "; set check-server=false if it takes pushes all the same"};
}

}  // namespace wms::wmhttp
