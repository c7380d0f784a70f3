// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/asf_samples.h"
#include "common/loopback_address.h"
#include "common/scratch_dir.h"
#include "expect.h"
#include "program.h"
#include "pusher.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <crypt.h>
#include <csignal>
#include <fstream>
#include <memory>

namespace wms::test {
namespace {

/// A directory with a file in it.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text,
                      const std::string& name = "config")
      : path_(directory_.path() + "/" + name) {
    std::ofstream(path_) << text;
  }
  const std::string& path() const { return path_; }
  std::string Add(const std::string& name, const std::string& text) {
    std::ofstream(directory_.path() + "/" + name) << text;
    return directory_.path() + "/" + name;
  }

 private:
  const ScratchDir directory_;
  const std::string path_;
};

unsigned SetupStatus(unsigned port, const std::string& path,
                     const std::string& more = {}) {
  RawClient client(port);
  if (!client.Send(SetupRequest({.path = path, .more = more}))) return 0;
  const auto response = client.ReadResponse();
  return response ? response->status : 0;
}

std::string BasicLine(const std::string& user_and_password) {
  const glib::Chars encoded(
      g_base64_encode(reinterpret_cast<const guchar*>(user_and_password.data()),
                      user_and_password.size()));
  return std::string("Authorization: Basic ") + encoded.get() + "\r\n";
}

std::string Md5(const std::string& text) {
  const glib::Chars sum(
      g_compute_checksum_for_string(G_CHECKSUM_MD5, text.c_str(), -1));
  return sum.get();
}

std::string Crypt(const char* password) {
  crypt_data space{};
  char salt[CRYPT_GENSALT_OUTPUT_SIZE];
  fail_if(crypt_gensalt_rn("$6$", 1000, "0123456789abcdef", 16, salt,
                           sizeof salt) == nullptr);
  return crypt_r(password, salt, &space);
}

GST_START_TEST(test_everything_in_a_file) {
  ConfigFile config("");
  const std::string users =
      config.Add("users", "# who may push\n\nhashed:" + Crypt("three") +
                              "\r\nha:wms-publishing-point:" +
                              Md5("ha:wms-publishing-point:four") + "\n");
  std::ofstream(config.path())
      << "# a comment\n[server]\nport=0\nuser=plain:one;other:two\n"
         "no-create=true\nidle-timeout=10\nmax-points=9\nlog-level=debug\n"
         "point=/one;/two;/3;/4\nusers="
      << users
      << "\n\n[point /live]\nusers=plain\nallow=127.0.0.0/8;::1\n"
         "[point /copy]\ntemplate=/live\n"
         "[point /far]\nallow=192.0.2.0/24\n"
         "[point /old]\nredirect=http://192.0.2.1/new\n"
         "[point /now]\nauto=true\n";
  Program program({"--config", config.path()});
  const unsigned port = program.Port();
  const std::string plain = BasicLine("plain:one");
  const std::string other = BasicLine("other:two");
  fail_unless_equals_int(SetupStatus(port, "/one"), 401);
  fail_unless_equals_int(SetupStatus(port, "/one", other), 204);
  fail_unless_equals_int(SetupStatus(port, "/two", other), 204);
  fail_unless_equals_int(SetupStatus(port, "/3", BasicLine("hashed:x")), 401);
  fail_unless_equals_int(SetupStatus(port, "/3", BasicLine("hashed:three")),
                         204);
  fail_unless_equals_int(SetupStatus(port, "/4", BasicLine("ha:four")), 204);
  fail_unless_equals_int(SetupStatus(port, "/live", other), 403);
  fail_unless_equals_int(SetupStatus(port, "/live", plain), 204);
  fail_unless_equals_int(SetupStatus(port, "/copy", other), 403);
  fail_unless_equals_int(SetupStatus(port, "/copy", plain), 204);
  fail_unless_equals_int(SetupStatus(port, "/far", plain), 403);
  fail_unless_equals_int(SetupStatus(port, "/old", plain), 302);
  fail_unless_equals_int(SetupStatus(port, "/now", plain), 204);
  fail_unless_equals_int(SetupStatus(port, "/nothing", plain), 404);
}
GST_END_TEST

GST_START_TEST(test_command_line_wins) {
  const ConfigFile config(
      "[server]\nport=1\nno-create=true\nstrict=true\npoint=/one\n");
  Program program({"--port=0", "--config=" + config.path(), "--point=/two"});
  const unsigned port = program.Port();
  const std::string strict =
      "X-Accept-Authentication: Digest\r\nCache-Control: no-cache\r\n";
  fail_unless_equals_int(SetupStatus(port, "/one"), 400);
  fail_unless_equals_int(SetupStatus(port, "/one", strict), 204);
  fail_unless_equals_int(SetupStatus(port, "/two", strict), 204);
  fail_unless_equals_int(SetupStatus(port, "/three", strict), 404);
}
GST_END_TEST

