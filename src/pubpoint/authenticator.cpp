// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/authenticator.h"

#include "base/text.h"
#include "glib/ref.h"
#include "pubpoint/secrets.h"

#include <libsoup/soup.h>

#include <memory>

namespace wms::pubpoint {
namespace {

using Parameters =
    std::unique_ptr<GHashTable, glib::Deleter<soup_header_free_param_list>>;

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

/// Name and password of a Basic credential, "" and "" when it is malformed.
std::pair<std::string, std::string> ReadBasic(std::string_view parameters) {
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
  if (!text) return {};
  const auto [name, password] =
      SplitAt(std::string_view(text.get(), size), ':');
  return {std::string(name), std::string(password)};
}

}  // namespace

Authenticator::Authenticator(const ServerOptions& options)
    : realm_(options.realm),
      schemes_(options.auth_schemes),
      nonces_(options.timers.nonce),
      passwords_(options.realm) {
  bool digest = false;
  for (const User& user : options.users) {
    users_[user.name] = user;
    digest = digest || user.form != PasswordForm::kCrypt;
  }
  // Nobody could answer the challenge.
  if (!digest) schemes_ &= ~static_cast<unsigned>(kAuthDigest);
}

Result<void> Authenticator::Start() {
  for (const auto& [name, user] : users_) {
    if (user.form == PasswordForm::kCrypt && !IsCryptHash(user.password)) {
      return Error{HResult::E_INVALIDARG, Fault::kLocal,
                   "the password of user \"" + name +
                       "\" is no hash that crypt(3) knows here"};
    }
    if (user.form == PasswordForm::kHa1 && user.realm != realm_) {
      return Error{HResult::E_INVALIDARG, Fault::kLocal,
                   "the password of user \"" + name + "\" is for realm \"" +
                       user.realm + "\", and this is \"" + realm_ + "\""};
    }
  }
  if (Result<void> drawn = passwords_.Start(); !drawn) return drawn;
  return nonces_.Start();
}

void Authenticator::Check(const Credential& credential, const Done& done) {
  if (credential.authorization.empty()) {
    done({Outcome::kMissing});
    return;
  }
  const auto [scheme, parameters] = SplitAt(credential.authorization, ' ');
  if ((schemes_ & kAuthBasic) != 0 && EqualsIgnoringCase(scheme, "Basic")) {
    CheckBasic(parameters, done);
    return;
  }
  Answer answer;
  if ((schemes_ & kAuthDigest) != 0 && EqualsIgnoringCase(scheme, "Digest")) {
    answer.outcome = CheckDigest(credential, parameters, answer.user);
  }
  done(answer);
}

std::vector<std::string> Authenticator::Challenges(const Credential& credential,
                                                   bool stale) {
  unsigned offered = 0;
  if (Lists(credential.accept_authentication, "Basic")) offered |= kAuthBasic;
  if (Lists(credential.accept_authentication, "Digest")) offered |= kAuthDigest;
  offered &= schemes_;
  if (offered == 0) offered = schemes_;
  std::vector<std::string> challenges;
  const std::string realm = "realm=\"" + realm_ + "\"";
  if ((offered & kAuthDigest) != 0) {
    challenges.push_back("Digest " + realm + ", nonce=\"" + nonces_.Make() +
                         "\", algorithm=MD5, qop=\"auth\"" +
                         (stale ? ", stale=true" : ""));
  }
  if ((offered & kAuthBasic) != 0) challenges.push_back("Basic " + realm);
  return challenges;
}

void Authenticator::CheckBasic(std::string_view parameters, const Done& done) {
  const auto [name, password] = ReadBasic(parameters);
  const auto user = users_.find(name);
  if (user == users_.end()) {
    done({Outcome::kWrong});
    return;
  }
  passwords_.Check(
      user->second, password,
      [done, name = name](PasswordChecker::Answer answer) {
        using Given = PasswordChecker::Answer;
        if (answer == Given::kRight) {
          done({Outcome::kAccepted, name});
        } else {
          done({answer == Given::kBusy ? Outcome::kBusy : Outcome::kWrong});
        }
      });
}

std::string Authenticator::Ha1(const User& user) const {
  if (user.form == PasswordForm::kCrypt) return "";
  if (user.form == PasswordForm::kHa1) return user.password;
  return Md5(user.name + ":" + realm_ + ":" + user.password);
}

Authenticator::Outcome Authenticator::CheckDigest(const Credential& credential,
                                                  std::string_view parameters,
                                                  std::string& name) {
  const Parameters given(
      soup_header_parse_param_list(std::string(parameters).c_str()));
  if (!given) return Outcome::kWrong;
  const auto user = users_.find(Find(given, "username"));
  const std::string_view algorithm = Find(given, "algorithm");
  if (user == users_.end() || Find(given, "realm") != realm_ ||
      Find(given, "qop") != "auth" || Find(given, "nc").empty() ||
      Find(given, "cnonce").empty() ||
      (!algorithm.empty() && !EqualsIgnoringCase(algorithm, "MD5")) ||
      !NamesPath(Find(given, "uri"), credential.path)) {
    return Outcome::kWrong;
  }
  const auto text = [&given](const char* parameter) {
    return std::string(Find(given, parameter));
  };
  const std::string ha1 = Ha1(user->second);
  const std::string ha2 =
      Md5(std::string(credential.method) + ":" + text("uri"));
  const bool right =
      !ha1.empty() &&
      EqualsSecret(Find(given, "response"),
                   Md5(ha1 + ":" + text("nonce") + ":" + text("nc") + ":" +
                       text("cnonce") + ":auth:" + ha2));
  if (!right) return Outcome::kWrong;
  if (!nonces_.Use(text("nonce"), text("nc"))) return Outcome::kStale;
  name = user->first;
  return Outcome::kAccepted;
}

}  // namespace wms::pubpoint
