// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"
#include "common/pubpoint_thread.h"
#include "element/sink_case.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace wms::test {
namespace {

constexpr guint kInvalidData = 0xC00D002F;

/// A stream, and what the server makes of it.
struct Stream {
  explicit Stream(std::uint8_t id = 1) : header(MakeHeader({.id = id})) {
    for (const ByteVector& packet : packets)
      restored.push_back(Restored(Stripped(packet), packet.size()));
  }

  ByteVector Whole() const {
    ByteVector bytes = header;
    for (const ByteVector& packet : packets)
      Append(bytes, packet);
    return bytes;
  }

  ByteVector header;
  std::vector<ByteVector> packets = MakePackets(24);
  std::vector<ByteVector> restored;
};

/// EOS, and then the server has all of the stream, once.
void ExpectAll(SinkCase& push, PubpointThread& server, const Stream& stream) {
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  fail_unless(server.WaitForEnd());
  const Received received = server.Snapshot();
  EXPECT(received.violations.empty(), received.violations.front());
  fail_unless_equals_int(received.headers.size(), 1);
  fail_unless(received.headers[0] == stream.header);
  fail_unless_equals_int(received.packets.size(), stream.restored.size());
  fail_unless(received.packets == stream.restored);
  fail_unless(received.ends == std::vector<std::uint32_t>{0});
  EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
}

/// Bytes cut into pieces of @a size.
std::vector<ByteVector> Cut(const ByteVector& bytes, std::size_t size) {
  std::vector<ByteVector> pieces;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    const auto end = std::min(at + size, bytes.size());
    pieces.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        bytes.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return pieces;
}

GST_START_TEST(test_header_in_caps) {
  const Stream stream;
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play(stream.header);
  EXPECT_FLOW(push.PushAll(stream.packets), GST_FLOW_OK);
  ExpectAll(push, server, stream);
}
GST_END_TEST

GST_START_TEST(test_header_in_a_buffer) {
  const Stream stream;
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play({});
  EXPECT_FLOW(push.Push(stream.header), GST_FLOW_OK);
  EXPECT_FLOW(push.PushAll(stream.packets), GST_FLOW_OK);
  ExpectAll(push, server, stream);
}
GST_END_TEST

// As asfmux does it: first caps without, then the header as a buffer, then
// caps with it. Or the caps first.
GST_START_TEST(test_header_twice) {
  const Stream stream;
  for (const bool caps_first : {true, false}) {
    PubpointThread server;
    SinkCase push(server.Url());
    push.Play(caps_first ? Bytes(stream.header) : Bytes());
    if (!caps_first) push.PushCaps(stream.header);
    EXPECT_FLOW(push.Push(stream.header), GST_FLOW_OK);
    if (!caps_first) push.PushCaps(stream.header);
    EXPECT_FLOW(push.PushAll(stream.packets), GST_FLOW_OK);
    ExpectAll(push, server, stream);
    fail_unless_equals_int(push.messages().Count("source-switch"), 0);
  }
}
GST_END_TEST

GST_START_TEST(test_pieces) {
  const Stream stream;
  for (const std::size_t size : {1, 7, 333, 999, 1000, 1001, 4096, 1 << 20}) {
    PubpointThread server;
    SinkCase push(server.Url());
    push.Play({});
    EXPECT_FLOW(push.PushAll(Cut(stream.Whole(), size)), GST_FLOW_OK);
    ExpectAll(push, server, stream);
  }
}
GST_END_TEST

GST_START_TEST(test_buffer_lists) {
  const Stream stream;
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play({});
  EXPECT_FLOW(push.PushList(Cut(stream.Whole(), 1300)), GST_FLOW_OK);
  ExpectAll(push, server, stream);
}
GST_END_TEST

/// Whole packets in lists, the header before them or among them; the end comes
/// at once.
GST_START_TEST(test_lists_of_packets) {
  const Stream stream;
  for (const bool header_in_list : {false, true}) {
    PubpointThread server;
    SinkCase push(server.Url());
    push.Play(header_in_list ? Bytes() : Bytes(stream.header));
    std::vector<ByteVector> list = stream.packets;
    if (header_in_list) list.insert(list.begin(), stream.header);
    EXPECT_FLOW(push.PushList(list), GST_FLOW_OK);
    // Nothing of it waits for what comes next.
    fail_unless(server.WaitForPackets(stream.packets.size()));
    ExpectAll(push, server, stream);
  }
}
GST_END_TEST

/// Buffers of several packets, the last of each in two.
GST_START_TEST(test_several_packets_in_a_buffer) {
  const Stream stream;
  for (const bool in_list : {false, true}) {
    PubpointThread server;
    SinkCase push(server.Url());
    push.Play({});
    const std::vector<ByteVector> pieces = Cut(stream.Whole(), 7300);
    EXPECT_FLOW(in_list ? push.PushList(pieces) : push.PushAll(pieces),
                GST_FLOW_OK);
    fail_unless(server.WaitForPackets(stream.packets.size()));
    ExpectAll(push, server, stream);
  }
}
GST_END_TEST

/// What is wrong behind them is no reason to hold packets back.
GST_START_TEST(test_malformed_packet_in_a_list) {
  const Stream stream;
  ByteVector wrong = MakePacket({.padding = 100, .padding_width = 2});
  wrong[5] = 0xFF;
  wrong[6] = 0xFF;
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play(stream.header);
  std::vector<ByteVector> list = stream.packets;
  list[10] = wrong;
  EXPECT_FLOW(push.PushList(list), GST_FLOW_ERROR);
  fail_unless(server.WaitForPackets(10));
  fail_unless_equals_int(push.messages().Count("ERROR"), 1);
  push.Reach(GST_STATE_NULL);
  fail_unless_equals_int(server.Snapshot().packets.size(), 10);
}
GST_END_TEST

GST_START_TEST(test_empty_buffers) {
  const Stream stream;
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play({});
  EXPECT_FLOW(push.Push({}), GST_FLOW_OK);
  EXPECT_FLOW(push.Push(stream.header), GST_FLOW_OK);
  for (const ByteVector& packet : stream.packets) {
    EXPECT_FLOW(push.Push({}), GST_FLOW_OK);
    EXPECT_FLOW(push.Push(packet), GST_FLOW_OK);
  }
  EXPECT_FLOW(push.Push({}), GST_FLOW_OK);
  ExpectAll(push, server, stream);
}
GST_END_TEST

// Every packet counts, wherever its time lies.
GST_START_TEST(test_times_outside_of_the_segment) {
  const Stream stream;
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play(stream.header);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = 10 * GST_SECOND;
  segment.stop = 20 * GST_SECOND;
  fail_unless(push.PushEvent(gst_event_new_segment(&segment)));
  GstClockTime pts = 9 * GST_SECOND;
  for (const ByteVector& packet : stream.packets) {
    EXPECT_FLOW(push.Push(packet, pts), GST_FLOW_OK);
    pts += GST_SECOND;
  }
  ExpectAll(push, server, stream);
}
GST_END_TEST

// A file has bytes and no times.
GST_START_TEST(test_file) {
  const Stream stream;
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() /
      ("wmspushsink-data-" + std::to_string(g_get_monotonic_time()) + ".asf");
  const ByteVector whole = stream.Whole();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(whole.data()),
             static_cast<std::streamsize>(whole.size()));
  PubpointThread server;
  {
    SinkCase push(server.Url());
    GstElement* source = gst_element_factory_make("filesrc", nullptr);
    g_object_set(source, "location", path.c_str(), "blocksize", 1500U, nullptr);
    gst_bin_add(GST_BIN(push.pipeline()), source);
    fail_unless(gst_element_link(source, push.sink()));
    push.SetState(GST_STATE_PLAYING);
    push.messages().WaitFor("EOS");
  }
  std::filesystem::remove(path);
  const Received received = server.Snapshot();
  fail_unless_equals_int(received.headers.size(), 1);
  fail_unless(received.headers[0] == stream.header);
  fail_unless(received.packets == stream.restored);
}
GST_END_TEST

