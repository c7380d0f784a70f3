// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "element/sink_case.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <condition_variable>

// ASF out of a tcpclientsrc, which cuts it where the network does, and out of
// an appsrc, which an application cuts.

namespace wms::test {
namespace {

using glib::Ref;

/// Counts the bytes that have come to the sink.
class Arrivals {
 public:
  explicit Arrivals(GstElement* sink)
      : pad_(Ref<GstPad>::Take(gst_element_get_static_pad(sink, "sink"))),
        probe_(gst_pad_add_probe(pad_.get(), GST_PAD_PROBE_TYPE_BUFFER,
                                 OnBuffer, this, nullptr)) {}
  ~Arrivals() { gst_pad_remove_probe(pad_.get(), probe_); }
  Arrivals(const Arrivals&) = delete;
  Arrivals& operator=(const Arrivals&) = delete;

  void WaitFor(std::size_t bytes) {
    std::unique_lock lock(mutex_);
    const bool there =
        changed_.wait_for(lock, kWait, [&] { return bytes_ >= bytes; });
    EXPECT(there, std::to_string(bytes_) + " bytes of " +
                      std::to_string(bytes) + " have come");
  }
  std::size_t buffers() const {
    const std::lock_guard lock(mutex_);
    return buffers_;
  }

 private:
  static GstPadProbeReturn OnBuffer(GstPad* /*pad*/, GstPadProbeInfo* info,
                                    gpointer data) noexcept {
    auto* self = static_cast<Arrivals*>(data);
    const std::lock_guard lock(self->mutex_);
    self->bytes_ += gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info));
    ++self->buffers_;
    self->changed_.notify_all();
    return GST_PAD_PROBE_OK;
  }

  const Ref<GstPad> pad_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t bytes_ = 0;    // under mutex_
  std::size_t buffers_ = 0;  // under mutex_
  const gulong probe_;
};

/// What a tcpclientsrc connects to.
class Sender {
 public:
  Sender() : listener_(Ref<GSocketListener>::Take(g_socket_listener_new())) {
    const auto loopback = Ref<GInetAddress>::Take(
        g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4));
    const auto any_port =
        Ref<GSocketAddress>::Take(g_inet_socket_address_new(loopback.get(), 0));
    GSocketAddress* address = nullptr;
    fail_unless(g_socket_listener_add_address(
        listener_.get(), any_port.get(), G_SOCKET_TYPE_STREAM,
        G_SOCKET_PROTOCOL_TCP, nullptr, &address, nullptr));
    const auto owned = Ref<GSocketAddress>::Take(address);
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
  }

  std::string Source() const {
    return "tcpclientsrc host=127.0.0.1 port=" + std::to_string(port_);
  }

  void Accept() {
    connection_ = Ref<GSocketConnection>::Take(
        g_socket_listener_accept(listener_.get(), nullptr, nullptr, nullptr));
    fail_unless(static_cast<bool>(connection_));
    g_socket_set_option(g_socket_connection_get_socket(connection_.get()),
                        IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
  }
  void Send(Bytes bytes) {
    GOutputStream* out =
        g_io_stream_get_output_stream(G_IO_STREAM(connection_.get()));
    fail_unless(g_output_stream_write_all(out, bytes.data(), bytes.size(),
                                          nullptr, nullptr, nullptr));
  }
  /// The source makes EOS of it.
  void Close() {
    g_io_stream_close(G_IO_STREAM(connection_.get()), nullptr, nullptr);
  }

 private:
  const Ref<GSocketListener> listener_;
  guint16 port_ = 0;
  Ref<GSocketConnection> connection_;
};

/// A stream, and what the server makes of it.
struct Stream {
  explicit Stream(std::size_t count) : packets(MakePackets(count)) {
    whole = header;
    for (const ByteVector& packet : packets) {
      Append(whole, packet);
      restored.push_back(Restored(Stripped(packet), packet.size()));
    }
  }

  const ByteVector header = MakeHeader();
  const std::vector<ByteVector> packets;
  ByteVector whole;
  std::vector<ByteVector> restored;
};

void ExpectAll(SinkCase& push, PubpointThread& server, const Stream& stream) {
  push.messages().WaitFor("EOS");
  fail_unless(server.WaitForEnd());
  const Received received = server.Snapshot();
  EXPECT(received.violations.empty(), received.violations.front());
  fail_unless(received.headers == std::vector<ByteVector>{stream.header});
  fail_unless_equals_int(received.packets.size(), stream.restored.size());
  fail_unless(received.packets == stream.restored);
  EXPECT(push.messages().Count("ERROR") == 0, push.messages().Order());
}

/// Each piece is a buffer: the next is sent when it has arrived. With pieces of
/// a byte each there is a cut at every place.
GST_START_TEST(test_pieces) {
  const Stream stream(8);
  for (const std::size_t size : {1, 7, 999, 1000, 1001}) {
    PubpointThread server;
    Sender sender;
    SinkCase push(server.Url());
    Arrivals arrivals(push.sink());
    push.Feed(sender.Source());
    push.SetState(GST_STATE_PLAYING);
    sender.Accept();
    std::size_t pieces = 0;
    for (std::size_t at = 0; at < stream.whole.size(); at += size) {
      const std::size_t end = std::min(at + size, stream.whole.size());
      sender.Send(Bytes(stream.whole).subspan(at, end - at));
      arrivals.WaitFor(end);
      ++pieces;
    }
    sender.Close();
    ExpectAll(push, server, stream);
    fail_unless_equals_int(arrivals.buffers(), pieces);
  }
}
GST_END_TEST

