// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "balancer.h"
#include "common/pubpoint_thread.h"
#include "loopback/expect.h"
#include "loopback/pusher.h"
#include "loopback/status_client.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>

// What docs/scaling.md describes: HAProxy in front of two publishing points,
// and one encoder that pushes to two. The programs are real ones.

namespace wms::test {
namespace {

constexpr int kRate = 25;
constexpr int kFrames = 4 * kRate;
constexpr int kSampleRate = 44100;

std::vector<std::string> Words(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// gst-launch with a live test source of some seconds; what leaves its muxer
/// goes to @a outlet.
std::vector<std::string> EncoderTo(const std::string& outlet) {
  return Words(
      "gst-launch-1.0 -e asfmux name=mux streamable=true ! " + outlet +
      " videotestsrc is-live=true pattern=ball num-buffers=" +
      std::to_string(kFrames) +
      " ! video/x-raw,width=320,height=240,framerate=" + std::to_string(kRate) +
      "/1 ! videoconvert ! avenc_wmv2 bitrate=300000 ! "
      "identity single-segment=true ! queue ! mux. "
      "audiotestsrc is-live=true num-buffers=" +
      std::to_string(kFrames * kSampleRate / kRate / 1024) +
      " ! audioconvert ! avenc_wmav2 ! queue ! mux.");
}

/// ffmpeg, which decodes all video of @a url and prints a line for each
/// frame.
std::vector<std::string> PlayerOf(const std::string& url) {
  return Words(
      "ffmpeg -nostdin -hide_banner -loglevel error "
      "-reconnect_on_http_error 404 -reconnect_delay_max 2 -i " +
      url + " -map 0:v -f framemd5 -");
}

/// Different frames among what PlayerOf has printed.
std::size_t DifferentFrames(const std::string& output) {
  std::set<std::string> hashes;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#') && line.find(',') != std::string::npos) {
      hashes.insert(line.substr(line.rfind(',') + 1));
    }
  }
  return hashes.size();
}

/// Two publishing points behind a balancer.
struct Farm {
  PubpointThread a;
  PubpointThread b;
  Balancer balancer{a.port(), b.port()};
};

/// The one of the two of which @a holds is true, when it is of one in time.
PubpointThread& WaitForOne(Farm& farm,
                           const std::function<bool(const Received&)>& holds) {
  constexpr std::chrono::milliseconds kTurn(20);
  const auto end = std::chrono::steady_clock::now() + PubpointThread::kDeadline;
  while (std::chrono::steady_clock::now() < end) {
    if (farm.a.WaitFor(holds, kTurn)) return farm.a;
    if (farm.b.WaitFor(holds, kTurn)) return farm.b;
  }
  ck_abort_msg("neither publishing point got it");
  return farm.a;
}

bool HasHeader(const Received& received) {
  return !received.headers.empty();
}

bool Has(const std::vector<std::string>& lines, const std::string& start) {
  return std::any_of(
      lines.begin(), lines.end(),
      [&start](const std::string& line) { return line.starts_with(start); });
}

/// True when all of the push to @a path took place there.
bool HasWholePush(const Received& received, const std::string& path) {
  return Has(received.log, "PushSetup for " + path + " from") &&
         Has(received.log, "PushStart for " + path + " from") &&
         Has(received.log, "push to " + path + " ends with S_OK");
}

bool HasAnyOf(const Received& received, const std::string& path) {
  return std::any_of(received.log.begin(), received.log.end(),
                     [&path](const std::string& line) {
                       return line.find(path + " ") != std::string::npos;
                     });
}

// Real encoders push through the balancer, real players find them.
GST_START_TEST(test_pushes_meet_their_players) {
  constexpr std::array<const char*, 4> kPaths = {"/one", "/two", "/three",
                                                 "/four"};
  Farm farm;
  std::vector<std::unique_ptr<ChildProcess>> encoders;
  for (const char* path : kPaths) {
    encoders.push_back(std::make_unique<ChildProcess>(
        EncoderTo("wmspushsink location=" + farm.balancer.Url(path))));
  }
  std::vector<std::unique_ptr<ChildProcess>> players;
  for (const char* path : kPaths) {
    WaitForOne(farm, [path](const Received& r) {
      return Has(r.log, std::string("PushStart for ") + path + " from");
    });
    players.push_back(
        std::make_unique<ChildProcess>(PlayerOf(farm.balancer.Url(path))));
  }
  for (const auto& encoder : encoders) {
    std::string output;
    EXPECT(encoder->Wait(output) == 0, output);
  }
  for (const auto& player : players) {
    std::string output;
    player->Wait(output);
    const std::size_t frames = DifferentFrames(output);
    // It joined after the beginning.
    EXPECT(frames >= kFrames / 2, std::to_string(frames) + "\n" + output);
  }
  const Received a = farm.a.Snapshot();
  const Received b = farm.b.Snapshot();
  fail_unless(a.violations.empty() && b.violations.empty());
  for (const std::string path : kPaths) {
    EXPECT(HasWholePush(a, path) != HasWholePush(b, path), path);
    EXPECT(HasAnyOf(a, path) != HasAnyOf(b, path), path);
  }
  // Both have work.
  fail_unless(a.setups > 0 && b.setups > 0);
}
GST_END_TEST

// A packet gets to the player while the request that brings it goes on.
GST_START_TEST(test_nothing_is_held_back) {
  Farm farm;
  const Stream stream;
  Pusher pusher(farm.balancer.port());
  fail_if(pusher.push_id.empty());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(stream.header));
  WaitForOne(farm, HasHeader);
  RawClient player(farm.balancer.port());
  fail_unless(player.Send("GET /live HTTP/1.0\r\n\r\n"));
  const auto response = player.ReadResponse();
  fail_unless(response && response->status == 200);
  fail_unless(player.Read(stream.header.size()) == stream.header);
  for (const ByteVector& packet : stream.stripped) {
    fail_unless(pusher.Data(packet));
    fail_unless(player.Read(kStreamPacketSize) ==
                Restored(packet, kStreamPacketSize));
  }
  fail_unless(pusher.End());
  fail_unless(player.ReadToEnd().empty());
}
GST_END_TEST

