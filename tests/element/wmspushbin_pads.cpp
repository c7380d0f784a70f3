// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Request pads of wmspushbin, its states, and one push behind the other.

#include "asf/data_packet.h"
#include "asf/header.h"
#include "element/bin_case.h"
#include "element/frame_sums.h"

namespace wms::test {
namespace {

/// Small packets, of which many come in a second.
const char* const kQuick = "latency=low sink::sync=false";

using PadPtr = std::unique_ptr<GstPad, glib::Deleter<gst_object_unref>>;

const std::string kLiveVideo =
    "videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! push. ";
const std::string kLiveAudio = "audiotestsrc is-live=true ! push. ";
const std::string kVideo =
    "videotestsrc num-buffers=60 name=v ! video/x-raw,width=160,height=120,"
    "framerate=30/1 ! push. ";
const std::string kAudio = "audiotestsrc num-buffers=90 ! push. ";

PadPtr PadOf(const BinCase& push, const char* name) {
  return PadPtr(gst_element_get_static_pad(push.bin(), name));
}

/// Takes the elements that end in @a src out of the pipeline.
void RemoveBranch(const BinCase& push, PadPtr src) {
  while (src) {
    const ElementPtr element(gst_pad_get_parent_element(src.get()));
    const PadPtr sink(gst_element_get_static_pad(element.get(), "sink"));
    src.reset(sink ? gst_pad_get_peer(sink.get()) : nullptr);
    gst_element_set_locked_state(element.get(), TRUE);
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_bin_remove(GST_BIN(push.pipeline()), element.get());
  }
}

/// Releases a pad as applications do: what feeds it is held up first, so that
/// it finds no pad missing, and goes afterwards.
void Release(const BinCase& push, const char* name) {
  const PadPtr pad = PadOf(push, name);
  EXPECT(pad != nullptr, name);
  PadPtr peer(gst_pad_get_peer(pad.get()));
  gst_pad_add_probe(
      peer.get(), GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM,
      [](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_OK; },
      nullptr, nullptr);
  gst_pad_unlink(peer.get(), pad.get());
  const auto time =
      TimeOf([&] { gst_element_release_request_pad(push.bin(), pad.get()); });
  EXPECT(time < kAtOnce, std::to_string(time.count()) + " ms");
  RemoveBranch(push, std::move(peer));
}

/// Streams that the last header has.
std::vector<asf::StreamType> StreamTypes(BinCase& push) {
  const Received received = push.server().Snapshot();
  EXPECT(!received.headers.empty(), "no header");
  const auto header = asf::ParseHeader(received.headers.back());
  EXPECT(static_cast<bool>(header), "the header is malformed");
  std::vector<asf::StreamType> types;
  for (const asf::Stream& stream : header->streams)
    types.push_back(stream.type);
  return types;
}

/// Waits until @a count more packets have come than have by now.
void ExpectMore(BinCase& push, std::size_t count) {
  const std::size_t before = push.server().Snapshot().packets.size();
  fail_unless(push.server().WaitForPackets(before + count));
}

void ExpectNoFault(const MessageLog& messages) {
  for (const char* word : {"ERROR", "WARNING"}) {
    EXPECT(messages.Count(word) == 0, messages.TheFault(word).text);
  }
}

GST_START_TEST(test_names) {
  BinCase push("");
  const PadPtr third(gst_element_request_pad_simple(push.bin(), "video_3"));
  EXPECT_TEXT(GST_PAD_NAME(third.get()), "video_3");
  const PadPtr fourth(gst_element_request_pad_simple(push.bin(), "video_%u"));
  EXPECT_TEXT(GST_PAD_NAME(fourth.get()), "video_4");
  const PadPtr audio(gst_element_request_pad_simple(push.bin(), "audio_%u"));
  EXPECT_TEXT(GST_PAD_NAME(audio.get()), "audio_0");
  fail_unless(gst_element_request_pad_simple(push.bin(), "text_0") == nullptr);
  fail_unless_equals_int(push.bin()->numsinkpads, 3);
  for (const PadPtr* pad : {&third, &fourth, &audio})
    gst_element_release_request_pad(push.bin(), pad->get());
  fail_unless_equals_int(push.bin()->numsinkpads, 0);
}
GST_END_TEST

GST_START_TEST(test_release_one) {
  for (const char* name : {"audio_0", "video_0"}) {
    BinCase push(kLiveVideo + kLiveAudio, kQuick);
    push.SetState(GST_STATE_PLAYING);
    fail_unless(push.server().WaitForPackets(5));
    Release(push, name);
    ExpectMore(push, 10);
    fail_unless(PadOf(push, name) == nullptr);
    ExpectNoFault(push.messages());
  }
}
GST_END_TEST

// The push ends with its last stream.
GST_START_TEST(test_release_all) {
  BinCase push(kLiveVideo + kLiveAudio, kQuick);
  push.SetState(GST_STATE_PLAYING);
  fail_unless(push.server().WaitForPackets(5));
  Release(push, "audio_0");
  ExpectMore(push, 5);
  Release(push, "video_0");
  push.messages().WaitFor("EOS");
  fail_unless(push.server().WaitForClosed());
  fail_unless(push.server().Snapshot().ends == std::vector<std::uint32_t>{0});
}
GST_END_TEST

// Nothing moves in PAUSED, so that nothing must be waited for.
GST_START_TEST(test_release_in_paused) {
  BinCase push(kLiveVideo + kLiveAudio, kQuick);
  push.SetState(GST_STATE_PLAYING);
  fail_unless(push.server().WaitForPackets(5));
  push.Reach(GST_STATE_PAUSED);
  Release(push, "audio_0");
  push.SetState(GST_STATE_PLAYING);
  ExpectMore(push, 10);
}
GST_END_TEST

// A source that is far ahead waits in the queue of its stream for the clock.
GST_START_TEST(test_release_while_blocked) {
  BinCase push(
      "videotestsrc ! video/x-raw,width=160,height=120 ! push. "
      "audiotestsrc ! push.",
      "");
  push.SetState(GST_STATE_PLAYING);
  fail_unless(push.server().WaitForPackets(3));
  Release(push, "audio_0");
  ExpectMore(push, 5);
  const auto stop = TimeOf([&] { push.Reach(GST_STATE_NULL); });
  EXPECT(stop < kAtOnce, std::to_string(stop.count()) + " ms");
}
GST_END_TEST

GST_START_TEST(test_release_in_ready) {
  BinCase push(kVideo + kAudio);
  Release(push, "audio_0");
  push.PlayToEnd();
  fail_unless(StreamTypes(push) ==
              std::vector<asf::StreamType>{asf::StreamType::kVideo});
}
GST_END_TEST

// The header cannot be added to.
GST_START_TEST(test_request_late) {
  BinCase push(kLiveVideo, kQuick);
  push.SetState(GST_STATE_PLAYING);
  fail_unless(push.server().WaitForPackets(3));
  fail_unless(gst_element_request_pad_simple(push.bin(), "audio_%u") ==
              nullptr);
  fail_unless_equals_int(push.bin()->numsinkpads, 1);
  ExpectMore(push, 5);
  ExpectNoFault(push.messages());
}
GST_END_TEST

// As pads of a demuxer come: in PAUSED, before data flows.
GST_START_TEST(test_request_in_paused) {
  BinCase push(kVideo + " audiotestsrc num-buffers=90 name=a");
  const ElementPtr source = push.Find("a");
  const ElementPtr video = push.Find("v");
  gst_element_set_locked_state(video.get(), TRUE);
  gst_element_set_locked_state(source.get(), TRUE);
  push.SetState(GST_STATE_PLAYING);
  fail_unless(gst_element_link(source.get(), push.bin()));
  for (const ElementPtr* element : {&source, &video}) {
    gst_element_set_locked_state(element->get(), FALSE);
    gst_element_sync_state_with_parent(element->get());
  }
  push.messages().WaitFor("EOS");
  ExpectNoFault(push.messages());
  fail_unless_equals_int(StreamTypes(push).size(), 2);
}
GST_END_TEST

GST_START_TEST(test_two_pushes) {
  BinCase push(kVideo + kAudio);
  push.PlayToEnd();
  const FrameSums sums =
      SumFramesOfFile(push.Recording(), "avdec_wmv2", "avdec_wmav2");
  fail_if(sums.video.empty() || sums.audio.empty());
  push.messages().Clear();
  // Another bitrate, another order of pads.
  Release(push, "audio_0");
  g_object_set(push.bin(), "video-bitrate", 100000U, nullptr);
  GstElement* audio = gst_element_factory_make("audiotestsrc", nullptr);
  g_object_set(audio, "num-buffers", 90, nullptr);
  gst_bin_add(GST_BIN(push.pipeline()), audio);
  fail_unless(gst_element_link(audio, push.bin()));
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("EOS");
  ExpectNoFault(push.messages());
  fail_unless(push.server().WaitFor(
      [](const Received& received) { return received.closed == 2; }));
  fail_unless_equals_int(StreamTypes(push).size(), 2);
  const FrameSums again =
      SumFramesOfFile(push.Recording(), "avdec_wmv2", "avdec_wmav2");
  fail_if(again.video.empty() || again.audio.empty());
  fail_if(again.video == sums.video);
}
GST_END_TEST

GST_START_TEST(test_stop_and_go) {
  BinCase push(kLiveVideo + kLiveAudio, kQuick);
  for (unsigned i = 1; i <= 5; ++i) {
    push.SetState(GST_STATE_PLAYING);
    fail_unless(push.server().WaitForHeaders(i));
    const auto time = TimeOf(
        [&] { push.Reach(i % 2 == 0 ? GST_STATE_NULL : GST_STATE_READY); });
    EXPECT(time < kAtOnce, std::to_string(time.count()) + " ms");
  }
  ExpectNoFault(push.messages());
}
GST_END_TEST

GST_START_TEST(test_pause) {
  BinCase push(kLiveVideo + kLiveAudio, kQuick);
  push.SetState(GST_STATE_PLAYING);
  fail_unless(push.server().WaitForPackets(5));
  push.Reach(GST_STATE_PAUSED);
  push.SetState(GST_STATE_PLAYING);
  ExpectMore(push, 10);
  gst_element_send_event(push.pipeline(), gst_event_new_eos());
  push.messages().WaitFor("EOS");
  ExpectNoFault(push.messages());
}
GST_END_TEST

// A flushing seek of the source: the push goes on, and so do its times.
GST_START_TEST(test_seek) {
  BinCase push("videotestsrc ! video/x-raw,width=160,height=120 ! push.",
               "latency=low");
  push.SetState(GST_STATE_PLAYING);
  fail_unless(push.server().WaitForPackets(3));
  fail_unless(gst_element_seek_simple(push.pipeline(), GST_FORMAT_TIME,
                                      GST_SEEK_FLAG_FLUSH, 0));
  ExpectMore(push, 5);
  ExpectNoFault(push.messages());
  const Received received = push.server().Snapshot();
  fail_unless(received.violations.empty());
  std::uint32_t last = 0;
  for (const ByteVector& packet : received.packets) {
    const auto parsed = asf::ParseDataPacket(packet);
    fail_unless(static_cast<bool>(parsed));
    EXPECT(parsed->send_time_ms >= last, std::to_string(last));
    last = parsed->send_time_ms;
  }
}
GST_END_TEST

Suite* wmspushbin_pads_suite() {
  Suite* suite = suite_create("wmspushbin_pads");
  TCase* pads = tcase_create("pads");
  suite_add_tcase(suite, pads);
  tcase_add_test(pads, test_names);
  tcase_add_test(pads, test_release_one);
  tcase_add_test(pads, test_release_all);
  tcase_add_test(pads, test_release_in_paused);
  tcase_add_test(pads, test_release_while_blocked);
  tcase_add_test(pads, test_release_in_ready);
  tcase_add_test(pads, test_request_late);
  tcase_add_test(pads, test_request_in_paused);
  TCase* states = tcase_create("states");
  suite_add_tcase(suite, states);
  tcase_add_test(states, test_two_pushes);
  tcase_add_test(states, test_stop_and_go);
  tcase_add_test(states, test_pause);
  tcase_add_test(states, test_seek);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushbin_pads_suite;
GST_CHECK_MAIN(wmspushbin_pads)
