// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/loopback_address.h"
#include "loopback/push_sink_case.h"
#include "loopback/two_addresses.h"

#include <cstdio>

// Servers with an address of IPv6, and with several addresses.

namespace wms::test {
namespace {

/// A session on one connection, or with PushStart on another of its own.
Script Session(bool kept) {
  Script script;
  if (kept) return script.Setup().Stream();
  return script
      .Setup(MakeResponse("204 No Content",
                          "Connection: close\r\nSet-Cookie: push-id=1\r\n"))
      .Close()
      .Accept()
      .Stream();
}

void PushAll(PushSinkCase& push, ScriptedServer& server,
             const std::string& url) {
  push.Start(url);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  EXPECT(Kinds(server.recording().Packets()) == "HDE",
         Kinds(server.recording().Packets()));
}

/// An address in the URL, and in the Host header as [RFC2732] has it.
GST_START_TEST(test_ipv6) {
  if (!HasIpv6()) {
    std::printf("skipped: this machine has no IPv6\n");
    return;
  }
  for (const bool kept : {true, false}) {
    ScriptedServer server({.ipv6 = true});
    server.Run(Session(kept));
    PushSinkCase push;
    const std::string host = "[::1]:" + std::to_string(server.port());
    PushAll(push, server, "http://" + host + "/live");
    for (const WireRequest& request : server.recording().requests)
      EXPECT(request.Header("Host") == host, request.head);
    const auto opened = push.statuses->WaitFor(Status::kOpened);
    EXPECT(opened.detail.location == "http://" + host + "/live",
           opened.detail.location);
  }
}
GST_END_TEST

/// The first address of the name refuses, or does not answer at all.
GST_START_TEST(test_first_address_is_dead) {
  for (const bool silent : {false, true}) {
    for (const bool kept : {true, false}) {
      ScriptedServer server;
      server.Run(Session(kept));
      const TwoAddresses names(server.port(), silent);
      PushSinkCase push;
      const std::string host = std::string(TwoAddresses::kName) + ":" +
                               std::to_string(server.port());
      PushAll(push, server, "http://" + host + "/live");
      for (const WireRequest& request : server.recording().requests)
        EXPECT(request.Header("Host") == host, request.head);
      // One look-up for each connection.
      EXPECT(names.lookups() == (kept ? 1U : 2U),
             std::to_string(names.lookups()));
    }
  }
}
GST_END_TEST

/// All of them are dead.
GST_START_TEST(test_no_address_answers) {
  ScriptedServer server;
  const int port = server.port();
  server.Run(Script().CloseListener());
  server.Finish();
  const TwoAddresses names(port, true);
  PushSinkCase push;
  push.options.timeout = kShortTimeout;
  const HResult hr =
      push.ConnectAndWait("http://" + std::string(TwoAddresses::kName) + ":" +
                          std::to_string(port) + "/live");
  EXPECT(hr == HResult::NS_E_CONNECT_TIMEOUT ||
             hr == HResult::NS_E_PUSH_CANNOTCONNECT,
         HResultName(hr));
}
GST_END_TEST

Suite* push_sink_addresses_suite() {
  Suite* suite = suite_create("push_sink_addresses");
  TCase* tcase = tcase_create("addresses");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_ipv6);
  tcase_add_test(tcase, test_first_address_is_dead);
  tcase_add_test(tcase, test_no_address_answers);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_addresses_suite;
GST_CHECK_MAIN(push_sink_addresses)
