// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/asf_samples.h"
#include "common/scratch_dir.h"
#include "expect.h"
#include "program.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>

#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace wms::test {
namespace {

GST_START_TEST(test_signals_end_it) {
  for (const int number : {SIGTERM, SIGINT}) {
    Program program({"--port=0"});
    fail_unless(program.Port() > 0);
    program.Signal(number);
    fail_unless_equals_int(program.ExitCode(), 0);
  }
}
GST_END_TEST

GST_START_TEST(test_push_play_record) {
  const ScratchDir directory;
  const ByteVector header = MakeHeader();
  const std::vector<ByteVector> packets = MakePackets(20);
  Program program({"--port=0", "--record", directory.path()});
  const unsigned port = program.Port();
  Pusher pusher(port);
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(header));
  fail_unless(pusher.Data(packets[0]));
  // "PushSetup ...", "PushStart ...", "recording ..." tell how far it is.
  for (std::string line; line.find("recording /live") != 0;) {
    line = program.ErrLine();
    fail_if(line.empty());
  }
  auto player = std::make_unique<RawClient>(port);
  fail_unless(player->Send("GET /live HTTP/1.0\r\n\r\n"));
  fail_unless(player->ReadResponse()->status == 200);
  for (std::size_t i = 1; i < packets.size(); ++i)
    fail_unless(pusher.Data(packets[i]));
  ByteVector all = header;
  for (const ByteVector& packet : packets)
    Append(all, packet);
  fail_unless(player->Read(all.size()) == all);
  // Asked to end while the push goes on.
  program.Signal(SIGTERM);
  fail_unless(player->ReadToEnd().empty());
  player.reset();
  const auto refused = pusher.client->ReadResponse();
  fail_unless(refused.has_value());
  fail_unless_equals_int(refused->status, 503);
  pusher.client.reset();
  fail_unless_equals_int(program.ExitCode(), 0);
  fail_unless_equals_int(directory.Files().size(), 1);
  fail_unless(std::filesystem::file_size(directory.Files()[0]) == all.size());
}
GST_END_TEST

/// A recording does not count on an end in order: what a player has had is in
/// the file, which reads as a broadcast.
GST_START_TEST(test_killed_while_recording) {
  const ScratchDir directory;
  ByteVector all = MakeHeader();
  Program program({"--port=0", "--record", directory.path()});
  const unsigned port = program.Port();
  Pusher pusher(port);
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(all));
  for (std::string line; line.find("recording /live") != 0;) {
    line = program.ErrLine();
    fail_if(line.empty());
  }
  RawClient player(port);
  fail_unless(player.Send("GET /live HTTP/1.0\r\n\r\n"));
  fail_unless(player.ReadResponse()->status == 200);
  for (const ByteVector& packet : MakePackets(50)) {
    fail_unless(pusher.Data(packet));
    Append(all, packet);
  }
  fail_unless(player.Read(all.size()) == all);
  program.Signal(SIGKILL);
  fail_unless_equals_int(program.ExitCode(), -1);
  const auto files = directory.Files();
  fail_unless_equals_int(files.size(), 1);
  std::ifstream file(files[0], std::ios::binary);
  const ByteVector found(std::istreambuf_iterator<char>(file), {});
  fail_unless(found == all);
}
GST_END_TEST

/// A limit on the size of files ends the recording, behind a whole packet, and
/// nothing else.
GST_START_TEST(test_limit_on_file_size) {
  constexpr std::uint32_t kPacketSize = 1000;
  const ScratchDir directory;
  const ByteVector header = MakeHeader({.packet_size = kPacketSize});
  Program program({"--port=0", "--record", directory.path()});
  const unsigned port = program.Port();
  const auto process = static_cast<pid_t>(std::stol(program.Identifier()));
  rlimit before{};
  fail_unless(prlimit(process, RLIMIT_FSIZE, nullptr, &before) == 0);
  const rlimit small{header.size() + 2 * kPacketSize + 500, before.rlim_max};
  fail_unless(prlimit(process, RLIMIT_FSIZE, &small, nullptr) == 0);
  Pusher pusher(port);
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(header));
  for (const ByteVector& packet : MakePackets(10, kPacketSize))
    fail_unless(pusher.Data(packet));
  fail_if(program.ErrLineWith("recording of /live stops").empty());
  const auto files = directory.Files();
  fail_unless_equals_int(files.size(), 1);
  fail_unless_equals_uint64(std::filesystem::file_size(files[0]),
                            header.size() + 2 * kPacketSize);
  fail_unless(pusher.End());
  fail_unless(pusher.client->WaitForClose());
  fail_unless(PushWell(port, "/next"));
  // Builds that count what is run write their counts at the end.
  fail_unless(prlimit(process, RLIMIT_FSIZE, &before, nullptr) == 0);
  program.Signal(SIGTERM);
  fail_unless_equals_int(program.ExitCode(), 0);
}
GST_END_TEST

