// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "interop/kdc.h"

#include "interop/foreign_server.h"
#include "loopback/expect.h"

#include <csignal>
#include <fstream>
#include <vector>

namespace wms::test {
namespace {

void Run(std::vector<const char*> arguments, const char* input = "") {
  arguments.push_back(nullptr);
  glib::ErrorPtr error;
  const auto process = glib::Ref<GSubprocess>::Take(g_subprocess_newv(
      arguments.data(),
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                    G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_MERGE),
      glib::Out(error)));
  EXPECT(process, std::string(arguments[0]) + ": " +
                      (error ? error->message : "not started"));
  char* said = nullptr;
  g_subprocess_communicate_utf8(process.get(), input, nullptr, &said, nullptr,
                                nullptr);
  const glib::Chars output(said);
  EXPECT(g_subprocess_get_successful(process.get()),
         std::string(arguments[0]) + ": " + (said != nullptr ? said : ""));
}

}  // namespace

Kdc::Kdc() {
  // The centre takes UDP's port of the same number, too.
  const std::string port = std::to_string(FreePort());
  std::ofstream(Path("krb5.conf"))
      << "[libdefaults]\n default_realm = TEST.EXAMPLE\n"
         " dns_lookup_kdc = false\n dns_lookup_realm = false\n"
         " dns_canonicalize_hostname = false\n rdns = false\n"
         "[realms]\n TEST.EXAMPLE = {\n  kdc = 127.0.0.1:"
      << port << "\n }\n[domain_realm]\n localhost = TEST.EXAMPLE\n";
  std::ofstream(Path("kdc.conf"))
      << "[kdcdefaults]\n kdc_listen = 127.0.0.1:" << port
      << "\n kdc_tcp_listen = 127.0.0.1:" << port
      << "\n[realms]\n TEST.EXAMPLE = {\n  database_name = "
      << Path("principal") << "\n  key_stash_file = " << Path("stash")
      << "\n }\n[logging]\n kdc = FILE:" << Path("kdc.log") << "\n";
  const std::string ccache = "FILE:" + Path("ccache");
  const std::string keytab = Path("keytab");
  g_setenv("KRB5_CONFIG", Path("krb5.conf").c_str(), TRUE);
  g_setenv("KRB5_KDC_PROFILE", Path("kdc.conf").c_str(), TRUE);
  g_setenv("KRB5_KTNAME", keytab.c_str(), TRUE);
  g_setenv("KRB5CCNAME", ccache.c_str(), TRUE);
  const std::string add_user =
      "addprinc -pw " + std::string(kPassword) + " " + kUser;
  const std::string add_key = "ktadd -k " + keytab + " HTTP/localhost";
  Run({"/usr/sbin/kdb5_util", "create", "-s", "-P", "master"});
  Run({"/usr/sbin/kadmin.local", "-q", add_user.c_str()});
  Run({"/usr/sbin/kadmin.local", "-q", "addprinc -randkey HTTP/localhost"});
  Run({"/usr/sbin/kadmin.local", "-q", add_key.c_str()});
  glib::ErrorPtr error;
  process_ = glib::Ref<GSubprocess>::Take(g_subprocess_new(
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_MERGE),
      glib::Out(error), "/usr/sbin/krb5kdc", "-n", nullptr));
  EXPECT(process_, "krb5kdc: " + std::string(error ? error->message : ""));
  // It says when it listens.
  const auto lines = glib::Ref<GDataInputStream>::Take(
      g_data_input_stream_new(g_subprocess_get_stdout_pipe(process_.get())));
  for (;;) {
    const glib::Chars line(
        g_data_input_stream_read_line(lines.get(), nullptr, nullptr, nullptr));
    EXPECT(line, "krb5kdc has ended");
    if (std::string(line.get()).find("starting") != std::string::npos) break;
  }
}

Kdc::~Kdc() {
  GoOn();
  g_subprocess_send_signal(process_.get(), SIGTERM);
  g_subprocess_wait(process_.get(), nullptr, nullptr);
}

std::string Kdc::Path(const std::string& name) const {
  return dir_.path() + "/" + name;
}

void Kdc::Login() const {
  Run({"kinit", kUser}, (std::string(kPassword) + "\n").c_str());
}

void Kdc::Pause() const {
  kill(pid(), SIGSTOP);
}

void Kdc::GoOn() const {
  kill(pid(), SIGCONT);
}

pid_t Kdc::pid() const {
  return static_cast<pid_t>(
      std::stoi(g_subprocess_get_identifier(process_.get())));
}

void Kdc::Logout() const {
  Run({"kdestroy", "-q"});
}

}  // namespace wms::test