/// Exactly one error, of the kind for data that cannot be sent.
void ExpectDataError(const SinkCase& push, std::string_view part,
                     const char* context) {
  EXPECT(push.messages().Count("ERROR") == 1,
         std::string(context) + ": " + push.messages().Order());
  const Report error = push.messages().TheFault("ERROR");
  EXPECT(error.domain == GST_STREAM_ERROR, context);
  EXPECT(error.code == GST_STREAM_ERROR_FORMAT, context);
  EXPECT(error.hresult() == kInvalidData, context);
  EXPECT_TEXT(error.Field("hresult-name"), "NS_E_INVALID_DATA");
  EXPECT(error.debug.find("NS_E_INVALID_DATA") != std::string::npos,
         error.debug);
  EXPECT(error.text.find(part) != std::string::npos,
         std::string(context) + ": " + error.text);
  EXPECT_TEXT(error.Field("message"), error.text);
  EXPECT(!error.Field("location").empty(), context);
}

ByteVector LargeHeader() {
  // A padding object of 70 000 bytes behind the others.
  ByteVector header = MakeHeader();
  const std::size_t end = header.size() - asf::kDataObjectHeaderSize;
  ByteVector padding = {0x74, 0xD4, 0x06, 0x18, 0xDF, 0xCA, 0x09, 0x45,
                        0xA4, 0xBA, 0x9A, 0xAB, 0xCB, 0x96, 0xAA, 0xE8};
  ByteWriter writer(padding);
  writer.U64(70000);
  writer.Zeros(70000 - 24);
  header.insert(header.begin() + static_cast<std::ptrdiff_t>(end),
                padding.begin(), padding.end());
  StoreLe(header.data() + 16, end + 70000, 8);
  return header;
}

