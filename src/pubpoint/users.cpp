// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/users.h"

#include "base/text.h"
#include "glib/ref.h"

#include <algorithm>
#include <sstream>

namespace wms::pubpoint {
namespace {

Error UserError(std::string message) {
  return {HResult::E_INVALIDARG, Fault::kLocal, std::move(message)};
}

bool IsMd5(std::string_view text) {
  constexpr std::size_t kSize = 32;
  return text.size() == kSize &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return g_ascii_isxdigit(c) != FALSE; });
}

/// "$ID$REST", as all methods of crypt(3) have it that are fit for use.
bool LooksLikeHash(std::string_view text) {
  constexpr std::size_t kMaxId = 8;
  if (!text.starts_with('$')) return false;
  const std::size_t end = text.find('$', 1);
  return end != std::string_view::npos && end > 1 && end <= kMaxId;
}

}  // namespace

Result<User> ParseUser(std::string_view text) {
  const auto [name, secret] = SplitAt(text, ':');
  if (name.empty() || name.size() == text.size()) {
    return UserError("a user is given as NAME:PASSWORD");
  }
  User user{std::string(name), std::string(secret)};
  const auto [realm, ha1] = SplitAt(secret, ':');
  if (LooksLikeHash(secret)) {
    user.form = PasswordForm::kCrypt;
  } else if (IsMd5(ha1)) {
    user.form = PasswordForm::kHa1;
    user.realm = realm;
    user.password = ha1;
    std::transform(user.password.begin(), user.password.end(),
                   user.password.begin(), g_ascii_tolower);
  }
  return user;
}

Result<void> ReadUsers(const std::string& file, std::vector<User>& users) {
  char* raw = nullptr;
  glib::ErrorPtr error;
  const gboolean read =
      g_file_get_contents(file.c_str(), &raw, nullptr, glib::Out(error));
  const glib::Chars text(raw);
  if (read == FALSE) return UserError(error->message);
  std::istringstream lines(text.get());
  const std::size_t before = users.size();
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    Result<User> user = ParseUser(line);
    if (!user) {
      return UserError(file + ", line " + std::to_string(number) + ": " +
                       user.error().message);
    }
    users.push_back(std::move(*user));
  }
  if (users.size() == before) return UserError(file + " lists no user");
  return {};
}

}  // namespace wms::pubpoint
