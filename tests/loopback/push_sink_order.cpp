// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

// Calls in an order that makes sense, and in one that does not.

namespace wms::test {
namespace {

GST_START_TEST(test_without_a_session) {
  PushSinkCase push;
  EXPECT_HRESULT(push.sink->WaitConnected(), HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet),
                 HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.sink->EndSession(), HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::NS_E_NOCONNECTION);
  EXPECT(push.statuses->Order().empty(), push.statuses->Order());
}
GST_END_TEST

GST_START_TEST(test_calls_of_the_writer) {
  PushSinkCase push;
  bool real_time = false;
  EXPECT_HRESULT(push.sink->IsRealTime(&real_time), HResult::S_OK);
  fail_unless(real_time);
  EXPECT_HRESULT(push.sink->IsRealTime(nullptr), HResult::E_INVALIDARG);
  std::vector<std::uint8_t> unit(7, 1);
  EXPECT_HRESULT(push.sink->AllocateDataUnit(65535, &unit), HResult::S_OK);
  fail_unless(unit == std::vector<std::uint8_t>(65535));
  EXPECT_HRESULT(push.sink->AllocateDataUnit(1, &unit), HResult::S_OK);
  fail_unless_equals_int(unit.size(), 1);
  EXPECT_HRESULT(push.sink->AllocateDataUnit(0, &unit), HResult::E_INVALIDARG);
  EXPECT_HRESULT(push.sink->AllocateDataUnit(65536, &unit),
                 HResult::E_INVALIDARG);
  EXPECT_HRESULT(push.sink->AllocateDataUnit(1, nullptr),
                 HResult::E_INVALIDARG);
}
GST_END_TEST

GST_START_TEST(test_what_is_refused_leaves_the_session_as_it_is) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet),
                 HResult::NS_E_INVALID_REQUEST);
  fail_if(push.sink->LastError().empty());
  const ByteVector garbage(100, 0xFF);
  EXPECT_HRESULT(push.sink->OnHeader({}), HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnHeader(garbage), HResult::NS_E_INVALID_DATA);
  ByteVector longer = push.header;
  longer.push_back(0);
  EXPECT_HRESULT(push.sink->OnHeader(longer), HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit({}), HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnDataUnit(garbage), HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnDataUnit(MakePacket({.packet_size = 1001})),
                 HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet),
                 HResult::NS_E_INVALID_REQUEST);
  EXPECT_HRESULT(push.sink->OnHeader(MakeHeader({.id = 2})),
                 HResult::NS_E_INVALID_REQUEST);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  EXPECT(Kinds(server.recording().Packets()) == "HDE",
         Kinds(server.recording().Packets()));
  EXPECT(push.statuses->Order().find("error") == std::string::npos,
         push.statuses->Order());
}
GST_END_TEST

GST_START_TEST(test_header_sizes) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
  // 50 bytes of Data Object at its end move; the object before grows.
  const auto header_of = [](std::size_t size, std::uint8_t id) {
    ByteVector header = MakeHeader({.id = id});
    const std::size_t more = size - header.size();
    ByteVector padding(more);
    StoreLe(&padding[16], more, 8);
    header.insert(header.end() - 50, padding.begin(), padding.end());
    StoreLe(&header[16], size - 50, 8);
    return header;
  };
  EXPECT_HRESULT(push.sink->OnHeader(header_of(65532, 1)),
                 HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnHeader(header_of(65531, 1)), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnHeader(header_of(65528, 2)),
                 HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnHeader(header_of(65527, 2)), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const std::vector<WirePacket> packets = server.recording().Packets();
  EXPECT(Kinds(packets) == "HeCE", Kinds(packets));
  fail_unless_equals_int(packets[0].payload.size(), 65531);
  fail_unless_equals_int(packets[2].payload.size(), 65527);
}
GST_END_TEST

GST_START_TEST(test_same_header_again_is_dropped) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  EXPECT(Kinds(server.recording().Packets()) == "HDE",
         Kinds(server.recording().Packets()));
}
GST_END_TEST

GST_START_TEST(test_switch) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  const ByteVector second = MakeHeader({.packet_size = 2000, .id = 2});
  const ByteVector larger = MakePacket({.packet_size = 2000, .padding = 0});
  EXPECT_HRESULT(push.sink->OnDataUnit(larger), HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnHeader(second), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(larger), HResult::S_OK);
  // Back to the first one is a switch again.
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const std::string wanted =
      Frame('H', push.header) + Frame('D', Stripped(push.packet)) +
      Frame('E', {}, 1) + Frame('C', second) + Frame('D', Stripped(larger)) +
      Frame('E', {}, 1) + Frame('C', push.header) + Frame('E', {});
  fail_unless(server.recording().requests[1].body == wanted);
  EXPECT(push.statuses->Order() ==
             "locating connecting opened started source-switch source-switch "
             "end-of-streaming stopped closed",
         push.statuses->Order());
}
GST_END_TEST

/// Nothing was sent, so there is nothing to end.
GST_START_TEST(test_end_before_the_header) {
  ScriptedServer server;
  server.Run(Script().Setup().ReadToEnd());
  PushSinkCase push;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(), HResult::NS_E_NOCONNECTION);
  server.Finish();
  fail_unless_equals_int(server.recording().requests.size(), 1);
  EXPECT(push.statuses->Order() == "locating connecting opened closed",
         push.statuses->Order());
  // The end belonged to that session.
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::NS_E_NOCONNECTION);
}
GST_END_TEST

GST_START_TEST(test_after_the_end) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream().Setup().Stream());
  PushSinkCase push;
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnEndWriting(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet),
                 HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.sink->EndSession(), HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::NS_E_NOCONNECTION);
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
}
GST_END_TEST

/// What ended the session stays the reason, whatever is called afterwards.
GST_START_TEST(test_after_a_failure) {
  ScriptedServer server;
  server.Run(Script().Setup(MakeResponse("409 Conflict")));
  PushSinkCase push;
  const HResult failure = HResult::NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME;
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()), failure);
  EXPECT_HRESULT(push.sink->WaitConnected(), failure);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), failure);
  EXPECT_HRESULT(push.sink->OnDataUnit({}), HResult::NS_E_INVALID_DATA);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), failure);
  EXPECT_HRESULT(push.sink->Connect(""), HResult::E_INVALIDARG);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), failure);
  EXPECT(push.statuses->Order() == "locating connecting error",
         push.statuses->Order());
  EXPECT_HRESULT(push.sink->EndSession(), HResult::NS_E_NOCONNECTION);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet),
                 HResult::NS_E_NOCONNECTION);
}
GST_END_TEST

Suite* push_sink_order_suite() {
  Suite* suite = suite_create("push_sink_order");
  TCase* tcase = tcase_create("order");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_without_a_session);
  tcase_add_test(tcase, test_calls_of_the_writer);
  tcase_add_test(tcase, test_what_is_refused_leaves_the_session_as_it_is);
  tcase_add_test(tcase, test_header_sizes);
  tcase_add_test(tcase, test_same_header_again_is_dropped);
  tcase_add_test(tcase, test_switch);
  tcase_add_test(tcase, test_end_before_the_header);
  tcase_add_test(tcase, test_after_the_end);
  tcase_add_test(tcase, test_after_a_failure);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_order_suite;
GST_CHECK_MAIN(push_sink_order)