GST_START_TEST(test_bad_streams) {
  const Stream stream;
  ByteVector no_properties = stream.header;
  no_properties[30] ^= 0xFF;
  ByteVector padded_out = MakePacket({.padding = 100, .padding_width = 2});
  padded_out[5] = 0xFF;
  padded_out[6] = 0xFF;
  const struct {
    const char* what;
    std::vector<ByteVector> buffers;
    std::string_view part;
    std::size_t headers;  // that reach the server
  } rows[] = {
      {"data before any header", {stream.packets[0]}, "not ASF", 0},
      {"not ASF", {ByteVector(5000, 'x')}, "not ASF", 0},
      {"malformed header", {no_properties}, "File Properties", 0},
      {"malformed packet", {stream.header, padded_out}, "data packet", 1},
      {"large header", {LargeHeader()}, "leave out tags and padding", 0},
  };
  for (const auto& row : rows) {
    PubpointThread server;
    SinkCase push(server.Url());
    push.Play({});
    GstFlowReturn flow = push.PushAll(row.buffers);
    EXPECT(flow == GST_FLOW_ERROR, row.what);
    // Buffers can still come after an error was returned.
    flow = push.Push(stream.packets[1]);
    EXPECT(flow == GST_FLOW_ERROR, row.what);
    flow = push.Push(stream.header);
    EXPECT(flow == GST_FLOW_ERROR, row.what);
    ExpectDataError(push, row.part, row.what);
    push.Reach(GST_STATE_NULL);
    EXPECT(push.messages().Count("ERROR") == 1, row.what);
    const Received received = server.Snapshot();
    EXPECT(received.headers.size() == row.headers, row.what);
    EXPECT(received.packets.empty(), row.what);
  }
}
GST_END_TEST

