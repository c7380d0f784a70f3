// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "fed_sink.h"

#include "marks.h"
#include "packets.h"

namespace wms::bench {

FedSink::FedSink(GstElement* sink, GstBuffer* packet, std::uint32_t stream)
    : sink_(sink),
      source_(gst_pad_new("source", GST_PAD_SRC)),
      target_(gst_element_get_static_pad(sink, "sink")),
      packet_(gst_buffer_ref(packet)),
      stream_(stream) {
  gst_pad_set_active(source_, TRUE);
  if (gst_pad_link(source_, target_) != GST_PAD_LINK_OK) {
    g_error("%s cannot be linked", GST_OBJECT_NAME(sink));
  }
  gst_element_set_state(sink_, GST_STATE_READY);
}

FedSink::~FedSink() {
  gst_element_set_state(sink_, GST_STATE_NULL);
  gst_pad_unlink(source_, target_);
  gst_object_unref(target_);
  gst_object_unref(source_);
  gst_object_unref(sink_);
  gst_buffer_unref(packet_);
}

void FedSink::Start(std::size_t header_padding) {
  gst_element_set_state(sink_, GST_STATE_PLAYING);
  PushStart(source_, static_cast<guint32>(gst_buffer_get_size(packet_)),
            header_padding);
}

void FedSink::Push(std::int64_t mark_time_ns) {
  GstBuffer* packet = gst_buffer_copy_deep(packet_);
  GstMapInfo map;
  gst_buffer_map(packet, &map, GST_MAP_WRITE);
  PutMark({map.data, map.size}, {stream_, number_++, mark_time_ns});
  gst_buffer_unmap(packet, &map);
  const GstFlowReturn flow = gst_pad_push(source_, packet);
  if (flow != GST_FLOW_OK) g_error("flow %s", gst_flow_get_name(flow));
}

}  // namespace wms::bench
