// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/leak_check.h"
#include "common/pubpoint_thread.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>

#include <thread>

namespace wms::test {
namespace {

using pubpoint::ServerOptions;
using wmhttp::PacketId;

std::uint64_t SizeOf(Bytes header, const std::vector<ByteVector>& packets) {
  std::uint64_t size = wmhttp::kFramingHeaderSize + header.size();
  for (const ByteVector& packet : packets)
    size += wmhttp::kFramingHeaderSize + packet.size();
  return size;
}

void CheckStream(PubpointThread& server, const Stream& stream) {
  fail_unless(server.WaitForPackets(stream.stripped.size()));
  const Received received = server.Snapshot();
  fail_unless(received.headers.size() == 1);
  fail_unless(received.payloads == stream.stripped);
  fail_unless(received.Stream() == stream.Restored());
  fail_unless(received.violations.empty());
}

// A push in pieces of each size, whatever that cuts through. Head and $H lie
// in one segment in the first: libsoup has read bytes of the body then.
GST_START_TEST(test_push_in_pieces) {
  const Stream stream;
  for (const std::size_t size :
       {1U << 20, 1U, 2U, 3U, 7U, 64U, 999U, 1448U, 8192U, 16384U}) {
    PubpointThread server;
    Pusher pusher(server.port());
    fail_if(pusher.push_id.empty());
    const ByteVector bytes =
        WholePush(pusher.request, stream.header, stream.stripped);
    fail_unless(pusher.client->SendInPieces(bytes, size));
    CheckStream(server, stream);
    fail_unless(server.WaitForClosed());
    fail_unless(server.Snapshot().ends == std::vector<std::uint32_t>{0});
    // No response is due; the connection ends in order.
    fail_unless(pusher.client->WaitForClose());
  }
}
GST_END_TEST

GST_START_TEST(test_setup_and_start_on_two_connections) {
  const Stream stream;
  PubpointThread server;
  const Pusher setup(server.port());
  RawClient other(server.port());
  fail_unless(
      other.Send(WholePush(setup.request, stream.header, stream.stripped)));
  CheckStream(server, stream);
}
GST_END_TEST

GST_START_TEST(test_packets_with_padding_pass) {
  const Stream stream;
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.client->Send(
      WholePush(pusher.request, stream.header, stream.whole)));
  fail_unless(server.WaitForPackets(stream.whole.size()));
  fail_unless(server.Snapshot().packets == stream.whole);
}
GST_END_TEST

// Content-Length is used up exactly, the response comes, and the next
// PushStart goes on on the same connection (3.1.4.3), as through a proxy.
GST_START_TEST(test_push_starts_on_one_connection) {
  constexpr std::size_t kFill = 1000;
  const Stream stream;
  PubpointThread server;
  Pusher pusher(server.port());
  const std::uint64_t filler = wmhttp::kFramingHeaderSize + kFill;
  fail_unless(pusher.Start(SizeOf(stream.header, stream.stripped) + filler));
  fail_unless(pusher.Header(stream.header));
  for (const ByteVector& packet : stream.stripped)
    fail_unless(pusher.Data(packet));
  fail_unless(pusher.Filler(kFill));
  for (int i = 0; i < 20; ++i) {
    const auto response = pusher.client->ReadResponse();
    fail_unless(response.has_value());
    fail_unless(response->status == 204);
    fail_unless(response->PushId() == pusher.push_id);
    fail_unless(response->Header("content-length") == "0");
    fail_unless(response->Header("pragma") == "no-cache, timeout=60000");
    fail_unless(response->Header("cache-control") == "no-cache");
    fail_unless(response->Header("server").starts_with("Cougar/9.5 "));
    fail_if(response->Header("supported").empty());
    fail_if(response->Header("date").empty());
    fail_unless(response->Header("connection").empty());
    fail_unless(pusher.Start(wmhttp::kFramingHeaderSize +
                             stream.stripped[0].size() + filler));
    fail_unless(pusher.Data(stream.stripped[0]));
    fail_unless(pusher.Filler(kFill));
  }
  fail_unless(pusher.client->ReadResponse().has_value());
  // The last one ends with $E as its last bytes: that has a response, too.
  fail_unless(pusher.Start(wmhttp::kEndOfStreamSize));
  fail_unless(pusher.End());
  const auto last = pusher.client->ReadResponse();
  fail_unless(last.has_value());
  fail_unless(last->status == 204);
  fail_unless(last->Header("connection") == "close");
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  fail_unless(received.starts == 22);
  fail_unless(received.bodies == 21);
  fail_unless(received.packets.size() == stream.stripped.size() + 20);
  fail_unless(received.violations.empty());
}
GST_END_TEST

GST_START_TEST(test_new_setup_on_the_connection_of_a_start) {
  const Stream stream;
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.Start(SizeOf(stream.header, {})));
  fail_unless(pusher.Header(stream.header));
  fail_unless(pusher.client->ReadResponse()->status == 204);
  // The same session again, then a new one for another point.
  fail_unless(DoSetup(*pusher.client, pusher.request) == pusher.push_id);
  const std::string other = DoSetup(*pusher.client, {.path = "/other"});
  fail_if(other.empty());
  fail_if(other == pusher.push_id);
  fail_unless(server.Snapshot().violations.empty());
}
GST_END_TEST