GST_START_TEST(test_users) {
  const ScratchDir directory;
  const std::string file = directory.path() + "/users";
  std::ofstream(file) << "# who may push\n\nfirst:one\nsecond:two\r\n";
  Program program({"--port=0", "--users", file, "--user", "third:secret"});
  const unsigned port = program.Port();
  const auto status = [port](const char* user_and_password) {
    RawClient client(port);
    const glib::Chars encoded(
        g_base64_encode(reinterpret_cast<const guchar*>(user_and_password),
                        strlen(user_and_password)));
    RawRequest request;
    request.more =
        std::string("Authorization: Basic ") + encoded.get() + "\r\n";
    request.path = "/" + std::string(1, *user_and_password);
    fail_unless(client.Send(SetupRequest(request)));
    return client.ReadResponse()->status;
  };
  fail_unless_equals_int(status("first:one"), 204);
  fail_unless_equals_int(status("second:two"), 204);
  fail_unless_equals_int(status("third:secret"), 204);
  fail_unless_equals_int(status("third:one"), 401);
  // The password has left the list of processes.
  std::ifstream list("/proc/" + program.Identifier() + "/cmdline");
  const std::string text(std::istreambuf_iterator<char>(list), {});
  fail_unless(text.find("--users") != std::string::npos);
  fail_unless(text.find("secret") == std::string::npos);
}
GST_END_TEST

// ... however the option is written.
GST_START_TEST(test_users_are_hidden) {
  const std::vector<std::vector<std::string>> cases = {
      {"--user", "bob:sesame"},
      {"--user=bob:sesame"},
      {"-u", "bob:sesame"},
      {"-vu", "bob:sesame"},
  };
  for (std::vector<std::string> arguments : cases) {
    const std::string first = arguments.front();
    arguments.emplace_back("--port=0");
    Program program(arguments);
    program.Port();
    std::ifstream list("/proc/" + program.Identifier() + "/cmdline");
    const std::string text(std::istreambuf_iterator<char>(list), {});
    EXPECT(text.find("--port") != std::string::npos, first);
    EXPECT(text.find("sesame") == std::string::npos, first);
  }
}
GST_END_TEST

GST_START_TEST(test_points) {
  Program program({"--port=0", "--no-create", "--point=/here"});
  const unsigned port = program.Port();
  RawClient client(port);
  fail_if(DoSetup(client, {.path = "/here"}).empty());
  fail_unless(client.Send(SetupRequest({.path = "/there"})));
  fail_unless_equals_int(client.ReadResponse()->status, 404);
}
GST_END_TEST

GST_START_TEST(test_bad_arguments) {
  const std::vector<std::vector<std::string>> cases = {
      {"--port=65536"},
      {"--port=-1"},
      {"--port=http"},
      {"--nonsense"},
      {"something"},
      {"--user=nobody"},
      {"--user=:password"},
      {"--users=/nonexistent/file"},
      {"--idle-timeout=9"},
      {"--inactivity-timeout=-1"},
      {"--request-timeout=0"},
      {"--gather=1001"},
      {"--player-timeout=9"},
      {"--player-queue=255"},
      {"--idle-timeout=9999999"},
      {"--status=everybody"},
  };
  for (const auto& arguments : cases) {
    Program program(arguments);
    fail_unless(program.ErrLine().starts_with("wms-publishing-point: "), "%s",
                arguments[0].c_str());
    fail_unless(program.ExitCode() == 2, "%s", arguments[0].c_str());
  }
}
GST_END_TEST

GST_START_TEST(test_cannot_start) {
  Program first({"--port=0"});
  const std::string port = std::to_string(first.Port());
  const std::vector<std::vector<std::string>> cases = {
      {"--port=" + port},
      {"--listen=nowhere", "--port=0"},
      {"--record=/nonexistent", "--port=0"},
      {"--point=relative", "--port=0"},
      {"--point=/metrics", "--port=0"},
  };
  for (const auto& arguments : cases) {
    Program program(arguments);
    const std::string line = program.ErrLine();
    fail_unless(line.starts_with("error: "), "%s", line.c_str());
    fail_unless(program.ExitCode() == 1, "%s", arguments[0].c_str());
    fail_unless(program.OutLine().empty());
  }
  Program busy({"--port=" + port});
  fail_unless(busy.ErrLine().find("is in use") != std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_version_and_help) {
  Program version({"--version"});
  fail_unless(version.OutLine().starts_with("wms-publishing-point "));
  fail_unless_equals_int(version.ExitCode(), 0);
  Program help({"--help"});
  fail_if(help.OutLine().empty());
  fail_unless_equals_int(help.ExitCode(), 0);
}
GST_END_TEST

Suite* pubpoint_program_suite() {
  Suite* suite = suite_create("pubpoint_program");
  TCase* program = tcase_create("program");
  suite_add_tcase(suite, program);
  tcase_add_test(program, test_signals_end_it);
  tcase_add_test(program, test_push_play_record);
  tcase_add_test(program, test_killed_while_recording);
  tcase_add_test(program, test_limit_on_file_size);
  tcase_add_test(program, test_users);
  tcase_add_test(program, test_users_are_hidden);
  tcase_add_test(program, test_points);
  TCase* arguments = tcase_create("arguments");
  suite_add_tcase(suite, arguments);
  tcase_add_test(arguments, test_bad_arguments);
  tcase_add_test(arguments, test_cannot_start);
  tcase_add_test(arguments, test_version_and_help);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_program_suite;
GST_CHECK_MAIN(pubpoint_program)
