// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Weeks of a stream in minutes: one session from a push sink to a publishing
// point, both in this process, as fast as they go.
//
//     bench-soak [--gigabytes=6] [--days=60] [--content-length=1048576]
//
// Send times spread over the days, so that their 32 bits wrap after 49.7 of
// them; the bytes pass 2 and 4 GiB; each PushStart is as long as it says, and
// the next one follows. Prints memory as it goes, and fails when a packet is
// missing, comes twice or out of order.

#include "base/bytes.h"
#include "command_line.h"
#include "common/asf_samples.h"
#include "glib/ref.h"
#include "process_figures.h"
#include "pubpoint/observer.h"
#include "pubpoint/server.h"
#include "pushsink/writer_push_sink.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>

namespace {

using wms::Bytes;

constexpr std::size_t kPacketSize = 8000;
constexpr std::size_t kSerialSize = 8;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "soak: %s\n", why.c_str());
  std::exit(1);
}

/// Each packet ends with its number.
class Counter : public wms::pubpoint::Observer {
 public:
  void OnPacket(std::string_view /*path*/, Bytes /*received*/,
                const wms::asf::PaddedPacket& packet) override {
    const Bytes serial = Bytes(packet.bytes).last(kSerialSize);
    const std::uint64_t number = wms::LoadLe(serial.data(), serial.size());
    if (number != packets) {
      Fail("packet " + std::to_string(number) + " where " +
           std::to_string(packets) + " is expected");
    }
    ++packets;
  }
  void OnBodyComplete(std::string_view /*path*/) override { ++requests; }
  void OnEnd(std::string_view /*path*/, std::uint32_t reason) override {
    end.set_value(reason);
  }
  void OnViolation(std::string_view text) override { Fail(std::string(text)); }

  std::atomic<std::uint64_t> packets{0};
  std::atomic<std::uint64_t> requests{0};
  std::promise<std::uint32_t> end;
};

/// A publishing point in a thread.
class Receiver {
 public:
  explicit Receiver(Counter& counter)
      : thread_([this, &counter] { Run(counter); }) {}
  ~Receiver() {
    g_main_context_invoke(
        context_.get(),
        [](gpointer loop) -> gboolean {
          g_main_loop_quit(static_cast<GMainLoop*>(loop));
          return G_SOURCE_REMOVE;
        },
        loop_.get());
    thread_.join();
  }
  std::string Url() {
    return "http://127.0.0.1:" + std::to_string(port_.get_future().get()) +
           "/soak";
  }

 private:
  void Run(Counter& counter) {
    const wms::glib::ThreadDefault as_default(context_.get());
    wms::pubpoint::ServerOptions options;
    options.observer = &counter;
    wms::pubpoint::Server server(std::move(options));
    if (const auto started = server.Start(); !started) {
      Fail(started.error().message);
    }
    port_.set_value(server.port());
    g_main_loop_run(loop_.get());
    server.Stop([this] { g_main_loop_quit(loop_.get()); });
    g_main_loop_run(loop_.get());
  }

  wms::glib::MainContext context_{g_main_context_new()};
  std::unique_ptr<GMainLoop, wms::glib::Deleter<g_main_loop_unref>> loop_{
      g_main_loop_new(context_.get(), FALSE)};
  std::promise<unsigned> port_;
  std::thread thread_;
};

void Expect(wms::WriterPushSink& sink, wms::HResult hr, const char* what) {
  if (hr == wms::HResult::S_OK) return;
  Fail(std::string(what) + ": " + std::string(wms::HResultName(hr)) + ", " +
       sink.LastError());
}

struct Length {
  std::uint64_t packets;
  std::uint64_t step_ms;  ///< of the send time from packet to packet
};

/// Sends all packets, and tells ten times how it is going.
void SendAll(wms::WriterPushSink& sink, const Counter& counter,
             const Length& length) {
  wms::test::ByteVector packet =
      wms::test::MakePacket({.packet_size = kPacketSize});
  std::uint8_t* serial = packet.data() + packet.size() - kSerialSize;
  for (std::uint64_t i = 0; i < length.packets; ++i) {
    wms::test::SetSendTime(packet,
                           static_cast<std::uint32_t>(i * length.step_ms));
    wms::StoreLe(serial, i, kSerialSize);
    Expect(sink, sink.OnDataUnit(packet), "OnDataUnit");
    if ((i + 1) % (length.packets / 10) != 0) continue;
    std::printf("%6.2f GB %5.1f days %8llu requests %6.0f KiB\n",
                static_cast<double>((i + 1) * kPacketSize) / 1e9,
                static_cast<double>(i * length.step_ms) / 86400e3,
                static_cast<unsigned long long>(counter.requests),
                wms::bench::MemoryOf(getpid()).rss_kib);
  }
}

void Run(double gigabytes, double days, gint64 content_length) {
  Counter counter;
  Receiver receiver(counter);
  const auto sink = wms::CreateWriterPushSink();
  wms::PushOptions options;
  options.content_length = static_cast<std::uint64_t>(content_length);
  options.reconnect = false;
  sink->SetOptions(options);
  Expect(*sink, sink->Connect(receiver.Url()), "Connect");
  Expect(*sink, sink->WaitConnected(), "Connect");
  Expect(*sink,
         sink->OnHeader(wms::test::MakeHeader({.packet_size = kPacketSize})),
         "OnHeader");
  Length length{};
  length.packets = static_cast<std::uint64_t>(gigabytes * 1e9 / kPacketSize);
  length.step_ms = static_cast<std::uint64_t>(
      days * 86400e3 / static_cast<double>(length.packets));
  SendAll(*sink, counter, length);
  Expect(*sink, sink->EndSession(std::chrono::seconds(60)), "EndSession");
  if (counter.end.get_future().get() != 0) Fail("the end is none");
  if (counter.packets != length.packets) Fail("packets are missing");
  std::printf("%llu packets, all there, once and in order\n",
              static_cast<unsigned long long>(length.packets));
}

}  // namespace

int main(int argc, char** argv) {
  gdouble gigabytes = 6;
  gdouble days = 60;
  gint64 content_length = 1 << 20;
  const GOptionEntry entries[] = {
      {"gigabytes", 0, 0, G_OPTION_ARG_DOUBLE, &gigabytes, "Bytes to push",
       "N"},
      {"days", 0, 0, G_OPTION_ARG_DOUBLE, &days, "What send times cover", "N"},
      {"content-length", 0, 0, G_OPTION_ARG_INT64, &content_length,
       "Of each PushStart", "BYTES"},
      {}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries)) return 2;
  Run(gigabytes, days, content_length);
  return 0;
}
