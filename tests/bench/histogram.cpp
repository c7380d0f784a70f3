// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "histogram.h"

#include "quantiles.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace wms::bench {
namespace {

constexpr int kBars = 2 * Histogram::kRange + 1;
constexpr int kCharacters = 60;  // of the longest bar in text

// The picture, in pixels.
constexpr int kBarWidth = 16;
constexpr int kLeft = 50;
constexpr int kPlotHeight = 130;
constexpr int kPanelHeight = kPlotHeight + 70;
constexpr int kWidth = kLeft + kBars * kBarWidth + 20;

std::string Text(double number, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string Label(double x, double y, const char* anchor, int size,
                  const std::string& text) {
  return "<text x='" + Text(x, 1) + "' y='" + Text(y, 1) + "' text-anchor='" +
         anchor + "' font-size='" + std::to_string(size) + "'>" + text +
         "</text>\n";
}

std::string DrawPanel(const Histogram& histogram, int top) {
  const std::vector<double> shares = histogram.Shares();
  const double highest = *std::max_element(shares.begin(), shares.end());
  const double base = top + 45 + kPlotHeight;
  std::string svg = Label(kLeft, top + 16, "start", 14, histogram.title());
  svg += Label(kLeft, top + 33, "start", 11, histogram.Summary());
  svg += Label(kLeft - 6, base, "end", 10, "0 %");
  svg += Label(kLeft - 6, base - kPlotHeight + 8, "end", 10,
               Text(highest * 100, 0) + " %");
  for (int i = 0; i < kBars; ++i) {
    const double height =
        shares[static_cast<std::size_t>(i)] / highest * kPlotHeight;
    const double x = kLeft + i * kBarWidth;
    if (height > 0) {
      svg += "<rect x='" + Text(x + 1, 1) + "' y='" + Text(base - height, 1) +
             "' width='" + std::to_string(kBarWidth - 2) + "' height='" +
             Text(height, 1) + "' fill='#3465a4'/>\n";
    }
    const int ms = i - Histogram::kRange;
    if (ms % 5 == 0) {
      svg += Label(x + kBarWidth / 2.0, base + 14, "middle", 10,
                   std::to_string(ms) + " ms");
    }
  }
  svg += "<line x1='" + std::to_string(kLeft) + "' x2='" +
         std::to_string(kWidth - 20) + "' y1='" + Text(base, 1) + "' y2='" +
         Text(base, 1) + "' stroke='#555'/>\n";
  return svg;
}

}  // namespace

std::string Histogram::Summary() const {
  const auto milliseconds = [this](double share) {
    return wms::bench::Text(Quantile(values_, share), 1) + " ms";
  };
  return std::to_string(values_.size()) + " packets: earliest " +
         milliseconds(0) + ", 1 % by " + milliseconds(0.01) + ", 99 % by " +
         milliseconds(0.99) + ", latest " + milliseconds(1);
}

std::vector<double> Histogram::Shares() const {
  std::vector<double> shares(kBars, 0.0);
  for (const double value : values_) {
    const int ms =
        std::clamp(static_cast<int>(std::lround(value)), -kRange, kRange);
    shares[static_cast<std::size_t>(ms + kRange)] +=
        1.0 / static_cast<double>(values_.size());
  }
  return shares;
}

std::string Histogram::Text() const {
  const std::vector<double> shares = Shares();
  const double highest = *std::max_element(shares.begin(), shares.end());
  std::string text = title_ + "\n" + Summary() + "\n";
  for (int i = 0; i < kBars; ++i) {
    const double share = shares[static_cast<std::size_t>(i)];
    if (share == 0) continue;
    char line[80];
    std::snprintf(line, sizeof line, "%4d ms %5.1f %% ", i - kRange,
                  share * 100);
    text += line;
    text.append(
        static_cast<std::size_t>(std::ceil(share / highest * kCharacters)),
        '#');
    text += "\n";
  }
  return text;
}

std::string Draw(const std::vector<Histogram>& histograms) {
  const int height = kPanelHeight * static_cast<int>(histograms.size()) + 10;
  std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' width='" +
                    std::to_string(kWidth) + "' height='" +
                    std::to_string(height) +
                    "' font-family='sans-serif'>\n"
                    "<rect width='100%' height='100%' fill='white'/>\n";
  int top = 5;
  for (const Histogram& histogram : histograms) {
    svg += DrawPanel(histogram, top);
    top += kPanelHeight;
  }
  return svg + "</svg>\n";
}

}  // namespace wms::bench
