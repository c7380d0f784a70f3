// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/leak_check.h"
#include "poller_case.h"

#include <fcntl.h>

#include <list>
#include <string>
#include <vector>

namespace wms::test {
namespace {

using pubpoint::Deadline;
using pubpoint::Watch;
using pubpoint::WatchReadable;
using pubpoint::WatchTime;
using pubpoint::WatchWritable;
using std::chrono::milliseconds;

GST_START_TEST(test_timers_expire_in_order) {
  const PollerLoop loop;
  std::string order;
  const Watch late = WatchTime(milliseconds(30), [&] { order += 'c'; });
  const Watch early = WatchTime(milliseconds(10), [&] { order += 'a'; });
  const Watch never = WatchTime(milliseconds::max(), [&] { order += 'z'; });
  const Watch middle = WatchTime(milliseconds(20), [&] { order += 'b'; });
  loop.RunUntil([&] { return order.size() == 3; });
  fail_unless(order == "abc");
}
GST_END_TEST

GST_START_TEST(test_timer_is_not_early) {
  const PollerLoop loop;
  const auto begin = Deadline::Clock::now();
  bool expired = false;
  const Watch watch = WatchTime(milliseconds(15), [&] { expired = true; });
  loop.RunUntil([&] { return expired; });
  fail_unless(Deadline::Clock::now() - begin >= milliseconds(15));
}
GST_END_TEST

GST_START_TEST(test_no_delay) {
  const PollerLoop loop;
  int calls = 0;
  Watch second;
  // Not from within the call, and its own successor in the next turn.
  const Watch first = WatchTime(milliseconds(0), [&] {
    ++calls;
    second = WatchTime(milliseconds(0), [&] { ++calls; });
  });
  fail_unless_equals_int(calls, 0);
  loop.Turn();
  fail_unless_equals_int(calls, 1);
  loop.Turn();
  fail_unless_equals_int(calls, 2);
  fail_unless(!loop.Turn());
}
GST_END_TEST

GST_START_TEST(test_timer_cancelled_in_a_callback) {
  const PollerLoop loop;
  int calls = 0;
  Watch self;
  Watch other;
  self = WatchTime(milliseconds(0), [&] {
    ++calls;
    self.Reset();
    other.Reset();
  });
  other = WatchTime(milliseconds(0), [&] { ++calls; });
  fail_unless(loop.Settle());
  fail_unless_equals_int(calls, 1);
  fail_unless(!self && !other);
}
GST_END_TEST

GST_START_TEST(test_timer_replaces_itself) {
  const PollerLoop loop;
  int calls = 0;
  Watch watch;
  std::function<void()> again = [&] {
    if (++calls < 5) watch = WatchTime(milliseconds(0), again);
  };
  watch = WatchTime(milliseconds(0), again);
  loop.RunUntil([&] { return calls == 5; });
}
GST_END_TEST

GST_START_TEST(test_deadline_is_put_off) {
  const PollerLoop loop;
  int calls = 0;
  Deadline deadline([&] { ++calls; });
  const auto begin = Deadline::Clock::now();
  deadline.Start(milliseconds(5));
  deadline.Start(milliseconds(20));
  loop.RunUntil([&] { return calls > 0; });
  fail_unless(Deadline::Clock::now() - begin >= milliseconds(20));
  fail_unless(!deadline.running());
  // A shorter one takes effect, too.
  deadline.Start(std::chrono::hours(1));
  deadline.Start(milliseconds(1));
  loop.RunUntil([&] { return calls == 2; });
  deadline.Start(milliseconds(0));
  deadline.Stop();
  fail_unless(loop.Settle());
  fail_unless_equals_int(calls, 2);
}
GST_END_TEST

GST_START_TEST(test_socket_is_called_while_it_is_ready) {
  const PollerLoop loop;
  const SocketPair pair;
  int calls = 0;
  Watch watch = WatchReadable(pair.socket(), [&] { ++calls; });
  fail_unless(!loop.Turn());
  pair.Feed();
  loop.Turn();
  loop.Turn();
  fail_unless_equals_int(calls, 2);
  pair.Drain();
  loop.Turn();
  fail_unless(!loop.Turn());
  fail_unless_equals_int(calls, 2);
  pair.Feed();
  watch.Reset();
  fail_unless(loop.Settle());
  fail_unless_equals_int(calls, 2);
}
GST_END_TEST

GST_START_TEST(test_both_sides_of_one_socket) {
  const PollerLoop loop;
  const SocketPair pair;
  int reads = 0;
  int writes = 0;
  pair.Fill();
  Watch readable = WatchReadable(pair.socket(), [&] {
    ++reads;
    pair.Drain();
  });
  Watch writable = WatchWritable(pair.socket(), [&] {
    ++writes;
    writable.Reset();
  });
  fail_unless(loop.Settle());
  fail_unless(reads == 0 && writes == 0);
  pair.Feed();
  fail_unless(loop.Settle());
  fail_unless(reads == 1 && writes == 0);
  pair.DrainPeer();
  fail_unless(loop.Settle());
  fail_unless(reads == 1 && writes == 1);
  // What is left of it goes on.
  pair.Feed();
  fail_unless(loop.Settle());
  fail_unless(reads == 2 && writes == 1);
  writable = WatchWritable(pair.socket(), [&] {
    ++writes;
    readable.Reset();
    writable.Reset();
  });
  fail_unless(loop.Settle());
  pair.Feed();
  fail_unless(loop.Settle());
  fail_unless(reads == 2 && writes == 2);
}
GST_END_TEST

GST_START_TEST(test_one_side_removes_the_other) {
  const PollerLoop loop;
  const SocketPair pair;
  int calls = 0;
  Watch readable;
  Watch writable;
  // Both come in one event.
  readable = WatchReadable(pair.socket(), [&] {
    ++calls;
    writable.Reset();
    readable.Reset();
  });
  writable = WatchWritable(pair.socket(), [&] { ++calls; });
  pair.Feed();
  fail_unless(loop.Settle());
  fail_unless_equals_int(calls, 1);
}
GST_END_TEST

GST_START_TEST(test_one_side_has_one_function) {
  const PollerLoop loop;
  const SocketPair pair;
  std::string calls;
  Watch watch;
  watch = WatchWritable(pair.socket(), [&] {
    calls += 'a';
    watch = WatchWritable(pair.socket(), [&] {
      calls += 'b';
      watch.Reset();
    });
  });
  fail_unless(loop.Settle());
  fail_unless(calls == "ab");
}
GST_END_TEST

GST_START_TEST(test_removed_by_another_of_the_batch) {
  const PollerLoop loop;
  std::array<SocketPair, 4> pairs;
  std::array<Watch, 4> watches;
  int calls = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].Feed();
    watches[i] = WatchReadable(pairs[i].socket(), [&] {
      ++calls;
      for (std::size_t k = 0; k < pairs.size(); ++k) {
        watches[k].Reset();
        pairs[k].CloseSocket();
      }
    });
  }
  fail_unless(loop.Settle());
  fail_unless_equals_int(calls, 1);
}
GST_END_TEST

