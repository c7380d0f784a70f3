// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pubpoint/options.h"

#include <array>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace wms::pubpoint {

/// Compares passwords with what is known of them. A hash of crypt(3) is slow
/// on purpose, so that it is computed in another thread; what has been right
/// once is remembered by a keyed digest.
class PasswordChecker {
 public:
  /// Hashes that are computed at a time, and passwords that are remembered.
  static constexpr std::size_t kMaxPending = 16;
  static constexpr std::size_t kMaxKnown = 256;

  enum class Answer {
    kRight,
    kWrong,
    kBusy,  ///< too many at a time, or the system has no thread for it
  };
  using Done = std::function<void(Answer)>;

  explicit PasswordChecker(std::string realm) : realm_(std::move(realm)) {}
  PasswordChecker(const PasswordChecker&) = delete;
  PasswordChecker& operator=(const PasswordChecker&) = delete;

  Result<void> Start();

  /// Calls @a done at once or, for a hash, later from the main loop of the
  /// calling thread; never when this is destroyed before.
  void Check(const User& user, const std::string& password, Done done);

 private:
  struct Job;
  struct Inquiry;

  std::string KeyOf(const User& user, const std::string& password) const;
  void Compute(const User& user, const std::string& password, Done done);

  const std::string realm_;
  std::array<std::uint8_t, 32> key_{};
  std::set<std::string> known_;
  std::size_t pending_ = 0;
  /// Those who come back from a thread see by it whether this is still there.
  const std::shared_ptr<PasswordChecker*> self_ =
      std::make_shared<PasswordChecker*>(this);
};

/// True for a hash of a method that crypt(3) offers here.
bool IsCryptHash(const std::string& text);

}  // namespace wms::pubpoint
