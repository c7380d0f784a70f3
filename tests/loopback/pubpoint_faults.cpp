// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>

namespace wms::test {
namespace {

using pubpoint::ServerOptions;
using wmhttp::PacketId;

struct BadBody {
  const char* what;
  ByteVector body;
  std::uint64_t content_length = 2147483647;
};

std::vector<BadBody> BadBodies() {
  const Stream stream;
  const ByteVector header = Frame(PacketId::kHeader, stream.header);
  const ByteVector data = Frame(PacketId::kData, stream.stripped[0]);
  const ByteVector end_of_entry =
      Frame(PacketId::kEndOfStream, {}, HResult::S_FALSE);
  const auto join = [](std::initializer_list<ByteVector> parts) {
    ByteVector bytes;
    for (const ByteVector& part : parts)
      Append(bytes, part);
    return bytes;
  };
  ByteVector wrong_frame = header;
  wrong_frame[0] = 0xA4;
  ByteVector long_end = {0x24, 'E', 5, 0, 0, 0, 0, 0, 0};
  ByteVector empty_data = {0x24, 'D', 0, 0};
  ByteVector reason_change = Frame(PacketId::kStreamChange, stream.header);
  reason_change[4] = 1;
  ByteVector short_header = stream.header;
  short_header.pop_back();
  ByteVector broken_packet = stream.stripped[0];
  broken_packet.resize(6);
  return {
      {"data before a header", data},
      {"a filler before a header", Frame(PacketId::kFiller, ByteVector(5))},
      {"a change before a header",
       Frame(PacketId::kStreamChange, stream.header)},
      {"two headers", join({header, header})},
      {"a change without an end",
       join({header, Frame(PacketId::kStreamChange, stream.header)})},
      {"data after the end of an entry", join({header, end_of_entry, data})},
      {"no frame byte", wrong_frame},
      {"an unknown packet", {0x24, 'M', 0, 0}},
      {"an end that is too long", join({header, long_end})},
      {"data without a payload", join({header, empty_data})},
      {"a change with a reason", join({header, end_of_entry, reason_change})},
      {"a header that is too large", {0x24, 'H', 0xFF, 0xFF}},
      {"a header that is cut short", Frame(PacketId::kHeader, short_header)},
      {"a header that is no ASF",
       Frame(PacketId::kHeader, ByteVector(500, 0x41))},
      {"a packet that is too large",
       join({header,
             Frame(PacketId::kData,
                   MakePacket({.packet_size = kStreamPacketSize + 1}))})},
      {"a packet that is cut short",
       join({header, Frame(PacketId::kData, broken_packet)})},
      {"a length that ends within a packet", join({header, data}),
       header.size() + data.size() - 1},
      {"HTTP", ByteVector(100, 'G')},
  };
}

GST_START_TEST(test_violations) {
  for (const BadBody& bad : BadBodies()) {
    PubpointThread server;
    Pusher pusher(server.port());
    fail_unless(pusher.Start(bad.content_length));
    fail_unless(pusher.client->Send(bad.body));
    // The response comes in the middle of the body, and once only.
    const auto response = pusher.client->ReadResponse();
    fail_unless(response.has_value(), "%s", bad.what);
    fail_unless(response->status == 400, "%s: %u", bad.what, response->status);
    fail_unless(response->PushId().empty(), "%s", bad.what);
    fail_unless(response->Header("connection") == "close", "%s", bad.what);
    fail_unless(pusher.client->WaitForClose(), "%s", bad.what);
    fail_unless(server.WaitForClosed(), "%s", bad.what);
    fail_unless(server.Snapshot().violations.size() == 1, "%s", bad.what);
    // The session is gone, the publishing point is free.
    RawClient other(server.port());
    fail_unless(other.Send(StartRequest(pusher.request)), "%s", bad.what);
    fail_unless(other.ReadResponse()->status == 404, "%s", bad.what);
    fail_if(Pusher(server.port()).push_id.empty(), "%s", bad.what);
  }
}
GST_END_TEST

// The client goes on sending after its mistake, and reads the answer late.
GST_START_TEST(test_response_survives_a_busy_client) {
  const Stream stream;
  PubpointThread server;
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  fail_unless(pusher.Header(stream.header));
  for (int i = 0; i < 2000; ++i)
    fail_unless(pusher.Data(stream.stripped[0]));
  fail_unless(server.WaitForClosed());
  const auto response = pusher.client->ReadResponse();
  fail_unless(response.has_value());
  fail_unless(response->status == 400);
  fail_unless(server.Snapshot().packets.empty());
}
GST_END_TEST

GST_START_TEST(test_idle_timeout_answers_in_mid_body) {
  const Stream stream;
  ServerOptions options;
  options.timers.idle = std::chrono::milliseconds(200);
  PubpointThread server(std::move(options));
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  const auto response = pusher.client->ReadResponse();
  fail_unless(response.has_value());
  fail_unless(response->status == 408);
  fail_unless(response->Header("connection") == "close");
  fail_unless(pusher.client->WaitForClose());
  fail_unless(server.WaitForClosed());
}
GST_END_TEST

// Fillers do not restart the Idle-Timeout (3.2.2), data does.
GST_START_TEST(test_only_media_restarts_the_idle_timeout) {
  const Stream stream;
  ServerOptions options;
  options.timers.idle = std::chrono::milliseconds(300);
  PubpointThread server(std::move(options));
  Pusher pusher(server.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  const auto idle = [](const Received& r) { return r.closed > 0; };
  const std::chrono::milliseconds step(100);
  for (int i = 0; i < 8; ++i) {
    fail_unless(pusher.Data(stream.stripped[0]));
    fail_if(server.WaitFor(idle, step));
  }
  const auto begin = std::chrono::steady_clock::now();
  while (!server.WaitFor(idle, step)) {
    fail_unless(std::chrono::steady_clock::now() - begin <
                PubpointThread::kDeadline);
    pusher.Filler(10);
  }
  fail_unless(pusher.client->ReadResponse()->status == 408);
}
GST_END_TEST

GST_START_TEST(test_inactivity_timeout_ends_the_session) {
  ServerOptions options;
  options.timers.inactivity = std::chrono::milliseconds(200);
  PubpointThread server(std::move(options));
  Pusher pusher(server.port());
  fail_if(pusher.push_id.empty());
  // It had no request to answer: the connection is closed without a word.
  fail_unless(pusher.client->WaitForClose());
  fail_unless(server.WaitForClosed());
  RawClient other(server.port());
  fail_unless(other.Send(StartRequest(pusher.request)));
  fail_unless(other.ReadResponse()->status == 404);
}
GST_END_TEST

GST_START_TEST(test_lost_push_expires) {
  const Stream stream;
  ServerOptions options;
  options.timers.idle = std::chrono::milliseconds(200);
  PubpointThread server(std::move(options));
  {
    Pusher pusher(server.port());
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(stream.header));
    fail_unless(server.WaitForHeaders(1));
  }
  fail_unless(server.WaitForClosed());
  fail_unless(server.Snapshot().lost == 1);
}
GST_END_TEST

Suite* pubpoint_faults_suite() {
  Suite* suite = suite_create("pubpoint_faults");
  TCase* violations = tcase_create("violations");
  suite_add_tcase(suite, violations);
  tcase_add_test(violations, test_violations);
  tcase_add_test(violations, test_response_survives_a_busy_client);
  TCase* timers = tcase_create("timers");
  suite_add_tcase(suite, timers);
  tcase_add_test(timers, test_idle_timeout_answers_in_mid_body);
  tcase_add_test(timers, test_only_media_restarts_the_idle_timeout);
  tcase_add_test(timers, test_inactivity_timeout_ends_the_session);
  tcase_add_test(timers, test_lost_push_expires);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_faults_suite;
GST_CHECK_MAIN(pubpoint_faults)
