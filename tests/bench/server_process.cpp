// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "server_process.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace wms::bench {

ServerProcess::ServerProcess(const std::vector<std::string>& options) {
  const char* program = g_getenv("PUBPOINT_PROGRAM");
  if (program == nullptr) program = "wms-publishing-point";
  std::vector<const char*> argv{program, "--port=0"};
  for (const std::string& option : options)
    argv.push_back(option.c_str());
  argv.push_back(nullptr);
  glib::ErrorPtr error;
  process_ = glib::Ref<GSubprocess>::Take(g_subprocess_newv(
      argv.data(),
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_SILENCE),
      glib::Out(error)));
  if (!process_) {
    std::fprintf(stderr, "%s\n", error->message);
    return;
  }
  pid_ = static_cast<pid_t>(
      std::atoi(g_subprocess_get_identifier(process_.get())));
  const auto lines = glib::Ref<GDataInputStream>::Take(
      g_data_input_stream_new(g_subprocess_get_stdout_pipe(process_.get())));
  const glib::Chars line(g_data_input_stream_read_line(
      lines.get(), nullptr, nullptr, glib::Out(error)));
  // "Listening on http://127.0.0.1:PORT/"
  const std::string text = line ? line.get() : "";
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) {
    std::fprintf(stderr, "the publishing point does not start\n");
    return;
  }
  port_ = static_cast<unsigned>(std::strtoul(&text[colon + 1], nullptr, 10));
}

ServerProcess::~ServerProcess() {
  if (!process_) return;
  g_subprocess_send_signal(process_.get(), SIGTERM);
  g_subprocess_wait(process_.get(), nullptr, nullptr);
}

}  // namespace wms::bench
