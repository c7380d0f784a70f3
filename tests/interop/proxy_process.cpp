// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "interop/proxy_process.h"

#include "interop/foreign_server.h"
#include "loopback/expect.h"

#include <fstream>

namespace wms::test {
namespace {

std::string Realm() {
  return "push";
}

std::string Md5(const std::string& text) {
  const glib::Chars sum(
      g_compute_checksum_for_string(G_CHECKSUM_MD5, text.c_str(), -1));
  return sum.get();
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

}  // namespace

Squid::Squid(Login login) : port_(FreePort()) {
  OpenToAll(dir_);
  const std::string user = kUser;
  const std::string password = kPassword;
  WriteFile(dir_.path() + "/digest",
            user + ":" + Realm() + ":" +
                Md5(user + ":" + Realm() + ":" + password) + "\n");
  const std::string salted = RunToEnd({"openssl", "passwd", "-apr1", password});
  WriteFile(dir_.path() + "/basic", user + ":" + salted);
  WriteFile(dir_.path() + "/hosts",
            std::string("127.0.0.1 ") + kServerName + "\n");
  const std::string configuration = dir_.path() + "/squid.conf";
  WriteFile(configuration, Configuration(login));
  process_ = std::make_unique<ChildProcess>(std::vector<std::string>{
      EnvironmentValue("SQUID"), "-N", "-f", configuration});
  AwaitListener(port_, "squid");
}

std::string Squid::Configuration(Login login) const {
  std::string text = "http_port 127.0.0.1:" + std::to_string(port_) +
                     "\n"
                     "pid_filename none\n"
                     "visible_hostname proxy.example\n"
                     "cache deny all\n"
                     "access_log none\n"
                     "cache_log " +
                     dir_.path() +
                     "/log\n"
                     "coredump_dir " +
                     dir_.path() +
                     "\n"
                     "hosts_file " +
                     dir_.path() +
                     "/hosts\n"
                     "pinger_enable off\n"
                     "shutdown_lifetime 0 seconds\n";
  const std::string helpers = EnvironmentValue("SQUID_HELPERS");
  if (login == Login::kBasic) {
    text += "auth_param basic program " + helpers + "/basic_ncsa_auth " +
            dir_.path() + "/basic\nauth_param basic realm " + Realm() + "\n";
  } else if (login == Login::kDigest) {
    text += "auth_param digest program " + helpers + "/digest_file_auth -c " +
            dir_.path() + "/digest\nauth_param digest realm " + Realm() + "\n";
  }
  if (login == Login::kNone) return text + "http_access allow all\n";
  return text +
         "acl known proxy_auth REQUIRED\n"
         "http_access allow known\n"
         "http_access deny all\n";
}

Nginx::Nginx(unsigned port) : port_(FreePort()) {
  OpenToAll(dir_);
  const std::string configuration = dir_.path() + "/nginx.conf";
  WriteFile(configuration,
            "daemon off;\n"
            "master_process off;\n"
            "pid " +
                dir_.path() +
                "/pid;\n"
                "error_log stderr;\n"
                "events {}\n"
                "http {\n"
                "  access_log off;\n"
                "  client_body_temp_path " +
                dir_.path() +
                "/body;\n"
                "  proxy_temp_path " +
                dir_.path() +
                "/proxy;\n"
                "  fastcgi_temp_path " +
                dir_.path() +
                "/fastcgi;\n"
                "  uwsgi_temp_path " +
                dir_.path() +
                "/uwsgi;\n"
                "  scgi_temp_path " +
                dir_.path() +
                "/scgi;\n"
                "  server {\n"
                "    listen 127.0.0.1:" +
                std::to_string(port_) +
                ";\n"
                "    client_max_body_size 0;\n"
                "    location / {\n"
                "      proxy_pass http://127.0.0.1:" +
                std::to_string(port) +
                ";\n"
                "      proxy_http_version 1.1;\n"
                "      proxy_request_buffering off;\n"
                "      proxy_buffering off;\n"
                "      proxy_set_header Host $http_host;\n"
                "      proxy_pass_header Server;\n"
                "    }\n"
                "  }\n"
                "}\n");
  process_ = std::make_unique<ChildProcess>(std::vector<std::string>{
      EnvironmentValue("NGINX"), "-p", dir_.path(), "-c", configuration});
  AwaitListener(port_, "nginx");
}

}  // namespace wms::test
