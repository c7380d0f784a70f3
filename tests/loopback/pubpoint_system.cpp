// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/faults.h"
#include "common/leak_check.h"
#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "expect.h"
#include "played_push.h"

#include <cerrno>

// Every system call that the publishing point makes for a push, a player of it
// and a recording fails once, one after the other, until they need no more of
// them. What has come of it may end; the publishing point goes on.

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

class SystemCase {
 public:
  SystemCase() : server_(Options()) {
    // What GLib makes once and keeps is made now.
    EXPECT(Session("first"), "no session");
  }

  /// Lets the @a nth call of a kind fail in the server during a session, and
  /// then expects a session that works. False when a session has not so many.
  bool FailOne(Call call, int nth, int error) {
    // A session that was cut keeps its path for a while.
    const std::string name =
        CallName(call) + std::to_string(nth) + "-" + std::to_string(++faults_);
    const LeakCheck check;
    bool happened = false;
    {
      const Fault fault(call, nth, Whose::kOtherThreads, error);
      const bool whole = Session(name);
      happened = fault.happened();
      EXPECT(happened || whole, name + ": no fault, and no session");
    }
    EXPECT(Session(name + "-after"), name + ": nothing works behind it");
    EXPECT(check.new_files() == 0, name);
    return happened;
  }

 private:
  ServerOptions Options() {
    ServerOptions options;
    options.record_dir = directory_.path();
    // A push that was cut has ended soon.
    options.timers.idle = std::chrono::seconds(2);
    options.timers.inactivity = std::chrono::seconds(1);
    options.timers.unclaimed = std::chrono::milliseconds(100);
    options.limits.points = 100000;
    return options;
  }

  bool Session(const std::string& name) {
    return session_.Run(server_.port(), "/" + name);
  }

  const ScratchDir directory_;
  const PlayedPush session_;
  unsigned faults_ = 0;
  PubpointThread server_;
};

/// Fails the calls of a kind one after the other; returns how many there were.
int FailEach(SystemCase& system, Call call, int error = 0) {
  constexpr int kMost = 1000;
  for (int nth = 1; nth < kMost; ++nth) {
    if (!system.FailOne(call, nth, error)) {
      g_print("%s: %d\n", CallName(call), nth - 1);
      return nth - 1;
    }
  }
  EXPECT(false, std::string(CallName(call)) + ": too many");
  return 0;
}

GST_START_TEST(test_connections) {
  SystemCase system;
  for (const int error : {EMFILE, ENFILE, ENOMEM, ECONNABORTED, EINTR}) {
    EXPECT(FailEach(system, Call::kAccept, error) > 0, g_strerror(error));
  }
  EXPECT(FailEach(system, Call::kAddress) > 0, "addresses");
  EXPECT(FailEach(system, Call::kOption) > 0, "options");
}
GST_END_TEST

GST_START_TEST(test_bytes) {
  SystemCase system;
  EXPECT(FailEach(system, Call::kReceive) > 0, "receive");
  EXPECT(FailEach(system, Call::kSend) > 0, "send");
  EXPECT(FailEach(system, Call::kSend, EPIPE) > 0, "send, EPIPE");
  EXPECT(FailEach(system, Call::kReceive, EINTR) > 0, "receive, EINTR");
  EXPECT(FailEach(system, Call::kPoll) > 0, "poll");
}
GST_END_TEST

GST_START_TEST(test_files) {
  SystemCase system;
  for (const int error : {EMFILE, EACCES})
    EXPECT(FailEach(system, Call::kOpen, error) > 0, g_strerror(error));
  EXPECT(FailEach(system, Call::kDuplicate) > 0, "duplicate");
  for (const int error : {ENOSPC, EIO, EINTR})
    EXPECT(FailEach(system, Call::kWrite, error) > 0, g_strerror(error));
}
GST_END_TEST

GST_START_TEST(test_waiting) {
  SystemCase system;
  for (const int error : {ENOSPC, ENOMEM}) {
    EXPECT(FailEach(system, Call::kEpollControl, error) > 0, g_strerror(error));
  }
  EXPECT(FailEach(system, Call::kEpollWait) > 0, "epoll_wait");
}
GST_END_TEST

GST_START_TEST(test_start_without_epoll) {
  for (const int error : {EMFILE, ENOMEM}) {
    const Fault fault(Call::kEpollCreate, 1, Whose::kEverybodys, error);
    SystemCase system;
    EXPECT(fault.happened(), g_strerror(error));
  }
}
GST_END_TEST

// No thread for the hash of a password: that login can be tried again, and
// nothing is left of it.
GST_START_TEST(test_no_thread_for_a_password) {
  ServerOptions options;
  options.users = {
      {"a", "$5$0123456789abcdef$r6nzC5LUC0uVXFw52gWstJ181ms.XFW71j20yui2zG7",
       pubpoint::PasswordForm::kCrypt}};
  PubpointThread server(std::move(options));
  RawRequest request;
  request.more = "Authorization: Basic YTpzZWNyZXQ=\r\n";
  const auto status = [&] {
    RawClient client(server.port());
    fail_unless(client.Send(SetupRequest(request)));
    const auto response = client.ReadResponse();
    fail_unless(response.has_value());
    return static_cast<int>(response->status);
  };
  for (int i = 0; i < 20; ++i) {
    const Fault fault(Call::kThread, 1, Whose::kOtherThreads);
    fail_unless_equals_int(status(), 503);
    fail_unless(fault.happened());
  }
  fail_unless_equals_int(status(), 204);
}
GST_END_TEST

Suite* pubpoint_system_suite() {
  Suite* suite = suite_create("pubpoint_system");
  TCase* calls = tcase_create("calls");
  suite_add_tcase(suite, calls);
  tcase_add_test(calls, test_connections);
  tcase_add_test(calls, test_bytes);
  tcase_add_test(calls, test_files);
  tcase_add_test(calls, test_waiting);
  tcase_add_test(calls, test_start_without_epoll);
  tcase_add_test(calls, test_no_thread_for_a_password);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_system_suite;
GST_CHECK_MAIN(pubpoint_system)
