// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "loopback/cutting_proxy.h"
#include "loopback/push_sink_case.h"

#include <future>

// The connection breaks where it hurts: before and within $E, a switch of the
// playlist, and the end of a Content-Length. The network loses nothing that it
// acknowledged, and so does the push.

namespace wms::test {
namespace {

/// A push, and what the server has to make of it.
struct Course {
  std::uint64_t content_length = 2147483647;
  bool switches = false;  ///< to another header half way
  std::size_t packets = 4;
  std::size_t together = 1;  ///< packets that leave in one call
};

const ByteVector& First() {
  static const ByteVector header = MakeHeader();
  return header;
}
const ByteVector& Second() {
  static const ByteVector header = MakeHeader({.id = 2});
  return header;
}

ByteVector Numbered(std::size_t number) {
  return MakePacket({.send_time_ms = static_cast<std::uint32_t>(number),
                     .number = static_cast<std::uint8_t>(number)});
}

/// Waits until all that was sent has gone on, or gets nowhere.
void Settle(const PushSinkCase& push, const CuttingProxy& proxy,
            std::uint64_t setup) {
  const Gate never;
  for (int left = 20; left > 0; --left) {
    if (proxy.forwarded() >= setup + push.sink->GetStats().bytes_sent) return;
    never.Wait(1ms);
  }
}

/// Does @a course through @a proxy; what went wrong, "" for nothing.
std::string Push(const Course& course, const CuttingProxy& proxy,
                 PubpointThread& server) {
  PushSinkCase push;
  push.options.reconnect = true;
  push.options.retry_delay = 5ms;
  push.options.content_length = course.content_length;
  HResult hr = push.ConnectAndWait(proxy.Url());
  const std::uint64_t setup = proxy.forwarded();
  if (hr == HResult::S_OK) hr = push.sink->OnHeader(First());
  std::vector<ByteVector> packets;
  for (std::size_t i = 0; i < course.packets && hr == HResult::S_OK; ++i) {
    if (course.switches && i == course.packets / 2) {
      Settle(push, proxy, setup);
      hr = push.sink->OnHeader(Second());
    }
    Settle(push, proxy, setup);
    packets.push_back(Numbered(i));
    const bool last = (i + 1) % course.together == 0 || i + 1 == course.packets;
    if (hr != HResult::S_OK) break;
    hr = push.sink->OnDataUnit(packets.back(), {},
                               last ? Delivery::kNow : Delivery::kWithNext);
  }
  Settle(push, proxy, setup);
  if (hr == HResult::S_OK) hr = push.sink->EndSession(kOrderlyEnd);
  // Cut behind its end, the stream may have arrived for all that is known.
  const std::string error = push.sink->LastError();
  const bool cut =
      hr == HResult::S_FALSE &&
      error.find("reset the connection behind the end") != std::string::npos;
  if (hr != HResult::S_OK && !cut) return error;
  if (!server.WaitForClosed()) return "the session has not ended";
  const Received received = server.Snapshot();
  // A header may come again when another session had to begin.
  if (received.headers.empty() || received.headers.front() != First() ||
      (course.switches && received.headers.back() != Second())) {
    return "other headers";
  }
  if (received.packets != packets) {
    return std::to_string(received.packets.size()) + " packets, or others";
  }
  return {};
}

/// Bytes that the client sends when nothing breaks.
std::uint64_t SizeOf(const Course& course) {
  PubpointThread server;
  const CuttingProxy proxy(server.port(),
                           [](std::size_t) { return Trouble(); });
  const std::string fault = Push(course, proxy, server);
  EXPECT(fault.empty(), fault);
  return proxy.forwarded();
}

std::string CutAt(const Course& course, std::uint64_t at) {
  PubpointThread server;
  const CuttingProxy proxy(server.port(), [at](std::size_t connection) {
    Trouble trouble;
    if (connection > 0) return trouble;
    trouble.kind = Trouble::Kind::kVoid;
    trouble.after = at;
    return trouble;
  });
  const std::string fault = Push(course, proxy, server);
  return fault.empty() ? fault
                       : "cut after " + std::to_string(at) + ": " + fault;
}

/// Cuts after each of these numbers of bytes, several pushes at a time: a cut
/// takes the proxy a while.
void CutEach(const Course& course, const std::vector<std::uint64_t>& places) {
  std::vector<std::future<std::string>> cuts;
  for (const std::uint64_t at : places) {
    cuts.push_back(std::async(std::launch::async,
                              [&course, at] { return CutAt(course, at); }));
  }
  std::string faults;
  for (std::future<std::string>& cut : cuts) {
    const std::string fault = cut.get();
    if (!fault.empty()) faults += fault + "\n";
  }
  EXPECT(faults.empty(), faults);
}

std::vector<std::uint64_t> Around(std::uint64_t first, std::uint64_t last,
                                  std::uint64_t step) {
  std::vector<std::uint64_t> places;
  for (std::uint64_t at = first; at <= last; at += step)
    places.push_back(at);
  return places;
}

GST_START_TEST(test_within_the_end) {
  const Course course;
  const std::uint64_t size = SizeOf(course);
  CutEach(course, Around(size - wmhttp::kEndOfStreamSize - 2, size, 1));
}
GST_END_TEST

GST_START_TEST(test_within_a_switch) {
  const Course course{.switches = true};
  const std::uint64_t packet =
      wmhttp::kFramingHeaderSize + Stripped(Numbered(0)).size();
  const std::uint64_t half =
      SizeOf(course) - wmhttp::kEndOfStreamSize - course.packets / 2 * packet;
  const std::uint64_t change =
      wmhttp::kFramingHeaderSize + wmhttp::kReasonSize + Second().size();
  const std::uint64_t begin = half - change - wmhttp::kEndOfStreamSize;
  std::vector<std::uint64_t> places =
      Around(begin - 1, half - change + wmhttp::kFramingHeaderSize + 5, 1);
  for (const std::uint64_t at : Around(half - change / 2, half + 2, change / 4))
    places.push_back(at);
  places.push_back(half);
  CutEach(course, places);
}
GST_END_TEST

/// In the packet that is the last to fit, in the filler behind it, and in the
/// head of the next request.
GST_START_TEST(test_within_the_end_of_a_length) {
  const Course course{.content_length = 4000, .packets = 6};
  const std::uint64_t size = SizeOf(course);
  CutEach(course, Around(size / 3, size - 1, size / 24));
}
GST_END_TEST

/// In packets that leave in one call, and between them.
GST_START_TEST(test_within_packets_together) {
  const Course course{.packets = 13, .together = 6};
  const std::uint64_t size = SizeOf(course);
  const std::uint64_t packet =
      wmhttp::kFramingHeaderSize + Stripped(Numbered(0)).size();
  CutEach(course, Around(size - 12 * packet, size - 1, packet / 2 + 1));
}
GST_END_TEST

/// The same where a request ends among them.
GST_START_TEST(test_within_a_length_that_ends_among_them) {
  const Course course{.content_length = 4000, .packets = 9, .together = 4};
  const std::uint64_t size = SizeOf(course);
  CutEach(course, Around(size / 3, size - 1, size / 24));
}
GST_END_TEST

Suite* push_sink_cuts_suite() {
  Suite* suite = suite_create("push_sink_cuts");
  TCase* tcase = tcase_create("cuts");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_within_the_end);
  tcase_add_test(tcase, test_within_a_switch);
  tcase_add_test(tcase, test_within_the_end_of_a_length);
  tcase_add_test(tcase, test_within_packets_together);
  tcase_add_test(tcase, test_within_a_length_that_ends_among_them);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_cuts_suite;
GST_CHECK_MAIN(push_sink_cuts)
