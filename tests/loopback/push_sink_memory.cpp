// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/scratch_dir.h"
#include "loopback/program.h"
#include "loopback/push_sink_case.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

// An allocation of a session fails: the process ends with a message, as GLib
// and C++ have it, or the push fails or succeeds as a whole. It never crashes,
// hangs or sends something else. Only one fails each time: GLib needs some
// memory itself to say that there is none.

namespace wms::test {
namespace {

/// How many allocations there are up to the one that fails; 0 for none.
std::atomic<int> left{0};
std::atomic<bool> failed{false};

bool IsDue() {
  if (left == 0 || --left != 0) return false;
  failed = true;
  return true;
}

}  // namespace
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

namespace wms::test {
namespace {

constexpr int kPackets = 5;
constexpr unsigned kSecondsOfAChild = 30;
/// What a child ends with.
enum Outcome { kPushed, kRefused, kNeverFailed, kNoSession };

bool Push(PushSinkCase& push, const std::string& url) {
  HResult hr = push.ConnectAndWait(url);
  if (Succeeded(hr)) hr = push.sink->OnHeader(push.header);
  for (int i = 0; i < kPackets && Succeeded(hr); ++i)
    hr = push.sink->OnDataUnit(push.packet);
  if (Succeeded(hr)) hr = push.sink->EndSession(kOrderlyEnd);
  return hr == HResult::S_OK;
}

/// The child: what libraries make once is made by a push before.
[[noreturn]] void RunChild(const std::string& url, int nth,
                           const std::string& messages) {
  alarm(kSecondsOfAChild);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const int file = open(messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (dup2(file, STDERR_FILENO) < 0) _exit(kNoSession);
  PushSinkCase first;
  if (!Push(first, url + "-first")) _exit(kNoSession);
  PushSinkCase push;
  push.options.reconnect = false;
  const std::string path = url + "-push";
  left = nth;
  const bool pushed = Push(push, path);
  left = 0;
  if (!failed) _exit(kNeverFailed);
  _exit(pushed ? kPushed : kRefused);
}

std::size_t SizeOfRecording(const ScratchDir& directory,
                            const std::string& name) {
  for (const auto& path : directory.Files()) {
    if (path.filename().string().starts_with(name)) {
      return std::filesystem::file_size(path);
    }
  }
  return 0;
}

GST_START_TEST(test_no_more_memory) {
  const ScratchDir recordings;
  const ScratchDir scratch;
  const std::string messages = scratch.path() + "/messages";
  Program server({"--port=0", "--log-level=error", "--max-points=1000000",
                  "--record", recordings.path()});
  const std::string url =
      "http://127.0.0.1:" + std::to_string(server.Port()) + "/";
  const std::size_t whole =
      MakeHeader().size() + kPackets * MakePacket().size();
  int outcomes[kNeverFailed + 1] = {};
  int ended = 0;
  int nth = 1;
  for (; outcomes[kNeverFailed] == 0; ++nth) {
    const std::string name = "n" + std::to_string(nth);
    const pid_t child = fork();
    fail_unless(child >= 0);
    if (child == 0) RunChild(url + name, nth, messages);
    int status = 0;
    fail_unless(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
      const int number = WTERMSIG(status);
      EXPECT(number == SIGABRT || number == SIGTRAP,
             name + ": " + strsignal(number));
      EXPECT(std::filesystem::file_size(messages) > 0, name + ": no message");
      ++ended;
      continue;
    }
    const int outcome = WEXITSTATUS(status);
    EXPECT(outcome <= kNeverFailed, name + ": " + std::to_string(outcome));
    ++outcomes[outcome];
    if (outcome == kPushed) {
      EXPECT(SizeOfRecording(recordings, name + "-push") == whole,
             name + ": it is not what was pushed");
    }
  }
  g_print("%d allocations: %d end the process, %d the push, %d nothing\n",
          nth - 2, ended, outcomes[kRefused], outcomes[kPushed]);
  EXPECT(ended > 0, "nothing ever failed");
}
GST_END_TEST

Suite* push_sink_memory_suite() {
  Suite* suite = suite_create("push_sink_memory");
  TCase* tcase = tcase_create("memory");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_no_more_memory);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_memory_suite;
GST_CHECK_MAIN(push_sink_memory)
