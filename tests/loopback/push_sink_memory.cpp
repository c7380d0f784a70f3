// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/scratch_dir.h"
#include "common/short_memory.h"
#include "loopback/program.h"
#include "loopback/push_sink_case.h"

// An allocation of a session fails: the process ends with a message, as GLib
// and C++ have it, or the push fails or succeeds as a whole. It never crashes,
// hangs or sends something else.

namespace wms::test {
namespace {

constexpr int kPackets = 5;
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
[[noreturn]] void RunChild(const std::string& url, int nth) {
  PushSinkCase first;
  if (!Push(first, url + "-first")) _exit(kNoSession);
  PushSinkCase push;
  push.options.reconnect = false;
  const std::string path = url + "-push";
  FailAllocation(nth);
  const bool pushed = Push(push, path);
  FailAllocation(0);
  if (!AllocationHasFailed()) _exit(kNeverFailed);
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
    const pid_t child = ForkVictim(messages);
    fail_unless(child >= 0);
    if (child == 0) RunChild(url + name, nth);
    int status = 0;
    fail_unless(waitpid(child, &status, 0) == child);
    const End end = EndOfVictim(status, messages);
    EXPECT(end != End::kCrash, name + ": " + std::to_string(status));
    if (end == End::kMessage) {
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
