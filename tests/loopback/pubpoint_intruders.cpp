// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "attacked_program.h"
#include "breaker.h"
#include "common/scratch_dir.h"
#include "status_client.h"

#include <csignal>
#include <map>

// Attacks with names, paths and push-ids, while an honest push and a player
// of it go on. Replayed Digest answers are in pubpoint_access.

namespace wms::test {
namespace {

// Names that pushers make up, and whose sessions stay: no more of them than
// may be, and no other point has to make room.
GST_START_TEST(test_thousands_of_sessions) {
  constexpr unsigned kPoints = 50;
  AttackedProgram server({"--max-points=" + std::to_string(kPoints)});
  std::map<unsigned, unsigned> statuses;
  for (unsigned i = 0; i < 3000; ++i) {
    ++statuses[StatusOf(server.port(),
                        SetupRequest({.path = "/" + std::to_string(i)}))];
  }
  EXPECT(statuses.size() == 2, "not only 204 and 503");
  // An idle session yields only to a push to the same point.
  EXPECT(statuses[204] == kPoints - 1, std::to_string(statuses[204]));
  server.honest().Finish("thousands of sessions");
}
GST_END_TEST

// Names whose push is over, and which asked to stay.
GST_START_TEST(test_thousands_of_points) {
  constexpr unsigned kPoints = 50;
  AttackedProgram server(
      {"--max-points=" + std::to_string(kPoints), "--point=/configured"});
  const std::size_t files = server.Files();
  for (unsigned i = 0; i < 1000; ++i) {
    const std::string path = "/" + std::to_string(i);
    EXPECT(PushWell(server.port(), path, "AutoDestroy: 0\r\n"), path);
  }
  EXPECT(server.WaitForFiles(files), std::to_string(server.Files()));
  const auto points =
      ValueOf(AskAndCheck(server.port(), "json"), "points.count");
  EXPECT(points == std::to_string(kPoints), points.value_or("no number"));
  EXPECT(PushWell(server.port(), "/configured"), "a point that was there");
  server.honest().Finish("thousands of points");
}
GST_END_TEST

// Whatever a point is called, its recording is a file of its own in the
// folder, and no response has a line that the path has brought.
GST_START_TEST(test_paths) {
  const ScratchDir scratch;
  const std::string folder = scratch.path() + "/recordings";
  std::filesystem::create_directory(folder);
  const std::string own = "mine";
  std::ofstream(folder + "/live.asf") << own;
  std::ofstream(scratch.path() + "/outside.asf") << own;
  AttackedProgram server({"--record", folder});
  const std::string paths[] = {
      "/../outside",
      "/../../../../../../tmp/outside",
      "/%2e%2e/outside",
      "/%2e%2e%2foutside.asf",
      "/..%2foutside.asf",
      "/..%5coutside.asf",
      "/a/../../outside.asf",
      "/a/%2e%2e/%2e%2e/outside.asf",
      "/....//outside",
      "/%252e%252e%252foutside",
      "/%c0%ae%c0%ae/outside",
      "//outside",
      "/%2foutside",
      "/" + scratch.path() + "/outside.asf",
      "/live.asf",
      "/live%00.asf",
      "/%00",
      "/a%0d%0aX-Injected:%20yes",
      "/a%0aX-Injected:%20yes",
      "/a\rX-Injected: yes",
      "/%1b[2J",
      "/-rf",
      "/~root",
      "/$(id)",
      "/a%7cb",
      "/.",
      "/..",
      "/.hidden",
      "/CON",
      "/%E2%80%AEfsa.evil",
      "/" + std::string(254, 'a'),
  };
  std::size_t taken = 0;
  for (const std::string& path : paths) {
    RawClient client(server.port());
    EXPECT(client.Send(SetupRequest({.path = path})), path);
    const auto response = client.ReadResponse();
    EXPECT(response.has_value(), path);
    EXPECT(response->head.find("X-Injected") == std::string::npos, path);
    // 409 for another way to write a path that has had its turn.
    EXPECT(response->status == 204 || response->status == 409 ||
               response->status == 400 || response->status == 403 ||
               response->status == 404,
           path + ": " + std::to_string(response->status));
    client.Reset();
    // The session that is unclaimed keeps the point for itself for a while;
    // another path like it does as well for the file.
    taken += PushWell(server.port(), path + "x") ? 1 : 0;
  }
  EXPECT(taken == 21, std::to_string(taken) + " are names");
  server.honest().Finish("paths");
  server.program().Signal(SIGTERM);
  fail_unless_equals_int(server.program().ExitCode(), 0);
  // One more is the honest one's, and one was there.
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    EXPECT(entry.is_regular_file(), entry.path().string());
    EXPECT(entry.path().extension() == ".asf", entry.path().string());
    ++files;
  }
  EXPECT(files == taken + 2, std::to_string(files) + " files");
  EXPECT(scratch.Files().size() == 2, "something is outside");
  for (const std::string& file :
       {folder + "/live.asf", scratch.path() + "/outside.asf"}) {
    std::ifstream stream(file);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    EXPECT(text == own, file);
  }
}
GST_END_TEST

// What a web client sent comes back in its playlist, and only as text.
GST_START_TEST(test_playlist_injection) {
  AttackedProgram server;
  const struct {
    const char* path;
    const char* host;
    const char* reference;  ///< in the playlist, null when it gets 400
  } kRows[] = {
      {"/%3C%22%3E%0d%0aX-Injected:%20a", "a",
       "\"http://a/%3C%22%3E%0D%0AX-Injected:%20a\""},
      {"/a'%26b&c", "a", "\"http://a/a&apos;&amp;b&amp;c\""},
      {"/live", "a\"/><evil a=\"<&", nullptr},
      {"/live", "a%0d%0aX-Injected: a", nullptr},
  };
  for (const auto& row : kRows) {
    RawClient client(server.port());
    EXPECT(client.Send(std::string("POST ") + row.path +
                       " HTTP/1.1\r\nHost: " + row.host +
                       "\r\nUser-Agent: Mozilla/5.0\r\n"
                       "Content-Type: application/x-wms-pushsetup\r\n"
                       "Content-Length: 0\r\n\r\n"),
           row.path);
    const auto response = client.ReadResponse();
    EXPECT(response.has_value(), row.path);
    EXPECT(response->head.find("X-Injected") == std::string::npos,
           response->head);
    EXPECT(response->status == (row.reference != nullptr ? 200 : 400),
           response->head);
    const ByteVector body =
        client.Read(std::stoul(response->Header("content-length")));
    const std::string text(body.begin(), body.end());
    if (row.reference == nullptr) {
      EXPECT(text.empty(), text);
      continue;
    }
    EXPECT(text == std::string("<asx version=\"3.0\">\r\n<entry><ref href=") +
                       row.reference + "/></entry>\r\n</asx>\r\n",
           text);
  }
  server.honest().Finish("playlist injection");
}
GST_END_TEST

// Every guess gets the same answer, and no session notices. Who knows a
// push-id may use it from wherever it is: it is the key (5.1).
GST_START_TEST(test_push_id_guessing) {
  AttackedProgram server;
  Pusher victim(server.port(), "/victim");
  const auto near = [&victim](unsigned i) {
    std::string id = victim.push_id;
    char& c = id[i % id.size()];
    c = c == 'a' ? 'b' : 'a';
    return id;
  };
  for (unsigned i = 0; i < 3000; ++i) {
    const std::string guess =
        i % 3 == 0   ? near(i)
        : i % 3 == 1 ? std::to_string(i)
                     : victim.push_id.substr(0, i % victim.push_id.size());
    RawClient guesser(server.port());
    RawRequest request;
    request.path = i % 2 == 0 ? "/victim" : "/honest";
    request.cookie = "push-id=" + guess;
    // These two ask for a session.
    if (guess.empty() || guess == "0") continue;
    EXPECT(guesser.Send(i % 5 == 0 ? SetupRequest(request)
                                   : StartRequest(request)),
           guess);
    const auto response = guesser.ReadResponse();
    EXPECT(response && response->status == 404, std::to_string(i));
    EXPECT(response->PushId().empty(), std::to_string(i));
  }
  // A key fits one door only.
  RawRequest request = victim.request;
  request.path = "/honest";
  EXPECT(StatusOf(server.port(), StartRequest(request)) == 404, "other point");
  EXPECT(victim.Start() && victim.Header(MakeHeader()), "victim");
  EXPECT(victim.Data(MakePacket()) && victim.End(), "victim");
  EXPECT(victim.client->WaitForClose(), "victim");
  server.honest().Finish("push-id guessing");
}
GST_END_TEST

Suite* pubpoint_intruders_suite() {
  Suite* suite = suite_create("pubpoint_intruders");
  TCase* points = tcase_create("points");
  suite_add_tcase(suite, points);
  tcase_add_test(points, test_thousands_of_sessions);
  tcase_add_test(points, test_thousands_of_points);
  TCase* names = tcase_create("names");
  suite_add_tcase(suite, names);
  tcase_add_test(names, test_paths);
  tcase_add_test(names, test_playlist_injection);
  TCase* keys = tcase_create("keys");
  suite_add_tcase(suite, keys);
  tcase_add_test(keys, test_push_id_guessing);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_intruders_suite;
GST_CHECK_MAIN(pubpoint_intruders)
