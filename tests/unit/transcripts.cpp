// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"
#include "unit/scripted_session.h"

namespace wms::test {
namespace {

using namespace std::literals;
using wmhttp::ClientState;
using wmhttp::PacketId;
using wmhttp::ServerState;

constexpr std::uint64_t kUnbounded = wmhttp::kUnboundedContentLength;
constexpr std::string_view kSetCookie = "push-id=4124758405";

/// The PushStart request of the example in 4.8: its headers in its order.
/// The authentication schemes are those that are built in.
std::string PushStartHead(std::string_view content_length) {
  return "POST /pubPoint HTTP/1.1\r\n"
         "Content-Type: application/x-wms-pushstart\r\n"
         "X-Accept-Authentication: Digest, Basic\r\n"
         "User-Agent: WMEncoder/11.0.5721.5145\r\n"
         "Host: MediaServer\r\n"
         "Content-Length: " +
         std::string(content_length) +
         "\r\n"
         "Cache-Control: no-cache\r\n"
         "Cookie: push-id=4124758405\r\n"
         "\r\n";
}

/// A PushStart request on the wire.
struct Golden {
  std::string_view content_length;
  std::string_view body;
};

/// Checks the requests from number @a first on to the byte; then hands all
/// of them to a server, in pieces of several sizes.
void ExpectTranscript(const ScriptedClient& client, std::size_t first,
                      const std::vector<Golden>& golden,
                      const std::vector<std::string>& log,
                      bool challenged = false) {
  EXPECT(client.requests.size() == first + golden.size(),
         std::to_string(client.requests.size()));
  for (std::size_t i = 0; i < golden.size(); ++i) {
    const Request& request = client.requests[first + i];
    ExpectText(request.head, PushStartHead(golden[i].content_length));
    EXPECT(request.body == golden[i].body,
           Hex(HeapBytes(request.body).bytes()));
  }
  fail_unless(client.state() == ClientState::kEnded);
  for (const std::size_t size : {1U, 2U, 3U, 5U, 7U, 1000U}) {
    ScriptedServer server(size);
    server.challenge = challenged;
    for (const Request& request : client.requests)
      server.Receive(request);
    EXPECT(server.log == log, server.log.back());
    EXPECT(server.state() == ServerState::kClosed, std::to_string(size));
  }
}

/// 4.1: one PushStart.
GST_START_TEST(test_general_sequence) {
  ScriptedClient client;
  client.Setup("", {});
  ExpectText(client.requests[0].body, "");
  client.SetupResponse(204, kSetCookie);
  client.Start(kUnbounded);
  fail_unless(client.Send(PacketId::kHeader, "the header"));
  fail_unless(client.Send(PacketId::kData, "packet 1"));
  fail_unless(client.Send(PacketId::kData, "packet 2"));
  fail_unless(client.Send(PacketId::kEndOfStream, ""));
  ExpectTranscript(
      client, 1,
      {{"2147483647",
        "\x24H\x0A\0the header"
        "\x24"
        "D\x08\0packet 1"
        "\x24"
        "D\x08\0packet 2"
        "\x24"
        "E\x04\0\0\0\0\0"sv}},
      {"PushSetup of 0", "204", "PushStart of 4124758405 with 2147483647",
       "$H the header", "$D packet 1", "$D packet 2", "$E 0"});
}
GST_END_TEST

/// 4.3: a template, AutoDestroy, and a PushStart that is used up.
GST_START_TEST(test_auto_destroy_and_template) {
  ScriptedClient client;
  client.Setup("", {"/template", true});
  ExpectText(client.requests[0].body,
             "Template-URL: \"/template\"\r\nAutoDestroy: 1\r\n");
  client.SetupResponse(204, kSetCookie);
  const std::uint64_t length = wmhttp::MinimumContentLength(8, 10);
  fail_unless(length == 36);
  client.Start(length);
  fail_unless(client.Send(PacketId::kHeader, "the header"));
  fail_unless(client.Send(PacketId::kData, "packet 1"));
  fail_if(client.Send(PacketId::kData, "packet 2"));
  fail_unless(client.state() == ClientState::kAwaitResponse);
  client.StartResponse();
  client.Start(length);
  fail_unless(client.Send(PacketId::kData, "packet 2"));
  fail_unless(client.Send(PacketId::kEndOfStream, ""));
  ExpectTranscript(client, 1,
                   {{"36",
                     "\x24H\x0A\0the header"
                     "\x24"
                     "D\x08\0packet 1"
                     "\x24"
                     "F\x06\0\0\0\0\0\0\0"sv},
                    {"36",
                     "\x24"
                     "D\x08\0packet 2"
                     "\x24"
                     "E\x04\0\0\0\0\0"sv}},
                   {"PushSetup of 0 like /template to be destroyed", "204",
                    "PushStart of 4124758405 with 36", "$H the header",
                    "$D packet 1", "$F of 6", "204",
                    "PushStart of 4124758405 with 36", "$D packet 2", "$E 0"});
}
GST_END_TEST

/// 4.4: another entry of the playlist.
GST_START_TEST(test_stream_change) {
  ScriptedClient client;
  client.Setup("", {});
  client.SetupResponse(204, kSetCookie);
  client.Start(kUnbounded);
  fail_unless(client.Send(PacketId::kHeader, "header 1"));
  fail_unless(client.Send(PacketId::kData, "packet 1"));
  fail_unless(client.Send(PacketId::kEndOfStream, "", HResult::S_FALSE));
  fail_unless(client.Send(PacketId::kStreamChange, "header 2"));
  fail_unless(client.Send(PacketId::kData, "packet 2"));
  fail_unless(client.Send(PacketId::kEndOfStream, ""));
  ExpectTranscript(
      client, 1,
      {{"2147483647",
        "\x24H\x08\0header 1"
        "\x24"
        "D\x08\0packet 1"
        "\x24"
        "E\x04\0\x01\0\0\0"
        "\x24"
        "C\x0C\0\0\0\0\0header 2"
        "\x24"
        "D\x08\0packet 2"
        "\x24"
        "E\x04\0\0\0\0\0"sv}},
      {"PushSetup of 0", "204", "PushStart of 4124758405 with 2147483647",
       "$H header 1", "$D packet 1", "$E 1", "$C header 2", "$D packet 2",
       "$E 0"});
}
GST_END_TEST

/// The same where the request ends between the two entries (2.2.2.2: a later
/// PushStart may start with $C).
GST_START_TEST(test_stream_change_in_the_next_request) {
  ScriptedClient client;
  client.Setup("", {});
  client.SetupResponse(204, kSetCookie);
  client.Start(36);
  fail_unless(client.Send(PacketId::kHeader, "header 1"));
  fail_unless(client.Send(PacketId::kEndOfStream, "", HResult::S_FALSE));
  fail_if(client.Send(PacketId::kStreamChange, "header 2"));
  client.StartResponse();
  client.Start(36);
  fail_unless(client.Send(PacketId::kStreamChange, "header 2"));
  fail_unless(client.Send(PacketId::kEndOfStream, "", HResult::E_FAIL));
  ExpectTranscript(
      client, 1,
      {{"36",
        "\x24H\x08\0header 1"
        "\x24"
        "E\x04\0\x01\0\0\0"
        "\x24"
        "F\x0C\0\0\0\0\0\0\0\0\0\0\0\0\0"sv},
       {"36",
        "\x24"
        "C\x0C\0\0\0\0\0header 2"
        "\x24"
        "E\x04\0\x05\x40\0\x80"sv}},
      {"PushSetup of 0", "204", "PushStart of 4124758405 with 36",
       "$H header 1", "$E 1", "$F of 12", "204",
       "PushStart of 4124758405 with 36", "$C header 2", "$E 2147500037"});
}
GST_END_TEST

/// 4.8 without the legs of NTLM: the push-id comes with the challenge, the
/// second PushSetup carries it, and so does PushStart.
GST_START_TEST(test_message_exchange) {
  ScriptedClient client;
  client.Setup("", {"", true});
  client.SetupResponse(401, kSetCookie);
  client.Setup("Authorization: Basic dXNlcjpwdw==\r\n", {"", true});
  for (const Request& request : client.requests) {
    ExpectText(request.body, "AutoDestroy: 1\r\n");
    fail_unless(request.head.find("Content-Length: 16\r\n") !=
                std::string::npos);
  }
  fail_unless(client.requests[0].head.find("Cookie: push-id=0\r\n") !=
              std::string::npos);
  fail_unless(client.requests[1].head.find("Cookie: push-id=4124758405\r\n") !=
              std::string::npos);
  client.SetupResponse(204, kSetCookie);
  client.Start(kUnbounded);
  fail_unless(client.Send(PacketId::kHeader, "the header"));
  fail_unless(client.Send(PacketId::kEndOfStream, ""));
  ExpectTranscript(
      client, 2,
      {{"2147483647",
        "\x24H\x0A\0the header"
        "\x24"
        "E\x04\0\0\0\0\0"sv}},
      {"PushSetup of 0 to be destroyed", "401",
       "PushSetup of 4124758405 to be destroyed", "204",
       "PushStart of 4124758405 with 2147483647", "$H the header", "$E 0"},
      true);
}
GST_END_TEST

/// The example's own responses are those of a server that may be pushed to.
GST_START_TEST(test_server_of_the_example) {
  fail_unless(wmhttp::CheckServer("Cougar/9.5.5732.6324").has_value());
}
GST_END_TEST

Suite* transcripts_suite() {
  Suite* suite = suite_create("transcripts");
  TCase* examples = tcase_create("examples");
  suite_add_tcase(suite, examples);
  tcase_add_test(examples, test_general_sequence);
  tcase_add_test(examples, test_auto_destroy_and_template);
  tcase_add_test(examples, test_stream_change);
  tcase_add_test(examples, test_stream_change_in_the_next_request);
  tcase_add_test(examples, test_message_exchange);
  tcase_add_test(examples, test_server_of_the_example);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::transcripts_suite;
GST_CHECK_MAIN(transcripts)