GST_START_TEST(test_errors_name_the_place) {
  const struct {
    const char* text;
    const char* place;
  } kRows[] = {
      {"[server]\n\nport=x\n", ", line 3: [server] port: takes a number of 0 "},
      {"[server]\nport=65536\n", ", line 2: [server] port: takes"},
      {"[server]\nprot=0\n", ", line 2: [server] prot: there is no such"},
      {"[sever]\nport=0\n", ", line 1: [sever]: there are only"},
      {"[server]\nstrict=yes\n", ", line 2: [server] strict: takes true or"},
      {"[server]\nconfig=x\n", ", line 2: [server] config: there is no"},
      {"[server]\nidle-timeout=9\n", "idle-timeout: takes a number of 10 to"},
      {"[server]\nlog-level=loud\n", "log-level: takes error, warning"},
      {"[server]\nslow-players=wait\n", "slow-players: takes skip or drop"},
      {"[server]\nstatus=all\n", "status: takes public, local or off"},
      {"[server]\nrealm=\"a\"\n", "realm: takes a text without quotes"},
      {"[server]\nrealm=\n", "realm: takes a text without quotes"},
      {"[server]\nverbose=1\n", "verbose: takes true or false"},
      {"[server]\nno-create=1\n", "no-create: takes true or false"},
      {"[server]\nburst=61\n", "burst: takes a number of 0 to 60"},
      {"[server]\nmax-connections=0\n", "takes a number of 1 to 1000000"},
      {"[server]\nmax-points=1x\n", "takes a number of 1 to 1000000"},
      {"[server]\nmax-players=1000001\n", "takes a number of 0 to 1000000"},
      {"[server]\nplayer-queue=99999999999999999999\n", "player-queue: takes"},
      {"[server]\nuser=secret-word\n", "user: a user is given as NAME:"},
      {"[server]\nusers=/nonexistent\n", "users: "},
      {"[point /a]\n\nport=0\n", ", line 3: [point /a] port: there is no"},
      {"[point /a]\nauto=1\n", ", line 2: [point /a] auto: takes true or"},
      {"[point /a]\nauto=maybe\n", ", line 2: [point /a] auto: takes true"},
      {"[point /a]\nusers=\n", ", line 2: [point /a] users: it lists nothing"},
      {"[point /a]\ncolour=red\n", "[point /a] colour: there is no such"},
      {"[point /a]\nusers=\xFF\n", "[point /a] users: its value is not valid"},
      {"[point /a]\nallow=a;\xFF\n", "[point /a] allow: its value is not"},
      {"[point /a]\nredirect=\xFF\n", "[point /a] redirect: its value is not"},
      {"[server]\nrealm=\xFF\n", "[server] realm: its value is not valid text"},
      {"[server]\nallow=\\x\n", "[server] allow: its value is not valid text"},
      {"[server]\npoint=/a;\xFF\n", "[server] point: its value is not valid"},
      {"[server]\nuser=secret-word\\q\n", "[server] user: its value is not"},
      {"[point /b]\nauto=true\n[server]\n# port\nport=x\n", ", line 5: "},
      {"[point /a]\nallow=\n", ", line 2: [point /a] allow: it lists nothing"},
      {"port=0\n", ": "},
      {"[server]\nnonsense\n", ": "},
  };
  for (const auto& row : kRows) {
    const ConfigFile config(row.text);
    Program program({"--config", config.path()});
    const std::string line = program.ErrLine();
    EXPECT(line.find(row.place) != std::string::npos, line);
    EXPECT(line.find("config") != std::string::npos, line);
    EXPECT(line.find("secret-word") == std::string::npos, line);
    fail_unless_equals_int(program.ExitCode(), 2);
  }
  // Of a file of users, too: its line, and nothing of what that says.
  ConfigFile users("a:secret-word\n\n:secret-word\n", "users");
  for (const auto& [file, place] :
       {std::pair{users.path(), ", line 3: a user is given as NAME:PASSWORD"},
        {users.Add("none", "# nobody\n\r\n"), " lists no user"},
        {users.Add("alone", "secret-word"), ", line 1: a user is given"}}) {
    Program program({"--users", file});
    const std::string line = program.ErrLine();
    EXPECT(line.find(file + place) != std::string::npos, line);
    EXPECT(line.find("secret-word") == std::string::npos, line);
    fail_unless_equals_int(program.ExitCode(), 2);
  }
  Program missing({"--config=/nonexistent/file"});
  EXPECT(missing.ErrLine().find("/nonexistent/file") != std::string::npos, "");
  fail_unless_equals_int(missing.ExitCode(), 2);
}
GST_END_TEST

