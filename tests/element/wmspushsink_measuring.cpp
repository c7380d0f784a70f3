// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"
#include "asf/header.h"
#include "element/log_watch.h"
#include "element/repairing.h"
#include "loopback/scripted_server.h"

// Bitrates that nothing tells are measured, and packets wait for that.

namespace wms::test {
namespace {

GST_START_TEST(test_measured) {
  Repairing run;
  run.Play(MakeHeader(Unknown()));
  const std::vector<ByteVector> packets = Packets(40);
  // Two seconds of media, and no more, are waited for.
  for (std::size_t i = 0; i < 21; ++i)
    EXPECT_FLOW(run.push.Push(packets[i]), GST_FLOW_OK);
  fail_unless(run.server.WaitForPackets(21));
  for (std::size_t i = 21; i < packets.size(); ++i)
    EXPECT_FLOW(run.push.Push(packets[i]), GST_FLOW_OK);
  const Received received = run.Finish();
  ExpectPackets(received, packets);
  fail_unless_equals_int(received.headers.size(), 1);
  // 977 bytes of video each 200 ms.
  const std::uint32_t bitrate = BitrateIn(received.headers[0], 1);
  fail_unless(bitrate > 38000 && bitrate < 44000, "%u", bitrate);
  const Result<asf::Header> parsed = asf::ParseHeader(received.headers[0]);
  fail_unless(parsed.has_value() && parsed->max_bitrate > kAudioBitrate);
}
GST_END_TEST

GST_START_TEST(test_measured_over_a_short_stream) {
  Repairing run;
  run.Play();
  const std::vector<ByteVector> packets = Packets(5);
  ByteVector stream = MakeHeader(Unknown());
  for (const ByteVector& packet : packets)
    Append(stream, packet);
  for (const std::uint8_t byte : stream)
    EXPECT_FLOW(run.push.Push(Bytes(&byte, 1)), GST_FLOW_OK);
  const Received received = run.Finish();
  ExpectPackets(received, packets);
  fail_unless(BitrateIn(received.headers.at(0), 1) > 0);
}
GST_END_TEST

/// A playlist: another header comes while the first is still measured.
GST_START_TEST(test_header_while_measuring) {
  for (const bool in_caps : {false, true}) {
    Repairing run;
    const ByteVector first = MakeHeader(Unknown());
    HeaderSample sample = Unknown();
    sample.id = 2;
    const ByteVector second = MakeHeader(sample);
    run.Play(first);
    std::vector<ByteVector> packets = Packets(4);
    EXPECT_FLOW(run.push.PushAll(packets), GST_FLOW_OK);
    if (in_caps) {
      run.push.PushCaps(second);
    } else {
      EXPECT_FLOW(run.push.Push(second), GST_FLOW_OK);
    }
    EXPECT_FLOW(run.push.PushAll(packets), GST_FLOW_OK);
    const Received received = run.Finish();
    fail_unless_equals_int(received.headers.size(), 2);
    fail_unless(BitrateIn(received.headers[0], 1) > 0);
    fail_unless(BitrateIn(received.headers[1], 1) > 0);
    const std::vector<ByteVector> once = packets;
    packets.insert(packets.end(), once.begin(), once.end());
    ExpectPackets(received, packets);
  }
}
GST_END_TEST

using PoolPtr = std::unique_ptr<GstBufferPool, glib::Deleter<gst_object_unref>>;

/// A pool of @a count buffers of a packet each, in use.
PoolPtr MakePool(guint count) {
  PoolPtr pool(gst_buffer_pool_new());
  GstStructure* config = gst_buffer_pool_get_config(pool.get());
  gst_buffer_pool_config_set_params(config, nullptr, 1000, 0, count);
  fail_unless(gst_buffer_pool_set_config(pool.get(), config));
  fail_unless(gst_buffer_pool_set_active(pool.get(), TRUE));
  return pool;
}

/// A source whose pool has few buffers gets them back while packets wait: it
/// would never have enough to measure otherwise.
GST_START_TEST(test_pool_of_few_buffers) {
  constexpr guint kBuffers = 2;  // the sink keeps one for the last sample
  Repairing run;
  run.Play(MakeHeader(Unknown()));
  const PoolPtr pool = MakePool(kBuffers);
  const std::vector<ByteVector> packets = Packets(30);
  GstBufferPoolAcquireParams params{};
  params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
  for (const ByteVector& packet : packets) {
    GstBuffer* buffer = nullptr;
    EXPECT_FLOW(gst_buffer_pool_acquire_buffer(pool.get(), &buffer, &params),
                GST_FLOW_OK);
    gst_buffer_fill(buffer, 0, packet.data(), packet.size());
    EXPECT_FLOW(run.push.PushBuffer(buffer), GST_FLOW_OK);
  }
  ExpectPackets(run.Finish(), packets);
  fail_unless(gst_buffer_pool_set_active(pool.get(), FALSE));
}
GST_END_TEST

/// Times of the buffers go with the packets that wait: they leave when these
/// say.
GST_START_TEST(test_times_of_held_packets) {
  Repairing run;
  run.push.Set("sync", TRUE);
  run.Play(MakeHeader(Unknown()));
  constexpr std::chrono::seconds kStart{2};
  std::vector<ByteVector> packets = Packets(3);
  for (const ByteVector& packet : packets) {
    EXPECT_FLOW(
        run.push.Push(packet, static_cast<GstClockTime>(
                                  std::chrono::nanoseconds(kStart).count())),
        GST_FLOW_OK);
  }
  const auto took =
      TimeOf([&run, &packets] { ExpectPackets(run.Finish(), packets); });
  EXPECT(took > kStart / 2, std::to_string(took.count()) + " ms");
}
GST_END_TEST

/// The server has not answered yet when a flush comes: the header that has
/// been measured is still sent, before the packets behind the flush.
GST_START_TEST(test_flush_while_the_header_waits) {
  LogWatch log({"measured over"});
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
  SinkCase push(server.Url());
  push.Set("repair-header", TRUE);
  push.Play(MakeHeader(Unknown()));
  fail_unless(asked.Wait());
  std::vector<ByteVector> packets = Packets(30);
  const std::vector<ByteVector> after(packets.begin() + 25, packets.end());
  packets.resize(21);  // the last of them completes the header
  auto waiting = push.PushLater(packets);
  // From then on the packets are dropped by a flush, and the header is not.
  EXPECT(log.WaitForOne(kWait), "nothing has been measured");
  fail_unless(push.PushEvent(gst_event_new_flush_start()));
  EXPECT_FLOW(Get(waiting), GST_FLOW_FLUSHING);
  fail_unless(push.PushEvent(gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  fail_unless(push.PushEvent(gst_event_new_segment(&segment)));
  answer.Open();
  EXPECT_FLOW(push.PushAll(after), GST_FLOW_OK);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  server.Finish();
  const std::vector<WirePacket> sent = server.recording().Packets();
  fail_unless_equals_int(sent.size(), 1 + after.size() + 1);
  fail_unless(sent[0].id == wmhttp::PacketId::kHeader);
  fail_unless(BitrateIn(sent[0].payload, 1) > 0);
  for (std::size_t i = 0; i < after.size(); ++i)
    fail_unless(sent[i + 1].payload == Stripped(after[i]));
  EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
}
GST_END_TEST

/// A packet whose payloads nobody can tell apart is sent as it is, also while
/// bitrates are measured.
GST_START_TEST(test_malformed_payloads) {
  ScriptedServer server;
  server.Run(Script().Setup().Stream());
  SinkCase push(server.Url());
  push.Set("repair-header", TRUE);
  push.Play(MakeHeader(Unknown()));
  std::vector<ByteVector> packets = Packets(30);
  packets[3] = MakePacket(std::vector<PayloadSample>{{}, {}}, 300);
  const auto parsed = asf::ParseDataPacket(packets[3]);
  packets[3][parsed->payloads] = 0x80;  // no payload at all
  EXPECT_FLOW(push.PushAll(packets), GST_FLOW_OK);
  fail_unless(push.PushEos());
  push.messages().WaitFor("EOS");
  server.Finish();
  const std::vector<WirePacket> sent = server.recording().Packets();
  fail_unless_equals_int(sent.size(), 1 + packets.size() + 1);
  for (std::size_t i = 0; i < packets.size(); ++i)
    fail_unless(sent[i + 1].payload == Stripped(packets[i]));
}
GST_END_TEST

Suite* wmspushsink_measuring_suite() {
  Suite* suite = suite_create("wmspushsink_measuring");
  TCase* measuring = tcase_create("measuring");
  suite_add_tcase(suite, measuring);
  tcase_add_test(measuring, test_measured);
  tcase_add_test(measuring, test_measured_over_a_short_stream);
  tcase_add_test(measuring, test_header_while_measuring);
  tcase_add_test(measuring, test_pool_of_few_buffers);
  tcase_add_test(measuring, test_times_of_held_packets);
  tcase_add_test(measuring, test_flush_while_the_header_waits);
  tcase_add_test(measuring, test_malformed_payloads);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_measuring_suite;
GST_CHECK_MAIN(wmspushsink_measuring)
