// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "expect.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>

#include <algorithm>

// How long a connection may take to bring a request.

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

ServerOptions Impatient() {
  ServerOptions options;
  options.timers.request = std::chrono::milliseconds(300);
  return options;
}

/// A connection that the server gives up, which takes as long as it waits.
void WaitAsLongAsForARequest(PubpointThread& server) {
  RawClient silent(server.port());
  const auto response = silent.ReadResponse();
  fail_unless(response.has_value());
  fail_unless_equals_int(static_cast<int>(response->status), 408);
  fail_unless(silent.WaitForClose());
}

// Neither nothing nor a part of a request keeps a connection.
GST_START_TEST(test_slow_requests) {
  PubpointThread server(Impatient());
  WaitAsLongAsForARequest(server);
  RawRequest request;
  const std::string setup = SetupRequest(request, "AutoDestroy: 1\r\n");
  for (const std::string& part :
       {std::string("P"), std::string("GET /live HTTP/1.1\r\nHost: a\r\n"),
        setup.substr(0, setup.size() - 1)}) {
    RawClient client(server.port());
    fail_unless(client.Send(part));
    const auto response = client.ReadResponse();
    EXPECT(response.has_value() && response->status == 408, part);
    EXPECT(client.WaitForClose(), part);
  }
  fail_unless(server.WaitFor([](const Received& received) {
    return std::any_of(
        received.log.begin(), received.log.end(), [](const std::string& line) {
          return line.find("no whole request") != std::string::npos;
        });
  }));
  fail_unless(server.Snapshot().setups == 0);
}
GST_END_TEST

// Between two requests a push has until its Inactivity-Timeout, and within a
// body there is no such limit.
GST_START_TEST(test_push_is_not_cut) {
  const Stream stream;
  PubpointThread server(Impatient());
  Pusher pusher(server.port());
  WaitAsLongAsForARequest(server);
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  WaitAsLongAsForARequest(server);
  fail_unless(pusher.Data(stream.stripped[0]));
  fail_unless(server.WaitForPackets(1));
}
GST_END_TEST

// A connection that is kept open for another request waits longer, and not
// for ever.
GST_START_TEST(test_kept_open) {
  ServerOptions options = Impatient();
  options.timers.inactivity = std::chrono::milliseconds(300);
  PubpointThread server(std::move(options));
  RawClient client(server.port());
  fail_unless(client.Send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto response = client.ReadResponse();
  fail_unless(response.has_value());
  fail_unless_equals_int(static_cast<int>(response->status), 404);
  fail_if(response->Header("connection") == "close");
  // No response that nobody asked for.
  fail_unless(client.WaitForClose());
}
GST_END_TEST

Suite* pubpoint_waits_suite() {
  Suite* suite = suite_create("pubpoint_waits");
  TCase* waits = tcase_create("waits");
  suite_add_tcase(suite, waits);
  tcase_add_test(waits, test_slow_requests);
  tcase_add_test(waits, test_push_is_not_cut);
  tcase_add_test(waits, test_kept_open);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_waits_suite;
GST_CHECK_MAIN(pubpoint_waits)
