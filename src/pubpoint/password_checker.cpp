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

/// One hash to compute: what the thread gets, and who wants to know.
struct PasswordChecker::Task {
  std::weak_ptr<PasswordChecker*> checker;
  std::string password;
  std::string hash;
  std::string key;
  Done done;
  bool right = false;

  static void Run(GTask* task, gpointer source, gpointer data,
                  GCancellable* cancellable) noexcept;
  static void Finish(GObject* source, GAsyncResult* result,
                     gpointer data) noexcept;
};

void PasswordChecker::Task::Run(GTask* task, gpointer /*source*/, gpointer data,
                                GCancellable* /*cancellable*/) noexcept {
  auto* self = static_cast<Task*>(data);
  const auto space = std::make_unique<crypt_data>();
  const char* hash =
      crypt_r(self->password.c_str(), self->hash.c_str(), space.get());
  self->right = hash != nullptr && EqualsSecret(hash, self->hash);
  // Nobody needs it any more, and the memory may be anybody's soon.
  explicit_bzero(self->password.data(), self->password.size());
  explicit_bzero(space.get(), sizeof *space);
  g_task_return_boolean(task, TRUE);
}

void PasswordChecker::Task::Finish(GObject* /*source*/, GAsyncResult* result,
                                   gpointer /*data*/) noexcept {
  auto* self = static_cast<Task*>(g_task_get_task_data(G_TASK(result)));
  // It goes here, in the main loop's thread: the thread that computed may be
  // the last to have the task.
  const Done done = std::move(self->done);
  const auto checker = self->checker.lock();
  if (!checker) return;
  --(*checker)->pending_;
  if (self->right) {
    if ((*checker)->known_.size() >= kMaxKnown) (*checker)->known_.clear();
    (*checker)->known_.insert(self->key);
  }
  done(self->right ? Answer::kRight : Answer::kWrong);
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
  auto task = std::make_unique<Task>();
  task->checker = self_;
  task->password = password;
  task->hash = user.password;
  task->key = KeyOf(user, password);
  task->done = std::move(done);
  const auto job = glib::Ref<GTask>::Take(
      g_task_new(nullptr, nullptr, Task::Finish, nullptr));
  g_task_set_task_data(job.get(), task.release(),
                       [](gpointer data) { delete static_cast<Task*>(data); });
  g_task_run_in_thread(job.get(), Task::Run);
}

bool IsCryptHash(const std::string& text) {
  return text.starts_with('$') &&
         crypt_checksalt(text.c_str()) != CRYPT_SALT_INVALID &&
         crypt_checksalt(text.c_str()) != CRYPT_SALT_METHOD_DISABLED;
}

}  // namespace wms::pubpoint