GST_START_TEST(test_bad_caps) {
  ByteVector cut = MakeHeader();
  cut.pop_back();
  const struct {
    const char* what;
    ByteVector header;
    std::string_view part;
  } rows[] = {
      {"cut short", cut, "bytes long"},
      {"not ASF", ByteVector(100, 'x'), "not ASF"},
  };
  for (const auto& row : rows) {
    PubpointThread server;
    SinkCase push(server.Url());
    push.SetState(GST_STATE_PLAYING);
    push.Begin(row.header);
    EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_NOT_NEGOTIATED);
    ExpectDataError(push, row.part, row.what);
    EXPECT(server.Snapshot().headers.empty(), row.what);
  }
}
GST_END_TEST

GST_START_TEST(test_large_header_in_caps) {
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play(LargeHeader());
  EXPECT_FLOW(push.Push(MakePacket()), GST_FLOW_ERROR);
  ExpectDataError(push, "leave out tags and padding", "in caps");
}
GST_END_TEST

GST_START_TEST(test_partial_packet_at_eos) {
  const Stream stream;
  PubpointThread server;
  SinkCase push(server.Url());
  push.Play(stream.header);
  EXPECT_FLOW(push.PushAll(stream.packets), GST_FLOW_OK);
  EXPECT_FLOW(push.Push(ByteVector(300, 0x82)), GST_FLOW_OK);
  ExpectAll(push, server, stream);
  fail_unless_equals_int(push.messages().Count("WARNING"), 1);
  const Report warning = push.messages().TheFault("WARNING");
  fail_unless(warning.hresult() == kInvalidData);
  EXPECT(warning.text.find("300 bytes") != std::string::npos, warning.text);
}
GST_END_TEST

// A new header, in the caps or in the stream, is a switch.
GST_START_TEST(test_source_switch) {
  const Stream first;
  const Stream second(2);
  for (const bool in_caps : {true, false}) {
    PubpointThread server;
    SinkCase push(server.Url());
    push.Play(first.header);
    EXPECT_FLOW(push.PushAll(first.packets), GST_FLOW_OK);
    if (in_caps) {
      push.PushCaps(second.header);
    } else {
      EXPECT_FLOW(push.Push(second.header), GST_FLOW_OK);
    }
    EXPECT_FLOW(push.PushAll(second.packets), GST_FLOW_OK);
    push.messages().WaitFor("source-switch");
    fail_unless(push.PushEos());
    push.messages().WaitFor("EOS");
    fail_unless(server.WaitForClosed());
    const Received received = server.Snapshot();
    EXPECT(received.violations.empty(), received.violations.front());
    fail_unless(received.headers ==
                (std::vector<ByteVector>{first.header, second.header}));
    fail_unless(received.ends == (std::vector<std::uint32_t>{1, 0}));
    fail_unless_equals_int(received.packets.size(), 48);
    EXPECT_TEXT(push.messages().Statuses(),
                "locating connecting opened started source-switch "
                "end-of-streaming stopped closed");
  }
}
GST_END_TEST

Suite* wmspushsink_data_suite() {
  Suite* suite = suite_create("wmspushsink_data");
  TCase* good = tcase_create("good");
  suite_add_tcase(suite, good);
  tcase_add_test(good, test_header_in_caps);
  tcase_add_test(good, test_header_in_a_buffer);
  tcase_add_test(good, test_header_twice);
  tcase_add_test(good, test_pieces);
  tcase_add_test(good, test_buffer_lists);
  tcase_add_test(good, test_lists_of_packets);
  tcase_add_test(good, test_several_packets_in_a_buffer);
  tcase_add_test(good, test_malformed_packet_in_a_list);
  tcase_add_test(good, test_empty_buffers);
  tcase_add_test(good, test_times_outside_of_the_segment);
  tcase_add_test(good, test_file);
  tcase_add_test(good, test_partial_packet_at_eos);
  tcase_add_test(good, test_source_switch);
  TCase* bad = tcase_create("bad");
  suite_add_tcase(suite, bad);
  tcase_add_test(bad, test_bad_streams);
  tcase_add_test(bad, test_bad_caps);
  tcase_add_test(bad, test_large_header_in_caps);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_data_suite;
GST_CHECK_MAIN(wmspushsink_data)
