// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/frame_sums.h"

#include "element/sink_case.h"

namespace wms::test {
namespace {

void OnFrame(GstElement* /*sink*/, GstBuffer* buffer, GstPad* /*pad*/,
             gpointer data) noexcept {
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_READ);
  const glib::Chars sum(
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, map.data, map.size));
  gst_buffer_unmap(buffer, &map);
  static_cast<std::vector<std::string>*>(data)->emplace_back(sum.get());
}

void Watch(GstElement* pipeline, const char* name,
           std::vector<std::string>& sums) {
  const ElementPtr sink(gst_bin_get_by_name(GST_BIN(pipeline), name));
  if (sink) g_signal_connect(sink.get(), "handoff", G_CALLBACK(OnFrame), &sums);
}

}  // namespace

FrameSums SumFrames(const std::string& description) {
  glib::ErrorPtr error;
  const ElementPtr pipeline(
      gst_parse_launch(description.c_str(), glib::Out(error)));
  EXPECT(pipeline != nullptr, error->message);
  const MessageLog messages(pipeline.get());
  FrameSums sums;
  Watch(pipeline.get(), "video", sums.video);
  Watch(pipeline.get(), "audio", sums.audio);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  messages.WaitFor("EOS");
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return sums;
}

FrameSums SumFramesOfFile(const std::string& path, const char* video_decoder,
                          const char* audio_decoder) {
  std::string description = "filesrc location=" + path + " ! asfdemux name=d ";
  if (video_decoder != nullptr) {
    description +=
        std::string("d.video_0 ! queue ! ") + video_decoder + kVideoSink;
  }
  if (audio_decoder != nullptr) {
    description +=
        std::string("d.audio_0 ! queue ! ") + audio_decoder + kAudioSink;
  }
  return SumFrames(description);
}

}  // namespace wms::test
