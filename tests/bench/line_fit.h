// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <vector>

namespace wms::bench {

struct LinePoint {
  double x;
  double y;
};

/// The least-squares line through points.
struct LineFit {
  double slope = 0;
  double at_zero = 0;
  /// Share of the variance that the line explains (R squared): 1 when all
  /// points lie on it, and when they have none.
  double explained = 1;
};

inline LineFit FitLine(const std::vector<LinePoint>& points) {
  double mean_x = 0;
  double mean_y = 0;
  for (const LinePoint& point : points) {
    mean_x += point.x / static_cast<double>(points.size());
    mean_y += point.y / static_cast<double>(points.size());
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const LinePoint& point : points) {
    xx += (point.x - mean_x) * (point.x - mean_x);
    xy += (point.x - mean_x) * (point.y - mean_y);
    yy += (point.y - mean_y) * (point.y - mean_y);
  }
  LineFit fit;
  if (xx > 0) fit.slope = xy / xx;
  fit.at_zero = mean_y - fit.slope * mean_x;
  if (xx > 0 && yy > 0) fit.explained = xy * xy / (xx * yy);
  return fit;
}

}  // namespace wms::bench
