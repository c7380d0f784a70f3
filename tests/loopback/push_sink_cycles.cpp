// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/from_environment.h"
#include "common/leak_check.h"
#include "loopback/push_sink_case.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

// Connect and Disconnect over and over: nothing is left of it.

namespace wms::test {
namespace {

/// The moments of a session at which a cycle ends it.
void CycleOnce(PushSinkCase& push, const std::string& url, int moment) {
  EXPECT_HRESULT(push.sink->Connect(url), HResult::S_OK);
  switch (moment % 6) {
    case 0:
      break;
    case 1:
      push.statuses->WaitFor(Status::kLocating);
      break;
    case 2:
      push.statuses->WaitFor(Status::kConnecting);
      break;
    case 3:
      push.statuses->WaitFor(Status::kOpened);
      break;
    case 4:
      EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
      break;
    case 5:
      EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
      EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
      break;
  }
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
}

GST_START_TEST(test_a_thousand_cycles) {
  ScriptedServer server;
  server.Run(Script().ServeForever());
  const std::string url = server.Url();
  PushSinkCase push;
  std::optional<LeakCheck> check;
  for (int i = 0; i < 1000; ++i) {
    // Statuses are waited for, so each cycle has a recorder of its own.
    push.sink->Unadvise(push.statuses, nullptr);
    push.statuses = std::make_shared<StatusRecorder>();
    push.sink->Advise(push.statuses, nullptr);
    CycleOnce(push, url, i);
    if (i % 100 == 50) push.sink = CreateWriterPushSink();
    // What GLib makes once and keeps is there by now.
    if (i == 60) check.emplace();
  }
  EXPECT(check->new_threads() == 0,
         std::to_string(check->new_threads()) + " threads");
  // The server may have a connection open that it had not just then.
  EXPECT(check->new_files(2) <= 2,
         std::to_string(check->new_files()) + " files");
}
GST_END_TEST

/// A thread that streams as far as it is let.
class Stream {
 public:
  Stream(PushSinkCase& push, unsigned packets, bool to_the_end)
      : thread_([this, &push, packets, to_the_end] {
          HResult hr = push.sink->OnHeader(push.header);
          for (unsigned i = 0; i < packets && Succeeded(hr); ++i)
            hr = push.sink->OnDataUnit(push.packet);
          if (to_the_end && Succeeded(hr)) push.sink->EndSession(kOrderlyEnd);
          const std::lock_guard lock(mutex_);
          over_ = true;
          changed_.notify_all();
        }) {}
  ~Stream() { Join(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// For so long, or until it is over.
  void Wait(std::chrono::microseconds most) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, most, [this] { return over_; });
  }
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;  // under mutex_
  std::thread thread_;
};

/// Connects, streams in another thread, and breaks that off at a moment that
/// nothing chooses, in one of the ways that there are.
void BreakOff(const std::string& url, std::mt19937& random) {
  constexpr unsigned kMostMicroseconds = 3000;
  PushSinkCase push;
  push.options.timeout = kOrderlyEnd;
  push.options.reconnect = random() % 2 == 0;
  push.options.retry_delay = 1ms;
  push.sink->SetOptions(push.options);
  EXPECT_HRESULT(push.sink->Connect(url), HResult::S_OK);
  Stream stream(push, random() % 100, random() % 2 == 0);
  stream.Wait(std::chrono::microseconds(random() % kMostMicroseconds));
  const unsigned way = random() % 3;
  const auto took = TimeOf([&] {
    if (way == 0) push.sink->Interrupt();
    if (way == 1) push.sink->EndSession(std::chrono::milliseconds(1));
    if (way == 2) push.sink->Disconnect();
    // What blocks in the other thread has been let go.
    if (way != 1) stream.Join();
    if (way == 0) push.sink->Resume();
    push.sink->Disconnect();
    stream.Join();
  });
  EXPECT(took < kPromptly, "way " + std::to_string(way) + " takes " +
                               std::to_string(took.count()) + " ms");
}

// WMSPUSH_TEST_CYCLES=10000 for minutes of it.
GST_START_TEST(test_random_moments) {
  const unsigned seed =
      FromEnvironment("WMSPUSH_TEST_SEED", std::random_device()());
  const unsigned cycles = FromEnvironment("WMSPUSH_TEST_CYCLES", 300);
  g_print("WMSPUSH_TEST_SEED=%u, %u cycles\n", seed, cycles);
  std::mt19937 random(seed);
  ScriptedServer server;
  server.Run(Script().ServeForever());
  ScriptedServer silent({.backlog = 1000});
  const auto all = [&](unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      BreakOff(random() % 5 == 0 ? silent.Url() : server.Url(), random);
  };
  all(50);
  const LeakCheck check;
  all(cycles);
  EXPECT(check.new_threads() == 0,
         std::to_string(check.new_threads()) + " threads");
  // The server may have a connection open that it had not just then.
  EXPECT(check.new_files(2) <= 2,
         std::to_string(check.new_files(2)) + " files");
}
GST_END_TEST

Suite* push_sink_cycles_suite() {
  Suite* suite = suite_create("push_sink_cycles");
  TCase* tcase = tcase_create("cycles");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_a_thousand_cycles);
  tcase_add_test(tcase, test_random_moments);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_cycles_suite;
GST_CHECK_MAIN(push_sink_cycles)
