// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "stream_server.h"

#include "common/loopback_address.h"
#include "common/scratch_dir.h"
#include "glib/ref.h"
#include "server_process.h"

#include <gio/gio.h>

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace wms::bench {
namespace {

constexpr char kPublishingPoint[] = "wms-publishing-point";
constexpr char kIcecast[] = "icecast2";

/// nobody and nogroup: icecast2 does not run as root.
constexpr uid_t kNobody = 65534;
constexpr gint64 kStartDeadline = 10 * G_USEC_PER_SEC;

class PublishingPoint : public StreamServer {
 public:
  unsigned port() const override { return process_.port(); }
  pid_t pid() const override { return process_.pid(); }
  Dialect dialect() const override { return Dialect::kWmHttp; }

 private:
  const ServerProcess process_{{"--max-connections=20000",
                                "--max-players=20000", "--max-points=20000",
                                "--log-level=error"}};
};

/// A port that is free now: icecast2 cannot look for one itself.
unsigned FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = test::LoopbackAddress(0);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0) {
    std::perror("a free port");
    std::exit(1);
  }
  close(fd);
  return ntohs(address.sin_port);
}

bool Accepts(unsigned port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = test::LoopbackAddress(port);
  const bool connected =
      connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) == 0;
  close(fd);
  return connected;
}

class Icecast : public StreamServer {
 public:
  Icecast();
  ~Icecast() override;

  unsigned port() const override { return port_; }
  pid_t pid() const override { return pid_; }
  Dialect dialect() const override { return Dialect::kIcecast; }
  bool running() const { return static_cast<bool>(process_); }

 private:
  std::string WriteConfiguration() const;

  const test::ScratchDir directory_;
  const unsigned port_;
  glib::Ref<GSubprocess> process_;
  pid_t pid_ = -1;  // also after its end
};

std::string Icecast::WriteConfiguration() const {
  const std::string path = directory_.path() + "/icecast.xml";
  const std::string password = kIcecastPassword;
  std::ofstream(path)
      << "<icecast><limits><clients>20000</clients><sources>20000</sources>"
         "</limits><authentication><source-password>"
      << password << "</source-password><admin-user>admin</admin-user>"
      << "<admin-password>" << password << "</admin-password></authentication>"
      << "<hostname>localhost</hostname><listen-socket><port>" << port_
      << "</port><bind-address>127.0.0.1</bind-address></listen-socket><paths>"
      << "<basedir>/</basedir><logdir>" << directory_.path() << "</logdir>"
      << "<webroot>/usr/share/icecast2/web</webroot>"
      << "<adminroot>/usr/share/icecast2/admin</adminroot></paths><logging>"
      << "<accesslog>access.log</accesslog><errorlog>error.log</errorlog>"
      << "<loglevel>1</loglevel></logging></icecast>\n";
  return path;
}

Icecast::Icecast() : port_(FreePort()) {
  const std::string path = WriteConfiguration();
  const auto launcher =
      glib::Ref<GSubprocessLauncher>::Take(g_subprocess_launcher_new(
          static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE)));
  if (geteuid() == 0) {
    if (chown(directory_.path().c_str(), kNobody, kNobody) != 0) return;
    g_subprocess_launcher_set_child_setup(
        launcher.get(),
        [](gpointer) {
          if (setgid(kNobody) != 0 || setuid(kNobody) != 0) _exit(1);
        },
        nullptr, nullptr);
  }
  glib::ErrorPtr error;
  process_ = glib::Ref<GSubprocess>::Take(g_subprocess_launcher_spawn(
      launcher.get(), glib::Out(error), kIcecast, "-c", path.c_str(), nullptr));
  if (!process_) {
    std::fprintf(stderr, "%s\n", error->message);
    return;
  }
  pid_ = static_cast<pid_t>(
      std::atoi(g_subprocess_get_identifier(process_.get())));
  const gint64 deadline = g_get_monotonic_time() + kStartDeadline;
  while (!Accepts(port_)) {
    if (g_get_monotonic_time() > deadline) {
      std::fprintf(stderr, "icecast2 does not start\n");
      std::exit(1);
    }
    // It says nothing when it is ready.
    g_usleep(10000);
  }
}

Icecast::~Icecast() {
  if (!process_) return;
  g_subprocess_send_signal(process_.get(), SIGTERM);
  g_subprocess_wait(process_.get(), nullptr, nullptr);
}

}  // namespace

std::vector<std::string> InstalledServers() {
  std::vector<std::string> servers{kPublishingPoint};
  const glib::Chars icecast(g_find_program_in_path(kIcecast));
  if (icecast) {
    servers.emplace_back(kIcecast);
  } else {
    std::fprintf(stderr, "without icecast2, which is not installed\n");
  }
  return servers;
}

std::unique_ptr<StreamServer> StartStreamServer(const std::string& name) {
  if (name == kIcecast) {
    auto server = std::make_unique<Icecast>();
    if (!server->running()) return nullptr;
    return server;
  }
  auto server = std::make_unique<PublishingPoint>();
  if (server->port() == 0) return nullptr;
  return server;
}

}  // namespace wms::bench
