// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What goes into wmspushbin and what comes out of the publishing point's
// recording: the same frames, in the case of raw streams as its encoders make
// them in a chain by themselves.

#include "asf/data_packet.h"
#include "element/bin_case.h"
#include "element/frame_sums.h"

namespace wms::test {
namespace {

const std::string kVideo =
    "videotestsrc num-buffers=60 ! video/x-raw,format=I420,width=160,"
    "height=120,framerate=30/1 ";
const std::string kAudio =
    "audiotestsrc num-buffers=90 samplesperbuffer=1024 ! "
    "audio/x-raw,format=F32LE,rate=44100,channels=2 ";

/// Two seconds of 30 pictures: the distance of key frames.
const std::string kWmv2 = "! avenc_wmv2 bitrate=500000 gop-size=60 ";
const std::string kWma2 = "! avenc_wmav2 bitrate=128000 ";

struct Case {
  std::string pushed;     // description of the sources
  std::string reference;  // that decodes the same, with FrameSums' sinks
  const char* video_decoder;
  const char* audio_decoder;
};

/// asfdemux loses what is in the last packet when asfmux has padded it, and
/// the last object of all.
constexpr std::size_t kLostAtEnd = 16;

/// The frames of @a found are those of @a expected, without the last few.
void ExpectFrames(const std::vector<std::string>& found,
                  const std::vector<std::string>& expected) {
  EXPECT(found.size() <= expected.size() &&
             found.size() + kLostAtEnd >= expected.size(),
         std::to_string(found.size()) + " frames of " +
             std::to_string(expected.size()));
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT(found[i] == expected[i], "frame " + std::to_string(i) + " differs");
}

void CheckFrames(const Case& what) {
  BinCase push(what.pushed);
  push.PlayToEnd();
  const FrameSums expected = SumFrames(what.reference);
  fail_unless(expected.video.empty() == (what.video_decoder == nullptr));
  fail_unless(expected.audio.empty() == (what.audio_decoder == nullptr));
  const FrameSums found =
      SumFramesOfFile(push.Recording(), what.video_decoder, what.audio_decoder);
  ExpectFrames(found.video, expected.video);
  ExpectFrames(found.audio, expected.audio);
}

GST_START_TEST(test_raw_video) {
  CheckFrames({kVideo + "! push.",
               kVideo + kWmv2 + "! avdec_wmv2 " + kVideoSink, "avdec_wmv2",
               nullptr});
}
GST_END_TEST

GST_START_TEST(test_raw_audio) {
  CheckFrames({kAudio + "! push.",
               kAudio + kWma2 + "! avdec_wmav2 " + kAudioSink, nullptr,
               "avdec_wmav2"});
}
GST_END_TEST

GST_START_TEST(test_raw_video_and_audio) {
  CheckFrames({kVideo + "! push. " + kAudio + "! push.",
               kVideo + kWmv2 + "! avdec_wmv2 " + kVideoSink + kAudio + kWma2 +
                   "! avdec_wmav2 " + kAudioSink,
               "avdec_wmv2", "avdec_wmav2"});
}
GST_END_TEST

GST_START_TEST(test_encoded_wmv_and_wma) {
  const std::string wmv1 = kVideo + "! avenc_wmv1 bitrate=300000 ";
  const std::string wma1 = kAudio + "! avenc_wmav1 bitrate=64000 ";
  CheckFrames({wmv1 + "! push. " + wma1 + "! push.",
               wmv1 + "! avdec_wmv1 " + kVideoSink + wma1 + "! avdec_wmav1 " +
                   kAudioSink,
               "avdec_wmv1", "avdec_wmav1"});
}
GST_END_TEST

// What is encoded and what is not, in one push.
GST_START_TEST(test_raw_video_and_encoded_audio) {
  const std::string wma2 = kAudio + "! avenc_wmav2 bitrate=48000 ";
  CheckFrames({kVideo + "! push. " + wma2 + "! push.",
               kVideo + kWmv2 + "! avdec_wmv2 " + kVideoSink + wma2 +
                   "! avdec_wmav2 " + kAudioSink,
               "avdec_wmv2", "avdec_wmav2"});
}
GST_END_TEST

/// Structure of the caps of a stream in the recording.
StructurePtr RecordedCaps(const BinCase& push, const char* pad_name) {
  const ElementPtr pipeline(gst_parse_launch(
      ("filesrc location=" + push.Recording() + " ! asfdemux name=d d." +
       pad_name + " ! fakesink name=end sync=false")
          .c_str(),
      nullptr));
  const MessageLog messages(pipeline.get());
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  messages.WaitFor("EOS");
  const ElementPtr end(gst_bin_get_by_name(GST_BIN(pipeline.get()), "end"));
  GstPad* pad = gst_element_get_static_pad(end.get(), "sink");
  GstCaps* caps = gst_pad_get_current_caps(pad);
  StructurePtr structure(gst_structure_copy(gst_caps_get_structure(caps, 0)));
  gst_caps_unref(caps);
  gst_object_unref(pad);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return structure;
}

void ExpectInt(const GstStructure* structure, const char* field, gint wanted) {
  gint value = -1;
  gst_structure_get_int(structure, field, &value);
  EXPECT(value == wanted, std::string(field) + " is " + std::to_string(value));
}

// MP3, cut anywhere: what is not parsed gets its times from a parser.
GST_START_TEST(test_encoded_mp3) {
  BinCase push(kAudio + "! audioconvert ! lamemp3enc ! push.");
  push.PlayToEnd();
  const StructurePtr caps = RecordedCaps(push, "audio_0");
  EXPECT_TEXT(gst_structure_get_name(caps.get()), "audio/mpeg");
  ExpectInt(caps.get(), "layer", 3);
}
GST_END_TEST

// Formats that no encoder takes: odd sides, oblong pixels, many channels, a
// sampling rate that Windows Media does not have.
GST_START_TEST(test_raw_of_any_form) {
  BinCase push(
      "videotestsrc num-buffers=20 ! video/x-raw,format=RGB,width=161,"
      "height=121,framerate=7/1,pixel-aspect-ratio=2/1 ! push. "
      "audiotestsrc num-buffers=90 ! audio/x-raw,format=S16BE,rate=96000,"
      "channels=6,channel-mask=(bitmask)0x3f ! push.");
  push.PlayToEnd();
  const StructurePtr video = RecordedCaps(push, "video_0");
  ExpectInt(video.get(), "width", 322);
  ExpectInt(video.get(), "height", 120);
  const StructurePtr audio = RecordedCaps(push, "audio_0");
  ExpectInt(audio.get(), "channels", 2);
  ExpectInt(audio.get(), "rate", 48000);
}
GST_END_TEST

// The header states a size, so that later pictures are scaled to the first.
GST_START_TEST(test_size_changes) {
  BinCase push(
      "concat name=all ! push. "
      "videotestsrc num-buffers=20 ! video/x-raw,width=160,height=120,"
      "framerate=30/1 ! all. "
      "videotestsrc num-buffers=20 ! video/x-raw,width=320,height=180,"
      "framerate=25/1 ! all.");
  push.PlayToEnd();
  fail_unless_equals_int(push.server().Snapshot().headers.size(), 1);
  const FrameSums sums =
      SumFramesOfFile(push.Recording(), "avdec_wmv2", nullptr);
  EXPECT(sums.video.size() > 20, std::to_string(sums.video.size()));
}
GST_END_TEST

// Of an encoded stream that cannot be.
GST_START_TEST(test_encoded_size_changes) {
  BinCase push(
      "concat name=all ! push. "
      "videotestsrc num-buffers=20 ! video/x-raw,width=160,height=120 ! "
      "avenc_wmv2 ! all. "
      "videotestsrc num-buffers=20 ! video/x-raw,width=320,height=180 ! "
      "avenc_wmv2 ! all.");
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("ERROR");
  const Report error = push.messages().TheFault("ERROR");
  EXPECT(
      error.domain == GST_STREAM_ERROR && error.code == GST_STREAM_ERROR_FORMAT,
      error.text);
  EXPECT(error.text.find("has changed") != std::string::npos, error.text);
}
GST_END_TEST

// Streams whose segments do not start together are brought together by running
// time.
GST_START_TEST(test_segments) {
  BinCase push(
      kVideo + "! avenc_wmv2 ! push. " +
      "audiotestsrc num-buffers=90 samplesperbuffer=1024 "
      "timestamp-offset=1000000000 ! audio/x-raw,rate=44100,channels=2 ! "
      "push.");
  push.PlayToEnd();
  std::uint32_t last = 0;
  for (const ByteVector& packet : push.server().Snapshot().packets) {
    const auto parsed = asf::ParseDataPacket(packet);
    fail_unless(static_cast<bool>(parsed));
    last = std::max(last, parsed->send_time_ms);
  }
  EXPECT(last > 1500 && last < 4000, std::to_string(last));
}
GST_END_TEST

/// An application that pushes encoded pictures without saying when.
void PushUntimed(const BinCase& push) {
  const ElementPtr source = push.Find("source");
  for (int i = 0; i < 3; ++i) {
    GstFlowReturn flow = GST_FLOW_ERROR;
    GstBuffer* buffer = MakeBuffer(ByteVector(100, 'x'));
    g_signal_emit_by_name(source.get(), "push-buffer", buffer, &flow);
    gst_buffer_unref(buffer);
    fail_unless_equals_int(flow, GST_FLOW_OK);
  }
}

const std::string kApplication =
    "appsrc name=source caps=video/x-wmv,wmvversion=2,width=160,height=120,"
    "framerate=30/1 ";

GST_START_TEST(test_no_timestamps) {
  BinCase push(kApplication + "format=time ! push.");
  push.SetState(GST_STATE_PLAYING);
  PushUntimed(push);
  push.messages().WaitFor("WARNING");
  const auto warning = push.messages().TheFault("WARNING");
  EXPECT(warning.text.find("no timestamp") != std::string::npos, warning.text);
}
GST_END_TEST

GST_START_TEST(test_no_time_at_all) {
  BinCase push(kApplication + "format=bytes ! push.");
  push.SetState(GST_STATE_PLAYING);
  PushUntimed(push);
  push.messages().WaitFor("ERROR");
  const auto error = push.messages().TheFault("ERROR");
  EXPECT(
      error.domain == GST_STREAM_ERROR && error.code == GST_STREAM_ERROR_FORMAT,
      error.text);
  EXPECT(error.text.find("comes in bytes") != std::string::npos, error.text);
}
GST_END_TEST

Suite* wmspushbin_streams_suite() {
  Suite* suite = suite_create("wmspushbin_streams");
  TCase* raw = tcase_create("raw");
  suite_add_tcase(suite, raw);
  tcase_add_test(raw, test_raw_video);
  tcase_add_test(raw, test_raw_audio);
  tcase_add_test(raw, test_raw_video_and_audio);
  tcase_add_test(raw, test_raw_of_any_form);
  tcase_add_test(raw, test_size_changes);
  TCase* encoded = tcase_create("encoded");
  suite_add_tcase(suite, encoded);
  tcase_add_test(encoded, test_encoded_wmv_and_wma);
  tcase_add_test(encoded, test_raw_video_and_encoded_audio);
  tcase_add_test(encoded, test_encoded_mp3);
  tcase_add_test(encoded, test_encoded_size_changes);
  TCase* times = tcase_create("times");
  suite_add_tcase(suite, times);
  tcase_add_test(times, test_segments);
  tcase_add_test(times, test_no_timestamps);
  tcase_add_test(times, test_no_time_at_all);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushbin_streams_suite;
GST_CHECK_MAIN(wmspushbin_streams)
