// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/recovery.h"

#include <gst/check/gstcheck.h>
// A macro of check's that the standard streams have a member of the name of.
#undef fail

#include <algorithm>
#include <vector>

// What is done about a connection that is lost, and when.

namespace wms {
namespace {

using Plan = Recovery::Plan;
using Loss = Recovery::Loss;

constexpr std::int64_t kSecond = 1000000;
constexpr Loss kInStream{.header_arrived = true, .has_push_id = true};
constexpr Loss kInSetup{
    .header_arrived = true, .has_push_id = true, .in_setup = true};

Error Network(HResult hresult = HResult::NS_E_CONNECTION_FAILURE) {
  return {hresult, Fault::kNetwork, "gone"};
}

Error Answer(unsigned status, unsigned retry_after_s = 0) {
  return {HResult::NS_E_BAD_REQUEST, Fault::kPeer, "no", status, retry_after_s};
}

/// One that has been flowing for long.
Recovery Flowing(Recovery::Options options = {}) {
  Recovery recovery(options);
  recovery.OnFlowing(0);
  return recovery;
}

constexpr std::int64_t kStart = 100 * kSecond;

GST_START_TEST(test_resumes_at_once) {
  for (const HResult hresult :
       {HResult::NS_E_CONNECTION_FAILURE, HResult::NS_E_TIMEOUT,
        HResult::NS_E_RESET_SOCKET_CONNECTION, HResult::NS_E_NETWORK_SINK_WRITE,
        HResult::NS_E_SERVER_NOT_FOUND, HResult::NS_E_PUSH_CANNOTCONNECT}) {
    Recovery recovery = Flowing();
    fail_unless(recovery.OnLoss(Network(hresult), kInStream, kStart));
    fail_unless(recovery.active());
    fail_unless(recovery.plan() == Plan::kResume);
    fail_unless(recovery.resumes());
    fail_unless_equals_int(recovery.attempt(), 1);
    fail_unless_equals_int64(recovery.retry_at(), kStart);
    recovery.OnFlowing(kStart + kSecond);
    fail_if(recovery.active());
  }
}
GST_END_TEST

/// Each delay is twice the one before, up to a limit, give or take a quarter.
GST_START_TEST(test_back_off) {
  const Recovery::Options options{.delay_us = kSecond};
  Recovery recovery = Flowing(options);
  std::int64_t now = kStart;
  fail_unless(recovery.OnLoss(Network(), kInStream, now));
  std::int64_t expected = kSecond;
  for (unsigned attempt = 2; attempt < 12; ++attempt) {
    fail_unless(recovery.OnLoss(Network(), kInStream, now));
    fail_unless_equals_int(recovery.attempt(), attempt);
    const std::int64_t delay = recovery.retry_at() - now;
    fail_unless(delay >= expected * 3 / 4 && delay <= expected * 5 / 4);
    expected = std::min(expected * 2, Recovery::kMaxDelay);
    now = recovery.retry_at();
  }
  // One that breaks soon is no good connection, and goes on like this; one
  // that lasts is.
  recovery.OnFlowing(now);
  fail_unless(recovery.OnLoss(Network(), kInStream, now + kSecond));
  fail_unless(recovery.retry_at() > now + 5 * kSecond);
  recovery.OnFlowing(now);
  now += Recovery::kSteady;
  fail_unless(recovery.OnLoss(Network(), kInStream, now));
  fail_unless_equals_int64(recovery.retry_at(), now);
}
GST_END_TEST

GST_START_TEST(test_chance) {
  // Many clients that are cut together do not come back together.
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 50; ++i) {
    Recovery recovery = Flowing();
    fail_unless(recovery.OnLoss(Network(), kInStream, kStart));
    fail_unless(recovery.OnLoss(Network(), kInStream, kStart));
    delays.push_back(recovery.retry_at());
  }
  std::sort(delays.begin(), delays.end());
  fail_unless(delays.back() - delays.front() > kSecond / 10);
}
GST_END_TEST

GST_START_TEST(test_retries) {
  Recovery recovery = Flowing({.retries = 3});
  for (int i = 0; i < 3; ++i)
    fail_unless(recovery.OnLoss(Network(), kInStream, kStart));
  fail_if(recovery.OnLoss(Network(), kInStream, kStart));
  Recovery none = Flowing({.retries = 0});
  fail_if(none.OnLoss(Network(), kInStream, kStart));
  Recovery off = Flowing({.enabled = false});
  fail_if(off.OnLoss(Network(), kInStream, kStart));
}
GST_END_TEST

GST_START_TEST(test_retry_after) {
  Recovery recovery = Flowing();
  fail_unless(recovery.OnLoss(Answer(503, 100), kInStream, kStart));
  fail_unless_equals_int64(recovery.retry_at(), kStart + 100 * kSecond);
}
GST_END_TEST

/// After the server's Idle-Timeout there is nothing to resume.
GST_START_TEST(test_idle_timeout) {
  Recovery recovery = Flowing();
  fail_unless(recovery.OnLoss(Network(), kInStream, kStart));
  const std::int64_t last = kStart + Recovery::kServerIdle;
  fail_unless(recovery.OnLoss(Network(), kInStream, last - 1));
  fail_unless(recovery.plan() == Plan::kResume);
  fail_unless(recovery.OnLoss(Network(), kInStream, last));
  fail_unless(recovery.plan() == Plan::kSetUpAgain);
  fail_if(recovery.resumes());
  // Nor is there when the server may not have the header.
  Recovery early = Flowing();
  fail_unless(early.OnLoss(Network(), {.has_push_id = true}, kStart));
  fail_unless(early.plan() == Plan::kSetUpAgain);
}
GST_END_TEST

/// A server that gives no push-id cannot know the session again, whatever it
/// makes of a PushStart.
GST_START_TEST(test_no_push_id) {
  for (const Error& error : {Network(), Answer(500), Answer(503)}) {
    Recovery recovery = Flowing();
    fail_unless(recovery.OnLoss(error, {.header_arrived = true}, kStart));
    fail_unless(recovery.plan() == Plan::kSetUpAgain);
    fail_unless_equals_int64(recovery.retry_at(), kStart);
  }
}
GST_END_TEST

/// One that takes the session back and drops it again and again has another
/// one set up, and comes to an end like one that does not take it.
GST_START_TEST(test_brief) {
  Recovery recovery = Flowing({.retries = 8});
  std::int64_t now = kStart;
  for (unsigned attempt = 1; attempt <= 8; ++attempt) {
    fail_unless(recovery.OnLoss(Network(), kInStream, now));
    fail_unless_equals_int(recovery.attempt(), attempt);
    const bool resumes = attempt <= Recovery::kMostBrief;
    fail_unless(recovery.resumes() == resumes);
    recovery.OnFlowing(recovery.retry_at());
    now = recovery.retry_at() + Recovery::kSteady - 1;
  }
  fail_if(recovery.OnLoss(Network(), kInStream, now));
  // One that lasts makes up for it.
  Recovery steady = Flowing();
  for (int i = 0; i < 10; ++i) {
    fail_unless(steady.OnLoss(Network(), kInStream, now));
    fail_unless_equals_int(steady.attempt(), 1);
    fail_unless(steady.resumes());
    steady.OnFlowing(now);
    now += Recovery::kSteady;
  }
}
GST_END_TEST

/// What a server says soon after it has taken a session back is its answer to
/// that, later on it is the end.
GST_START_TEST(test_late_refusal) {
  for (const bool soon : {true, false}) {
    Recovery recovery = Flowing();
    fail_unless(recovery.OnLoss(Network(), kInStream, kStart));
    recovery.OnFlowing(kStart);
    const std::int64_t now =
        soon ? kStart + Recovery::kSteady - 1 : kStart + Recovery::kSteady;
    fail_unless(recovery.OnLoss(Answer(400), kInStream, now) == soon);
    if (soon) fail_unless(recovery.plan() == Plan::kSetUpAgain);
  }
}
GST_END_TEST

/// What each answer to an attempt leads to.
GST_START_TEST(test_answers) {
  // To a PushStart that resumes, then to the PushSetup for the same push-id.
  Recovery recovery = Flowing();
  fail_unless(recovery.OnLoss(Network(), kInStream, kStart));
  fail_unless(recovery.OnLoss(Answer(404), kInStream, kStart));
  fail_unless(recovery.plan() == Plan::kSetUpAgain);
  fail_unless_equals_int64(recovery.retry_at(), kStart);
  fail_unless(recovery.OnLoss(Answer(404), kInSetup, kStart));
  fail_unless(recovery.plan() == Plan::kSetUpNew);
  fail_if(recovery.OnLoss(Answer(404), kInSetup, kStart));

  // Servers that fail instead of refusing.
  Recovery failing = Flowing();
  fail_unless(failing.OnLoss(Answer(500), kInStream, kStart));
  fail_unless(failing.plan() == Plan::kResume);
  fail_unless(failing.OnLoss(Answer(500), kInStream, kStart));
  fail_unless(failing.plan() == Plan::kSetUpAgain);
  fail_unless(failing.OnLoss(Answer(500), kInSetup, kStart));
  fail_unless(failing.plan() == Plan::kSetUpNew);
  fail_unless(failing.OnLoss(Answer(500), kInSetup, kStart));
  fail_unless(failing.plan() == Plan::kSetUpNew);

  // Those whose session has run out.
  Recovery expired = Flowing();
  fail_unless(expired.OnLoss(Answer(408), kInStream, kStart));
  fail_unless(expired.plan() == Plan::kSetUpAgain);
}
GST_END_TEST

GST_START_TEST(test_what_is_final) {
  for (const unsigned status : {400U, 401U, 403U, 404U, 407U, 409U, 422U}) {
    Recovery recovery = Flowing();
    fail_if(recovery.OnLoss(Answer(status), kInStream, kStart), "%u", status);
  }
  for (const unsigned status : {401U, 407U}) {
    Recovery recovery = Flowing();
    fail_unless(recovery.OnLoss(Network(), kInStream, kStart));
    fail_unless(recovery.OnLoss(Answer(404), kInStream, kStart));
    fail_if(recovery.OnLoss(Answer(status), kInSetup, kStart), "%u", status);
  }
  for (const HResult hresult :
       {HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE,
        HResult::NS_E_INCOMPATIBLE_PUSH_SERVER, HResult::E_OUTOFMEMORY}) {
    Recovery recovery = Flowing();
    fail_if(recovery.OnLoss({hresult, Fault::kPeer, ""}, kInStream, kStart));
  }
  Recovery local = Flowing();
  Error error = Network();
  error.fault = Fault::kLocal;
  fail_if(local.OnLoss(error, kInStream, kStart));
}
GST_END_TEST

/// Our own push is in the way until the server sees that it is gone.
GST_START_TEST(test_conflict) {
  Recovery recovery = Flowing();
  fail_unless(recovery.OnLoss(Network(), kInStream, kStart));
  std::int64_t now = kStart;
  while (now < kStart + Recovery::kConflictLimit) {
    fail_unless(recovery.OnLoss(Answer(409), kInStream, now));
    fail_unless(recovery.plan() == Plan::kResume);
    now = std::max(recovery.retry_at(), now + 1);
  }
  fail_if(recovery.OnLoss(Answer(409), kInStream, now));
}
GST_END_TEST

/// A connection that broke before it was used is no loss to speak of, once.
GST_START_TEST(test_start_again) {
  for (const bool enabled : {true, false}) {
    const Loss unheard{.unheard = true};
    Recovery recovery(Recovery::Options{.enabled = enabled});
    fail_unless(recovery.OnLoss(Network(), unheard, kStart));
    fail_unless(recovery.plan() == Plan::kStartAgain);
    fail_if(recovery.active());
    fail_unless_equals_int64(recovery.retry_at(), kStart);
    fail_unless(recovery.OnLoss(Network(), unheard, kStart) == enabled);
    if (enabled) fail_unless(recovery.plan() == Plan::kSetUpAgain);
    // An answer is one, and is not asked for twice.
    Recovery refused(Recovery::Options{.enabled = enabled});
    fail_if(refused.OnLoss(Answer(403), unheard, kStart));
  }
}
GST_END_TEST

Suite* recovery_suite() {
  Suite* suite = suite_create("recovery");
  TCase* tcase = tcase_create("recovery");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_resumes_at_once);
  tcase_add_test(tcase, test_back_off);
  tcase_add_test(tcase, test_chance);
  tcase_add_test(tcase, test_retries);
  tcase_add_test(tcase, test_retry_after);
  tcase_add_test(tcase, test_idle_timeout);
  tcase_add_test(tcase, test_no_push_id);
  tcase_add_test(tcase, test_brief);
  tcase_add_test(tcase, test_late_refusal);
  tcase_add_test(tcase, test_answers);
  tcase_add_test(tcase, test_what_is_final);
  tcase_add_test(tcase, test_conflict);
  tcase_add_test(tcase, test_start_again);
  return suite;
}

}  // namespace
}  // namespace wms

using wms::recovery_suite;
GST_CHECK_MAIN(recovery)
