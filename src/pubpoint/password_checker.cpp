// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/password_checker.h"

#include "glib/ref.h"
#include "pubpoint/random.h"
#include "pubpoint/secrets.h"

#include <system_error>

#include <crypt.h>
#include <cstring>
#include <thread>

namespace wms::pubpoint {

/// One hash to compute. The thread owns it, and wipes it.
struct PasswordChecker::Job {
  ~Job() { explicit_bzero(password.data(), password.size()); }

  std::string password;
  std::string hash;

  bool Matches() const;
};

/// Who wants to know. The thread never sees it.
struct PasswordChecker::Inquiry {
  std::weak_ptr<PasswordChecker*> checker;
  std::string key;
  Done done;

  static void Finish(GObject* source, GAsyncResult* result,
                     gpointer data) noexcept;
};

bool PasswordChecker::Job::Matches() const {
  const auto space = std::make_unique<crypt_data>();
  const char* computed = crypt_r(password.c_str(), hash.c_str(), space.get());
  const bool matches = computed != nullptr && EqualsSecret(computed, hash);
  explicit_bzero(space.get(), sizeof(*space));
  return matches;
}

void PasswordChecker::Inquiry::Finish(GObject* /*source*/, GAsyncResult* result,
                                      gpointer data) noexcept {
  const std::unique_ptr<Inquiry> self(static_cast<Inquiry*>(data));
  const bool right = g_task_propagate_boolean(G_TASK(result), nullptr) != FALSE;
  const auto checker = self->checker.lock();
  if (!checker) return;
  --(*checker)->pending_;
  if (right) {
    if ((*checker)->known_.size() >= kMaxKnown) (*checker)->known_.clear();
    (*checker)->known_.insert(self->key);
  }
  self->done(right ? Answer::kRight : Answer::kWrong);
}

Result<void> PasswordChecker::Start() {
  // Makes the threads that GLib cannot do without: not in mid-session.
  g_type_ensure(G_TYPE_TASK);
  return FillRandom(key_);
}

std::string PasswordChecker::KeyOf(const User& user,
                                   const std::string& password) const {
  return Mac(key_, user.name + '\0' + user.password + '\0' + password);
}

void PasswordChecker::Check(const User& user, const std::string& password,
                            Done done) {
  const auto answer = [&done](bool right) {
    done(right ? Answer::kRight : Answer::kWrong);
  };
  switch (user.form) {
    case PasswordForm::kPlain:
      answer(EqualsSecret(password, user.password));
      return;
    case PasswordForm::kHa1:
      answer(EqualsSecret(Md5(user.name + ":" + realm_ + ":" + password),
                          user.password));
      return;
    case PasswordForm::kCrypt:
      break;
  }
  if (known_.contains(KeyOf(user, password))) {
    answer(true);
  } else if (pending_ >= kMaxPending) {
    done(Answer::kBusy);
  } else {
    Compute(user, password, std::move(done));
  }
}

void PasswordChecker::Compute(const User& user, const std::string& password,
                              Done done) {
  auto inquiry = std::make_unique<Inquiry>();
  inquiry->checker = self_;
  inquiry->key = KeyOf(user, password);
  inquiry->done = done;
  // Brings the answer back to the loop.
  auto task = glib::Ref<GTask>::Take(
      g_task_new(nullptr, nullptr, Inquiry::Finish, inquiry.get()));
  auto job = std::make_unique<Job>();
  job->password = password;
  job->hash = user.password;
  // Not one of GLib's pool: those wait for each other when the system has no
  // thread left, without a word.
  try {
    std::thread([job = std::move(job), task = std::move(task)] {
      g_task_return_boolean(task.get(), job->Matches());
    }).detach();
  } catch (const std::system_error&) {
    done(Answer::kBusy);
    return;
  }
  static_cast<void>(inquiry.release());  // Finish has it
  ++pending_;
}

bool IsCryptHash(const std::string& text) {
  return text.starts_with('$') &&
         crypt_checksalt(text.c_str()) != CRYPT_SALT_INVALID &&
         crypt_checksalt(text.c_str()) != CRYPT_SALT_METHOD_DISABLED;
}

}  // namespace wms::pubpoint
