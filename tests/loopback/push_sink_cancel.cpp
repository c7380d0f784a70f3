// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/small_window.h"
#include "loopback/push_sink_case.h"

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <optional>

// Whatever the sink waits for: Disconnect, EndSession and the destructor in
// another thread end it, and leave nothing behind. WMSPUSH_TEST_TIMES=1 in
// the environment prints what each took.

namespace wms::test {
namespace {

enum class How { kDisconnect, kEndSession, kDestroy };

constexpr How kWays[] = {How::kDisconnect, How::kEndSession, How::kDestroy};

/// Ends what @a push does, and checks how long that takes.
void End(PushSinkCase& push, How how, const char* what) {
  const auto taken = TimeOf([&] {
    switch (how) {
      case How::kDisconnect:
        push.sink->Disconnect();
        break;
      case How::kEndSession:
        push.sink->EndSession();
        break;
      case How::kDestroy:
        push.sink.reset();
        break;
    }
  });
  if (g_getenv("WMSPUSH_TEST_TIMES") != nullptr) {
    std::printf("%s, way %d: %" PRId64 " ms\n", what, static_cast<int>(how),
                static_cast<std::int64_t>(taken.count()));
  }
  EXPECT(taken < kPromptly, what);
}

/// A call of the sink in a thread of its own. The sink may go meanwhile.
class Call {
 public:
  explicit Call(std::function<HResult()> call)
      : thread_([this, call = std::move(call)] { result_ = call(); }) {}
  ~Call() {
    if (thread_.joinable()) thread_.join();
  }
  HResult Join() {
    thread_.join();
    return result_;
  }

 private:
  HResult result_ = HResult::E_FAIL;
  std::thread thread_;
};

GST_START_TEST(test_while_connecting) {
  ScriptedServer server({.backlog = 0});
  const BacklogFiller filler(server.port());
  for (const How how : kWays) {
    PushSinkCase push;
    WriterPushSink* const sink = push.sink.get();
    EXPECT_HRESULT(sink->Connect(server.Url()), HResult::S_OK);
    push.statuses->WaitFor(Status::kConnecting);
    std::optional<Call> waiting;
    // Nobody may begin a call when the handle goes.
    if (how != How::kDestroy) {
      waiting.emplace([sink] { return sink->WaitConnected(); });
    }
    End(push, how, "connecting");
    if (waiting) {
      const HResult hr = waiting->Join();
      // The wait may have begun when all was over.
      EXPECT(hr == HResult::NS_E_SHUTDOWN || hr == HResult::NS_E_NOCONNECTION,
             std::string(HResultName(hr)));
    }
    EXPECT(push.statuses->Order() == "locating connecting closed",
           push.statuses->Order());
  }
}
GST_END_TEST

/// Runs a call that needs the outcome of a Connect, which does not come, in
/// another thread, and ends that.
void EndBeforeAnswer(const std::function<HResult(PushSinkCase&)>& call,
                     const char* what) {
  for (const How how : kWays) {
    const Gate asked;
    ScriptedServer server;
    server.Run(Script().Accept().ReadRequest().Open(asked).ReadToEnd());
    PushSinkCase push;
    EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
    fail_unless(asked.Wait());
    const Gate begun;
    Call waiting([&] {
      begun.Open();
      return call(push);
    });
    fail_unless(begun.Wait());
    if (how == How::kDestroy) {
      // The handle has to be there when the call begins.
      EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
      waiting.Join();
    }
    End(push, how, what);
    if (how != How::kDestroy) {
      const HResult hr = waiting.Join();
      EXPECT(hr == HResult::NS_E_SHUTDOWN || hr == HResult::NS_E_NOCONNECTION,
             std::string(HResultName(hr)));
    }
    server.Finish();
    EXPECT(push.statuses->Order() == "locating connecting closed",
           push.statuses->Order());
  }
}

GST_START_TEST(test_while_waiting_for_the_answer) {
  EndBeforeAnswer([](PushSinkCase& push) { return push.sink->WaitConnected(); },
                  "setup response");
}
GST_END_TEST

GST_START_TEST(test_while_the_header_waits) {
  EndBeforeAnswer(
      [](PushSinkCase& push) { return push.sink->OnHeader(push.header); },
      "OnHeader before the answer");
}
GST_END_TEST

GST_START_TEST(test_destroy_before_the_answer) {
  const Gate asked;
  ScriptedServer server;
  server.Run(Script().Accept().ReadRequest().Open(asked).ReadToEnd());
  PushSinkCase push;
  EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
  fail_unless(asked.Wait());
  End(push, How::kDestroy, "setup response");
  server.Finish();
}
GST_END_TEST

/// Sends in a thread of its own until a call fails or the end is near: the
/// sink may go during a call, and not be called again then.
class Sender {
 public:
  explicit Sender(PushSinkCase& push)
      : call_([this, sink = push.sink.get(), packet = push.packet] {
          HResult hr = HResult::S_OK;
          while (hr == HResult::S_OK && !stop_)
            hr = sink->OnDataUnit(packet);
          return stop_ && hr == HResult::S_OK ? HResult::NS_E_SHUTDOWN : hr;
        }) {}
  /// Lets no call follow the one under way.
  void Stop() { stop_ = true; }
  HResult Join() { return call_.Join(); }

