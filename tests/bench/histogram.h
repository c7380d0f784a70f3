// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>
#include <utility>
#include <vector>

namespace wms::bench {

/// How many packets left how many milliseconds after their time.
class Histogram {
 public:
  /// Milliseconds to each side of 0 that are shown one by one; what is
  /// further off counts into the last.
  static constexpr int kRange = 20;

  explicit Histogram(std::string title) : title_(std::move(title)) {}

  void Add(double milliseconds) { values_.push_back(milliseconds); }

  const std::string& title() const { return title_; }
  /// One line of figures.
  std::string Summary() const;
  /// The figures, and a bar of characters for each millisecond.
  std::string Text() const;
  /// Share of the values in each millisecond from -kRange to kRange.
  std::vector<double> Shares() const;

 private:
  std::string title_;
  std::vector<double> values_;
};

/// An SVG picture of all of them, one below the other.
std::string Draw(const std::vector<Histogram>& histograms);

}  // namespace wms::bench
