// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/scratch_dir.h"
#include "expect.h"
#include "program.h"
#include "pusher.h"
#include "wmsp_client.h"

#include <sys/wait.h>

#include <csignal>

// A client that closes its connection and comes back at once: the server, busy
// with something else, finds both the end of the old connection and the new
// one. Stopping its process makes it as busy as that.

namespace wms::test {
namespace {

/// Stops the program, and lets it go on when this ends.
class Pause {
 public:
  explicit Pause(Program& program) : program_(program) {
    program_.Signal(SIGSTOP);
    siginfo_t info{};
    fail_unless(waitid(P_PID,
                       static_cast<id_t>(std::stoul(program.Identifier())),
                       &info, WSTOPPED | WNOWAIT) == 0);
  }
  ~Pause() { program_.Signal(SIGCONT); }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

 private:
  Program& program_;
};

GST_START_TEST(test_push_comes_back) {
  const Stream stream;
  Program program({"--port=0"});
  const unsigned port = program.Port();
  Pusher pusher(port);
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  fail_if(program.ErrLineWith("PushStart for /live").empty());
  for (const bool setup : {true, false, true}) {
    auto next = std::make_unique<RawClient>(port);
    {
      const Pause pause(program);
      for (const ByteVector& packet : stream.stripped)
        fail_unless(pusher.Data(packet));
      pusher.client->ShutdownWrite();
      fail_unless(next->Send(setup ? SetupRequest(pusher.request)
                                   : StartRequest(pusher.request)));
    }
    if (setup) {
      const auto response = next->ReadResponse();
      fail_unless(response.has_value());
      fail_unless_equals_int(static_cast<int>(response->status), 204);
    }
    pusher.client = std::move(next);
    if (setup) {
      fail_unless(pusher.Start());
      fail_unless(pusher.Header(stream.header));
    }
    fail_if(program.ErrLineWith("may resume").empty());
    // A refusal is another line: "PushStart for /live from ...: 3.2.5.2 ...".
    const std::string line = program.ErrLineWith("PushStart for /live");
    EXPECT(!line.empty() && line.find("3.2.5") == std::string::npos, line);
  }
}
GST_END_TEST

// The first PushStart waits unread on the connection of PushSetup, when the
// next one comes on another.
GST_START_TEST(test_push_comes_back_before_it_was_read) {
  const Stream stream;
  Program program({"--port=0"});
  const unsigned port = program.Port();
  Pusher pusher(port);
  fail_if(program.ErrLineWith("PushSetup for /live").empty());
  auto next = std::make_unique<RawClient>(port);
  {
    const Pause pause(program);
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(stream.header));
    pusher.client->ShutdownWrite();
    fail_unless(next->Send(StartRequest(pusher.request)));
    fail_unless(
        next->Send(Frame(wmhttp::PacketId::kData, stream.stripped.front())));
    fail_unless(next->Send(Frame(wmhttp::PacketId::kEndOfStream, {})));
  }
  for (int i = 0; i < 2; ++i) {
    const std::string line = program.ErrLineWith("PushStart for /live");
    EXPECT(!line.empty() && line.find("3.2.5") == std::string::npos, line);
  }
  // No response: the end has been taken.
  fail_unless(next->WaitForClose());
}
GST_END_TEST

GST_START_TEST(test_player_comes_back) {
  const Stream stream;
  const ScratchDir directory;
  Program program({"--port=0", "--record", directory.path()});
  const unsigned port = program.Port();
  Pusher pusher(port);
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  // From then on there is something to play.
  fail_if(program.ErrLineWith("recording /live").empty());
  WmspRequest play = PlayRequest("ffff:1:0");
  auto playing = std::make_unique<WmspExchange>(port, play);
  fail_unless_equals_int(static_cast<int>(playing->response.status), 200);
  play.pragmas.push_back(ClientId(playing->response));
  RawClient next(port);
  {
    const Pause pause(program);
    playing.reset();
    fail_unless(next.Send(WriteWmspRequest(play)));
  }
  const auto response = next.ReadResponse();
  fail_unless(response.has_value());
  fail_unless_equals_int(static_cast<int>(response->status), 200);
  // It goes on with the session that it had.
  fail_unless(ClientId(*response) == play.pragmas.back());
}
GST_END_TEST

Suite* pubpoint_reconnect_suite() {
  Suite* suite = suite_create("pubpoint_reconnect");
  TCase* at_once = tcase_create("at once");
  suite_add_tcase(suite, at_once);
  tcase_add_test(at_once, test_push_comes_back);
  tcase_add_test(at_once, test_push_comes_back_before_it_was_read);
  tcase_add_test(at_once, test_player_comes_back);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_reconnect_suite;
GST_CHECK_MAIN(pubpoint_reconnect)
