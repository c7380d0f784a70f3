// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "sinks.h"

#include "packets.h"

namespace wms::bench {

GstElement* MakeSink(const std::string& factory, std::uint16_t port,
                     const std::string& host) {
  GstElement* sink = gst_element_factory_make(factory.c_str(), nullptr);
  if (sink == nullptr) {
    g_printerr("there is no %s\n", factory.c_str());
    return nullptr;
  }
  gst_object_ref_sink(sink);
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  if (factory == "tcpclientsink") {
    g_object_set(sink, "host", host.c_str(), "port", static_cast<gint>(port),
                 nullptr);
  } else if (factory != "fakesink") {
    const std::string location =
        "http://" + host + ":" + std::to_string(port) + "/bench";
    g_object_set(sink, "location", location.c_str(), nullptr);
  }
  if (factory == "wmspushsink") {
    // The header of these packets is right, and states no bitrate.
    g_object_set(sink, "repair-header", FALSE, nullptr);
  }
  return sink;
}

SinkUnderLoad::SinkUnderLoad(GstElement* sink, guint32 packet_size, Feed feed,
                             guint together)
    : feed_(feed),
      together_(together),
      sink_(sink),
      source_(gst_pad_new("source", GST_PAD_SRC)),
      target_(gst_element_get_static_pad(sink, "sink")) {
  for (std::size_t i = 0; i < kPackets; ++i)
    packets_.push_back(
        MakePackets(packet_size, feed == Feed::kBlocks ? together : 1));
  gst_element_set_state(sink_, GST_STATE_PLAYING);
  gst_pad_set_active(source_, TRUE);
  g_assert(gst_pad_link(source_, target_) == GST_PAD_LINK_OK);
  PushStart(source_, packet_size);
  Push();
}

SinkUnderLoad::~SinkUnderLoad() {
  gst_element_set_state(sink_, GST_STATE_NULL);
  for (GstBuffer* packet : packets_)
    gst_buffer_unref(packet);
  gst_pad_unlink(source_, target_);
  gst_object_unref(target_);
  gst_object_unref(source_);
  gst_object_unref(sink_);
}

GstBuffer* SinkUnderLoad::Next() {
  GstBuffer* packet = gst_buffer_ref(packets_[next_]);
  next_ = (next_ + 1) % packets_.size();
  return packet;
}

void SinkUnderLoad::Push() {
  GstFlowReturn flow = GST_FLOW_OK;
  if (feed_ == Feed::kLists) {
    GstBufferList* list = gst_buffer_list_new_sized(together_);
    for (guint i = 0; i < together_; ++i)
      gst_buffer_list_add(list, Next());
    flow = gst_pad_push_list(source_, list);
  } else {
    flow = gst_pad_push(source_, Next());
  }
  if (flow != GST_FLOW_OK) g_error("flow %s", gst_flow_get_name(flow));
}

}  // namespace wms::bench