GST_START_TEST(test_playlist_switch) {
  const Stream stream;
  const ByteVector second = MakeHeader({.packet_size = 700, .id = 2});
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  fail_unless(pusher.Data(stream.stripped[0]));
  fail_unless(pusher.End(HResult::S_FALSE));
  fail_unless(pusher.Change(second));
  fail_unless(pusher.Data(Stripped(MakePacket({.packet_size = 700}))));
  fail_unless(pusher.End());
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  fail_unless(received.headers ==
              (std::vector<ByteVector>{stream.header, second}));
  fail_unless(received.packets.size() == 2);
  fail_unless(received.packets[1].size() == 700);
  fail_unless(received.ends == (std::vector<std::uint32_t>{1, 0}));
}
GST_END_TEST

// 3.2.7.1: the connection is lost within a packet, and the push goes on on
// another, beginning with $D.
GST_START_TEST(test_resume) {
  const Stream stream;
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  fail_unless(pusher.Data(stream.stripped[0]));
  const ByteVector cut = Frame(PacketId::kData, stream.stripped[1]);
  fail_unless(pusher.client->Send(Bytes(cut).first(cut.size() / 2)));
  fail_unless(server.WaitForPackets(1));
  pusher.client->Reset();
  fail_unless(server.WaitFor([](const Received& r) { return r.lost == 1; }));

  pusher.client = std::make_unique<RawClient>(server.port());
  fail_unless(pusher.Start());
  for (std::size_t i = 1; i < stream.stripped.size(); ++i)
    fail_unless(pusher.Data(stream.stripped[i]));
  fail_unless(pusher.End());
  CheckStream(server, stream);
  fail_unless(server.WaitForClosed());
}
GST_END_TEST

GST_START_TEST(test_second_pusher_is_refused) {
  const Stream stream;
  PubpointThread server;
  Pusher first(server.port());
  RawClient second(server.port());
  // It waits for its PushStart, and then it streams.
  fail_unless(second.Send(SetupRequest({})));
  fail_unless(second.ReadResponse()->status == 409);
  fail_unless(first.Start());
  fail_unless(first.Header(stream.header));
  fail_unless(server.WaitForHeaders(1));
  fail_unless(second.Send(SetupRequest({})));
  fail_unless(second.ReadResponse()->status == 409);
  // Not even who knows the push-id may start another.
  fail_unless(second.Send(SetupRequest(first.request)));
  fail_unless(second.ReadResponse()->status == 409);
  fail_unless(second.Send(StartRequest(first.request)));
  fail_unless(second.ReadResponse()->status == 409);
  // The first does not notice, and when it is over there is room.
  fail_unless(first.Data(stream.stripped[0]));
  fail_unless(first.End());
  fail_unless(server.WaitForClosed());
  const Pusher third(server.port());
  fail_if(third.push_id.empty());
}
GST_END_TEST

GST_START_TEST(test_two_points_at_once) {
  const Stream stream;
  PubpointThread server;
  Pusher one(server.port(), "/one");
  Pusher two(server.port(), "/two");
  for (Pusher* pusher : {&one, &two}) {
    fail_unless(pusher->Start());
    fail_unless(pusher->Header(stream.header));
    for (const ByteVector& packet : stream.stripped)
      fail_unless(pusher->Data(packet));
  }
  fail_unless(server.WaitForPackets(2 * stream.stripped.size()));
}
GST_END_TEST

// 3.2.4.1.
GST_START_TEST(test_stop_refuses_the_push) {
  const Stream stream;
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  fail_unless(server.WaitForHeaders(1));
  // Stop waits for this side to close.
  std::thread stop([&server] { server.Stop(); });
  const auto response = pusher.client->ReadResponse();
  pusher.client->ShutdownWrite();
  stop.join();
  fail_unless(response.has_value());
  fail_unless(response->status == 503);
}
GST_END_TEST

GST_START_TEST(test_nothing_is_left) {
  const Stream stream;
  const auto push = [&stream] {
    PubpointThread server;
    for (int i = 0; i < 10; ++i) {
      Pusher pusher(server.port(), "/" + std::to_string(i));
      pusher.client->Send(WholePush(pusher.request, stream.header,
                                    stream.stripped, i % 2 == 0));
      fail_unless(server.WaitForPackets(stream.stripped.size() *
                                        static_cast<std::size_t>(i + 1)));
    }
  };
  push();
  const LeakCheck check;
  push();
  fail_unless_equals_int(check.new_files(), 0);
  fail_unless_equals_int(check.new_threads(), 0);
}
GST_END_TEST

Suite* pubpoint_push_suite() {
  Suite* suite = suite_create("pubpoint_push");
  TCase* push = tcase_create("push");
  suite_add_tcase(suite, push);
  tcase_add_test(push, test_push_in_pieces);
  tcase_add_test(push, test_setup_and_start_on_two_connections);
  tcase_add_test(push, test_packets_with_padding_pass);
  tcase_add_test(push, test_push_starts_on_one_connection);
  tcase_add_test(push, test_new_setup_on_the_connection_of_a_start);
  tcase_add_test(push, test_playlist_switch);
  tcase_add_test(push, test_resume);
  tcase_add_test(push, test_second_pusher_is_refused);
  tcase_add_test(push, test_two_points_at_once);
  TCase* life = tcase_create("life");
  suite_add_tcase(suite, life);
  tcase_add_test(life, test_stop_refuses_the_push);
  tcase_add_test(life, test_nothing_is_left);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_push_suite;
GST_CHECK_MAIN(pubpoint_push)
