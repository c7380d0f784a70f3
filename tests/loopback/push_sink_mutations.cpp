// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/from_environment.h"
#include "loopback/mutating_server.h"
#include "loopback/push_sink_case.h"
#include "loopback/response_mutator.h"

#include <cctype>
#include <cstdio>

// Thousands of responses that are wrong in some way, through the real client:
// it may not crash, hang, or take for a success what is none.
//
// WMSPUSH_MUTATIONS=100000 for more of them, WMSPUSH_SEED=7 for others.

namespace wms::test {
namespace {

using Place = MutatingServer::Place;

/// Longest time that a session with such a server may take.
constexpr std::chrono::milliseconds kLongest{8000};
/// Of each request: a header and a packet fit, a second packet does not.
constexpr std::uint64_t kShortLength = 4000;
constexpr std::size_t kReadAtOnce = 4096;
constexpr const char* kPushId = "4124758405";

/// @a bytes for people, the first of them.
std::string Printable(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 600)) {
    const auto code = static_cast<unsigned char>(c);
    if (std::isprint(code) != 0) {
      text += c;
      continue;
    }
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02X", code);
    text += escaped.data();
  }
  return text;
}

/// One answer to one client.
struct Trial {
  std::size_t number;
  std::string answer;
  Worth worth = JudgeResponse(answer);

  /// libsoup takes a head for whole that the end of the connection cuts off
  /// behind a line. PushStart then goes out on a new connection.
  bool CutBehindALine() const {
    return worth == Worth::kIncomplete && answer.ends_with('\n') &&
           JudgeResponse(answer + "\n") == Worth::kSuccess;
  }

  std::string Text() const {
    return "seed " + std::to_string(number) + ": " + Printable(answer);
  }
};

/// Does @a check with each of many answers.
template <typename Check>
void ForEachTrial(Place place, Check check) {
  const std::size_t first = FromEnvironment("WMSPUSH_SEED", 1);
  const std::size_t count = FromEnvironment("WMSPUSH_MUTATIONS", 400);
  MutatingServer server;
  for (std::size_t number = first; number < first + count; ++number) {
    ResponseMutator mutator(static_cast<std::uint32_t>(number));
    const Trial trial{number, mutator.Next()};
    PushSinkCase push;
    push.options.timeout = kLongest / 2;
    push.options.user = "user";
    push.options.password = "password";
    push.options.content_length =
        place == Place::kStart ? kShortLength : push.options.content_length;
    const std::string url = server.Prepare({place, trial.answer});
    const auto took = TimeOf([&] { check(server, push, url, trial); });
    EXPECT(took < kLongest, trial.Text());
    const std::string text = push.sink->LastError();
    EXPECT(text.find(kPushId) == std::string::npos, trial.Text());
    EXPECT(text.size() < 1000, trial.Text());
  }
}

/// What went wrong has been said, once.
void ExpectReported(const PushSinkCase& push, HResult hr, const Trial& trial) {
  const StatusRecorder::Record last = push.statuses->records().back();
  EXPECT(last.status == Status::kError, trial.Text());
  EXPECT(last.hresult == hr, trial.Text());
  EXPECT(!last.detail.message.empty(), trial.Text());
  EXPECT(static_cast<std::int32_t>(hr) < 0, trial.Text());
}

GST_START_TEST(test_answers_to_push_setup) {
  ForEachTrial(Place::kSetup, [](MutatingServer& /*server*/, PushSinkCase& push,
                                 const std::string& url, const Trial& trial) {
    const HResult hr = push.ConnectAndWait(url);
    if (hr == HResult::S_OK) {
      EXPECT(trial.worth == Worth::kSuccess || trial.CutBehindALine(),
             trial.Text());
    } else {
      ExpectReported(push, hr, trial);
    }
  });
}
GST_END_TEST

/// Sends until the request has been full once, and the next has begun, or the
/// push has failed.
HResult FillRequest(PushSinkCase& push, const std::string& url) {
  HResult hr = push.ConnectAndWait(url);
  if (hr == HResult::S_OK) hr = push.sink->OnHeader(push.header);
  while (hr == HResult::S_OK && push.sink->GetStats().push_starts < 2)
    hr = push.sink->OnDataUnit(push.packet);
  return hr;
}

GST_START_TEST(test_answers_to_push_start) {
  ForEachTrial(Place::kStart, [](MutatingServer& server, PushSinkCase& push,
                                 const std::string& url, const Trial& trial) {
    const HResult hr = FillRequest(push, url);
    if (hr != HResult::S_OK) {
      ExpectReported(push, hr, trial);
    } else if (trial.worth != Worth::kSuccess &&
               trial.worth != Worth::kChallenge) {
      // One that was closed too soon may have begun again.
      EXPECT(!server.WentOn(), trial.Text());
    }
  });
}
GST_END_TEST

