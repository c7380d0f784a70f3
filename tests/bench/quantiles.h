// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <algorithm>
#include <vector>

namespace wms::bench {

/// The value below which @a share (0 to 1) of them lie; 0 of none.
template <typename T>
double Quantile(std::vector<T> values, double share) {
  if (values.empty()) return 0;
  const auto place =
      values.begin() + static_cast<std::ptrdiff_t>(
                           share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), place, values.end());
  return static_cast<double>(*place);
}

template <typename T>
double Median(const std::vector<T>& values) {
  return Quantile(values, 0.5);
}

}  // namespace wms::bench
