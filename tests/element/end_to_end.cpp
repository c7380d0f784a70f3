// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"
#include "common/pubpoint_thread.h"
#include "element/frame_sums.h"
#include "element/sink_case.h"
#include "loopback/scripted_server.h"

#include <filesystem>
#include <fstream>

namespace wms::test {
namespace {

const char* const kVideo =
    "videotestsrc num-buffers=60 ! video/x-raw,width=160,height=120,"
    "framerate=30/1 ! avenc_wmv2 bitrate=400000 ! "
    "identity single-segment=true ! queue ! mux. ";
const char* const kAudio =
    "audiotestsrc num-buffers=90 samplesperbuffer=1024 ! "
    "audio/x-raw,rate=44100,channels=2 ! audioconvert ! avenc_wmav2 ! "
    "identity single-segment=true ! queue ! mux. ";

/// Writes down what asfmux makes, and holds its packets back until the test
/// opens the gate.
class Capture {
 public:
  Capture(GstElement* mux, const Gate& gate)
      : pad_(gst_element_get_static_pad(mux, "src")), gate_(gate) {
    gst_pad_add_probe(pad_.get(), GST_PAD_PROBE_TYPE_BUFFER, OnBuffer, this,
                      nullptr);
  }

  const ByteVector& header() const { return header_; }
  const std::vector<ByteVector>& packets() const { return packets_; }

 private:
  static GstPadProbeReturn OnBuffer(GstPad* /*pad*/, GstPadProbeInfo* info,
                                    gpointer data) noexcept {
    auto* self = static_cast<Capture*>(data);
    GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    ByteVector bytes(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
    if (self->header_.empty()) {
      self->header_ = std::move(bytes);
    } else {
      self->gate_.Wait();
      self->packets_.push_back(std::move(bytes));
    }
    return GST_PAD_PROBE_OK;
  }

  std::unique_ptr<GstPad, glib::Deleter<gst_object_unref>> pad_;
  const Gate& gate_;
  // The streaming thread's until EOS:
  ByteVector header_;
  std::vector<ByteVector> packets_;
};

/// Reads a live point by plain HTTP until the server closes.
ByteVector Download(unsigned port, const std::string& path) {
  const auto client = glib::Ref<GSocketClient>::Take(g_socket_client_new());
  g_socket_client_set_enable_proxy(client.get(), FALSE);
  g_socket_client_set_timeout(client.get(), 20);
  const auto connection =
      glib::Ref<GSocketConnection>::Take(g_socket_client_connect_to_host(
          client.get(), "127.0.0.1", static_cast<guint16>(port), nullptr,
          nullptr));
  if (!connection) return {};
  auto* stream = G_IO_STREAM(connection.get());
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  g_output_stream_write_all(g_io_stream_get_output_stream(stream),
                            request.data(), request.size(), nullptr, nullptr,
                            nullptr);
  ByteVector all;
  ByteVector piece(65536);
  for (;;) {
    const gssize size =
        g_input_stream_read(g_io_stream_get_input_stream(stream), piece.data(),
                            piece.size(), nullptr, nullptr);
    if (size <= 0) break;
    Append(all, Bytes(piece).first(static_cast<std::size_t>(size)));
  }
  const std::string_view text(reinterpret_cast<const char*>(all.data()),
                              all.size());
  const std::size_t head = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1") || head == std::string_view::npos ||
      text.substr(0, 20).find(" 200 ") == std::string_view::npos) {
    return {};
  }
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(head + 4));
  return all;
}

/// A packet of asfmux as a receiver has it. asfmux leaves the padding out of
/// the Packet Length, where [ASF] 5.2.2 counts it in: once the padding has
/// been removed and put back it is counted in. Nothing else differs.
ByteVector AsReceived(ByteVector packet) {
  const auto parsed = asf::ParseDataPacket(packet);
  EXPECT(static_cast<bool>(parsed), "asfmux makes malformed packets");
  if (parsed->padding_length.value != 0) {
    StoreLe(packet.data() + parsed->packet_length.offset, packet.size(),
            parsed->packet_length.size);
  }
  return packet;
}

/// The frames that GStreamer decodes, stream by stream.
FrameSums DecodedFrames(const ByteVector& asf, bool video, bool audio) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() /
      ("end-to-end-" + std::to_string(g_get_monotonic_time()) + ".asf");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(asf.data()),
             static_cast<std::streamsize>(asf.size()));
  const FrameSums sums =
      SumFramesOfFile(path.string(), video ? "avdec_wmv2" : nullptr,
                      audio ? "avdec_wmav2" : nullptr);
  std::filesystem::remove(path);
  return sums;
}

