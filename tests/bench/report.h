// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <string>
#include <vector>

namespace wms::bench {

/// What one line of a table says.
class Row {
 public:
  Row& Text(const std::string& name, const std::string& value);
  Row& Number(const std::string& name, double value, int digits = 0);
  /// Goes into the JSON alone: what the numbers were made of.
  Row& List(const std::string& name, const std::vector<double>& values);

 private:
  friend class Report;
  struct Cell {
    std::string name;
    std::string text;  ///< "" when it is not shown
    std::string json;
  };
  std::vector<Cell> cells_;
};

/// The results of a benchmark: a table on stdout, line by line as they come,
/// and JSON.
class Report {
 public:
  /// Prints it, below the names of its columns where these change.
  void Add(const Row& row);

  /// Writes all rows as a JSON array.
  /// @param path null for nowhere.
  /// @return false, with a word to stderr, when that has failed.
  bool Write(const char* path) const;

 private:
  std::vector<std::string> columns_;
  std::string json_;
};

}  // namespace wms::bench
