// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What players get of a stream: where they begin, which payloads, and a
// playlist switch.

#include "asf/guids.h"
#include "common/leak_check.h"
#include "common/pubpoint_thread.h"
#include "expect.h"
#include "wmsp_client.h"

#include <algorithm>

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

constexpr const char* kBoth = "ffff:1:0 ffff:2:0";

/// A Play that has been answered with 200.
std::unique_ptr<WmspExchange> Play(PubpointThread& server,
                                   const WmspRequest& request) {
  auto play = std::make_unique<WmspExchange>(server.port(), request);
  fail_unless_equals_int(static_cast<int>(play->response.status), 200);
  return play;
}

std::unique_ptr<WmspExchange> Play(PubpointThread& server,
                                   const std::string& streams = kBoth) {
  return Play(server, PlayRequest(streams));
}

/// SelectStream in the session of @a play.
void Select(PubpointThread& server, const WmspExchange& play,
            const std::string& entries, const std::string& more = {}) {
  const WmspExchange select(
      server.port(),
      {.method = "POST",
       .pragmas = {"client-id=" + PragmaToken(play.response, "client-id"),
                   "stream-switch-entry=" + entries},
       .more = more});
  fail_unless_equals_int(static_cast<int>(select.response.status), 200);
}

GST_START_TEST(test_late_join_begins_at_a_key_frame) {
  ServerOptions options;
  options.limits.recent_time = std::chrono::milliseconds(1200);
  PubpointThread server(std::move(options));
  MixedPush push(server, 10);
  push.Push(28);
  // Key frames are 0, 10 and 20; 15 is the oldest packet of the last 1200 ms.
  const auto early = Play(server);
  push.Push(7);
  // Now 22 is, and no key frame but 30.
  const auto later = Play(server);
  RawClient plain(server.port());
  fail_unless(plain.Send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
  fail_unless(plain.ReadResponse()->status == 200);
  push.End();
  const auto got = ReadData(*early);
  fail_unless_equals_int(static_cast<int>(got.front().location_id), 20);
  fail_unless(got.front().payload == push.Packet(20));
  fail_unless_equals_int(static_cast<int>(got.size()), 15);
  fail_unless_equals_int(static_cast<int>(ReadData(*later).front().location_id),
                         30);
  ByteVector expected = push.header;
  for (std::size_t i = 30; i < 35; ++i)
    Append(expected, Restored(push.Packet(i), 1000));
  fail_unless(plain.ReadToEnd() == expected);
}
GST_END_TEST

// An older key frame than recent_time has is better than none, up to a limit.
GST_START_TEST(test_late_join_behind_a_long_gap) {
  ServerOptions options;
  options.limits.recent_time = std::chrono::milliseconds(300);
  options.limits.key_frame_time = std::chrono::milliseconds(2000);
  PubpointThread server(std::move(options));
  MixedPush push(server, 40);
  push.Push(20);
  const auto early = Play(server);
  push.Push(5);
  const auto later = Play(server);
  push.Push(20);
  push.End();
  fail_unless_equals_int(static_cast<int>(ReadData(*early).size()), 45);
  // Audio at once, in packets of its own; video with the key frame 40.
  const auto got = ReadData(*later);
  fail_unless_equals_int(static_cast<int>(got.front().location_id), 25);
  for (const WmspPacket& packet : got) {
    const std::size_t i = packet.location_id;
    fail_unless(packet.payload == (i < 40 ? push.Only(i, 2) : push.Packet(i)));
  }
  fail_unless_equals_int(static_cast<int>(got.size()), 20);
}
GST_END_TEST

GST_START_TEST(test_audio_alone_begins_at_once) {
  PubpointThread server;
  Pusher pusher(server.port());
  ByteVector header = MakeHeader({.packet_size = 1000, .streams = 2});
  // The first stream's type becomes that of the second, audio.
  std::copy(asf::kAudioMedia.begin(), asf::kAudioMedia.end(),
            std::search(header.begin(), header.end(), asf::kVideoMedia.begin(),
                        asf::kVideoMedia.end()));
  fail_unless(pusher.Start() && pusher.Header(header));
  ByteVector packets;
  for (std::uint32_t i = 0; i < 4; ++i) {
    const ByteVector packet = Stripped(
        MakePacket({{.stream = 2, .key_frame = false, .offset = i}}, 100 * i));
    fail_unless(pusher.Data(packet));
    Append(packets, Restored(packet, 1000));
  }
  fail_unless(server.WaitForPackets(4));
  RawClient plain(server.port());
  fail_unless(plain.Send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
  fail_unless(plain.ReadResponse()->status == 200);
  fail_unless(pusher.End());
  ByteVector expected = header;
  Append(expected, packets);
  fail_unless(plain.ReadToEnd() == expected);
}
GST_END_TEST

GST_START_TEST(test_selection) {
  PubpointThread server;
  MixedPush push(server);
  push.Push(3);
  const auto video = Play(server, "ffff:1:0 ffff:2:2");
  const auto audio = Play(server, "ffff:2:0");
  const auto key_frames = Play(server, "ffff:1:1");
  const auto none = Play(server, "");
  const auto others = Play(server, "ffff:9:0");
  WmspRequest request = PlayRequest("");
  request.user_agent = "NSServer/4.1.0.1";
  const auto relay = Play(server, request);
  push.Push(20);
  push.End();
  for (const WmspPacket& packet : ReadData(*video))
    fail_unless(packet.payload == push.Only(packet.location_id, 1));
  const auto sounds = ReadData(*audio);
  fail_unless_equals_int(static_cast<int>(sounds.size()), 23);
  for (const WmspPacket& packet : sounds)
    fail_unless(packet.payload == push.Only(packet.location_id, 2));
  const auto keys = ReadData(*key_frames);
  fail_unless_equals_int(static_cast<int>(keys.size()), 5);
  for (std::size_t i = 0; i < keys.size(); ++i)
    fail_unless(keys[i].payload == push.Only(5 * i, 1));
  // 3.2.5.6: without an entry no stream is selected, but for old servers.
  fail_unless(Ids(ReadWmspPackets(*none->client)) == "HE");
  fail_unless(Ids(ReadWmspPackets(*others->client)) == "HE");
  const auto all = ReadData(*relay);
  fail_unless_equals_int(static_cast<int>(all.size()), 23);
  // 2.2.3.3: and such a server wants the padding.
  fail_unless(all[1].payload == Restored(push.Packet(1), 1000));
}
GST_END_TEST

GST_START_TEST(test_select_stream) {
  PubpointThread server;
  MixedPush push(server, 10);
  push.Push(1);
  const auto play = Play(server, "ffff:2:0");
  push.Push(4);
  Select(server, *play, "ffff:1:0");
  push.Push(10);
  Select(server, *play, "ffff:2:2");
  push.Push(5);
  push.End();
  const auto got = ReadData(*play);
  fail_unless_equals_int(static_cast<int>(got.size()), 20);
  for (const WmspPacket& packet : got) {
    const std::size_t i = packet.location_id;
    // Video from the key frame on, audio up to its end.
    const ByteVector expected = i < 10   ? push.Only(i, 2)
                                : i < 15 ? push.Packet(i)
                                         : push.Only(i, 1);
    fail_unless(packet.payload == expected, "packet %zu", i);
  }
}
GST_END_TEST

GST_START_TEST(test_stop) {
  PubpointThread server;
  MixedPush push(server);
  push.Push(3);
  const auto play = Play(server);
  const std::string id =
      "client-id=" + PragmaToken(play->response, "client-id");
  const WmspExchange stop(server.port(),
                          {.method = "POST", .pragmas = {id, "xStopStrm=1"}});
  fail_unless(stop.response.status == 200);
  fail_unless(Ids(ReadWmspPackets(*play->client)) == "HDDD");
  const auto again = Play(server, PlayRequest(kBoth, {id}));
  fail_unless(PragmaToken(again->response, "xResetStrm").empty());
  push.End();
  fail_unless(Ids(ReadWmspPackets(*again->client)) == "HDDDE");
}
GST_END_TEST

// Packets 0 to 2, another header, packets 3 to 7, of which 5 is the first to
// begin with.
GST_START_TEST(test_playlist_switch) {
  PubpointThread server;
  MixedPush push(server);
  push.Push(3);
  const auto both = Play(server);
  WmspRequest request = PlayRequest("ffff:2:0");
  request.user_agent = "NSPlayer/12.0.7680.0";
  request.more = "Supported: com.microsoft.wm.predstrm\r\n";
  const auto audio = Play(server, request);
  RawClient plain(server.port());
  fail_unless(plain.Send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n"));
  fail_unless(plain.ReadResponse()->status == 200);
  const ByteVector next =
      MakeHeader({.packet_size = 1000, .streams = 3, .id = 2});
  push.Change(next);
  push.Push(5);
  const WmspExchange late(server.port(), {});
  fail_unless(PragmaToken(late.response, "playlist-gen-id") == "2");
  push.End();
  // A file has one header: a plain player has to come again.
  ByteVector expected = push.header;
  for (std::size_t i = 0; i < 3; ++i)
    Append(expected, Restored(push.Packet(i), 1000));
  fail_unless(plain.ReadToEnd() == expected);

  const auto packets = ReadWmspPackets(*both->client);
  fail_unless(Ids(packets) == "HDDDECHDDDDDE");
  fail_unless_equals_int(static_cast<int>(packets[4].reason), 1);
  fail_unless_equals_int(static_cast<int>(packets[5].reason), 0);
  fail_unless(packets[6].payload == next);
  fail_unless_equals_int(static_cast<int>(packets[7].location_id), 0);
  fail_unless_equals_int(packets[7].af_flags, 3);
  fail_unless(packets[7].payload == push.Only(3, 2));
  fail_unless(packets[9].payload == push.Packet(5));

  // 3.2.4.2: $M right before each $H; the streams of the old selection.
  const auto sounds = ReadWmspPackets(*audio->client);
  fail_unless(Ids(sounds) == "MHDDDECMHDDDDDE");
  const std::string metadata(sounds[7].payload.begin(),
                             sounds[7].payload.end());
  fail_unless(metadata.starts_with("playlist-gen-id=2,"));
  fail_unless(sounds[9].payload == push.Only(3, 2));
}
GST_END_TEST

// A client without predstrm gets no $D before it has selected streams.
GST_START_TEST(test_playlist_switch_waits_for_a_selection) {
  PubpointThread server;
  MixedPush push(server);
  push.Push(1);
  WmspRequest request = PlayRequest(kBoth);
  request.user_agent = "NSPlayer/12.0.7680.0";
  request.more = "Supported: com.microsoft.wm.sswitch\r\n";
  const auto play = Play(server, request);
  push.Change(MakeHeader({.packet_size = 1000, .id = 2}));
  push.Push(3);
  Select(server, *play, "ffff:1:2 ffff:2:0",
         "Supported: com.microsoft.wm.sswitch\r\n");
  push.Push(2);
  push.End();
  const auto packets = ReadWmspPackets(*play->client);
  fail_unless(Ids(packets) == "MHDECMHDDE");
  fail_unless_equals_int(static_cast<int>(packets[7].location_id), 3);
  fail_unless(packets[7].payload == push.Only(4, 2));
}
GST_END_TEST

// 3.2.6.2: one that never selects ends with the Idle-Timeout.
GST_START_TEST(test_waiting_ends_with_the_idle_timeout) {
  ServerOptions options;
  options.timers.player_idle = std::chrono::milliseconds(50);
  PubpointThread server(std::move(options));
  MixedPush push(server);
  push.Push(1);
  WmspRequest request = PlayRequest(kBoth);
  request.more = "Supported: com.microsoft.wm.sswitch\r\n";
  const auto play = Play(server, request);
  push.Change(MakeHeader({.packet_size = 1000, .id = 2}));
  fail_unless(Ids(ReadWmspPackets(*play->client)) == "HDECH");
  const WmspExchange keep(
      server.port(),
      {.method = "POST",
       .pragmas = {"client-id=" + PragmaToken(play->response, "client-id"),
                   "xKeepAliveInPause=1"}});
  fail_unless_equals_int(static_cast<int>(keep.response.status), 404);
  push.End();
}
GST_END_TEST

GST_START_TEST(test_header_of_two_packets) {
  PubpointThread server;
  Pusher pusher(server.port());
  // The largest that $H of a push carries.
  const std::size_t least = MakeHeader({.padding = 1}).size();
  const ByteVector header = MakeHeader({.padding = 65531 - least + 1});
  fail_unless_equals_int(static_cast<int>(header.size()), 65531);
  fail_unless(pusher.Start() && pusher.Header(header));
  fail_unless(server.WaitForHeaders(1));
  const auto play = Play(server);
  fail_unless(pusher.End());
  const auto packets = ReadWmspPackets(*play->client);
  fail_unless(Ids(packets) == "HHE");
  fail_unless_equals_int(packets[0].af_flags, 0x04);
  fail_unless_equals_int(packets[1].af_flags, 0x08);
  fail_unless_equals_int(static_cast<int>(packets[1].location_id), 1);
  ByteVector joined = packets[0].payload;
  Append(joined, packets[1].payload);
  fail_unless(joined == header);
}
GST_END_TEST

GST_START_TEST(test_nothing_is_left) {
  const auto play = [] {
    PubpointThread server;
    MixedPush push(server);
    push.Push(3);
    const auto reads = Play(server);
    const auto waits = Play(server, "ffff:2:0");
    auto leaves = Play(server);
    leaves.reset();
    push.Change(MakeHeader({.packet_size = 1000, .id = 2}));
    push.Push(5);
    push.End();
    fail_unless(Ids(ReadWmspPackets(*reads->client)) == "HDDDECHDDDDDE");
  };
  play();
  const LeakCheck check;
  play();
  fail_unless_equals_int(static_cast<int>(check.new_files()), 0);
  fail_unless_equals_int(static_cast<int>(check.new_threads()), 0);
}
GST_END_TEST

Suite* pubpoint_streams_suite() {
  Suite* suite = suite_create("pubpoint_streams");
  TCase* streams = tcase_create("streams");
  suite_add_tcase(suite, streams);
  tcase_add_test(streams, test_late_join_begins_at_a_key_frame);
  tcase_add_test(streams, test_late_join_behind_a_long_gap);
  tcase_add_test(streams, test_audio_alone_begins_at_once);
  tcase_add_test(streams, test_selection);
  tcase_add_test(streams, test_select_stream);
  tcase_add_test(streams, test_stop);
  tcase_add_test(streams, test_playlist_switch);
  tcase_add_test(streams, test_playlist_switch_waits_for_a_selection);
  tcase_add_test(streams, test_waiting_ends_with_the_idle_timeout);
  tcase_add_test(streams, test_header_of_two_packets);
  tcase_add_test(streams, test_nothing_is_left);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_streams_suite;
GST_CHECK_MAIN(pubpoint_streams)
