// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "packets.h"

#include "common/asf_samples.h"

namespace wms::bench {
namespace {

GstBuffer* ToBuffer(const test::ByteVector& bytes) {
  return gst_buffer_new_memdup(bytes.data(), bytes.size());
}

}  // namespace

void PushStart(GstPad* source, guint32 packet_size,
               std::size_t header_padding) {
  gst_pad_push_event(source, gst_event_new_stream_start("bench"));
  GstCaps* caps = gst_caps_new_empty_simple("video/x-ms-asf");
  gst_pad_push_event(source, gst_event_new_caps(caps));
  gst_caps_unref(caps);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(source, gst_event_new_segment(&segment));
  test::HeaderSample header;
  header.packet_size = packet_size;
  header.streams = 1;  // whose payloads the packets have
  header.max_bitrate = 0;
  header.padding = header_padding;
  gst_pad_push(source, ToBuffer(test::MakeHeader(header)));
}

GstBuffer* MakePackets(guint32 packet_size, guint count) {
  test::PacketSample packet;
  packet.packet_size = packet_size;
  const test::ByteVector one = test::MakePacket(packet);
  test::ByteVector all;
  for (guint i = 0; i < count; ++i)
    all.insert(all.end(), one.begin(), one.end());
  return ToBuffer(all);
}

}  // namespace wms::bench
