// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "glib/ref.h"

#include <glib.h>

#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace wms::bench {

/// Takes the options of a benchmark out of its arguments; a mistake goes to
/// stderr.
/// @param entries what there is, up to an empty one.
/// @param group a library's own options, taken over; or null.
/// @return whether all were understood.
inline bool ParseCommandLine(int argc, char** argv, const GOptionEntry* entries,
                             GOptionGroup* group = nullptr) {
  const std::unique_ptr<GOptionContext, glib::Deleter<g_option_context_free>>
      context(g_option_context_new(nullptr));
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  if (group != nullptr) g_option_context_add_group(context.get(), group);
  glib::ErrorPtr error;
  if (g_option_context_parse(context.get(), &argc, &argv, glib::Out(error)) !=
      FALSE) {
    return true;
  }
  std::fprintf(stderr, "%s\n", error->message);
  return false;
}

/// The words of "a,b,c".
inline std::vector<std::string> Split(const char* list) {
  std::vector<std::string> words;
  std::istringstream stream(list);
  for (std::string word; std::getline(stream, word, ',');)
    words.push_back(word);
  return words;
}

}  // namespace wms::bench
