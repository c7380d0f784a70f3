// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// When packets leave, against the send times inside them: a file that
// wmspushsink sends in real time, and live sources through wmspushbin, to a
// publishing point in this process.
//
//     bench-departures [--seconds=60] [--svg=FILE]
//
// Prints a histogram for each, and draws them into FILE.

#include "asf/data_packet.h"
#include "command_line.h"
#include "common/pubpoint_thread.h"
#include "common/scratch_dir.h"
#include "glib/ref.h"
#include "histogram.h"

#include <gst/gst.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using wms::bench::Histogram;
using wms::test::PubpointThread;
using wms::test::Received;

using PipelinePtr =
    std::unique_ptr<GstElement, wms::glib::Deleter<gst_object_unref>>;

const std::string kVideo =
    " ! video/x-raw,width=320,height=240,framerate=30/1 ";

PipelinePtr Launch(const std::string& description) {
  wms::glib::ErrorPtr error;
  PipelinePtr pipeline(
      gst_parse_launch(description.c_str(), wms::glib::Out(error)));
  if (error) g_error("%s", error->message);
  return pipeline;
}

/// Plays until EOS, or for @a seconds; an error ends the program.
void Play(GstElement* pipeline, gint seconds) {
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus* bus = gst_element_get_bus(pipeline);
  const gint64 end = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
  for (;;) {
    const gint64 left = end - g_get_monotonic_time();
    if (left <= 0) break;
    GstMessage* message =
        gst_bus_timed_pop(bus, static_cast<GstClockTime>(left) * GST_USECOND);
    if (message == nullptr) continue;
    const GstMessageType type = GST_MESSAGE_TYPE(message);
    if (type == GST_MESSAGE_LATENCY)
      gst_bin_recalculate_latency(GST_BIN(pipeline));
    if (type == GST_MESSAGE_ERROR) g_error("the pipeline has failed");
    gst_message_unref(message);
    if (type == GST_MESSAGE_EOS) break;
  }
  gst_object_unref(bus);
  gst_element_set_state(pipeline, GST_STATE_NULL);
}

/// Writes @a seconds of test pictures and tone at 630 kb/s into a file.
void MakeFile(const std::string& path, gint seconds) {
  const std::string description =
      "asfmux name=mux streamable=true ! filesink location=" + path +
      " videotestsrc pattern=ball num-buffers=" + std::to_string(30 * seconds) +
      kVideo +
      "! avenc_wmv2 bitrate=500000 ! identity single-segment=true ! queue ! "
      "mux. audiotestsrc samplesperbuffer=1470 num-buffers=" +
      std::to_string(30 * seconds) +
      " ! avenc_wmav2 bitrate=128000 ! queue ! mux.";
  const PipelinePtr pipeline = Launch(description);
  Play(pipeline.get(), 600);
}

/// Arrivals at a server, each with the send time of its packet.
class Arrivals {
 public:
  explicit Arrivals(PubpointThread& server)
      : server_(server), thread_([this] { Watch(); }) {}
  ~Arrivals() { thread_.join(); }

  /// Milliseconds by which packets left after their time, less the median of
  /// that: it is the latency of the pipeline, which is none for a file.
  std::vector<double> Deviations() const {
    std::vector<double> deviations;
    for (const Arrival& arrival : arrivals_) {
      deviations.push_back(static_cast<double>(arrival.time) / 1000 -
                           arrival.send_time_ms);
    }
    std::vector<double> sorted = deviations;
    std::sort(sorted.begin(), sorted.end());
    for (double& deviation : deviations)
      deviation -= sorted[sorted.size() / 2];
    return deviations;
  }

 private:
  struct Arrival {
    gint64 time;  // microseconds
    std::uint32_t send_time_ms;
  };

  void Watch() {
    server_.WaitFor(
        [this](const Received& received) {
          const gint64 now = g_get_monotonic_time();
          for (std::size_t i = arrivals_.size(); i < received.packets.size();
               ++i) {
            const auto packet = wms::asf::ParseDataPacket(received.packets[i]);
            arrivals_.push_back({now, packet->send_time_ms});
          }
          return received.closed > 0;
        },
        std::chrono::hours(2));
  }

  PubpointThread& server_;
  std::vector<Arrival> arrivals_;
  std::thread thread_;
};

/// Runs @a source in front of @a sink, which gets a location.
Histogram Measure(const std::string& title, const std::string& before,
                  const std::string& behind, gint seconds) {
  PubpointThread server;
  const PipelinePtr pipeline =
      Launch(before + " location=" + server.Url() + " " + behind);
  std::vector<double> deviations;
  {
    Arrivals arrivals(server);
    Play(pipeline.get(), seconds);
    server.WaitForClosed();
    server.Stop();
    deviations = arrivals.Deviations();
  }
  Histogram histogram(title);
  for (const double deviation : deviations)
    histogram.Add(deviation);
  return histogram;
}

std::vector<Histogram> Run(gint seconds) {
  const wms::test::ScratchDir directory;
  const std::string path = directory.path() + "/movie.wmv";
  MakeFile(path, seconds);
  const std::string live = "videotestsrc is-live=true pattern=ball" + kVideo +
                           "! push. audiotestsrc is-live=true ! push.";
  std::vector<Histogram> all;
  all.push_back(Measure("a file, wmspushsink",
                        "filesrc location=" + path + " ! wmspushsink", "",
                        seconds + 10));
  all.push_back(Measure("live, wmspushbin latency=smooth",
                        "wmspushbin name=push", live, seconds));
  all.push_back(Measure("live, wmspushbin latency=low",
                        "wmspushbin name=push latency=low", live, seconds));
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  gint seconds = 60;
  gchar* svg = nullptr;
  const GOptionEntry entries[] = {
      {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Length of each run", "N"},
      {"svg", 0, 0, G_OPTION_ARG_FILENAME, &svg, "Picture to draw", "FILE"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }

  const std::vector<Histogram> all = Run(seconds);
  for (const Histogram& histogram : all)
    std::printf("%s\n", histogram.Text().c_str());
  if (svg != nullptr) std::ofstream(svg) << wms::bench::Draw(all);
  g_free(svg);
  return 0;
}
