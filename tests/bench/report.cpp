// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "report.h"

#include "glib/ref.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace wms::bench {
namespace {

constexpr std::size_t kWidth = 9;  // of the narrowest column
constexpr std::size_t kTextWidth = 20;

std::string Quoted(const std::string& text) {
  return "\"" + text + "\"";
}

std::string Fixed(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

void Print(const std::string& text, std::size_t width) {
  std::printf("%-*s  ", static_cast<int>(width), text.c_str());
}

}  // namespace

Row& Row::Text(const std::string& name, const std::string& value) {
  cells_.push_back({name, value, Quoted(value)});
  return *this;
}

Row& Row::Number(const std::string& name, double value, int digits) {
  const std::string text = Fixed(value, digits);
  cells_.push_back({name, text, text});
  return *this;
}

Row& Row::List(const std::string& name, const std::vector<double>& values) {
  std::ostringstream list;
  for (const double value : values)
    list << (list.tellp() > 0 ? ", " : "") << value;
  cells_.push_back({name, "", "[" + list.str() + "]"});
  return *this;
}

void Report::Add(const Row& row) {
  std::vector<std::string> columns;
  std::string json;
  for (const Row::Cell& cell : row.cells_) {
    if (!cell.text.empty()) columns.push_back(cell.name);
    json += (json.empty() ? "" : ", ") + Quoted(cell.name) + ": " + cell.json;
  }
  json_ += (json_.empty() ? "  {" : ",\n  {") + json + "}";

  const auto width = [](const Row::Cell& cell) {
    const bool is_text = cell.json.front() == '"';
    return std::max(cell.name.size(), is_text ? kTextWidth : kWidth);
  };
  const bool headline = columns != columns_;
  for (const bool names : {true, false}) {
    if (names && !headline) continue;
    for (const Row::Cell& cell : row.cells_) {
      if (!cell.text.empty()) Print(names ? cell.name : cell.text, width(cell));
    }
    std::printf("\n");
  }
  std::fflush(stdout);
  columns_ = columns;
}

bool Report::Write(const char* path) const {
  if (path == nullptr) return true;
  glib::ErrorPtr error;
  if (g_file_set_contents(path, ("[\n" + json_ + "\n]\n").c_str(), -1,
                          glib::Out(error)) != FALSE) {
    return true;
  }
  std::fprintf(stderr, "%s\n", error->message);
  return false;
}

}  // namespace wms::bench