GST_START_TEST(test_descriptor_used_again_within_the_batch) {
  const PollerLoop loop;
  std::array<SocketPair, 2> pairs;
  std::array<Watch, 2> watches;
  const SocketPair silent;
  int wrong = 0;
  // The other's descriptor gets another socket, which has nothing to read.
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].Feed();
    watches[i] = WatchReadable(pairs[i].socket(), [&, i] {
      const std::size_t other = 1 - i;
      const int fd = pairs[other].socket();
      watches[other].Reset();
      fail_unless_equals_int(dup3(silent.socket(), fd, O_CLOEXEC), fd);
      watches[other] = WatchReadable(fd, [&] { ++wrong; });
      watches[i].Reset();
    });
  }
  fail_unless(loop.Settle());
  fail_unless_equals_int(wrong, 0);
  fail_unless_equals_int(!watches[0] + !watches[1], 1);
}
GST_END_TEST

GST_START_TEST(test_hangup_wakes_both_sides) {
  const PollerLoop loop;
  SocketPair pair;
  int reads = 0;
  int writes = 0;
  pair.Fill();
  Watch writable = WatchWritable(pair.socket(), [&] {
    ++writes;
    writable.Reset();
  });
  Watch readable = WatchReadable(pair.socket(), [&] {
    ++reads;
    fail_unless(!pair.Drain());
    readable.Reset();
  });
  fail_unless(loop.Settle());
  fail_unless(reads == 0 && writes == 0);
  pair.ClosePeer();
  fail_unless(loop.Settle());
  fail_unless(reads == 1 && writes == 1);
}
GST_END_TEST