GST_START_TEST(test_answers_in_mid_stream) {
  const Gate never;
  ForEachTrial(
      Place::kMidBody, [&never](MutatingServer& server, PushSinkCase& push,
                                const std::string& url, const Trial& trial) {
        EXPECT(push.ConnectAndWait(url) == HResult::S_OK, trial.Text());
        EXPECT(push.sink->OnHeader(push.header) == HResult::S_OK, trial.Text());
        HResult hr = push.sink->OnDataUnit(push.packet);
        EXPECT(server.WaitForAnswer(), trial.Text());
        // It looks for an answer about once in a millisecond, and reads some
        // of it.
        std::size_t looks = 2 + trial.answer.size() / kReadAtOnce;
        for (; looks > 0 && hr == HResult::S_OK; --looks) {
          never.Wait(2ms);
          hr = push.sink->OnDataUnit(push.packet);
        }
        if (hr != HResult::S_OK) {
          ExpectReported(push, hr, trial);
          return;
        }
        // A success is none of the end yet, and what is no whole answer is
        // none; but whoever has said no has been heard.
        if (trial.worth == Worth::kChallenge) return;
        EXPECT(trial.worth != Worth::kFailure, trial.Text());
        EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
      });
}
GST_END_TEST

/// What has no meaning here changes nothing (2.2.1).
GST_START_TEST(test_harmless) {
  const std::string good = "HTTP/1.1 204 No Content\r\nServer: Rex/9.0\r\n";
  const std::string answers[] = {
      good + "User-Agent: WMEncoder/9.0\r\nCookie: push-id=7\r\n\r\n",
      good + "Content-Type: application/x-wms-pushstart\r\n\r\n",
      good + "X-Accept-Authentication: Digest\r\nHost: x\r\n\r\n",
      good + "Pragma: no-cache, timeout=x, y=\"z\", ,\r\n\r\n",
      good + "Cache-Control: max-age=3600, public\r\n\r\n",
      good + "Supported: com.example.nothing\r\nX-Unknown:\r\n\r\n",
      good + "X-Folded: a\r\n b\r\n\tc\r\n\r\n",
      good + "Location: /elsewhere\r\nRetry-After: 100\r\n\r\n",
      good + "WWW-Authenticate: Basic realm=\"x\"\r\n\r\n",
      good + "Set-Cookie: nonsense\r\nSet-Cookie: push-id=\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + good +
          "\r\n",
      "HTTP/1.1 204 No Content\nServer: Rex/9.0\n\n",
      "\r\n" + good + "\r\n",
  };
  MutatingServer server;
  for (const std::string& answer : answers) {
    {
      PushSinkCase push;
      const std::string url = server.Prepare({Place::kSetup, answer});
      EXPECT(push.ConnectAndWait(url) == HResult::S_OK, Printable(answer));
    }
    {
      PushSinkCase push;
      push.options.content_length = kShortLength;
      const std::string url = server.Prepare({Place::kStart, answer});
      EXPECT(FillRequest(push, url) == HResult::S_OK, Printable(answer));
    }
    PushSinkCase push;
    push.Start(server.Prepare({Place::kMidBody, answer}));
    EXPECT(server.WaitForAnswer(), Printable(answer));
    for (int i = 0; i < 3; ++i)
      EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT(push.sink->EndSession(kOrderlyEnd) == HResult::S_OK,
           Printable(answer));
  }
}
GST_END_TEST

/// Lengths that are none: the connection goes, and what comes behind is not
/// taken for a body.
GST_START_TEST(test_bad_lengths) {
  MutatingServer server;
  for (const char* length :
       {"-1", "-4294967296", "18446744073709551615", "9223372036854775808"}) {
    PushSinkCase push;
    push.options.content_length = kShortLength;
    const std::string url =
        server.Prepare({Place::kStart,
                        "HTTP/1.1 200 OK\r\nServer: Rex/9.0\r\n"
                        "Content-Length: " +
                            std::string(length) + "\r\n\r\n"});
    EXPECT(FillRequest(push, url) == HResult::S_OK, length);
  }
}
GST_END_TEST

/// 3.1.5.2: what the answer to a PushStart sets goes out with the next.
GST_START_TEST(test_cookies_of_push_start) {
  MutatingServer server;
  PushSinkCase push;
  push.options.content_length = kShortLength;
  const std::string url = server.Prepare(
      {Place::kStart, MakeResponse("204 No Content",
                                   "Set-Cookie: push-id=another\r\n"
                                   "Set-Cookie: taste=sweet; path=/\r\n")});
  EXPECT_HRESULT(FillRequest(push, url), HResult::S_OK);
  WireRequest request;
  request.head = server.WaitForStart(2);
  EXPECT(request.Header("Cookie") == "push-id=another; taste=sweet",
         request.head);
}
GST_END_TEST

Suite* push_sink_mutations_suite() {
  Suite* suite = suite_create("push_sink_mutations");
  TCase* tcase = tcase_create("mutations");
  suite_add_tcase(suite, tcase);
  tcase_set_timeout(tcase, 0);
  tcase_add_test(tcase, test_answers_to_push_setup);
  tcase_add_test(tcase, test_answers_to_push_start);
  tcase_add_test(tcase, test_answers_in_mid_stream);
  tcase_add_test(tcase, test_harmless);
  tcase_add_test(tcase, test_bad_lengths);
  tcase_add_test(tcase, test_cookies_of_push_start);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_mutations_suite;
GST_CHECK_MAIN(push_sink_mutations)
