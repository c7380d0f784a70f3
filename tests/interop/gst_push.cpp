// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "gst_push.h"

#include <gst/check/gstcheck.h>

namespace wms::test {
namespace {

using Message = std::unique_ptr<GstMessage, glib::Deleter<gst_message_unref>>;
using Bus = std::unique_ptr<GstBus, glib::Deleter<gst_object_unref>>;

}  // namespace

Pipeline::Pipeline(const std::string& description) {
  glib::ErrorPtr error;
  pipeline_.reset(gst_parse_launch(description.c_str(), glib::Out(error)));
  fail_unless(error == nullptr, "%s", error ? error->message : "");
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

Pipeline::~Pipeline() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

void Pipeline::WaitForEnd(unsigned seconds) {
  const Bus bus(gst_element_get_bus(pipeline_.get()));
  const Message message(gst_bus_timed_pop_filtered(
      bus.get(), seconds * GST_SECOND,
      static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  fail_unless(message != nullptr, "the push takes too long");
  if (GST_MESSAGE_TYPE(message.get()) != GST_MESSAGE_ERROR) return;
  glib::ErrorPtr error;
  gst_message_parse_error(message.get(), glib::Out(error), nullptr);
  ck_abort_msg("the push has failed: %s", error->message);
}

std::string TestStream(const std::string& sink, unsigned seconds, bool live,
                       const std::string& pattern) {
  constexpr unsigned kSamplesPerBuffer = 1024;
  const auto text = [](unsigned number) { return std::to_string(number); };
  const std::string is_live = live ? " is-live=true" : "";
  return "asfmux name=mux streamable=true packet-size=3200 ! " + sink +
         " videotestsrc pattern=" + pattern + is_live +
         " num-buffers=" + text(seconds * kFrameRate) +
         " ! video/x-raw,width=" + text(kWidth) + ",height=" + text(kHeight) +
         ",framerate=" + text(kFrameRate) +
         "/1 ! videoconvert ! avenc_wmv2 bitrate=400000 gop-size=25 ! "
         "identity single-segment=true ! queue ! mux. "
         "audiotestsrc wave=ticks" +
         is_live + " samplesperbuffer=" + text(kSamplesPerBuffer) +
         " num-buffers=" + text(seconds * kSampleRate / kSamplesPerBuffer) +
         " ! audio/x-raw,channels=2,rate=" + text(kSampleRate) +
         " ! audioconvert ! avenc_wmav2 bitrate=64000 ! queue ! mux. ";
}

}  // namespace wms::test
