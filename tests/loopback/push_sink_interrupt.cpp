// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/small_window.h"
#include "loopback/push_sink_case.h"

// Interrupt and Resume: calls return, the session stays, and what the server
// sees is the stream, each packet once and whole.

namespace wms::test {
namespace {

constexpr std::uint32_t kLargePacket = 60000;

/// Sends until it is told to stop, over interruptions, each packet until it
/// is taken, and writes down what the server ought to see.
class PersistentSender {
 public:
  explicit PersistentSender(PushSinkCase& push)
      : push_(push), thread_([this] { Run(); }) {}
  ~PersistentSender() {
    if (thread_.joinable()) Join();
  }

  /// Waits until a call has returned because of an Interrupt.
  void AwaitReturn() const { EXPECT(returned_.Wait(), "the call returns"); }
  void LetGo() const { go_on_.Open(); }
  void Join() {
    thread_.join();
    EXPECT(failure_ == HResult::S_OK, std::string(HResultName(failure_)));
  }
  const std::string& expected() const { return expected_; }

 private:
  /// Sends @a count packets; an interruption ends the first round.
  void Round(unsigned count, bool until_interrupted) {
    for (unsigned i = 0; i < count && failure_ == HResult::S_OK; ++i) {
      const ByteVector packet =
          MakePacket({.packet_size = kLargePacket,
                      .send_time_ms = number_,
                      .number = static_cast<std::uint8_t>(number_)});
      const HResult hr = push_.sink->OnDataUnit(packet);
      if (hr == HResult::NS_E_SHUTDOWN && until_interrupted) return;
      if (hr != HResult::S_OK) {
        failure_ = hr;
        return;
      }
      expected_ += Frame('D', Stripped(packet));
      ++number_;
    }
  }
  void Run() {
    Round(100000, true);
    returned_.Open();
    go_on_.Wait();
    Round(20, false);
  }

  PushSinkCase& push_;
  Gate returned_;
  Gate go_on_;
  std::uint32_t number_ = 0;
  std::string expected_;
  HResult failure_ = HResult::S_OK;
  std::thread thread_;
};

GST_START_TEST(test_cut_packet_is_completed) {
  const Gate read;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script().Setup().ReadRequest().Await(read).ReadToEnd().Close());
  PushSinkCase push;
  push.header = MakeHeader({.packet_size = kLargePacket});
  push.Start(server.Url());
  PersistentSender sender(push);
  push.WaitUntilBlocked();
  push.sink->Interrupt();
  sender.AwaitReturn();
  // Until Resume nothing that has to wait is begun.
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::NS_E_SHUTDOWN);
  push.sink->Resume();
  read.Open();
  sender.LetGo();
  sender.Join();
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const WireRequest request = server.recording().requests[1];
  EXPECT(request.malformed.empty(), request.malformed);
  fail_unless(request.body ==
              Frame('H', push.header) + sender.expected() + Frame('E', {}));
}
GST_END_TEST

GST_START_TEST(test_end_behind_a_cut_packet) {
  const Gate read;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script().Setup().ReadRequest().Await(read).ReadToEnd().Close());
  PushSinkCase push;
  push.header = MakeHeader({.packet_size = kLargePacket});
  push.packet = MakePacket({.packet_size = kLargePacket});
  push.Start(server.Url());
  std::string expected = Frame('H', push.header);
  std::thread sender([&] {
    while (push.sink->OnDataUnit(push.packet) == HResult::S_OK)
      expected += Frame('D', Stripped(push.packet));
  });
  push.WaitUntilBlocked();
  push.sink->Interrupt();
  sender.join();
  push.sink->Resume();
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::S_OK);
  read.Open();
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  fail_unless(server.recording().requests[1].body == expected + Frame('E', {}));
}
GST_END_TEST

/// An EndSession that is interrupted can be called again.
GST_START_TEST(test_interrupted_end) {
  const Gate read;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script().Setup().ReadRequest().Await(read).ReadToEnd().Close());
  PushSinkCase push;
  push.header = MakeHeader({.packet_size = kLargePacket});
  push.packet = MakePacket({.packet_size = kLargePacket});
  push.Start(server.Url());
  std::string expected = Frame('H', push.header);
  std::thread sender([&] {
    while (push.sink->OnDataUnit(push.packet) == HResult::S_OK)
      expected += Frame('D', Stripped(push.packet));
  });
  push.WaitUntilBlocked();
  push.sink->Interrupt();
  sender.join();
  // Interrupted still, and there is no room for the rest of the packet.
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::NS_E_SHUTDOWN);
  push.sink->Resume();
  read.Open();
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  fail_unless(server.recording().requests[1].body == expected + Frame('E', {}));
}
GST_END_TEST

/// The session, and a Connect under way, stay as they are.
GST_START_TEST(test_interrupt_leaves_the_connect_alone) {
  const Gate asked;
  const Gate answer;
  ScriptedServer server;
  server.Run(Script()
                 .Accept()
                 .ReadRequest()
                 .Open(asked)
                 .Await(answer)
                 .Send(kSetupResponse)
                 .Stream());
  PushSinkCase push;
  EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
  fail_unless(asked.Wait());
  HResult waited = HResult::E_FAIL;
  std::thread waiting([&] { waited = push.sink->OnHeader(push.header); });
  push.sink->Interrupt();
  waiting.join();
  EXPECT_HRESULT(waited, HResult::NS_E_SHUTDOWN);
  EXPECT_HRESULT(push.sink->WaitConnected(), HResult::NS_E_SHUTDOWN);
  push.sink->Interrupt();
  push.sink->Resume();
  answer.Open();
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  EXPECT(Kinds(server.recording().Packets()) == "HDE",
         Kinds(server.recording().Packets()));
}
GST_END_TEST

/// While the answer to a PushStart is due, and while the next one is made.
GST_START_TEST(test_interrupt_between_requests) {
  const Gate full;
  const Gate answer;
  ScriptedServer server;
  server.Run(Script()
                 .Setup()
                 .ReadRequest()
                 .ReadBody()
                 .Open(full)
                 .Await(answer)
                 .Send("HTTP/1.1 204 No Content\r\nServer: Rex/9.0\r\n\r\n")
                 .Stream());
  PushSinkCase push;
  push.options.content_length = 4000;
  push.Start(server.Url());
  std::size_t taken = 0;
  HResult last = HResult::S_OK;
  std::thread sender([&] {
    while ((last = push.sink->OnDataUnit(push.packet)) == HResult::S_OK)
      ++taken;
  });
  fail_unless(full.Wait());
  push.sink->Interrupt();
  sender.join();
  EXPECT_HRESULT(last, HResult::NS_E_SHUTDOWN);
  push.sink->Resume();
  answer.Open();
  for (int i = 0; i < 2; ++i, ++taken)
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  std::string kinds = Kinds(server.recording().Packets());
  std::erase(kinds, 'F');
  EXPECT(kinds == "H" + std::string(taken, 'D') + "E", kinds);
}
GST_END_TEST

Suite* push_sink_interrupt_suite() {
  Suite* suite = suite_create("push_sink_interrupt");
  TCase* tcase = tcase_create("interrupt");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_cut_packet_is_completed);
  tcase_add_test(tcase, test_end_behind_a_cut_packet);
  tcase_add_test(tcase, test_interrupted_end);
  tcase_add_test(tcase, test_interrupt_leaves_the_connect_alone);
  tcase_add_test(tcase, test_interrupt_between_requests);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_interrupt_suite;
GST_CHECK_MAIN(push_sink_interrupt)
