// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"
#include "common/pubpoint_thread.h"
#include "loopback/push_sink_case.h"

// The push sink and the publishing point: what goes in at the one end comes
// out at the other.

namespace wms::test {
namespace {

/// True when nobody can tell the packets apart but by how they state their
/// own length: the same send time, the same payloads, the same size.
bool SameMedia(Bytes a, Bytes b) {
  const Result<asf::DataPacket> left = asf::ParseDataPacket(a);
  const Result<asf::DataPacket> right = asf::ParseDataPacket(b);
  if (!left || !right || a.size() != b.size()) return false;
  const Bytes payloads =
      a.subspan(left->payloads, left->payloads_end - left->payloads);
  const Bytes others =
      b.subspan(right->payloads, right->payloads_end - right->payloads);
  return left->send_time_ms == right->send_time_ms &&
         left->duration_ms == right->duration_ms &&
         left->sequence.value == right->sequence.value &&
         left->multiple_payloads == right->multiple_payloads &&
         ByteVector(payloads.begin(), payloads.end()) ==
             ByteVector(others.begin(), others.end()) &&
         ByteVector(a.begin(), a.begin() + left->parsing_info) ==
             ByteVector(b.begin(), b.begin() + right->parsing_info);
}

void ExpectPackets(const Received& received,
                   const std::vector<ByteVector>& sent) {
  fail_unless_equals_int(received.payloads.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const std::string which = "packet " + std::to_string(i);
    EXPECT(received.payloads[i] == Stripped(sent[i]), which);
    EXPECT(SameMedia(received.packets[i], sent[i]), which);
  }
  EXPECT(received.violations.empty(), received.violations.front());
}

void SendAll(PushSinkCase& push, const std::vector<ByteVector>& packets) {
  for (const ByteVector& packet : packets)
    EXPECT_HRESULT(push.sink->OnDataUnit(packet), HResult::S_OK);
}

void EndInOrder(PushSinkCase& push, PubpointThread& server) {
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  EXPECT(server.WaitForEnd(), "$E");
}

GST_START_TEST(test_what_arrives) {
  PubpointThread server;
  PushSinkCase push;
  const std::vector<ByteVector> packets = MakePackets(500);
  push.Start(server.Url());
  SendAll(push, packets);
  EndInOrder(push, server);
  const Received received = server.Snapshot();
  fail_unless_equals_int(received.headers.size(), 1);
  fail_unless(received.headers[0] == push.header);
  ExpectPackets(received, packets);
  fail_unless(received.ends == std::vector<std::uint32_t>{0});
  fail_unless_equals_int(received.setups, 1);
  fail_unless_equals_int(received.starts, 1);
}
GST_END_TEST

GST_START_TEST(test_authentication) {
  for (const unsigned scheme : {pubpoint::kAuthBasic, pubpoint::kAuthDigest}) {
    pubpoint::ServerOptions options;
    options.users.push_back({"some one", "pass:w\xC3\xB6rd"});
    options.auth_schemes = scheme;
    PubpointThread server(options);
    PushSinkCase push;
    EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                   HResult::NS_E_SERVER_ACCESSDENIED);
    push.options.auth_schemes = kAuthBasic | kAuthDigest;
    push.options.user = "some one";
    push.options.password = "wrong";
    EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                   HResult::NS_E_SERVER_ACCESSDENIED);
    push.options.password = "pass:w\xC3\xB6rd";
    // Several requests, so that the answers of Digest have to count up.
    push.options.content_length = 8000;
    push.Start(server.Url("/live%20stream?a=b"));
    const std::vector<ByteVector> packets = MakePackets(50);
    SendAll(push, packets);
    EndInOrder(push, server);
    ExpectPackets(server.Snapshot(), packets);
    fail_unless(server.Snapshot().starts > 3);
  }
}
GST_END_TEST

GST_START_TEST(test_second_pusher) {
  PubpointThread server;
  PushSinkCase first;
  first.Start(server.Url());
  fail_unless(server.WaitForHeaders(1));
  PushSinkCase second;
  EXPECT_HRESULT(second.ConnectAndWait(server.Url()),
                 HResult::NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME);
  EXPECT(second.statuses->WaitFor(Status::kError).detail.http_status == 409,
         "409");
  EXPECT_HRESULT(first.sink->OnDataUnit(first.packet), HResult::S_OK);
  EndInOrder(first, server);
  fail_unless(server.WaitForClosed());
  second.Start(server.Url());
  EXPECT_HRESULT(second.sink->EndSession(kOrderlyEnd), HResult::S_OK);
}
GST_END_TEST

