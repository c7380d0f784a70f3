// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "base/text.h"
#include "common/real_players.h"
#include "unit/check.h"
#include "wmsp/request.h"

namespace wms::test {
namespace {

using wmsp::Client;
using wmsp::ParseRequest;
using wmsp::Request;
using wmsp::RequestFields;
using wmsp::RequestType;
using wmsp::StreamSwitch;
using wmsp::Thinning;

constexpr const char* kAgent = "NSPlayer/12.0.7680.0";
constexpr const char* kLogStats = "application/x-wms-LogStats;charset=UTF-8";

/// What an HTTP server makes of the head: the values of one name joined.
Request ParseHead(std::string_view head) {
  std::string agent;
  std::string pragma;
  std::string_view rest = head.substr(head.find("\r\n") + 2);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    const auto [name, value] = SplitAt(line, ':');
    if (name == "User-Agent") agent = Trim(value);
    if (name != "Pragma") continue;
    if (!pragma.empty()) pragma += ", ";
    pragma += Trim(value);
  }
  return ParseRequest({.method = head.substr(0, head.find(' ')),
                       .user_agent = agent,
                       .content_type = {},
                       .pragma = pragma,
                       .supported = {}});
}

GST_START_TEST(test_real_players) {
  for (const RealPlayer& player : kRealPlayers) {
    const Request describe = ParseHead(player.describe);
    EXPECT(describe.type == RequestType::kDescribe, player.name);
    EXPECT(describe.client.token == Client::Token::kNSPlayer, player.name);
    EXPECT(describe.client.major_version == player.major_version, player.name);
    EXPECT(describe.request_context == 1, player.name);
    EXPECT(!describe.client_id.has_value(), player.name);
    EXPECT(describe.switches.empty(), player.name);
    const Request play = ParseHead(player.play);
    EXPECT(play.type == RequestType::kPlay, player.name);
    EXPECT(play.request_context == 2, player.name);
    EXPECT(play.switches.size() == 2, player.name);
    for (const StreamSwitch& entry : play.switches) {
      EXPECT(entry.source == 0, player.name);
      EXPECT(entry.target == 1 || entry.target == 2, player.name);
      EXPECT(entry.thinning == Thinning::kNone, player.name);
    }
  }
}
GST_END_TEST

struct TypeRow {
  const char* method;
  const char* agent;
  const char* content_type;
  const char* pragma;
  RequestType type;
  bool has_body = false;
};

RequestType TypeOf(const TypeRow& row) {
  return ParseRequest({.method = row.method,
                       .user_agent = row.agent,
                       .content_type = row.content_type,
                       .pragma = row.pragma,
                       .supported = {},
                       .has_body = row.has_body})
      .type;
}

void ExpectTypes(std::span<const TypeRow> rows) {
  for (const TypeRow& row : rows) {
    EXPECT(TypeOf(row) == row.type, std::string(row.method) + " " + row.agent +
                                        " " + row.content_type + " " +
                                        row.pragma);
  }
}

GST_START_TEST(test_get) {
  const TypeRow kRows[] = {
      {"GET", kAgent, "", "", RequestType::kDescribe},
      {"GET", kAgent, "", "no-cache", RequestType::kDescribe},
      {"GET", kAgent, "", "xPlayStrm=0", RequestType::kDescribe},
      {"GET", kAgent, "", "client-id=5", RequestType::kDescribe},
      {"GET", kAgent, "", "xPlayStrm=1", RequestType::kPlay},
      {"GET", kAgent, "", "XPLAYSTRM=1", RequestType::kPlay},
      {"GET", kAgent, "", "xPlayStrm=1,stream-switch-entry=ffff:1:0",
       RequestType::kPlay},
      {"GET", kAgent, "", "stream-switch-entry=ffff:1:0",
       RequestType::kSelectStream},
      {"GET", kAgent, "", "stream-switch-entry=ffff:1:0,xPlayStrm=0",
       RequestType::kInvalid},
      {"GET", kAgent, "", "stream-switch-entry=ffff:1:0,xStopStrm=1",
       RequestType::kInvalid},
      {"GET", kAgent, "", "xPlayNextEntry=1", RequestType::kUnsupported},
      {"GET", kAgent, "", "pipeline-request=1", RequestType::kUnsupported},
      {"HEAD", kAgent, "", "", RequestType::kNone},
      {"DELETE", kAgent, "", "", RequestType::kInvalid},
      {"OPTIONS", kAgent, "", "client-id=5", RequestType::kKeepAlive11},
  };
  ExpectTypes(kRows);
}
GST_END_TEST

GST_START_TEST(test_post) {
  const TypeRow kRows[] = {
      {"POST", kAgent, "", "xKeepAliveInPause=1", RequestType::kKeepAlive},
      {"POST", kAgent, "", "xStopStrm=1", RequestType::kStop},
      {"POST", kAgent, "", "stream-switch-entry=1:2:0",
       RequestType::kSelectStream},
      {"POST", kAgent, "", "log-line=- - -", RequestType::kLog},
      {"POST", kAgent, "text/plain", "log-line=- - -", RequestType::kLog},
      {"POST", kAgent, kLogStats, "client-id=5", RequestType::kLog, true},
      {"POST", kAgent, "APPLICATION/X-WMS-LOGSTATS", "", RequestType::kLog},
      {"POST", kAgent, "", "", RequestType::kInvalid},
      {"POST", kAgent, "", "client-id=5", RequestType::kInvalid},
      {"POST", kAgent, "text/html", "xStopStrm=1", RequestType::kInvalid},
      {"POST", kAgent, "", "xStopStrm=1", RequestType::kInvalid, true},
      {"POST", kAgent, "", "log-line=-", RequestType::kInvalid, true},
      {"POST", kAgent, "", "xStopStrm=1,xKeepAliveInPause=1",
       RequestType::kInvalid},
      {"POST", kAgent, kLogStats, "stream-switch-entry=1:2:0",
       RequestType::kInvalid, true},
      {"POST", kAgent, "", "xPlayNextEntry=1", RequestType::kUnsupported},
      {"POST", kAgent, "application/x-wms-getcontentinfo", "",
       RequestType::kUnsupported, true},
      {"POST", kAgent, "application/x-wms-sendevent", "",
       RequestType::kUnsupported, true},
      // [MS-WMHTTP], whoever sends it.
      {"POST", kAgent, "application/x-wms-pushsetup", "", RequestType::kNone},
      {"POST", "WMEncoder/11.0", "application/x-wms-pushstart", "",
       RequestType::kNone, true},
  };
  ExpectTypes(kRows);
}
GST_END_TEST

GST_START_TEST(test_who_is_a_player) {
  constexpr const char* kBrowser = "Mozilla/5.0 (X11) Gecko";
  const TypeRow kRows[] = {
      {"GET", "", "", "", RequestType::kNone},
      {"GET", kBrowser, "", "no-cache", RequestType::kNone},
      {"GET", "Lavf/59.27.100", "", "", RequestType::kNone},
      {"GET", "VLC/3.0.18 LibVLC/3.0.18", "", "", RequestType::kNone},
      {"GET", "WMEncoder/11.0", "", "", RequestType::kNone},
      {"GET", "NSPlayer", "", "", RequestType::kDescribe},
      {"GET", "NSPlayers/9.0", "", "", RequestType::kNone},
      {"GET", "nsplayer/9.0", "", "", RequestType::kDescribe},
      {"GET", "NSServer/4.1", "", "", RequestType::kDescribe},
      {"GET", "WMCacheProxy/9.5", "", "", RequestType::kDescribe},
      {"GET", "NSPlayer/9.0; via WMCacheProxy", "", "", RequestType::kDescribe},
      // Others that speak the protocol.
      {"GET", kBrowser, "", "xPlayStrm=1", RequestType::kPlay},
      {"GET", "", "", "xClientGUID={}", RequestType::kDescribe},
      {"GET", "", "", "version11-enabled=1", RequestType::kDescribe},
      {"GET", "", "", "client-id=1", RequestType::kNone},
  };
  ExpectTypes(kRows);
}
GST_END_TEST

GST_START_TEST(test_client) {
  const struct {
    const char* agent;
    Client::Token token;
    unsigned major_version;
    unsigned minor_version;
  } kRows[] = {
      {"NSPlayer/12.0.7680.0", Client::Token::kNSPlayer, 12, 0},
      {"NSPlayer/7.10.0.3059", Client::Token::kNSPlayer, 7, 10},
      {"NSPlayer/4.1.0.3856; {guid}; Host: x", Client::Token::kNSPlayer, 4, 1},
      {"NSPlayer/9", Client::Token::kNSPlayer, 9, 0},
      {"NSPlayer/", Client::Token::kNSPlayer, 0, 0},
      {"NSPlayer/x.y", Client::Token::kNSPlayer, 0, 0},
      {"NSPlayer/99999999999.1", Client::Token::kNSPlayer, 9999, 0},
      {"  NSServer/4.0", Client::Token::kNSServer, 4, 0},
      {"WMCacheProxy/9.5", Client::Token::kWMCacheProxy, 9, 5},
      {"Mozilla/4.0 NSPlayer/9.0", Client::Token::kOther, 0, 0},
      {"", Client::Token::kOther, 0, 0},
  };
  for (const auto& row : kRows) {
    const HeapBytes text{std::string_view(row.agent)};
    const Client client = wmsp::ParseClient(text.text());
    EXPECT(client.token == row.token, row.agent);
    EXPECT(client.major_version == row.major_version, row.agent);
    EXPECT(client.minor_version == row.minor_version, row.agent);
  }
}
GST_END_TEST

GST_START_TEST(test_stream_switches) {
  using Switches = std::vector<StreamSwitch>;
  const struct {
    const char* value;
    Switches switches;
  } kRows[] = {
      {"", {}},
      {"ffff:1:0", {{0, 1, Thinning::kNone}}},
      {"FFFF:a:2", {{0, 10, Thinning::kAll}}},
      {"ffff:1:0 ffff:2:1",
       {{0, 1, Thinning::kNone}, {0, 2, Thinning::kKeyFrames}}},
      {"  ffff:1:0   1:7f:0  ",
       {{0, 1, Thinning::kNone}, {1, 127, Thinning::kNone}}},
      // Nobody has these streams.
      {"ffff:0:0 ffff:80:0 ffff:ffff:0 0:1:0 80:1:0 ffff:3:0",
       {{0, 3, Thinning::kNone}}},
      {"ffff:1:3 ffff:1 ffff ffff:1:0:0 x:1:0 ffff:g:0 ffff:00001:0", {}},
      {":::: ffff::0 ffff:1: ffff:2:0", {{0, 2, Thinning::kNone}}},
  };
  for (const auto& row : kRows) {
    const HeapBytes text{std::string_view(row.value)};
    EXPECT(wmsp::ParseStreamSwitches(text.text()) == row.switches, row.value);
  }
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += "ffff:1:0 ";
  fail_unless(wmsp::ParseStreamSwitches(many).size() == 127);
}
GST_END_TEST

GST_START_TEST(test_variables) {
  const auto parse = [](std::string_view pragma, std::string_view supported) {
    return ParseRequest({.method = "GET",
                         .user_agent = kAgent,
                         .content_type = {},
                         .pragma = pragma,
                         .supported = supported});
  };
  fail_unless(parse("client-id=4259367329", "").client_id == 4259367329U);
  fail_unless(!parse("client-id=4294967296", "").client_id.has_value());
  fail_unless(!parse("client-id=", "").client_id.has_value());
  fail_unless(!parse("", "").predictive_streams.has_value());
  fail_unless(parse("", "com.microsoft.wm.sswitch").predictive_streams ==
              false);
  fail_unless(
      parse("", "com.microsoft.wm.sswitch,com.Microsoft.WM.PredStrm , x")
          .predictive_streams == true);
}
GST_END_TEST

Suite* wmsp_request_suite() {
  Suite* suite = suite_create("wmsp_request");
  TCase* request = tcase_create("request");
  suite_add_tcase(suite, request);
  tcase_add_test(request, test_real_players);
  tcase_add_test(request, test_get);
  tcase_add_test(request, test_post);
  tcase_add_test(request, test_who_is_a_player);
  tcase_add_test(request, test_client);
  tcase_add_test(request, test_stream_switches);
  tcase_add_test(request, test_variables);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmsp_request_suite;
GST_CHECK_MAIN(wmsp_request)