ByteVector Join(const ByteVector& header,
                const std::vector<ByteVector>& packets) {
  ByteVector all = header;
  for (const ByteVector& packet : packets)
    Append(all, packet);
  return all;
}

struct Case {
  const char* name;
  bool video;
  bool audio;
};

/// Pushes what asfmux makes, downloads it from the publishing point, and
/// checks that it is the same.
void CheckStream(const Case& what) {
  PubpointThread server;
  const Gate gate;
  SinkCase push(server.Url());
  std::string description = "asfmux name=mux streamable=true ";
  if (what.video) description += kVideo;
  if (what.audio) description += kAudio;
  GstElement* bin = push.Feed(description);
  const ElementPtr mux(gst_bin_get_by_name(GST_BIN(bin), "mux"));
  const Capture capture(mux.get(), gate);

  push.SetState(GST_STATE_PLAYING);
  fail_unless(server.WaitForHeaders(1));
  std::future<ByteVector> download = std::async(
      std::launch::async, Download, server.port(), std::string("/live"));
  fail_unless(server.WaitFor([](const Received& r) { return r.players == 1; }));
  gate.Open();
  push.messages().WaitFor("EOS");
  const ByteVector received = Get(download);
  push.Reach(GST_STATE_NULL);
  EXPECT(push.messages().Count("ERROR") + push.messages().Count("WARNING") == 0,
         push.messages().Order());
  const Received at_server = server.Snapshot();
  EXPECT(at_server.violations.empty(), at_server.violations.front());

  const ByteVector& header = capture.header();
  EXPECT(received.size() > header.size(), what.name);
  EXPECT(std::equal(header.begin(), header.end(), received.begin()),
         std::string(what.name) + ": the header differs");
  std::size_t at = header.size();
  std::size_t padded = 0;
  EXPECT(capture.packets().size() > 3, what.name);
  for (const ByteVector& packet : capture.packets()) {
    const ByteVector expected = AsReceived(packet);
    padded += expected != packet ? 1 : 0;
    EXPECT(received.size() >= at + expected.size(), what.name);
    EXPECT(std::equal(expected.begin(), expected.end(),
                      received.begin() + static_cast<std::ptrdiff_t>(at)),
           std::string(what.name) + ": the packet at " + std::to_string(at) +
               " differs");
    at += expected.size();
  }
  EXPECT(at == received.size(), what.name);
  EXPECT(padded > 0, std::string(what.name) + ": no packet has padding");

  const FrameSums original =
      DecodedFrames(Join(header, capture.packets()), what.video, what.audio);
  EXPECT(DecodedFrames(received, what.video, what.audio) == original,
         std::string(what.name) + ": the frames differ");
  EXPECT(original.video.empty() != what.video, what.name);
  EXPECT(original.audio.empty() != what.audio, what.name);
}

GST_START_TEST(test_video) {
  CheckStream({"video", true, false});
}
GST_END_TEST

GST_START_TEST(test_audio) {
  CheckStream({"audio", false, true});
}
GST_END_TEST

GST_START_TEST(test_video_and_audio) {
  CheckStream({"both", true, true});
}
GST_END_TEST

Suite* end_to_end_suite() {
  Suite* suite = suite_create("end_to_end");
  TCase* streams = tcase_create("streams");
  suite_add_tcase(suite, streams);
  tcase_add_test(streams, test_video);
  tcase_add_test(streams, test_audio);
  tcase_add_test(streams, test_video_and_audio);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::end_to_end_suite;
GST_CHECK_MAIN(end_to_end)