// What a publishing point says in mid-body gets through to the encoder.
GST_START_TEST(test_a_refusal_gets_through) {
  Farm farm;
  Pusher pusher(farm.balancer.port());
  fail_unless(pusher.Start());
  fail_unless(pusher.Header(MakeHeader()));
  const PubpointThread& server = WaitForOne(farm, HasHeader);
  fail_unless_equals_int(AskStatus(server.port(), "/disconnect?point=/live",
                                   "X-Requested-With: test\r\n", "POST")
                             .head.status,
                         204);
  const auto response = pusher.client->ReadResponse();
  fail_unless(response.has_value());
  fail_unless_equals_int(response->status, 403);
  fail_unless(response->Header("server").starts_with("Cougar/"));
}
GST_END_TEST

GST_START_TEST(test_status_is_not_shown) {
  Farm farm;
  for (const char* target : {"/", "/status.json", "/metrics"}) {
    fail_unless_equals_int(AskStatus(farm.balancer.port(), target).head.status,
                           403);
  }
  fail_unless_equals_int(
      AskStatus(farm.balancer.port(), "/disconnect?point=/live",
                "X-Requested-With: test\r\n", "POST")
          .head.status,
      403);
}
GST_END_TEST

// One encoder, two publishing points, the same packets at both.
GST_START_TEST(test_tee_to_two_points) {
  PubpointThread a;
  PubpointThread b;
  RunToEnd(
      EncoderTo("tee name=all all. ! queue ! wmspushsink location=" + a.Url() +
                " all. ! queue ! wmspushsink location=" + b.Url()));
  fail_unless(a.WaitForEnd() && b.WaitForEnd());
  const Received at_a = a.Snapshot();
  const Received at_b = b.Snapshot();
  EXPECT(at_a.packets.size() >= 8, std::to_string(at_a.packets.size()));
  fail_unless(at_a.packets == at_b.packets);
  fail_unless_equals_int(at_a.headers.size(), 1);
  fail_unless(at_a.headers == at_b.headers);
  fail_unless(at_a.ends == std::vector<std::uint32_t>{0});
  fail_unless(at_b.ends == std::vector<std::uint32_t>{0});
}
GST_END_TEST

Suite* scaling_suite() {
  Suite* suite = suite_create("scaling");
  TCase* balancer = tcase_create("balancer");
  suite_add_tcase(suite, balancer);
  tcase_add_test(balancer, test_pushes_meet_their_players);
  tcase_add_test(balancer, test_nothing_is_held_back);
  tcase_add_test(balancer, test_a_refusal_gets_through);
  tcase_add_test(balancer, test_status_is_not_shown);
  TCase* tee = tcase_create("tee");
  suite_add_tcase(suite, tee);
  tcase_add_test(tee, test_tee_to_two_points);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::scaling_suite;
GST_CHECK_MAIN(scaling)
