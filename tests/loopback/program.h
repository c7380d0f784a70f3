// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/end_with_parent.h"
#include "glib/ref.h"

#include <gio/gunixinputstream.h>
#include <gst/check/gstcheck.h>

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

namespace wms::test {

/// The program as a child process, its output in pipes.
class Program {
 public:
  static constexpr int kDeadlineMs = 20000;

  /// @param socket that listens, passed on as systemd does it; -1 for none.
  explicit Program(const std::vector<std::string>& arguments, int socket = -1) {
    const char* path = g_getenv("PUBPOINT_PROGRAM");
    fail_if(path == nullptr, "PUBPOINT_PROGRAM is not set: use meson test");
    std::vector<const char*> argv;
    if (socket >= 0) {
      // Only the process itself knows its number.
      argv = {"/bin/sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"", "sh"};
    }
    argv.push_back(path);
    for (const std::string& argument : arguments)
      argv.push_back(argument.c_str());
    argv.push_back(nullptr);
    const auto launcher = glib::Ref<GSubprocessLauncher>::Take(
        g_subprocess_launcher_new(static_cast<GSubprocessFlags>(
            G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE)));
    EndWithParent(launcher.get());
    constexpr int kFirst = 3;
    if (socket >= 0) {
      g_subprocess_launcher_take_fd(launcher.get(), socket, kFirst);
    }
    glib::ErrorPtr error;
    process_ = glib::Ref<GSubprocess>::Take(g_subprocess_launcher_spawnv(
        launcher.get(), argv.data(), glib::Out(error)));
    fail_unless(static_cast<bool>(process_), "%s", error ? error->message : "");
  }
  /// Ends it in order, as far as it can: what it does then is looked at, too,
  /// and a build that counts what is run gets its counts.
  ~Program() {
    Signal(SIGTERM);
    const int fd = g_unix_input_stream_get_fd(
        G_UNIX_INPUT_STREAM(g_subprocess_get_stderr_pipe(process_.get())));
    pollfd poller{fd, POLLIN, 0};
    char rest[4096];
    while (poll(&poller, 1, kDeadlineMs) == 1 &&
           read(fd, rest, sizeof rest) > 0) {
    }
    g_subprocess_force_exit(process_.get());
    g_subprocess_wait(process_.get(), nullptr, nullptr);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// The next line of stdout or stderr, "" at the end and when none comes.
  std::string OutLine() {
    return Line(g_subprocess_get_stdout_pipe(process_.get()));
  }
  std::string ErrLine() {
    return Line(g_subprocess_get_stderr_pipe(process_.get()));
  }

  /// Reads the first line and finds the port in it.
  unsigned Port() {
    const std::string line = OutLine();
    constexpr std::string_view kStart = "Listening on http://127.0.0.1:";
    fail_unless(line.starts_with(kStart), "%s", line.c_str());
    fail_unless(line.ends_with("/"));
    return static_cast<unsigned>(std::stoul(line.substr(kStart.size())));
  }

  void Signal(int number) { g_subprocess_send_signal(process_.get(), number); }

  /// Waits for the end; -1 when it was a signal.
  int ExitCode() {
    g_subprocess_wait(process_.get(), nullptr, nullptr);
    if (g_subprocess_get_if_exited(process_.get()) == FALSE) return -1;
    return g_subprocess_get_exit_status(process_.get());
  }

  /// Skips lines of stderr up to one that has @a text; "" when none comes.
  std::string ErrLineWith(const std::string& text) {
    std::string line;
    do {
      line = ErrLine();
    } while (!line.empty() && line.find(text) == std::string::npos);
    return line;
  }

  std::string Identifier() const {
    return g_subprocess_get_identifier(process_.get());
  }

 private:
  static std::string Line(GInputStream* stream) {
    const int fd = g_unix_input_stream_get_fd(G_UNIX_INPUT_STREAM(stream));
    std::string line;
    while (true) {
      pollfd poller{fd, POLLIN, 0};
      if (poll(&poller, 1, kDeadlineMs) != 1) return "";
      char c = 0;
      if (read(fd, &c, 1) != 1 || c == '\n') return line;
      line += c;
    }
  }

  glib::Ref<GSubprocess> process_;
};

}  // namespace wms::test
