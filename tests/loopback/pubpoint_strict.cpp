// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "breaker.h"
#include "expect.h"

namespace wms::test {
namespace {

/// A head with one thing changed. A status of 204 stands for being taken.
struct HeadCase {
  const char* what;
  std::string from;  ///< as the good head has it
  std::string to;
  unsigned tolerant;  ///< 0 for a connection that is closed at once
  unsigned strict;
  const char* section;
};

const std::string kAgent = "User-Agent: WMEncoder/11.0.5721.5145\r\n";
const std::string kCookie = "Cookie: push-id=ID\r\n";
const std::string kAccept = "X-Accept-Authentication: NTLM, Digest\r\n";
const std::string kCache = "Cache-Control: no-cache\r\n";
const std::string kHost = "Host: 127.0.0.1\r\n";
const std::string kLength = "Content-Length: LENGTH\r\n";

/// What holds for PushSetup and PushStart alike; @a section is the client's.
std::vector<HeadCase> CommonCases(const char* section) {
  const auto agent = [](const std::string& text) {
    return "User-Agent: " + text + "\r\n";
  };
  return {
      {"nothing", "", "", 204, 204, ""},
      {"no HTTP", "HTTP/1.1", "HTTX/1.1", 400, 400, "2.2.2"},
      {"a header without a colon", kHost, kHost + "nonsense\r\n", 204, 204, ""},
      {"no Host", kHost, "", 400, 400, "2.2.2"},
      {"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", 204, 204, ""},
      {"no Content-Length", kLength, "", 411, 411, "2.2.2"},
      {"chunked", kLength, "Transfer-Encoding: chunked\r\n", 411, 411, "2.2.2"},
      {"a length that is no number", kLength, "Content-Length: x\r\n", 400, 400,
       "2.1"},
      {"a negative length", kLength, "Content-Length: -1\r\n", 400, 400,
       "2.2.2"},
      {"two lengths", kLength, kLength + "Content-Length: 7\r\n", 400, 400,
       "2.2.2"},
      {"no Content-Type", "Content-Type: TYPE\r\n", "", 415, 415, "2.2.1.1"},
      {"another Content-Type", "TYPE", "application/x-wms-push", 415, 415,
       "2.2.1.1"},
      {"the charset", "TYPE", "TYPE;charset=UTF-8", 204, 204, ""},
      {"another charset", "TYPE", "TYPE;charset=ISO-8859-1", 204, 415,
       "2.2.1.1"},
      {"a blank in the Content-Type", "TYPE", "TYPE; charset=UTF-8", 204, 415,
       "2.2.1.1"},
      {"Content-Encoding", kHost, kHost + "Content-Encoding: gzip\r\n", 415,
       415, "2.2.2"},
      {"WMEncoder without a version", kAgent, agent("WMEncoder"), 400, 400,
       "2.2.1.8"},
      {"version 8.0", kAgent, agent("WMEncoder/8.0"), 400, 400, "2.2.1.8"},
      {"version 11.1", kAgent, agent("WMEncoder/11.1"), 400, 400, "2.2.1.8"},
      {"three digits", kAgent, agent("WMEncoder/011.0"), 400, 400, "2.2.1.8"},
      {"five digits", kAgent, agent("WMEncoder/12.0.7601.17514"), 204, 400,
       "2.2.1.8"},
      {"six digits", kAgent, agent("WMEncoder/12.0.7601.175140"), 400, 400,
       "2.2.1.8"},
      {"one build number", kAgent, agent("WMEncoder/11.0.5721"), 204, 400,
       "2.2.1.8"},
      {"a comment", kAgent, agent("WMEncoder/11.0 (Windows)"), 204, 400,
       "2.2.1.8"},
      {"another product", kAgent, agent("WMEncoder/11.0 a/1"), 204, 204, ""},
      {"two blanks", kAgent, agent("WMEncoder/11.0  a/1"), 400, 400, "2.2.1.8"},
      {"a push-id with a blank", kCookie, "Cookie: push-id=a b\r\n", 400, 400,
       "2.2.1.3.1"},
      {"a long push-id", kCookie,
       "Cookie: push-id=" + std::string(256, 'x') + "\r\n", 400, 400,
       "2.2.1.3.1"},
      {"an unknown push-id", kCookie, "Cookie: push-id=abc\r\n", 404, 404,
       "3.2.5."},
      {"another cookie, too", kCookie, "Cookie: a=b; push-id=ID\r\n", 204, 204,
       ""},
      {"no X-Accept-Authentication", kAccept, "", 204, 400, section},
      {"no Cache-Control", kCache, "", 204, 400, "2.2.2"},
      {"Pragma", kHost, kHost + "Pragma: no-cache\r\n", 204, 400, section},
      {"Server", kHost, kHost + "Server: Cougar/9.5\r\n", 204, 400, section},
      {"Set-Cookie", kHost, kHost + "Set-Cookie: push-id=1\r\n", 204, 400,
       section},
      {"Supported", kHost, kHost + "Supported: x\r\n", 204, 400, section},
      {"an unknown header", kHost, kHost + "X-Something: x\r\n", 204, 204, ""},
      {"the root", "/live", "/", 404, 404, "3.2.5."},
      {"a path that is no UTF-8", "/live", "/%FF", 404, 404, "3.2.5."},
      {"a long path", "/live", "/" + std::string(255, 'x'), 404, 404, "3.2.5."},
      {"a very large header", kHost,
       kHost + "X-Large: " + std::string(200000, 'x') + "\r\n", 0, 0, "2.1"},
  };
}

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  const std::size_t at = text.find(from);
  if (!from.empty()) {
    EXPECT(at != std::string::npos, from);
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string Head(const HeadCase& c, const std::string& type,
                 const std::string& id, std::uint64_t length) {
  std::string head = "POST /live HTTP/1.1\r\n" + kHost +
                     "Content-Type: TYPE\r\n" + kAgent + kCookie + kAccept +
                     kCache + kLength + "\r\n";
  head = Replaced(head, c.from, c.to);
  for (const auto& [name, value] :
       {std::pair{std::string("TYPE"), type},
        {std::string("=ID"), "=" + id},
        {std::string("LENGTH"), std::to_string(length)}}) {
    if (head.find(name) != std::string::npos) {
      head = Replaced(head, name, value);
    }
  }
  return head;
}

void Run(BreakerCase& breaker, const HeadCase& c, Mode mode,
         const std::function<unsigned()>& encoder) {
  const unsigned status = mode == Mode::kStrict ? c.strict : c.tolerant;
  if (status == 204) {
    breaker.ExpectTaken(c.what, encoder);
  } else {
    breaker.ExpectRefused(c.what, status, c.section, encoder);
  }
}

std::vector<HeadCase> SetupCases() {
  std::vector<HeadCase> cases = CommonCases("3.1.4.1.1");
  const std::string end = "LENGTH\r\n\r\n";
  const auto body = [](const std::string& text) {
    return std::to_string(text.size()) + "\r\n\r\n" + text;
  };
  const HeadCase more[] = {
      {"no User-Agent", kAgent, "", 200, 200, "3.2.5.1"},
      {"a browser", kAgent, "User-Agent: Mozilla/5.0 (X11)\r\n", 200, 200,
       "3.2.5.1"},
      {"no Cookie", kCookie, "", 204, 400, "3.1.4.1.1"},
      {"a Cookie without push-id", kCookie, "Cookie: a=b\r\n", 204, 400,
       "2.2.1.3"},
      {"an empty push-id", kCookie, "Cookie: push-id=\r\n", 204, 400,
       "2.2.1.3.1"},
      {"HTTP/1.0 without Host", "HTTP/1.1\r\n" + kHost, "HTTP/1.0\r\n", 204,
       400, "2.2.2"},
      {"a body that is too large", "LENGTH", "8193", 413, 413, "2.2.2.1"},
      {"AutoDestroy", end, body("AutoDestroy: 1\r\n"), 204, 204, ""},
      {"AutoDestroy 2", end, body("AutoDestroy: 2\r\n"), 400, 400, "2.2.2.1"},
      {"no line end", end, body("AutoDestroy: 1"), 400, 400, "2.2.2.1"},
      {"another directive", end, body("Destroy: 1\r\n"), 400, 400, "2.2.2.1"},
      {"two of them", end, body("AutoDestroy: 1\r\nAutoDestroy: 1\r\n"), 400,
       400, "2.2.2.1"},
      {"a relative template", end,
       body("Template-URL: \"pub\"\r\nAutoDestroy: 0\r\n"), 400, 400,
       "2.2.2.1"},
      {"a template without quotes", end,
       body("Template-URL: /pub\r\nAutoDestroy: 0\r\n"), 400, 400, "2.2.2.1"},
      {"a template that is no ASCII", end,
       body("Template-URL: \"/p\xC3\xBC\"\r\nAutoDestroy: 0\r\n"), 400, 400,
       "2.2.2.1"},
      {"a template", end, body("Template-URL: \"/pub\"\r\nAutoDestroy: 1\r\n"),
       204, 204, ""},
      {"a template without AutoDestroy", end,
       body("Template-URL: \"/pub\"\r\n"), 204, 400, "2.2.2.1"},
      {"a template that is not there", end,
       body("Template-URL: \"/nothing\"\r\nAutoDestroy: 1\r\n"), 404, 404,
       "3.2.5.1"},
  };
  cases.insert(cases.end(), std::begin(more), std::end(more));
  return cases;
}

GST_START_TEST(test_setup) {
  for (const Mode mode : kModes) {
    for (const HeadCase& c : SetupCases()) {
      BreakerCase breaker(mode);
      const std::string head = Head(c, "application/x-wms-pushsetup", "0", 0);
      Run(breaker, c, mode,
          [&] { return StatusOf(breaker.server().port(), head); });
    }
  }
}
GST_END_TEST

std::vector<HeadCase> StartCases() {
  std::vector<HeadCase> cases = CommonCases("3.1.4.2.1");
  const HeadCase more[] = {
      {"no User-Agent", kAgent, "", 400, 400, "2.2.1.8"},
      {"a browser", kAgent, "User-Agent: Mozilla/5.0 (X11)\r\n", 400, 400,
       "2.2.1.8"},
      {"no Cookie", kCookie, "", 400, 400, "3."},
      {"a Cookie without push-id", kCookie, "Cookie: a=b\r\n", 400, 400, ""},
      {"an empty push-id", kCookie, "Cookie: push-id=\r\n", 400, 400, ""},
      {"push-id 0", kCookie, "Cookie: push-id=0\r\n", 404, 404, "3.2.5.2"},
      {"another point", "/live", "/other", 404, 404, "3.2.5.2"},
      {"a length without room for the packets", "LENGTH", "LEAST-1", 204, 400,
       "3.1.4.2.1"},
      {"the least length", "LENGTH", "LEAST", 204, 204, ""},
  };
  cases.insert(cases.end(), std::begin(more), std::end(more));
  return cases;
}

/// Status of a PushStart that goes wrong, 204 when the server takes it. The
/// session is over then.
unsigned TryStart(BreakerCase& breaker, const HeadCase& c) {
  const ByteVector header = MakeHeader();
  const std::uint64_t least = std::max<std::uint64_t>(
      3 * (1000 + wmhttp::kFramingHeaderSize), header.size() + 12);
  PubpointThread& server = breaker.server();
  Pusher pusher = StrictPusher(server.port());
  std::uint64_t length = 2147483647;
  HeadCase changed = c;
  if (c.to.starts_with("LEAST")) {
    length = c.to == "LEAST" ? least : least - 1;
    changed.from.clear();
  }
  const std::string head =
      Head(changed, "application/x-wms-pushstart", pusher.push_id, length);
  const unsigned headers =
      static_cast<unsigned>(server.Snapshot().headers.size());
  // Without waiting, so that a length without a body is no trap.
  pusher.client->Send(head);
  pusher.Header(header);
  pusher.End();
  pusher.client->ShutdownWrite();
  const auto response = pusher.client->ReadResponse();
  if (!response && c.strict != 0) {
    EXPECT(server.WaitForHeaders(headers + 1), c.what);
    EXPECT(server.WaitForClosed(), c.what);
    return 204;
  }
  // The session is as it was, and is ended to make room; or the body broke
  // the rule.
  const unsigned status = response ? response->status : 0;
  if (server.Snapshot().closed > 0) return status;
  pusher.client = std::make_unique<RawClient>(server.port());
  pusher.Start();
  pusher.Header(header);
  pusher.End();
  if (!server.WaitForClosed()) return 0;
  return status;
}

GST_START_TEST(test_start) {
  for (const Mode mode : kModes) {
    for (const HeadCase& c : StartCases()) {
      BreakerCase breaker(mode);
      Run(breaker, c, mode, [&] { return TryStart(breaker, c); });
    }
  }
}
GST_END_TEST

/// 3.2.5.1, note 8.
GST_START_TEST(test_web_client) {
  PubpointThread server;
  RawClient client(server.port());
  fail_unless(client.Send(
      SetupRequest({.path = "/a%20%22b%22&c", .user_agent = "Mozilla/5.0"})));
  const auto response = client.ReadResponse();
  fail_unless(response.has_value());
  fail_unless_equals_int(response->status, 200);
  const auto body = client.Read(std::stoul(response->Header("content-length")));
  const std::string text(body.begin(), body.end());
  EXPECT(text.starts_with("<asx version=\"3.0\">"), text);
  EXPECT(text.find("href=\"http://127.0.0.1/a%20%22b%22&amp;c\"") !=
             std::string::npos,
         text);
}
GST_END_TEST

Suite* pubpoint_strict_suite() {
  Suite* suite = suite_create("pubpoint_strict");
  TCase* requests = tcase_create("requests");
  suite_add_tcase(suite, requests);
  tcase_add_test(requests, test_setup);
  tcase_add_test(requests, test_start);
  tcase_add_test(requests, test_web_client);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_strict_suite;
GST_CHECK_MAIN(pubpoint_strict)