GST_START_TEST(test_switch) {
  PubpointThread server;
  PushSinkCase push;
  const ByteVector second = MakeHeader({.packet_size = 2000, .id = 2});
  std::vector<ByteVector> packets = MakePackets(10);
  push.Start(server.Url());
  SendAll(push, packets);
  EXPECT_HRESULT(push.sink->OnHeader(second), HResult::S_OK);
  const std::vector<ByteVector> more = MakePackets(10, 2000);
  SendAll(push, more);
  EndInOrder(push, server);
  const Received received = server.Snapshot();
  fail_unless(received.headers ==
              std::vector<ByteVector>({push.header, second}));
  packets.insert(packets.end(), more.begin(), more.end());
  ExpectPackets(received, packets);
  fail_unless(received.ends == std::vector<std::uint32_t>({1, 0}));
}
GST_END_TEST

GST_START_TEST(test_small_requests) {
  // Lengths that leave rests of every kind.
  for (std::uint64_t length = 9000; length < 9010; ++length) {
    PubpointThread server;
    PushSinkCase push;
    push.options.content_length = length;
    const std::vector<ByteVector> packets = MakePackets(60);
    push.Start(server.Url());
    SendAll(push, packets);
    EndInOrder(push, server);
    const Received received = server.Snapshot();
    ExpectPackets(received, packets);
    fail_unless_equals_int(received.headers.size(), 1);
    fail_unless_equals_int(received.bodies + 1, received.starts);
    fail_unless_equals_int(received.starts, push.sink->GetStats().push_starts);
    fail_unless(received.starts > 3);
  }
}
GST_END_TEST

/// A server that stops in order says so in mid-body.
GST_START_TEST(test_server_stops) {
  PubpointThread server;
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  fail_unless(server.WaitForPackets(1));
  std::thread stopping([&server] { server.Stop(); });
  EXPECT_HRESULT(push.SendUntilFailure(), HResult::NS_E_SERVER_UNAVAILABLE);
  stopping.join();
}
GST_END_TEST

/// The publishing point is there when the template says how to make it.
GST_START_TEST(test_template) {
  pubpoint::ServerOptions options;
  options.allow_create = false;
  options.points = {"/template"};
  PubpointThread server(options);
  PushSinkCase push;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url("/new")),
                 HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT);
  EXPECT_HRESULT(push.sink->Connect(server.Url("/new"), "/template", true),
                 HResult::S_OK);
  EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  EndInOrder(push, server);
  fail_unless(server.WaitForClosed());
  // It went with its session.
  EXPECT_HRESULT(push.ConnectAndWait(server.Url("/new")),
                 HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT);
}
GST_END_TEST

// Nothing that the push sink sends breaks a rule, not even for the strict.
GST_START_TEST(test_strict) {
  pubpoint::ServerOptions options;
  options.strict = true;
  options.points = {"/template"};
  PubpointThread server(options);
  PushSinkCase push;
  EXPECT_HRESULT(push.sink->Connect(server.Url("/new"), "/template", false),
                 HResult::S_OK);
  EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  std::vector<ByteVector> packets;
  for (std::uint32_t i = 0; i < 100; ++i) {
    packets.push_back(MakePacket({.padding = i,
                                  .packet_length_width = i % 2 * 2,
                                  .padding_width = 1,
                                  .send_time_ms = i}));
  }
  SendAll(push, packets);
  EXPECT_HRESULT(push.sink->OnHeader(MakeHeader({.id = 7})), HResult::S_OK);
  SendAll(push, {packets[0]});
  EndInOrder(push, server);
  fail_unless(server.WaitForClosed());
  const Received received = server.Snapshot();
  fail_unless_equals_int(received.headers.size(), 2);
  fail_unless_equals_int(received.packets.size(), 101);
  EXPECT(received.violations.empty(), received.violations.front());
}
GST_END_TEST

Suite* push_sink_pubpoint_suite() {
  Suite* suite = suite_create("push_sink_pubpoint");
  TCase* tcase = tcase_create("pubpoint");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_what_arrives);
  tcase_add_test(tcase, test_authentication);
  tcase_add_test(tcase, test_second_pusher);
  tcase_add_test(tcase, test_switch);
  tcase_add_test(tcase, test_small_requests);
  tcase_add_test(tcase, test_server_stops);
  tcase_add_test(tcase, test_template);
  tcase_add_test(tcase, test_strict);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_pubpoint_suite;
GST_CHECK_MAIN(push_sink_pubpoint)
