// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/sink_case.h"

#include <utility>

namespace wms::test {
GstBuffer* MakeBuffer(Bytes bytes) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes.size(), nullptr);
  gst_buffer_fill(buffer, 0, bytes.data(), bytes.size());
  return buffer;
}

GstCaps* MakeCaps(Bytes header) {
  GstCaps* caps = gst_caps_new_simple("video/x-ms-asf", "parsed",
                                      G_TYPE_BOOLEAN, TRUE, nullptr);
  if (header.empty()) return caps;
  GValue array = G_VALUE_INIT;
  GValue value = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  g_value_init(&value, GST_TYPE_BUFFER);
  gst_value_take_buffer(&value, MakeBuffer(header));
  gst_value_array_append_and_take_value(&array, &value);
  gst_structure_take_value(gst_caps_get_structure(caps, 0), "streamheader",
                           &array);
  return caps;
}

pubpoint::ServerOptions ExistingOnly(std::vector<std::string> points) {
  pubpoint::ServerOptions options;
  options.allow_create = false;
  options.points = std::move(points);
  return options;
}

SinkCase::SinkCase(const std::string& location)
    : pipeline_(gst_pipeline_new(nullptr)),
      sink_(gst_element_factory_make("wmspushsink", nullptr)),
      messages_(std::make_unique<MessageLog>(pipeline_.get())) {
  EXPECT(sink_ != nullptr, "there is no element wmspushsink");
  // Most tests are about what a failure is, not about getting over it, and
  // about bytes that come out as they went in.
  g_object_set(sink_, "location", location.c_str(), "sync", FALSE, "reconnect",
               FALSE, "repair-header", FALSE, "fix-timing", FALSE, nullptr);
  gst_bin_add(GST_BIN(pipeline_.get()), sink_);
}

SinkCase::~SinkCase() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  Unlink();
  messages_.reset();
}

void SinkCase::Unlink() {
  if (pad_ == nullptr) return;
  GstPad* peer = gst_pad_get_peer(pad_);
  if (peer != nullptr) {
    gst_pad_unlink(pad_, peer);
    gst_object_unref(peer);
  }
  gst_pad_set_active(pad_, FALSE);
  gst_object_unref(std::exchange(pad_, nullptr));
}

GstElement* SinkCase::Feed(const std::string& description) {
  glib::ErrorPtr error;
  GstElement* bin = gst_parse_bin_from_description(description.c_str(), TRUE,
                                                   glib::Out(error));
  EXPECT(bin != nullptr, error->message);
  gst_bin_add(GST_BIN(pipeline()), bin);
  fail_unless(gst_element_link(bin, sink_));
  return bin;
}

GstStateChangeReturn SinkCase::SetState(GstState state) {
  return gst_element_set_state(pipeline_.get(), state);
}

void SinkCase::Reach(GstState state) {
  SetState(state);
  GstState now = GST_STATE_VOID_PENDING;
  const GstStateChangeReturn result = gst_element_get_state(
      pipeline_.get(), &now, nullptr, std::chrono::nanoseconds(kWait).count());
  EXPECT(result == GST_STATE_CHANGE_SUCCESS && now == state,
         std::string("the state is ") + gst_element_state_get_name(now));
}

void SinkCase::Begin(Bytes streamheader) {
  Unlink();
  pad_ = gst_pad_new("src", GST_PAD_SRC);
  gst_pad_set_active(pad_, TRUE);
  GstPad* peer = gst_element_get_static_pad(sink_, "sink");
  const GstPadLinkReturn linked = gst_pad_link(pad_, peer);
  gst_object_unref(peer);
  EXPECT(linked == GST_PAD_LINK_OK, "the pads cannot be linked");
  PushEvent(gst_event_new_stream_start("test"));
  PushCaps(streamheader);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  PushEvent(gst_event_new_segment(&segment));
}

void SinkCase::PushCaps(Bytes streamheader) {
  GstCaps* caps = MakeCaps(streamheader);
  PushEvent(gst_event_new_caps(caps));
  gst_caps_unref(caps);
}

bool SinkCase::PushEvent(GstEvent* event) {
  return gst_pad_push_event(pad_, event) != FALSE;
}

GstFlowReturn SinkCase::Push(Bytes bytes, GstClockTime pts) {
  GstBuffer* buffer = MakeBuffer(bytes);
  GST_BUFFER_PTS(buffer) = pts;
  return PushBuffer(buffer);
}

GstFlowReturn SinkCase::PushBuffer(GstBuffer* buffer) {
  return gst_pad_push(pad_, buffer);
}

GstFlowReturn SinkCase::PushAll(const std::vector<ByteVector>& packets) {
  for (const ByteVector& packet : packets) {
    const GstFlowReturn flow = Push(packet);
    if (flow != GST_FLOW_OK) return flow;
  }
  return GST_FLOW_OK;
}

GstFlowReturn SinkCase::PushList(const std::vector<ByteVector>& buffers) {
  GstBufferList* list = gst_buffer_list_new();
  for (const ByteVector& bytes : buffers)
    gst_buffer_list_add(list, MakeBuffer(bytes));
  return gst_pad_push_list(pad_, list);
}

std::future<GstFlowReturn> SinkCase::PushLater(
    const std::vector<ByteVector>& packets) {
  return std::async(std::launch::async,
                    [this, packets] { return PushAll(packets); });
}

std::future<bool> SinkCase::EosLater() {
  return std::async(std::launch::async, [this] { return PushEos(); });
}

void SinkCase::Play(Bytes header) {
  SetState(GST_STATE_PLAYING);
  Begin(header);
}

StructurePtr SinkCase::Stats() const {
  GstStructure* stats = nullptr;
  g_object_get(sink_, "stats", &stats, nullptr);
  return StructurePtr(stats);
}

guint64 SinkCase::Stat(const char* field) const {
  guint64 value = 0;
  EXPECT(gst_structure_get_uint64(Stats().get(), field, &value),
         std::string("no field ") + field);
  return value;
}

}  // namespace wms::test
