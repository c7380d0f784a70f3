// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/child_process.h"

#include "common/end_with_parent.h"
#include "loopback/expect.h"

#include <gst/check/gstcheck.h>

namespace wms::test {

std::string EnvironmentValue(const char* name) {
  const char* value = g_getenv(name);
  fail_if(value == nullptr, "%s is not set: use meson test", name);
  return value;
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment,
                           int inherited) {
  const auto launcher = glib::Ref<GSubprocessLauncher>::Take(
      g_subprocess_launcher_new(static_cast<GSubprocessFlags>(
          G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE)));
  for (const std::string& entry : environment) {
    const std::size_t equals = entry.find('=');
    g_subprocess_launcher_setenv(launcher.get(),
                                 entry.substr(0, equals).c_str(),
                                 entry.substr(equals + 1).c_str(), TRUE);
  }
  EndWithParent(launcher.get());
  if (inherited >= 0) {
    g_subprocess_launcher_take_fd(launcher.get(), inherited, kInherited);
  }
  std::vector<const char*> argv;
  for (const std::string& argument : arguments)
    argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  glib::ErrorPtr error;
  process_ = glib::Ref<GSubprocess>::Take(g_subprocess_launcher_spawnv(
      launcher.get(), argv.data(), glib::Out(error)));
  EXPECT(static_cast<bool>(process_), error->message);
}

ChildProcess::~ChildProcess() {
  g_subprocess_force_exit(process_.get());
  g_subprocess_wait(process_.get(), nullptr, nullptr);
}

int ChildProcess::Wait(std::string& output) {
  GBytes* raw = nullptr;
  glib::ErrorPtr error;
  const gboolean read = g_subprocess_communicate(
      process_.get(), nullptr, nullptr, &raw, nullptr, glib::Out(error));
  EXPECT(read != FALSE, error->message);
  const glib::BytesPtr bytes(raw);
  gsize size = 0;
  const void* data = g_bytes_get_data(bytes.get(), &size);
  output.assign(static_cast<const char*>(data), size);
  if (g_subprocess_get_if_exited(process_.get()) == FALSE) return -1;
  return g_subprocess_get_exit_status(process_.get());
}

std::string RunToEnd(const std::vector<std::string>& arguments) {
  ChildProcess process(arguments);
  std::string output;
  const int code = process.Wait(output);
  EXPECT(code == 0,
         arguments[0] + " ends with " + std::to_string(code) + "\n" + output);
  return output;
}

}  // namespace wms::test
