// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "config.h"

#include "glib/ref.h"
#include "pubpoint/command_line.h"
#include "pubpoint/server.h"

#include <glib-unix.h>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

using Loop = std::unique_ptr<GMainLoop, wms::glib::Deleter<g_main_loop_unref>>;

/// What the signal handlers need.
struct Program {
  wms::pubpoint::Server* server;
  GMainLoop* loop;
  bool stopping = false;
};

void PrintLine(wms::LogLevel level, std::string_view line) {
  std::fprintf(stderr, "%s%.*s\n",
               level == wms::LogLevel::kError     ? "error: "
               : level == wms::LogLevel::kWarning ? "warning: "
                                                  : "",
               static_cast<int>(line.size()), line.data());
}

gboolean OnSignal(gpointer data) noexcept {
  auto* program = static_cast<Program*>(data);
  if (program->stopping) {  // somebody is in a hurry
    g_main_loop_quit(program->loop);
    return G_SOURCE_CONTINUE;
  }
  program->stopping = true;
  GMainLoop* loop = program->loop;
  program->server->Stop([loop] { g_main_loop_quit(loop); });
  return G_SOURCE_CONTINUE;
}

/// Where it is found: what was asked for, or what systemd has made.
std::string UrlOf(const wms::pubpoint::Server& server) {
  const std::string address = server.address();
  if (address.empty()) return "a socket without an IP address";
  const bool v6 = address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + address + "]" : address) + ":" +
         std::to_string(server.port()) + "/";
}

/// The socket that systemd passes on (sd_listen_fds(3)), -1 when it does not.
int ListenFdOfSystemd() {
  constexpr int kFirst = 3;
  const char* pid = g_getenv("LISTEN_PID");
  const char* count = g_getenv("LISTEN_FDS");
  const bool ours =
      pid != nullptr && count != nullptr &&
      g_ascii_strtoull(pid, nullptr, 10) == static_cast<guint64>(getpid()) &&
      g_ascii_strtoull(count, nullptr, 10) > 0;
  return ours ? kFirst : -1;
}

int Run(wms::pubpoint::CommandLine line) {
  line.options.log = [most = line.log_level](wms::LogLevel level,
                                             std::string_view text) {
    if (level <= most) PrintLine(level, text);
  };
  line.options.listen_fd = ListenFdOfSystemd();
  wms::pubpoint::Server server(std::move(line.options));
  if (const wms::Result<void> started = server.Start(); !started) {
    PrintLine(wms::LogLevel::kError, started.error().message);
    return kExitFailure;
  }
  const Loop loop(g_main_loop_new(nullptr, FALSE));
  Program program{&server, loop.get()};
  const guint on_int = g_unix_signal_add(SIGINT, OnSignal, &program);
  const guint on_term = g_unix_signal_add(SIGTERM, OnSignal, &program);
  // Only now: who reads this may send a signal.
  std::printf("Listening on %s\n", UrlOf(server).c_str());
  std::fflush(stdout);
  g_main_loop_run(loop.get());
  g_source_remove(on_int);
  g_source_remove(on_term);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // A file that reaches the limit on its size (ulimit -f, LimitFSIZE=) ends a
  // recording, as a full disk does, and not all pushes.
  std::signal(SIGXFSZ, SIG_IGN);
  auto line = wms::pubpoint::ParseCommandLine(argc, argv);
  if (!line) {
    std::fprintf(stderr, "%s: %s\nTry \"wms-publishing-point --help\".\n",
                 "wms-publishing-point", line.error().message.c_str());
    return kExitUsage;
  }
  if (line->show_version) {
    std::printf("wms-publishing-point %s\n", WMSPUSH_VERSION);
    return 0;
  }
  return Run(std::move(*line));
}
