// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/owned_packet.h"
#include "common/pubpoint_thread.h"
#include "common/small_window.h"
#include "loopback/push_sink_case.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

// Packets that leave together: what the server sees is the stream, each packet
// once and whole, wherever a call of the system takes only a part of them.

namespace {

/// Calls that this thread sends with; in the place of the C library's.
struct Sending {
  std::size_t calls = 0;
  std::size_t limit = SIZE_MAX;  ///< bytes that a call takes at most
};
thread_local Sending sending;

ssize_t SendSome(int fd, const void* data, std::size_t size, int flags) {
  ++sending.calls;
  return syscall(SYS_sendto, fd, data, std::min(size, sending.limit), flags,
                 nullptr, 0);
}

}  // namespace

extern "C" {

ssize_t send(int fd, const void* data, size_t size, int flags) {
  return SendSome(fd, data, size, flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  if (sending.limit == SIZE_MAX) {
    ++sending.calls;
    return syscall(SYS_sendmsg, fd, message, flags);
  }
  std::string bytes;
  for (std::size_t i = 0; i < message->msg_iovlen; ++i) {
    const iovec& part = message->msg_iov[i];
    bytes.append(static_cast<const char*>(part.iov_base), part.iov_len);
  }
  return SendSome(fd, bytes.data(), bytes.size(), flags);
}

}  // extern "C"

namespace wms::test {
namespace {

ByteVector Numbered(std::size_t number, std::uint32_t packet_size = 1000) {
  return MakePacket({.packet_size = packet_size,
                     .send_time_ms = static_cast<std::uint32_t>(number),
                     .number = static_cast<std::uint8_t>(number)});
}

/// Hands packets to a sink, so many at a time, every other one by a reference,
/// and writes down what the server ought to see of them.
class Sender {
 public:
  explicit Sender(PushSinkCase& push, std::uint32_t packet_size = 1000)
      : push_(push), packet_size_(packet_size) {}

  HResult Send(Delivery delivery) {
    const ByteVector packet = Numbered(count_, packet_size_);
    HResult hr = HResult::S_OK;
    if (count_ % 2 == 0) {
      hr = push_.sink->OnDataUnit(packet, {}, delivery);
    } else {
      hr = SendOwned(*push_.sink, packet, delivery);
    }
    if (hr != HResult::S_OK) return hr;
    ++count_;
    expected_ += Frame('D', Stripped(packet));
    packets_.push_back(packet);
    return hr;
  }
  /// As many as @a count that leave with the last of them.
  HResult SendTogether(std::size_t count) {
    HResult hr = HResult::S_OK;
    for (std::size_t i = 0; i < count && hr == HResult::S_OK; ++i)
      hr = Send(i + 1 < count ? Delivery::kWithNext : Delivery::kNow);
    return hr;
  }

  const std::string& expected() const { return expected_; }
  const std::vector<ByteVector>& packets() const { return packets_; }

 private:
  PushSinkCase& push_;
  const std::uint32_t packet_size_;
  std::size_t count_ = 0;
  std::string expected_;
  std::vector<ByteVector> packets_;
};

/// The end of a session, of which the server has seen $H, @a data and $E.
void ExpectBody(PushSinkCase& push, ScriptedServer& server,
                const std::string& data) {
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const WireRequest request = server.recording().requests[1];
  EXPECT(request.malformed.empty(), request.malformed);
  fail_unless(request.body == Frame('H', push.header) + data + Frame('E', {}));
}

GST_START_TEST(test_one_call_for_all) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  push.Start(server.Url());
  Sender sender(push);
  EXPECT_HRESULT(sender.SendTogether(1), HResult::S_OK);
  const std::uint64_t before = push.sink->GetStats().bytes_sent;
  sending.calls = 0;
  for (int i = 0; i < 30; ++i)
    EXPECT_HRESULT(sender.Send(Delivery::kWithNext), HResult::S_OK);
  fail_unless_equals_int(sending.calls, 0);
  fail_unless(push.sink->GetStats().bytes_sent == before);
  EXPECT_HRESULT(sender.Send(Delivery::kNow), HResult::S_OK);
  fail_unless_equals_int(sending.calls, 1);
  fail_unless(push.sink->GetStats().bytes_sent > before + 30000);
  ExpectBody(push, server, sender.expected());
  fail_unless_equals_int(OwnedPacket::living(), 0);
}
GST_END_TEST

/// What is kept is bounded, though nobody says that it should leave.
GST_START_TEST(test_as_much_as_leaves_at_once) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  push.Start(server.Url());
  Sender sender(push);
  sending.calls = 0;
  for (int i = 0; i < 1000; ++i)
    EXPECT_HRESULT(sender.Send(Delivery::kWithNext), HResult::S_OK);
  fail_unless(sending.calls >= 1000 / 65);
  fail_unless(sending.calls <= 1000 / 20);
  ExpectBody(push, server, sender.expected());
}
GST_END_TEST

GST_START_TEST(test_calls_that_take_a_part) {
  for (const std::size_t limit :
       {1, 3, 4, 5, 999, 1003, 1004, 1005, 1500, 2008, 4100, 9000}) {
    ScriptedServer server;
    server.Run(Script().Setup().Stream());
    PushSinkCase push;
    push.Start(server.Url());
    Sender sender(push);
    sending.limit = limit;
    for (int i = 0; i < 3; ++i)
      EXPECT_HRESULT(sender.SendTogether(7), HResult::S_OK);
    sending.limit = SIZE_MAX;
    ExpectBody(push, server, sender.expected());
  }
}
GST_END_TEST

/// The socket is full in the midst of some that leave together, and the call
/// is interrupted.
GST_START_TEST(test_interrupted_in_the_midst) {
  constexpr std::uint32_t kPacketSize = 9000;
  const Gate read;
  ScriptedServer server({.receive_buffer = kSmallWindow});
  server.Run(Script().Setup().ReadRequest().Await(read).ReadToEnd().Close());
  PushSinkCase push;
  push.header = MakeHeader({.packet_size = kPacketSize});
  push.Start(server.Url());
  Sender sender(push, kPacketSize);
  std::thread thread([&] {
    while (sender.SendTogether(6) == HResult::S_OK) {
    }
  });
  push.WaitUntilBlocked();
  push.sink->Interrupt();
  thread.join();
  // What was taken and has not left goes out before anything else.
  EXPECT_HRESULT(push.sink->SendKept(), HResult::NS_E_SHUTDOWN);
  push.sink->Resume();
  read.Open();
  for (int i = 0; i < 4; ++i)
    EXPECT_HRESULT(sender.SendTogether(6), HResult::S_OK);
  ExpectBody(push, server, sender.expected());
}
GST_END_TEST

GST_START_TEST(test_what_is_kept_leaves) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  EXPECT_HRESULT(push.sink->SendKept(), HResult::NS_E_NOCONNECTION);
  push.Start(server.Url());
  Sender sender(push);
  EXPECT_HRESULT(push.sink->SendKept(), HResult::S_OK);
  for (int i = 0; i < 5; ++i)
    EXPECT_HRESULT(sender.Send(Delivery::kWithNext), HResult::S_OK);
  push.sink->Interrupt();
  EXPECT_HRESULT(push.sink->SendKept(), HResult::NS_E_SHUTDOWN);
  push.sink->Resume();
  EXPECT_HRESULT(push.sink->SendKept(), HResult::S_OK);
  server.WaitFor(
      [](const Recording& seen) { return Kinds(seen.Packets()) == "HDDDDD"; });
  // Another header goes behind it, and so does the end.
  for (int i = 0; i < 2; ++i)
    EXPECT_HRESULT(sender.Send(Delivery::kWithNext), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnHeader(MakeHeader({.id = 2})), HResult::S_OK);
  for (int i = 0; i < 3; ++i)
    EXPECT_HRESULT(sender.Send(Delivery::kWithNext), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const std::vector<WirePacket> seen = server.recording().Packets();
  EXPECT(Kinds(seen) == "HDDDDDDDeCDDDE", Kinds(seen));
}
GST_END_TEST

/// A packet that cannot be sent does not undo those before it.
GST_START_TEST(test_refused_packet) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  push.Start(server.Url());
  Sender sender(push);
  EXPECT_HRESULT(sender.SendTogether(2), HResult::S_OK);
  EXPECT_HRESULT(sender.Send(Delivery::kWithNext), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(Numbered(0, 1001)),
                 HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(sender.SendTogether(2), HResult::S_OK);
  ExpectBody(push, server, sender.expected());
}
GST_END_TEST

/// Wherever a request's length ends among them, and whatever is then left of
/// it to fill.
GST_START_TEST(test_length_that_ends_in_the_midst) {
  for (std::uint64_t length = 4000; length < 6100; length += 149) {
    PubpointThread server;
    PushSinkCase push;
    push.options.content_length = length;
    push.Start(server.Url());
    Sender sender(push);
    for (int i = 0; i < 3; ++i)
      EXPECT_HRESULT(sender.SendTogether(8), HResult::S_OK);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    fail_unless(server.WaitForEnd());
    const Received received = server.Snapshot();
    const std::string context = "length " + std::to_string(length);
    EXPECT(received.violations.empty(),
           context + ": " + received.violations.front());
    EXPECT(received.starts > 3, context);
    EXPECT(received.packets == sender.packets(), context);
  }
}
GST_END_TEST

Suite* push_sink_together_suite() {
  Suite* suite = suite_create("push_sink_together");
  TCase* tcase = tcase_create("together");
  tcase_set_timeout(tcase, 60);
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_one_call_for_all);
  tcase_add_test(tcase, test_as_much_as_leaves_at_once);
  tcase_add_test(tcase, test_calls_that_take_a_part);
  tcase_add_test(tcase, test_interrupted_in_the_midst);
  tcase_add_test(tcase, test_what_is_kept_leaves);
  tcase_add_test(tcase, test_refused_packet);
  tcase_add_test(tcase, test_length_that_ends_in_the_midst);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_together_suite;
GST_CHECK_MAIN(push_sink_together)
