// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"
#include "element/bin_case.h"

namespace wms::test {
namespace {

const std::string kVideo =
    "videotestsrc num-buffers=60 ! video/x-raw,width=160,height=120,"
    "framerate=30/1 ! push. ";
const std::string kAudio = "audiotestsrc num-buffers=90 ! push. ";
const std::string kLive =
    "videotestsrc is-live=true ! video/x-raw,width=160,height=120,"
    "framerate=30/1 ! push. audiotestsrc is-live=true ! push. ";

asf::Header HeaderOf(BinCase& push) {
  const auto header = asf::ParseHeader(push.server().Snapshot().headers.at(0));
  EXPECT(static_cast<bool>(header), "the header is malformed");
  return *header;
}

GST_START_TEST(test_latency_low) {
  BinCase push(kVideo + kAudio, "latency=low sink::sync=false");
  push.PlayToEnd();
  const asf::Header header = HeaderOf(push);
  fail_unless_equals_int(header.packet_size, 1400);
  fail_unless_equals_uint64(header.preroll_ms, 1000);
}
GST_END_TEST

GST_START_TEST(test_latency_smooth) {
  BinCase push(kVideo + kAudio, "sink::sync=false");
  push.PlayToEnd();
  const asf::Header header = HeaderOf(push);
  fail_unless_equals_int(header.packet_size, 4800);
  fail_unless_equals_uint64(header.preroll_ms, 5000);
}
GST_END_TEST

/// Shortest latency of a live pipeline, once both streams are encoded.
GstClockTime LatencyOf(const std::string& properties) {
  BinCase push(kLive, properties);
  push.SetState(GST_STATE_PLAYING);
  fail_unless(push.server().WaitForPackets(1));
  GstQuery* query = gst_query_new_latency();
  fail_unless(gst_element_query(push.pipeline(), query));
  gboolean live = FALSE;
  GstClockTime min = 0;
  gst_query_parse_latency(query, &live, &min, nullptr);
  gst_query_unref(query);
  fail_unless(live);
  return min;
}

// The time that it takes to fill a packet is part of the latency.
GST_START_TEST(test_latency_of_packets) {
  const std::string rates = "video-bitrate=200000 audio-bitrate=40000 ";
  const GstClockTime low = LatencyOf(rates + "latency=low");
  const GstClockTime smooth = LatencyOf(rates + "latency=smooth");
  // 4800 bytes at 40 kb/s, which audio always takes, against 1400 at 240.
  const GstClockTimeDiff difference = GST_CLOCK_DIFF(low, smooth);
  EXPECT(std::abs(difference - (960000000 - 46666666)) < 10,
         std::to_string(difference) + " ns");
  // Two audio frames besides: one to encode, one that a picture waits for.
  EXPECT(low > 46666666 + 2 * 46 * GST_MSECOND, std::to_string(low));
}
GST_END_TEST

/// Reads a child's property, as gst-launch would set it.
gint64 ChildValue(const BinCase& push, const char* name) {
  GValue value = G_VALUE_INIT;
  GParamSpec* spec = nullptr;
  GObject* child = nullptr;
  EXPECT(
      gst_child_proxy_lookup(GST_CHILD_PROXY(push.bin()), name, &child, &spec),
      name);
  g_object_unref(child);
  gst_child_proxy_get_property(GST_CHILD_PROXY(push.bin()), name, &value);
  GValue number = G_VALUE_INIT;
  g_value_init(&number, G_TYPE_INT64);
  fail_unless(g_value_transform(&value, &number));
  const gint64 result = g_value_get_int64(&number);
  g_value_unset(&value);
  return result;
}

GST_START_TEST(test_child_proxy) {
  BinCase push(kVideo + kAudio,
               "sink::retries=3 sink::sync=false video-bitrate=300000 "
               "audio-bitrate=48000");
  fail_unless_equals_int64(ChildValue(push, "sink::retries"), 3);
  fail_unless_equals_int64(ChildValue(push, "sink::sync"), 0);
  GstElement* inner = nullptr;
  gchar* location = nullptr;
  gchar* inner_location = nullptr;
  g_object_get(push.bin(), "push-sink", &inner, "location", &location, nullptr);
  g_object_get(inner, "location", &inner_location, nullptr);
  EXPECT_TEXT(GST_OBJECT_NAME(inner), "sink");
  EXPECT_TEXT(location, push.server().Url());
  EXPECT_TEXT(inner_location, push.server().Url());
  g_free(location);
  g_free(inner_location);
  gst_object_unref(inner);

  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("EOS");
  fail_unless_equals_int64(ChildValue(push, "video_0::encoder::bitrate"),
                           300000);
  fail_unless_equals_int64(ChildValue(push, "audio_0::encoder::bitrate"),
                           48000);
}
GST_END_TEST

// The password is the sink's, which shows it to nobody.
GST_START_TEST(test_location) {
  BinCase push("");
  g_object_set(push.bin(), "location", "http://me:secret@127.0.0.1:9/live",
               nullptr);
  gchar* location = nullptr;
  g_object_get(push.bin(), "location", &location, nullptr);
  EXPECT_TEXT(location, "http://127.0.0.1:9/live");
  g_free(location);
}
GST_END_TEST

// A wrong location is the sink's error, at once.
GST_START_TEST(test_no_location) {
  BinCase push(kVideo);
  g_object_set(push.bin(), "location", nullptr, nullptr);
  fail_unless_equals_int(
      gst_element_set_state(push.pipeline(), GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_int(push.messages().Count("ERROR"), 1);
}
GST_END_TEST

// What the sink says of the push is on the application's bus.
GST_START_TEST(test_messages) {
  BinCase push(kVideo + kAudio);
  push.PlayToEnd();
  EXPECT_TEXT(push.messages().Statuses(),
              "locating connecting opened started end-of-streaming stopped "
              "closed");
}
GST_END_TEST

Suite* wmspushbin_settings_suite() {
  Suite* suite = suite_create("wmspushbin_settings");
  TCase* latency = tcase_create("latency");
  suite_add_tcase(suite, latency);
  tcase_add_test(latency, test_latency_low);
  tcase_add_test(latency, test_latency_smooth);
  tcase_add_test(latency, test_latency_of_packets);
  TCase* children = tcase_create("children");
  suite_add_tcase(suite, children);
  tcase_add_test(children, test_child_proxy);
  tcase_add_test(children, test_location);
  tcase_add_test(children, test_no_location);
  tcase_add_test(children, test_messages);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushbin_settings_suite;
GST_CHECK_MAIN(wmspushbin_settings)
