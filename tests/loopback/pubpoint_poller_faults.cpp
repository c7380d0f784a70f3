// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/faults.h"
#include "poller_case.h"

#include <cerrno>
#include <memory>

// Watches when epoll fails: they do what they are for, and the main loop comes
// to rest.

namespace wms::test {
namespace {

using pubpoint::Watch;
using pubpoint::WatchReadable;
using pubpoint::WatchTime;
using pubpoint::WatchWritable;

/// Both sides of a socket, watched.
struct Watched {
  void WatchRead() {
    readable = WatchReadable(pair.socket(), [this] {
      ++reads;
      if (!pair.Drain()) readable.Reset();
    });
  }
  void WatchWrite() {
    writable = WatchWritable(pair.socket(), [this] {
      ++writes;
      writable.Reset();
    });
  }

  SocketPair pair;
  Watch readable;
  Watch writable;
  int reads = 0;
  int writes = 0;
};

/// Uses @a watched in all ways; it behaves as without a fault.
void Use(const PollerLoop& loop, Watched& watched, const std::string& name) {
  watched.WatchRead();
  EXPECT(loop.Settle() && watched.reads == 0, name);
  watched.pair.Feed();
  EXPECT(loop.Settle() && watched.reads == 1, name);
  watched.WatchWrite();
  EXPECT(loop.Settle() && watched.writes == 1, name);
  watched.pair.Feed();
  EXPECT(loop.Settle() && watched.reads == 2, name);
  watched.readable.Reset();
  watched.pair.Feed();
  EXPECT(loop.Settle() && watched.reads == 2, name);
  watched.WatchRead();
  EXPECT(loop.Settle() && watched.reads == 3, name);
  watched.pair.ClosePeer();
  EXPECT(loop.Settle() && !watched.readable, name);
}

GST_START_TEST(test_epoll_ctl) {
  for (const int error : {ENOSPC, ENOMEM, EPERM}) {
    bool happened = true;
    for (int nth = 1; happened; ++nth) {
      const std::string name = g_strerror(error) + std::to_string(nth);
      const PollerLoop loop;
      Watched watched;
      Watched other;
      const Fault fault(Call::kEpollControl, nth, Whose::kEverybodys, error);
      Use(loop, watched, name);
      happened = fault.happened();
      EXPECT(happened || nth > 4, name);
      Use(loop, other, name + ", another");
    }
  }
}
GST_END_TEST

GST_START_TEST(test_epoll_create) {
  const PollerLoop loop;
  Watched watched;
  {
    const Fault fault(Call::kEpollCreate, 1);
    watched.WatchRead();
    fail_unless(fault.happened());
  }
  watched.pair.Feed();
  fail_unless(loop.Settle());
  fail_unless_equals_int(watched.reads, 1);
  bool expired = false;
  const Watch timer =
      WatchTime(std::chrono::milliseconds(1), [&] { expired = true; });
  loop.RunUntil([&] { return expired; });
  // The next one has epoll again.
  Watched other;
  Use(loop, other, "other");
  watched.pair.Feed();
  fail_unless(loop.Settle());
  fail_unless_equals_int(watched.reads, 2);
}
GST_END_TEST

GST_START_TEST(test_epoll_wait) {
  for (const int error : {EINTR, ENOMEM}) {
    const PollerLoop loop;
    Watched watched;
    const Fault fault(Call::kEpollWait, 1, Whose::kEverybodys, error);
    Use(loop, watched, g_strerror(error));
    fail_unless(fault.happened());
  }
}
GST_END_TEST

GST_START_TEST(test_watch_of_its_own_goes_in_its_callback) {
  const PollerLoop loop;
  const SocketPair pair;
  auto watch = std::make_unique<Watch>();
  int calls = 0;
  {
    const Fault fault(Call::kEpollControl, 1);
    *watch = WatchWritable(pair.socket(), [&] {
      ++calls;
      watch.reset();
    });
    fail_unless(fault.happened());
  }
  fail_unless(loop.Settle());
  fail_unless_equals_int(calls, 1);
}
GST_END_TEST

Suite* pubpoint_poller_faults_suite() {
  Suite* suite = suite_create("pubpoint_poller_faults");
  TCase* faults = tcase_create("faults");
  suite_add_tcase(suite, faults);
  tcase_add_test(faults, test_epoll_ctl);
  tcase_add_test(faults, test_epoll_create);
  tcase_add_test(faults, test_epoll_wait);
  tcase_add_test(faults, test_watch_of_its_own_goes_in_its_callback);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_poller_faults_suite;
GST_CHECK_MAIN(pubpoint_poller_faults)
