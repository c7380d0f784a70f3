// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/password_checker.h"

#include "glib/ref.h"
#include "pubpoint/random.h"
#include "pubpoint/secrets.h"

#include <crypt.h>
#include <cstring>

namespace wms::pubpoint {

/// One hash to compute. The thread owns it, and wipes it.
struct PasswordChecker::Job {
  ~Job() { explicit_bzero(password.data(), password.size()); }

  std::string password;
  std::string hash;

  static void Run(GTask* task, gpointer source, gpointer data,
                  GCancellable* cancellable) noexcept;
};

/// Who wants to know. The thread never sees it.
struct PasswordChecker::Inquiry {
  std::weak_ptr<PasswordChecker*> checker;
  std::string key;
  Done done;

  static void Finish(GObject* source, GAsyncResult* result,
                     gpointer data) noexcept;
};

void PasswordChecker::Job::Run(GTask* task, gpointer /*source*/, gpointer data,
                               GCancellable* /*cancellable*/) noexcept {
  const std::unique_ptr<Job> job(static_cast<Job*>(data));
  const auto space = std::make_unique<crypt_data>();
  const char* hash =
      crypt_r(job->password.c_str(), job->hash.c_str(), space.get());
  const bool right = hash != nullptr && EqualsSecret(hash, job->hash);
  explicit_bzero(space.get(), sizeof(*space));
  g_task_return_boolean(task, right);
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
  ++pending_;
  auto inquiry = std::make_unique<Inquiry>();
  inquiry->checker = self_;
  inquiry->key = KeyOf(user, password);
  inquiry->done = std::move(done);
  const auto task = glib::Ref<GTask>::Take(
      g_task_new(nullptr, nullptr, Inquiry::Finish, inquiry.release()));
  auto job = std::make_unique<Job>();
  job->password = password;
  job->hash = user.password;
  g_task_set_task_data(task.get(), job.release(), nullptr);
  g_task_run_in_thread(task.get(), Job::Run);
}

bool IsCryptHash(const std::string& text) {
  return text.starts_with('$') &&
         crypt_checksalt(text.c_str()) != CRYPT_SALT_INVALID &&
         crypt_checksalt(text.c_str()) != CRYPT_SALT_METHOD_DISABLED;
}

}  // namespace wms::pubpoint