GST_START_TEST(test_many_and_others_get_their_turn) {
  constexpr std::size_t kMany = 200;
  const PollerLoop loop;
  std::list<SocketPair> pairs;
  std::vector<Watch> watches;
  std::size_t calls = 0;
  for (std::size_t i = 0; i < kMany; ++i) {
    const SocketPair& pair = pairs.emplace_back();
    pair.Feed();
    watches.push_back(WatchReadable(pair.socket(), [&calls, &pair] {
      ++calls;
      pair.Drain();
    }));
  }
  std::size_t calls_before = kMany;
  const glib::Source other(g_timeout_source_new(0));
  g_source_set_callback(
      other.get(),
      [](gpointer data) -> gboolean {
        const auto& note = *static_cast<std::function<void()>*>(data);
        note();
        return G_SOURCE_REMOVE;
      },
      new std::function<void()>([&] { calls_before = calls; }),
      [](gpointer data) { delete static_cast<std::function<void()>*>(data); });
  g_source_attach(other.get(), loop.context());
  fail_unless(loop.Settle());
  fail_unless(calls_before < kMany);
  fail_unless_equals_int(calls, kMany);
}
GST_END_TEST

GST_START_TEST(test_last_watch_goes_in_its_callback) {
  const LeakCheck check;
  {
    const PollerLoop loop;
    const SocketPair pair;
    auto watch = std::make_unique<Watch>();
    *watch = WatchWritable(pair.socket(), [&] { watch.reset(); });
    fail_unless(loop.Settle());
    fail_unless(watch == nullptr);
    // And it begins anew.
    bool expired = false;
    const Watch timer = WatchTime(milliseconds(1), [&] { expired = true; });
    loop.RunUntil([&] { return expired; });
  }
  fail_unless_equals_int(check.new_files(), 0);
}
GST_END_TEST

GST_START_TEST(test_each_context_has_its_own) {
  const PollerLoop outer;
  bool outer_called = false;
  bool inner_called = false;
  const Watch watch = WatchTime(milliseconds(0), [&] { outer_called = true; });
  {
    const PollerLoop inner;
    const Watch other =
        WatchTime(milliseconds(0), [&] { inner_called = true; });
    inner.RunUntil([&] { return inner_called; });
    fail_unless(!outer_called);
  }
  outer.RunUntil([&] { return outer_called; });
}
GST_END_TEST

Suite* pubpoint_poller_suite() {
  Suite* suite = suite_create("pubpoint_poller");
  TCase* timers = tcase_create("timers");
  suite_add_tcase(suite, timers);
  tcase_add_test(timers, test_timers_expire_in_order);
  tcase_add_test(timers, test_timer_is_not_early);
  tcase_add_test(timers, test_no_delay);
  tcase_add_test(timers, test_timer_cancelled_in_a_callback);
  tcase_add_test(timers, test_timer_replaces_itself);
  tcase_add_test(timers, test_deadline_is_put_off);
  TCase* sockets = tcase_create("sockets");
  suite_add_tcase(suite, sockets);
  tcase_add_test(sockets, test_socket_is_called_while_it_is_ready);
  tcase_add_test(sockets, test_both_sides_of_one_socket);
  tcase_add_test(sockets, test_one_side_removes_the_other);
  tcase_add_test(sockets, test_one_side_has_one_function);
  tcase_add_test(sockets, test_removed_by_another_of_the_batch);
  tcase_add_test(sockets, test_descriptor_used_again_within_the_batch);
  tcase_add_test(sockets, test_hangup_wakes_both_sides);
  tcase_add_test(sockets, test_many_and_others_get_their_turn);
  tcase_add_test(sockets, test_last_watch_goes_in_its_callback);
  tcase_add_test(sockets, test_each_context_has_its_own);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_poller_suite;
GST_CHECK_MAIN(pubpoint_poller)
