// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/status.h"
#include "pubpoint/status_text.h"

#include <array>
#include <cstdio>
#include <functional>
#include <optional>
#include <string_view>

// The text exposition format 0.0.4 of Prometheus: for each metric a HELP and
// a TYPE line, then all its samples.

namespace wms::pubpoint {
namespace {

constexpr std::string_view kPrefix = "wms_publishing_point_";

/// A sum of Totals as a counter, of each point and of the server. A point's
/// sums end with it, those of the server never fall.
struct Counter {
  const char* name;
  const char* help;
  std::uint64_t Totals::*sum;
};

constexpr std::array<Counter, 10> kCounters = {{
    {"pushes_total", "Push sessions that have begun.", &Totals::pushes},
    {"received_headers_total", "Headers received in $H and $C packets.",
     &Totals::headers},
    {"received_packets_total", "Packets received in $D packets.",
     &Totals::packets},
    {"received_bytes_total", "Bytes of the headers and packets received.",
     &Totals::bytes},
    {"violations_total", "Rules of the protocol that push clients broke.",
     &Totals::violations},
    {"played_total", "Players that have begun.", &Totals::players},
    {"dropped_players_total", "Players dropped for being too slow.",
     &Totals::dropped_players},
    {"skipped_packets_total", "Packets left out for players too slow.",
     &Totals::skipped_packets},
    {"unframed_packets_total",
     "Packets that Windows Media players miss, too large for their protocol.",
     &Totals::unframed_packets},
    {"sent_bytes_total", "Bytes sent to players.", &Totals::sent_bytes},
}};

std::string Seconds(std::int64_t milliseconds) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.3f",
                static_cast<double>(milliseconds) / 1000);
  return text.data();
}

class MetricsWriter {
 public:
  void Begin(std::string_view name, std::string_view type,
             std::string_view help) {
    name_ = std::string(kPrefix).append(name);
    text_ += "# HELP " + name_ + " ";
    text_.append(help).append("\n# TYPE " + name_ + " ");
    text_.append(type).append("\n");
  }
  void Sample(const std::string& value) { text_ += name_ + " " + value + "\n"; }
  void Sample(std::string_view label, std::string_view label_value,
              const std::string& value) {
    text_.append(name_).append("{").append(label).append("=\"");
    text_.append(EscapeLabel(label_value)).append("\"} ");
    text_.append(value).append("\n");
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

/// One sample for each point that @a value gives one.
void Gauge(MetricsWriter& metrics, const ServerStatus& status,
           std::string_view name, std::string_view help,
           const std::function<std::optional<std::string>(const PointStatus&)>&
               value) {
  metrics.Begin(name, "gauge", help);
  for (const PointStatus& point : status.points) {
    if (const auto text = value(point)) {
      metrics.Sample("point", point.path, *text);
    }
  }
}

void WriteServer(MetricsWriter& metrics, const ServerStatus& status) {
  metrics.Begin("info", "gauge", "Version of the server; always 1.");
  metrics.Sample("version", status.version, "1");
  metrics.Begin("uptime_seconds", "gauge", "Time since the server started.");
  metrics.Sample(std::to_string(status.uptime.count()));
  metrics.Begin("points", "gauge", "Publishing points that exist.");
  metrics.Sample(std::to_string(status.points.size()));
  for (const Counter& counter : kCounters) {
    metrics.Begin(std::string("server_") + counter.name, "counter",
                  std::string(counter.help) + " Whole server.");
    metrics.Sample(std::to_string(status.totals.*counter.sum));
  }
}

void WritePoints(MetricsWriter& metrics, const ServerStatus& status) {
  for (const Counter& counter : kCounters) {
    metrics.Begin(counter.name, "counter", counter.help);
    for (const PointStatus& point : status.points)
      metrics.Sample("point", point.path,
                     std::to_string(point.totals.*counter.sum));
  }
  Gauge(metrics, status, "live", "1 while there is a stream to play.",
        [](const PointStatus& p) { return std::string(p.live ? "1" : "0"); });
  Gauge(metrics, status, "players", "Players connected now.",
        [](const PointStatus& p) { return std::to_string(p.players.size()); });
  Gauge(metrics, status, "queued_bytes", "Bytes that wait for players.",
        [](const PointStatus& p) { return std::to_string(p.QueuedBytes()); });
  Gauge(metrics, status, "push_bits_per_second",
        "Rate of the push over the last seconds.",
        [](const PointStatus& p) -> std::optional<std::string> {
          if (!p.push) return std::nullopt;
          return std::to_string(p.push->bits_per_second);
        });
  Gauge(metrics, status, "push_lag_seconds",
        "How far send times run behind the clock.",
        [](const PointStatus& p) -> std::optional<std::string> {
          if (!p.push) return std::nullopt;
          return Seconds(p.push->lag_ms);
        });
}

}  // namespace

std::string StatusMetrics(const ServerStatus& status) {
  MetricsWriter metrics;
  WriteServer(metrics, status);
  WritePoints(metrics, status);
  return metrics.Take();
}

}  // namespace wms::pubpoint