 private:
  std::atomic<bool> stop_{false};
  Call call_;
};

GST_START_TEST(test_while_the_socket_is_full) {
  for (const How how : kWays) {
    const Gate over;
    ScriptedServer server({.receive_buffer = kSmallWindow});
    server.Run(Script().Setup().ReadRequest().Await(over).ReadToEnd());
    PushSinkCase push;
    push.Start(server.Url());
    Sender sending(push);
    push.WaitUntilBlocked();
    if (how == How::kDestroy) sending.Stop();
    End(push, how, "full socket");
    const HResult hr = sending.Join();
    EXPECT(hr == HResult::NS_E_SHUTDOWN || hr == HResult::NS_E_NOCONNECTION,
           std::string(HResultName(hr)));
    EXPECT(push.statuses->Order().ends_with("stopped closed"),
           push.statuses->Order());
    EXPECT(push.statuses->Order().find("error") == std::string::npos,
           push.statuses->Order());
    over.Open();
    server.Finish();
    // Whole packets came first; what was cut short may end the body.
    EXPECT(server.recording().requests[1].malformed.empty(),
           server.recording().requests[1].malformed);
  }
}
GST_END_TEST

GST_START_TEST(test_while_waiting_for_a_push_start_response) {
  for (const How how : kWays) {
    const Gate full;
    ScriptedServer server;
    server.Run(
        Script().Setup().ReadRequest().ReadBody().Open(full).ReadToEnd());
    PushSinkCase push;
    push.options.content_length = 4000;
    push.Start(server.Url());
    Sender sending(push);
    fail_unless(full.Wait());
    if (how == How::kDestroy) sending.Stop();
    End(push, how, "PushStart response");
    const HResult hr = sending.Join();
    EXPECT(hr == HResult::NS_E_SHUTDOWN || hr == HResult::NS_E_NOCONNECTION,
           std::string(HResultName(hr)));
    server.Finish();
  }
}
GST_END_TEST

/// The server wants the next PushStart on a new connection, and takes none.
GST_START_TEST(test_while_connecting_for_push_start) {
  for (const How how : kWays) {
    const Gate closed;
    ScriptedServer server({.backlog = 0});
    server.Run(Script()
                   .Setup()
                   .ReadRequest()
                   .ReadBody()
                   .Send("HTTP/1.1 204 No Content\r\nServer: Rex/9.0\r\n"
                         "Connection: close\r\n\r\n")
                   .ReadToEnd()
                   .Open(closed));
    PushSinkCase push;
    push.options.content_length = 4000;
    push.Start(server.Url());
    const BacklogFiller filler(server.port());
    Sender sending(push);
    fail_unless(closed.Wait());
    if (how == How::kDestroy) sending.Stop();
    End(push, how, "connecting for PushStart");
    const HResult hr = sending.Join();
    EXPECT(hr == HResult::NS_E_SHUTDOWN || hr == HResult::NS_E_NOCONNECTION,
           std::string(HResultName(hr)));
  }
}
GST_END_TEST

/// Nobody waits for a person who is asked for a password.
GST_START_TEST(test_while_a_credential_callback_blocks) {
  class Blocking : public CredentialCallback {
   public:
    HResult AcquireCredentials(Credentials& credentials,
                               HResult /*last*/) override {
      asked.Open();
      answer.Wait();
      credentials.user = "late";
      done.Open();
      return HResult::S_OK;
    }
    Gate asked;
    Gate answer;
    Gate done;
  };
  for (const How how : kWays) {
    ScriptedServer server;
    server.Run(Script()
                   .Setup(MakeResponse("401 Unauthorized",
                                       "WWW-Authenticate: Digest realm=\"x\", "
                                       "nonce=\"y\"\r\n"))
                   .ReadToEnd());
    PushSinkCase push;
    const auto callback = std::make_shared<Blocking>();
    push.sink->SetCredentialCallback(callback);
    EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
    fail_unless(callback->asked.Wait());
    End(push, how, "credential callback");
    EXPECT(push.statuses->Order() == "locating connecting closed",
           push.statuses->Order());
    callback->answer.Open();
    fail_unless(callback->done.Wait());
    // The answer came too late for anything.
    server.Finish();
    fail_unless_equals_int(server.recording().requests.size(), 1);
  }
}
GST_END_TEST

/// Two threads that both want the end get it.
GST_START_TEST(test_ends_at_the_same_time) {
  for (int i = 0; i < 50; ++i) {
    const Gate asked;
    ScriptedServer server;
    server.Run(Script().Accept().ReadRequest().Open(asked).ReadToEnd());
    PushSinkCase push;
    EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
    fail_unless(asked.Wait());
    Call other([&] { return push.sink->Disconnect(); });
    const HResult here = push.sink->EndSession();
    const HResult there = other.Join();
    EXPECT((here == HResult::S_OK) != (there == HResult::S_OK), "one of them");
    EXPECT(push.statuses->Order() == "locating connecting closed",
           push.statuses->Order());
    server.Finish();
  }
}
GST_END_TEST

/// EndSession keeps to its limit when $E finds no room, too.
GST_START_TEST(test_end_session_is_bounded) {
  const Gate never;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script().Setup().ReadRequest().Await(never));
  PushSinkCase push;
  push.Start(server.Url());
  Sender sending(push);
  push.WaitUntilBlocked();
  push.sink->Interrupt();
  EXPECT_HRESULT(sending.Join(), HResult::NS_E_SHUTDOWN);
  push.sink->Resume();
  // Whether the queue takes $E or not is the kernel's to say.
  const auto taken = TimeOf([&] { push.sink->EndSession(); });
  EXPECT(taken < kPromptly, "EndSession");
}
GST_END_TEST

/// ... and when it takes a new connection.
GST_START_TEST(test_end_session_on_a_new_connection_is_bounded) {
  const Gate closed;
  ScriptedServer server({.backlog = 0});
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadBody()
                 .Send("HTTP/1.1 204 No Content\r\nServer: Rex/9.0\r\n"
                       "Connection: close\r\n\r\n")
                 .ReadToEnd()
                 .Open(closed));
  PushSinkCase push;
  push.options.content_length = 4000;
  push.Start(server.Url());
  const BacklogFiller filler(server.port());
  Sender sending(push);
  fail_unless(closed.Wait());
  push.sink->Interrupt();
  EXPECT_HRESULT(sending.Join(), HResult::NS_E_SHUTDOWN);
  push.sink->Resume();
  HResult hr = HResult::S_OK;
  const auto taken = TimeOf([&] { hr = push.sink->EndSession(); });
  EXPECT_HRESULT(hr, HResult::NS_E_CONNECTION_FAILURE);
  EXPECT(taken < kPromptly, "EndSession: " + std::to_string(taken.count()));
}
GST_END_TEST

Suite* push_sink_cancel_suite() {
  Suite* suite = suite_create("push_sink_cancel");
  TCase* tcase = tcase_create("cancel");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_while_connecting);
  tcase_add_test(tcase, test_while_waiting_for_the_answer);
  tcase_add_test(tcase, test_while_the_header_waits);
  tcase_add_test(tcase, test_destroy_before_the_answer);
  tcase_add_test(tcase, test_while_the_socket_is_full);
  tcase_add_test(tcase, test_while_waiting_for_a_push_start_response);
  tcase_add_test(tcase, test_while_connecting_for_push_start);
  tcase_add_test(tcase, test_while_a_credential_callback_blocks);
  tcase_add_test(tcase, test_ends_at_the_same_time);
  tcase_add_test(tcase, test_end_session_is_bounded);
  tcase_add_test(tcase, test_end_session_on_a_new_connection_is_bounded);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_cancel_suite;
GST_CHECK_MAIN(push_sink_cancel)
