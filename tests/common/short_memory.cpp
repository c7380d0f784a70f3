// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/short_memory.h"

#include <glib.h>

#include <fcntl.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <new>

namespace wms::test {
namespace {

constexpr unsigned kSecondsOfAChild = 30;

/// Shared with the children.
struct Plan {
  std::atomic<int> left{0};  // allocations up to the one that fails
  std::atomic<bool> failed{false};
};

Plan own;
Plan* plan = &own;
bool spared = false;  // this process

bool IsDue() {
  if (spared || plan->left == 0 || --plan->left != 0) return false;
  plan->failed = true;
  return true;
}

/// Takes the place of the handlers of gst-check, which end a test.
void SpeakAsUsual() {
  for (const char* domain : {static_cast<const char*>(nullptr), "GLib",
                             "GLib-GObject", "GLib-GIO", "GStreamer"}) {
    g_log_set_handler(
        domain,
        static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL |
                                    G_LOG_FLAG_RECURSION),
        g_log_default_handler, nullptr);
  }
}

}  // namespace

void FailAllocation(int nth) {
  if (nth > 0) plan->failed = false;
  plan->left = nth;
}

bool AllocationHasFailed() {
  return plan->failed;
}

pid_t ForkVictim(const std::string& messages) {
  if (plan == &own) {
    void* shared = mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return -1;
    plan = new (shared) Plan;
  }
  plan->left = 0;
  plan->failed = false;
  spared = true;
  const pid_t child = fork();
  if (child != 0) return child;
  spared = false;
  alarm(kSecondsOfAChild);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const int file = open(messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (dup2(file, STDERR_FILENO) < 0) _exit(EXIT_FAILURE);
  SpeakAsUsual();
  return 0;
}

End EndOfVictim(int status, const std::string& messages) {
  if (!WIFSIGNALED(status) || WTERMSIG(status) == SIGKILL) return End::kOrderly;
  const int number = WTERMSIG(status);
  const bool gives_up = number == SIGABRT || number == SIGTRAP;
  return gives_up && std::filesystem::file_size(messages) > 0 ? End::kMessage
                                                              : End::kCrash;
}

}  // namespace wms::test

using wms::test::IsDue;

// NOLINTBEGIN(bugprone-reserved-identifier): glibc's own names
extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);

void* malloc(size_t size) noexcept {
  if (!IsDue()) return __libc_malloc(size);
  errno = ENOMEM;
  return nullptr;
}

void* calloc(size_t count, size_t size) noexcept {
  if (!IsDue()) return __libc_calloc(count, size);
  errno = ENOMEM;
  return nullptr;
}

void* realloc(void* memory, size_t size) noexcept {
  if (!IsDue()) return __libc_realloc(memory, size);
  errno = ENOMEM;
  return nullptr;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
