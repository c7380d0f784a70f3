// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "common/short_memory.h"
#include "played_push.h"

#include <csignal>

// An allocation of the publishing point fails, in a session with a player and a
// recording: the process ends with a message, as GLib and C++ have it, or the
// session ends or goes on, and the next one works. Nobody gets anything else
// than what was pushed.

namespace wms::test {
namespace {

class Victim {
 public:
  Victim(const ScratchDir& recordings, const std::string& messages)
      : messages_(messages) {
    int ends[2];
    fail_unless(pipe(ends) == 0);
    process_ = ForkVictim(messages);
    fail_unless(process_ >= 0);
    if (process_ == 0) Serve(recordings, ends[1]);
    close(ends[1]);
    fail_unless(read(ends[0], &port_, sizeof port_) == sizeof port_);
    close(ends[0]);
  }
  ~Victim() {
    if (process_ > 0) {
      kill(process_, SIGKILL);
      Join();
    }
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  unsigned port() const { return port_; }

  /// Waits for its end.
  End Join() {
    int status = 0;
    fail_unless(waitpid(process_, &status, 0) == process_);
    process_ = -1;
    return EndOfVictim(status, messages_);
  }

 private:
  [[noreturn]] static void Serve(const ScratchDir& recordings, int end) {
    pubpoint::ServerOptions options;
    options.record_dir = recordings.path();
    const PubpointThread server(std::move(options));
    const unsigned port = server.port();
    if (write(end, &port, sizeof port) != sizeof port) _exit(EXIT_FAILURE);
    for (;;)
      pause();
  }

  const std::string messages_;
  pid_t process_ = -1;
  unsigned port_ = 0;
};

GST_START_TEST(test_no_more_memory) {
  const ScratchDir recordings;
  const ScratchDir scratch;
  const PlayedPush session;
  int ended = 0;
  int cut = 0;
  int nth = 1;
  auto victim =
      std::make_unique<Victim>(recordings, scratch.path() + "/messages");
  for (bool failed = true; failed; ++nth) {
    const std::string name = "/n" + std::to_string(nth);
    // What libraries make once is made now.
    EXPECT(session.Run(victim->port(), name + "-first"), name);
    FailAllocation(nth);
    const bool whole = session.Run(victim->port(), name);
    FailAllocation(0);
    failed = AllocationHasFailed();
    EXPECT(failed || whole, name + ": nothing failed, and no session");
    if (session.Run(victim->port(), name + "-after")) {
      cut += whole ? 0 : 1;
      continue;
    }
    EXPECT(victim->Join() == End::kMessage, name);
    ++ended;
    victim = std::make_unique<Victim>(recordings, scratch.path() + "/messages");
  }
  g_print("%d allocations: %d end the process, %d the session\n", nth - 2,
          ended, cut);
  EXPECT(ended > 0, "nothing ever failed");
}
GST_END_TEST

Suite* pubpoint_memory_suite() {
  Suite* suite = suite_create("pubpoint_memory");
  TCase* tcase = tcase_create("memory");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_no_more_memory);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_memory_suite;
GST_CHECK_MAIN(pubpoint_memory)
