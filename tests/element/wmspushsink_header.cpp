// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"
#include "asf/header_repair.h"
#include "asf/header_tree.h"
#include "element/repairing.h"

// The property repair-header: what headers come out as, and where bitrates
// come from.

namespace wms::test {
namespace {

ByteVector Repaired(Bytes header, const asf::RepairHints& hints) {
  const Result<asf::RepairedHeader> repaired = asf::RepairHeader(header, hints);
  EXPECT(repaired.has_value(), repaired.error().message);
  return repaired->bytes;
}

GST_START_TEST(test_bitrate_property) {
  Repairing run;
  run.push.Set("bitrate", 500000U);
  const ByteVector header = MakeHeader(Unknown());
  run.Play(header);
  // In the caps, and once more in front of the packets.
  EXPECT_FLOW(run.push.Push(header), GST_FLOW_OK);
  const std::vector<ByteVector> packets = Packets(3);
  EXPECT_FLOW(run.push.PushAll(packets), GST_FLOW_OK);
  fail_unless(run.server.WaitForPackets(3), "packets wait for nothing");
  const Received received = run.Finish();
  asf::RepairHints hints;
  hints.total_bitrate = 500000;
  fail_unless_equals_int(received.headers.size(), 1);
  fail_unless(received.headers[0] == Repaired(header, hints));
  fail_unless_equals_int(BitrateIn(received.headers[0], 1),
                         500000 - kAudioBitrate);
  ExpectPackets(received, packets);
}
GST_END_TEST

GST_START_TEST(test_tags) {
  Repairing run;
  run.push.Set("bitrate", 900000U);  // tags go first
  run.Play();
  run.PushTag(gst_tag_list_new(GST_TAG_NOMINAL_BITRATE, 96000U,
                               GST_TAG_AUDIO_CODEC, "some", nullptr));
  run.PushTag(gst_tag_list_new(GST_TAG_NOMINAL_BITRATE, 300000U,
                               GST_TAG_VIDEO_CODEC, "some", GST_TAG_TITLE,
                               "A title", GST_TAG_ARTIST, "An artist",
                               GST_TAG_COPYRIGHT, "Nobody", nullptr));
  const ByteVector header = MakeHeader(Unknown());
  EXPECT_FLOW(run.push.Push(header), GST_FLOW_OK);
  EXPECT_FLOW(run.push.PushAll(Packets(1)), GST_FLOW_OK);
  fail_unless(run.server.WaitForPackets(1), "packets wait for nothing");
  const Received received = run.Finish();
  asf::RepairHints hints;
  hints.streams[1].bitrate = 300000;
  hints.description = {"A title", "An artist", "Nobody", ""};
  fail_unless(received.headers.at(0) == Repaired(header, hints));
  fail_unless_equals_int(BitrateIn(received.headers[0], 1), 300000);
  // What the header says goes before any tag.
  fail_unless_equals_int(BitrateIn(received.headers[0], 2), kAudioBitrate);
}
GST_END_TEST

struct TagCase {
  const char* what;
  unsigned streams;  // video, then audio
  const char* tags;
  asf::RepairHints hints;
};

/// Which streams a bitrate is for follows from the codecs beside it, and from
/// what streams there are.
GST_START_TEST(test_whose_bitrate_a_tag_is) {
  asf::RepairHints video;
  video.streams[1].bitrate = 250000;
  asf::RepairHints total;
  total.total_bitrate = 250000;
  asf::RepairHints more;
  more.total_bitrate = 900000;
  const TagCase cases[] = {
      {"of video", 2, "bitrate=(uint)250000, video-codec=(string)some", video},
      {"no nominal one", 2,
       "nominal-bitrate=(uint)0, bitrate=(uint)250000, "
       "video-codec=(string)some",
       video},
      {"of the only stream", 1, "bitrate=(uint)250000", video},
      {"of all streams", 2, "bitrate=(uint)250000", total},
      {"of both", 2,
       "bitrate=(uint)250000, audio-codec=(string)some, "
       "video-codec=(string)some",
       total},
      {"of all three", 3, "bitrate=(uint)900000", more},
  };
  for (const TagCase& c : cases) {
    Repairing run;
    run.Play();
    GstTagList* tags = gst_tag_list_new_from_string(
        (std::string("taglist, ") + c.tags).c_str());
    fail_if(tags == nullptr, "%s", c.tags);
    run.PushTag(tags);
    HeaderSample sample = Unknown();
    sample.streams = c.streams;
    const ByteVector header = MakeHeader(sample);
    EXPECT_FLOW(run.push.Push(header), GST_FLOW_OK);
    EXPECT_FLOW(run.push.PushAll(Packets(1)), GST_FLOW_OK);
    EXPECT(run.server.WaitForPackets(1), c.what);
    EXPECT(run.Finish().headers.at(0) == Repaired(header, c.hints), c.what);
  }
}
GST_END_TEST

/// A tag of audio is of none of two audio streams: that would be a guess.
GST_START_TEST(test_tag_of_one_of_two_streams) {
  Repairing run;
  run.Play();
  run.PushTag(gst_tag_list_new(GST_TAG_BITRATE, 64000U, GST_TAG_AUDIO_CODEC,
                               "some", nullptr));
  run.PushTag(gst_tag_list_new(GST_TAG_BITRATE, 250000U, GST_TAG_VIDEO_CODEC,
                               "some", nullptr));
  HeaderSample sample = Unknown();
  sample.streams = 3;
  const ByteVector header = MakeHeader(sample);
  EXPECT_FLOW(run.push.Push(header), GST_FLOW_OK);
  EXPECT_FLOW(run.push.PushAll(Packets(1)), GST_FLOW_OK);
  asf::RepairHints hints;
  hints.streams[1].bitrate = 250000;
  fail_unless(run.Finish().headers.at(0) == Repaired(header, hints));
}
GST_END_TEST

/// A file's header, whose packets are said to be of several sizes.
GST_START_TEST(test_header_of_a_file) {
  Repairing run;
  HeaderSample sample;
  sample.broadcast = false;
  ByteVector header = MakeHeader(sample);
  const Result<asf::HeaderTree> tree = asf::ReadHeaderTree(header);
  asf::HeaderTree bent = *tree;
  bent.Find(asf::kFileProperties)->Set(68, 4, 0);
  header = asf::WriteHeaderTree(bent);
  run.Play();
  EXPECT_FLOW(run.push.Push(header), GST_FLOW_OK);
  const std::vector<ByteVector> packets = Packets(3);
  EXPECT_FLOW(run.push.PushAll(packets), GST_FLOW_OK);
  const Received received = run.Finish();
  ExpectPackets(received, packets);
  const Result<asf::Header> parsed = asf::ParseHeader(received.headers.at(0));
  fail_unless(parsed.has_value());
  fail_unless(parsed->broadcast);
}
GST_END_TEST

GST_START_TEST(test_max_packet_size) {
  for (const guint limit : {1000U, 999U}) {
    Repairing run;
    run.push.Set("max-packet-size", limit);
    run.Play();
    const GstFlowReturn flow = run.push.Push(MakeHeader());
    if (limit == 1000) {
      EXPECT_FLOW(flow, GST_FLOW_OK);
      continue;
    }
    EXPECT_FLOW(flow, GST_FLOW_ERROR);
    run.push.messages().WaitFor("ERROR");
    const std::string text = run.push.messages().TheFault("ERROR").text;
    EXPECT(text.find("max-packet-size allows 999") != std::string::npos, text);
  }
}
GST_END_TEST

GST_START_TEST(test_too_large_a_header) {
  Repairing run;
  HeaderSample sample;
  sample.padding = 70000;
  run.Play();
  // Padding makes room by itself.
  EXPECT_FLOW(run.push.Push(MakeHeader(sample)), GST_FLOW_OK);
  EXPECT_FLOW(run.push.PushAll(Packets(1)), GST_FLOW_OK);
  fail_unless(run.Finish().headers.at(0).size() < 2000);
}
GST_END_TEST

GST_START_TEST(test_audio_caps) {
  Repairing run;
  GstPad* pad = gst_element_get_static_pad(run.push.sink(), "sink");
  GstCaps* caps = gst_caps_from_string("audio/x-ms-asf");
  fail_unless(gst_pad_query_accept_caps(pad, caps));
  gst_caps_unref(caps);
  gst_object_unref(pad);
}
GST_END_TEST

Suite* wmspushsink_header_suite() {
  Suite* suite = suite_create("wmspushsink_header");
  TCase* header = tcase_create("header");
  suite_add_tcase(suite, header);
  tcase_add_test(header, test_bitrate_property);
  tcase_add_test(header, test_tags);
  tcase_add_test(header, test_whose_bitrate_a_tag_is);
  tcase_add_test(header, test_tag_of_one_of_two_streams);
  tcase_add_test(header, test_header_of_a_file);
  tcase_add_test(header, test_max_packet_size);
  tcase_add_test(header, test_too_large_a_header);
  tcase_add_test(header, test_audio_caps);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_header_suite;
GST_CHECK_MAIN(wmspushsink_header)
