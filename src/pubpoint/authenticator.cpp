// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/authenticator.h"

#include "glib/ref.h"
#include "wmhttp/text.h"

#include <libsoup/soup.h>

#include <sys/random.h>

#include <cerrno>
#include <charconv>
#include <memory>

namespace wms::pubpoint {
namespace {

using wmhttp::EqualsIgnoringCase;
using wmhttp::SplitAt;
using wmhttp::Trim;

/// As long as a push may go on with the nonce of its first request: it starts
/// a new PushStart now and then, and a challenge would interrupt it.
constexpr std::int64_t kNonceSeconds = 24 * 60 * 60;

using Parameters =
    std::unique_ptr<GHashTable, glib::Deleter<soup_header_free_param_list>>;

std::int64_t Now() {
  return g_get_real_time() / G_USEC_PER_SEC;
}

/// Takes as long for a wrong text as for the right one.
bool EqualsSecret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    difference |=
        static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

std::string Md5(const std::string& text) {
  const glib::Chars sum(g_compute_checksum_for_string(
      G_CHECKSUM_MD5, text.c_str(), static_cast<gssize>(text.size())));
  return sum.get();
}

std::string_view Find(const Parameters& parameters, const char* name) {
  const void* value = g_hash_table_lookup(parameters.get(), name);
  return value != nullptr ? static_cast<const char*>(value) : "";
}

/// True when the uri parameter, a path or a whole URL, names @a path.
bool NamesPath(std::string_view uri, std::string_view path) {
  const std::string text(uri);
  glib::Chars encoded;
  if (text.starts_with('/')) {
    encoded.reset(g_strdup(std::string(SplitAt(text, '?').first).c_str()));
  } else {
    const glib::Uri parsed(g_uri_parse(
        text.c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr));
    if (!parsed) return false;
    encoded.reset(g_strdup(g_uri_get_path(parsed.get())));
  }
  const glib::Chars decoded(g_uri_unescape_string(encoded.get(), nullptr));
  return decoded && path == decoded.get();
}

/// True when the comma-separated list @a header has @a scheme.
bool Lists(std::string_view header, std::string_view scheme) {
  while (!header.empty()) {
    const auto [item, rest] = SplitAt(header, ',');
    if (EqualsIgnoringCase(Trim(item), scheme)) return true;
    header = rest;
  }
  return false;
}

std::map<std::string, std::string, std::less<>> ByName(
    const std::vector<User>& users) {
  std::map<std::string, std::string, std::less<>> map;
  for (const User& user : users)
    map[user.name] = user.password;
  return map;
}

}  // namespace

Authenticator::Authenticator(const std::vector<User>& users, unsigned schemes,
                             std::string realm)
    : users_(ByName(users)), schemes_(schemes), realm_(std::move(realm)) {}

Result<void> Authenticator::Start() {
  // Up to 256 bytes come whole.
  if (getrandom(key_.data(), key_.size(), 0) !=
      static_cast<ssize_t>(key_.size())) {
    return Error{HResult::E_FAIL, Fault::kLocal,
                 std::string("getrandom: ") + g_strerror(errno)};
  }
  return {};
}

bool Authenticator::Accepts(const Credential& credential) const {
  const auto [scheme, parameters] = SplitAt(credential.authorization, ' ');
  if ((schemes_ & kAuthBasic) != 0 && EqualsIgnoringCase(scheme, "Basic")) {
    return AcceptsBasic(parameters);
  }
  if ((schemes_ & kAuthDigest) != 0 && EqualsIgnoringCase(scheme, "Digest")) {
    return AcceptsDigest(credential, parameters);
  }
  return false;
}

std::vector<std::string> Authenticator::Challenges(
    const Credential& credential) const {
  unsigned offered = 0;
  if (Lists(credential.accept_authentication, "Basic")) offered |= kAuthBasic;
  if (Lists(credential.accept_authentication, "Digest")) offered |= kAuthDigest;
  offered &= schemes_;
  if (offered == 0) offered = schemes_;
  std::vector<std::string> challenges;
  const std::string realm = "realm=\"" + realm_ + "\"";
  if ((offered & kAuthDigest) != 0) {
    challenges.push_back("Digest " + realm + ", nonce=\"" + MakeNonce(Now()) +
                         "\", algorithm=MD5, qop=\"auth\"");
  }
  if ((offered & kAuthBasic) != 0) challenges.push_back("Basic " + realm);
  return challenges;
}

bool Authenticator::AcceptsBasic(std::string_view parameters) const {
  gsize size = 0;
  glib::Chars text(reinterpret_cast<char*>(
      g_base64_decode(std::string(Trim(parameters)).c_str(), &size)));
  // RFC 2617 leaves the character set open: clients send UTF-8, or Latin-1.
  if (g_utf8_validate_len(text.get(), size, nullptr) == FALSE) {
    gsize converted = 0;
    text.reset(g_convert(text.get(), static_cast<gssize>(size), "UTF-8",
                         "ISO-8859-1", nullptr, &converted, nullptr));
    size = converted;
  }
  if (!text) return false;
  const auto [name, password] =
      SplitAt(std::string_view(text.get(), size), ':');
  const auto user = users_.find(name);
  return user != users_.end() && EqualsSecret(password, user->second);
}

bool Authenticator::AcceptsDigest(const Credential& credential,
                                  std::string_view parameters) const {
  const Parameters given(
      soup_header_parse_param_list(std::string(parameters).c_str()));
  if (!given) return false;
  const auto user = users_.find(Find(given, "username"));
  const std::string_view algorithm = Find(given, "algorithm");
  if (user == users_.end() || Find(given, "realm") != realm_ ||
      Find(given, "qop") != "auth" || Find(given, "nc").empty() ||
      Find(given, "cnonce").empty() ||
      (!algorithm.empty() && !EqualsIgnoringCase(algorithm, "MD5")) ||
      !NamesPath(Find(given, "uri"), credential.path) ||
      !IsFresh(Find(given, "nonce"))) {
    return false;
  }
  const auto text = [&given](const char* name) {
    return std::string(Find(given, name));
  };
  const std::string a1 = Md5(user->first + ":" + realm_ + ":" + user->second);
  const std::string a2 =
      Md5(std::string(credential.method) + ":" + text("uri"));
  return EqualsSecret(Find(given, "response"),
                      Md5(a1 + ":" + text("nonce") + ":" + text("nc") + ":" +
                          text("cnonce") + ":auth:" + a2));
}

std::string Authenticator::MakeNonce(std::int64_t seconds) const {
  const std::string time = std::to_string(seconds);
  const glib::Chars mac(g_compute_hmac_for_string(
      G_CHECKSUM_SHA256, key_.data(), key_.size(), time.c_str(),
      static_cast<gssize>(time.size())));
  return time + "-" + mac.get();
}

bool Authenticator::IsFresh(std::string_view nonce) const {
  const std::string_view time = SplitAt(nonce, '-').first;
  std::int64_t seconds = 0;
  const auto read =
      std::from_chars(time.data(), time.data() + time.size(), seconds);
  if (read.ec != std::errc() || !EqualsSecret(nonce, MakeNonce(seconds))) {
    return false;
  }
  const std::int64_t age = Now() - seconds;
  return age >= 0 && age <= kNonceSeconds;
}

}  // namespace wms::pubpoint