// What only makes sense together is looked at when the server starts.
GST_START_TEST(test_settings_that_do_not_fit) {
  const struct {
    const char* text;
    const char* what;
  } kRows[] = {
      {"[point live]\n", "\"live\" is not the path"},
      {"[point /a]\nusers=nobody\n", "/a: users: there is no user"},
      {"[point /a]\nallow=300.0.0.0/8\n", "/a: allow: "},
      {"[point /a]\nallow=10.0.0.1/8\n", "/a: allow: "},
      {"[server]\nallow=x\n", "allow: "},
      {"[point /a]\nredirect=ftp://x/\n", "/a: redirect: "},
      {"[point /a]\nredirect=/b\n", "/a: redirect: "},
      {"[point /a]\ntemplate=/b\n", "/a: template "},
      {"[point /a]\ntemplate=/a\n", "/a: template "},
      {"[point /a]\ntemplate=/b\n[point /b]\ntemplate=/a\n", "template "},
      {"[point /a]\nredirect=http://x/ y\n", "/a: redirect: "},
      {"[point /a]\nredirect=http://x/\xC3\xA4\n", "/a: redirect: "},
      {"[server]\nuser=a:$9$hash\n", "the password of user \"a\" is no hash"},
      {"[server]\nuser=a:realm:0123456789abcdef0123456789abcdef\n",
       "is for realm \"realm\""},
  };
  for (const auto& row : kRows) {
    const ConfigFile config(row.text);
    Program program({"--port=0", "--config", config.path()});
    const std::string line = program.ErrLine();
    EXPECT(line.find(row.what) != std::string::npos, line);
    fail_unless_equals_int(program.ExitCode(), 1);
  }
}
GST_END_TEST

// Each setting has a value that it takes.
GST_START_TEST(test_other_values) {
  for (const char* text :
       {"status=off", "status=local", "status=public", "slow-players=drop",
        "slow-players=skip", "verbose=true", "verbose=false", "log-level=trace",
        "strict=false", "burst=0", "player-queue=256", "max-players=0",
        "realm=a realm", "request-timeout=1", "inactivity-timeout=0",
        "player-timeout=10", "gather=0", "gather=1000"}) {
    const ConfigFile config(std::string("[server]\n") + text + "\n");
    Program program({"--port=0", "--config", config.path()});
    EXPECT(program.Port() > 0, text);
  }
}
GST_END_TEST

GST_START_TEST(test_addresses) {
  if (HasIpv6()) {
    Program program({"--listen=::1", "--port=0"});
    const std::string line = program.OutLine();
    EXPECT(line.starts_with("Listening on http://[::1]:"), line);
  }
  const std::pair<std::string, std::string> rows[] = {
      {"192.0.2.1", "cannot listen at 192.0.2.1 port 0: "},
      {"2001:db8::1", "cannot listen at 2001:db8::1 port 0: "},
      {"localhost", "cannot listen at \"localhost\": give an IP address"},
      {"", "cannot listen at \"\": give an IP address"},
  };
  for (const auto& [address, what] : rows) {
    Program program({"--port=0", "--listen=" + address});
    const std::string error = program.ErrLine();
    EXPECT(error.find(what) != std::string::npos, error);
    fail_unless_equals_int(program.ExitCode(), 1);
  }
}
GST_END_TEST

// The example that is installed can be used as it is.
GST_START_TEST(test_example) {
  const char* path = g_getenv("PUBPOINT_EXAMPLE");
  fail_if(path == nullptr, "PUBPOINT_EXAMPLE is not set: use meson test");
  Program program({"--port=0", "--config", path});
  fail_unless(program.Port() > 0);
}
GST_END_TEST

GST_START_TEST(test_log_levels) {
  Program quiet({"--port=0", "--log-level=error"});
  const unsigned quiet_port = quiet.Port();
  fail_unless_equals_int(SetupStatus(quiet_port, "/"), 404);
  quiet.Signal(SIGTERM);
  fail_unless_equals_int(quiet.ExitCode(), 0);
  fail_unless(quiet.ErrLine().empty());
  Program usual({"--port=0"});
  fail_unless_equals_int(SetupStatus(usual.Port(), "/"), 404);
  const std::string line = usual.ErrLine();
  EXPECT(line.starts_with("warning: PushSetup for / from 127.0.0.1:"), line);
}
GST_END_TEST