/// As fast as the network takes it, cut wherever it likes; with a header to be
/// repaired by what is measured, too.
GST_START_TEST(test_all_at_once) {
  const Stream stream(2000);
  for (const bool repair : {false, true}) {
    PubpointThread server;
    Sender sender;
    SinkCase push(server.Url());
    push.Set("repair-header", repair ? TRUE : FALSE);
    push.Feed(sender.Source());
    push.SetState(GST_STATE_PLAYING);
    sender.Accept();
    sender.Send(stream.whole);
    sender.Close();
    if (!repair) {
      ExpectAll(push, server, stream);
      continue;
    }
    push.messages().WaitFor("EOS");
    fail_unless(server.WaitForEnd());
    fail_unless(server.Snapshot().packets == stream.restored);
  }
}
GST_END_TEST

/// The other end goes away within a packet: what is whole has been sent.
GST_START_TEST(test_closed_within_a_packet) {
  const Stream stream(8);
  PubpointThread server;
  Sender sender;
  SinkCase push(server.Url());
  push.Feed(sender.Source());
  push.SetState(GST_STATE_PLAYING);
  sender.Accept();
  ByteVector more = stream.whole;
  Append(more, Bytes(stream.packets[0]).first(300));
  sender.Send(more);
  sender.Close();
  ExpectAll(push, server, stream);
  const std::string text = push.messages().TheFault("WARNING").text;
  EXPECT(text.find("300 bytes") != std::string::npos, text);
}
GST_END_TEST

/// An appsrc before the sink.
class Application {
 public:
  Application(SinkCase& push, const std::string& properties)
      : source_(Ref<GstElement>::Take(gst_bin_get_by_name(
            GST_BIN(push.Feed("appsrc name=source " + properties)),
            "source"))) {}

  GstFlowReturn Push(Bytes bytes) {
    GstFlowReturn flow = GST_FLOW_ERROR;
    GstBuffer* buffer = MakeBuffer(bytes);
    g_signal_emit_by_name(source_.get(), "push-buffer", buffer, &flow);
    gst_buffer_unref(buffer);
    return flow;
  }
  void End() {
    GstFlowReturn flow = GST_FLOW_ERROR;
    g_signal_emit_by_name(source_.get(), "end-of-stream", &flow);
    fail_unless_equals_int(flow, GST_FLOW_OK);
  }

 private:
  const Ref<GstElement> source_;
};

/// Bytes without times, with no caps or with either, cut anywhere; the header
/// comes in several buffers, in one, or in one with all the rest.
GST_START_TEST(test_application_with_bytes) {
  const Stream stream(8);
  for (const char* caps :
       {"", "caps=video/x-ms-asf", "caps=audio/x-ms-asf,parsed=false"}) {
    for (const std::size_t size : {
             std::size_t{77},
             stream.header.size(),
             std::size_t{1500},
             stream.whole.size(),
         }) {
      PubpointThread server;
      SinkCase push(server.Url());
      Application application(push, caps);
      push.SetState(GST_STATE_PLAYING);
      for (std::size_t at = 0; at < stream.whole.size(); at += size) {
        const std::size_t piece = std::min(size, stream.whole.size() - at);
        fail_unless_equals_int(
            application.Push(Bytes(stream.whole).subspan(at, piece)),
            GST_FLOW_OK);
      }
      application.End();
      ExpectAll(push, server, stream);
    }
  }
}
GST_END_TEST

/// A live one that stamps what it gives, a packet in each buffer.
GST_START_TEST(test_application_with_times) {
  const Stream stream(8);
  PubpointThread server;
  SinkCase push(server.Url());
  Application application(
      push, "caps=video/x-ms-asf format=time is-live=true do-timestamp=true");
  push.SetState(GST_STATE_PLAYING);
  fail_unless_equals_int(application.Push(stream.header), GST_FLOW_OK);
  for (const ByteVector& packet : stream.packets)
    fail_unless_equals_int(application.Push(packet), GST_FLOW_OK);
  application.End();
  ExpectAll(push, server, stream);
}
GST_END_TEST

/// What the application gives is refused: the bus says so, whatever appsrc goes
/// on to take.
GST_START_TEST(test_application_is_told) {
  PubpointThread server;
  SinkCase push(server.Url());
  Application application(push, "caps=video/x-ms-asf");
  push.SetState(GST_STATE_PLAYING);
  fail_unless_equals_int(application.Push(ByteVector(100, 'x')), GST_FLOW_OK);
  push.messages().WaitFor("ERROR");
  const std::string error = push.messages().TheFault("ERROR").text;
  EXPECT(error.find("this is not ASF") != std::string::npos, error);
  push.SetState(GST_STATE_NULL);
  fail_unless_equals_int(application.Push(ByteVector(100, 'x')),
                         GST_FLOW_FLUSHING);
}
GST_END_TEST

Suite* wmspushsink_sources_suite() {
  Suite* suite = suite_create("wmspushsink_sources");
  TCase* tcp = tcase_create("tcp");
  suite_add_tcase(suite, tcp);
  tcase_add_test(tcp, test_pieces);
  tcase_add_test(tcp, test_all_at_once);
  tcase_add_test(tcp, test_closed_within_a_packet);
  TCase* application = tcase_create("application");
  suite_add_tcase(suite, application);
  tcase_add_test(application, test_application_with_bytes);
  tcase_add_test(application, test_application_with_times);
  tcase_add_test(application, test_application_is_told);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_sources_suite;
GST_CHECK_MAIN(wmspushsink_sources)