/// How many of @a count new connections are closed by the server, with 503 or
/// without a word; the others are kept in @a kept.
std::size_t Crowd(unsigned port, std::size_t count,
                  std::vector<std::unique_ptr<RawClient>>& kept) {
  std::size_t refused = 0;
  for (std::size_t i = 0; i < count; ++i) {
    auto client = std::make_unique<RawClient>(port);
    // A request that the server can answer keeps the connection open.
    client->Send("OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto response = client->ReadResponse();
    if (response && response->status == 405) {
      kept.push_back(std::move(client));
    } else {
      ++refused;
    }
  }
  return refused;
}

GST_START_TEST(test_max_connections) {
  Program program({"--port=0", "--max-connections=5"});
  const unsigned port = program.Port();
  std::vector<std::unique_ptr<RawClient>> kept;
  fail_unless(Crowd(port, 20, kept) == 15);
  fail_unless(kept.size() == 5);
  EXPECT(program.ErrLineWith("connections").find("there are 5 connections") !=
             std::string::npos,
         "log");
  kept.clear();
  while (!PushWell(port, "/live")) {
  }
  fail_unless(
      !program.ErrLineWith("connections were refused, there is room").empty());
}
GST_END_TEST

// No descriptor is free any more, for a while: the server goes on afterwards.
GST_START_TEST(test_no_descriptor) {
  Program program({"--port=0"});
  const unsigned port = program.Port();
  std::vector<std::unique_ptr<RawClient>> kept;
  fail_unless(Crowd(port, 4, kept) == 0);
  const auto pid = static_cast<pid_t>(std::stol(program.Identifier()));
  rlimit old{};
  const rlimit few{16, 1024};
  fail_unless(prlimit(pid, RLIMIT_NOFILE, &few, &old) == 0);
  fail_unless(Crowd(port, 60, kept) > 40);
  fail_unless(
      !program.ErrLineWith("cannot take a connection: Too many open").empty());
  // Those that it has are served.
  fail_unless(kept[0]->Send("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"));
  fail_unless_equals_int(kept[0]->ReadResponse()->status, 405);
  kept.clear();
  while (!PushWell(port, "/live")) {
  }
}
GST_END_TEST

// A limit on open files that is low from the start bounds the connections.
GST_START_TEST(test_low_limit_on_files) {
  rlimit old{};
  fail_unless(getrlimit(RLIMIT_NOFILE, &old) == 0);
  const rlimit few{72, old.rlim_max};
  fail_unless(setrlimit(RLIMIT_NOFILE, &few) == 0);
  Program program({"--port=0"});
  fail_unless(setrlimit(RLIMIT_NOFILE, &old) == 0);
  const unsigned port = program.Port();
  fail_unless(!program.ErrLineWith("room for 8 connections").empty());
  std::vector<std::unique_ptr<RawClient>> kept;
  fail_unless(Crowd(port, 20, kept) == 12);
}
GST_END_TEST

// sd_listen_fds(3): address and port are those of the socket, not of the
// options.
GST_START_TEST(test_socket_activation) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  fail_unless(bind(fd, generic, size) == 0);
  fail_unless(listen(fd, SOMAXCONN) == 0);
  fail_unless(getsockname(fd, generic, &size) == 0);
  // Which takes it over.
  Program program({"--port=0", "--listen=127.0.0.9"}, fd);
  fail_unless(program.Port() == ntohs(address.sin_port));
  fail_unless(PushWell(ntohs(address.sin_port), "/live"));
  program.Signal(SIGTERM);
  fail_unless_equals_int(program.ExitCode(), 0);

  Program wrong({}, open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT(
      wrong.ErrLine().find("descriptor 3 is not a socket") != std::string::npos,
      "message");
  fail_unless_equals_int(wrong.ExitCode(), 1);
}
GST_END_TEST

Suite* pubpoint_config_suite() {
  Suite* suite = suite_create("pubpoint_config");
  TCase* file = tcase_create("file");
  suite_add_tcase(suite, file);
  tcase_add_test(file, test_everything_in_a_file);
  tcase_add_test(file, test_command_line_wins);
  tcase_add_test(file, test_errors_name_the_place);
  tcase_add_test(file, test_settings_that_do_not_fit);
  tcase_add_test(file, test_other_values);
  tcase_add_test(file, test_addresses);
  tcase_add_test(file, test_example);
  tcase_add_test(file, test_log_levels);
  tcase_add_test(file, test_socket_activation);
  TCase* limits = tcase_create("limits");
  suite_add_tcase(suite, limits);
  tcase_add_test(limits, test_max_connections);
  tcase_add_test(limits, test_no_descriptor);
  tcase_add_test(limits, test_low_limit_on_files);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_config_suite;
GST_CHECK_MAIN(pubpoint_config)
