// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "breaker.h"
#include "expect.h"
#include "glib/ref.h"
#include "pubpoint/nonce_table.h"

#include <crypt.h>

namespace wms::test {
namespace {

using pubpoint::NonceTable;
using pubpoint::PasswordForm;
using pubpoint::ServerOptions;

std::string Md5(const std::string& text) {
  const glib::Chars sum(
      g_compute_checksum_for_string(G_CHECKSUM_MD5, text.c_str(), -1));
  return sum.get();
}

/// Hash of @a password by a method of crypt(3), as cheap as it gets.
std::string Crypt(const char* method, const char* password) {
  const unsigned long count = method == std::string("$y$") ? 1 : 1000;
  crypt_data data{};
  char salt[CRYPT_GENSALT_OUTPUT_SIZE];
  fail_if(crypt_gensalt_rn(method, count, "0123456789abcdef", 16, salt,
                           sizeof salt) == nullptr);
  return crypt_r(password, salt, &data);
}

std::string BasicLine(const std::string& user_and_password) {
  const glib::Chars encoded(
      g_base64_encode(reinterpret_cast<const guchar*>(user_and_password.data()),
                      user_and_password.size()));
  return std::string("Authorization: Basic ") + encoded.get() + "\r\n";
}

/// A Digest answer to @a nonce by the user "a" with the password "secret".
std::string DigestLine(const std::string& nonce, const std::string& nc) {
  const std::string ha1 = Md5("a:wms-publishing-point:secret");
  const std::string response =
      Md5(ha1 + ":" + nonce + ":" + nc + ":x:auth:" + Md5("POST:/live"));
  return "Authorization: Digest username=\"a\", "
         "realm=\"wms-publishing-point\", nonce=\"" +
         nonce + "\", uri=\"/live\", qop=auth, nc=" + nc +
         ", cnonce=\"x\", response=\"" + response + "\"\r\n";
}

std::string NonceOf(const RawResponse& response) {
  const std::string challenge = response.Header("www-authenticate");
  const std::size_t at = challenge.find("nonce=\"") + 7;
  return challenge.substr(at, challenge.find('"', at) - at);
}

RawResponse Ask(PubpointThread& server, const RawRequest& request) {
  RawClient client(server.port());
  fail_unless(client.Send(SetupRequest(request)));
  const auto response = client.ReadResponse();
  fail_unless(response.has_value());
  return *response;
}

unsigned AskAs(PubpointThread& server, const std::string& line,
               const std::string& path = "/live") {
  return Ask(server, {.path = path, .more = line}).status;
}

ServerOptions WithUser() {
  ServerOptions options;
  options.users = {{"a", "secret"}};
  return options;
}

// Who has seen an Authorization header cannot use it again.
GST_START_TEST(test_replay) {
  PubpointThread server(WithUser());
  const std::string nonce = NonceOf(Ask(server, {}));
  RawRequest request;
  request.more = DigestLine(nonce, "00000001");
  const RawResponse accepted = Ask(server, request);
  fail_unless_equals_int(accepted.status, 204);
  request.cookie = "push-id=" + accepted.PushId();
  const RawResponse replayed = Ask(server, request);
  fail_unless_equals_int(replayed.status, 401);
  fail_unless(replayed.Header("www-authenticate").find("stale=true") !=
              std::string::npos);
  fail_unless(NonceOf(replayed) != nonce);
  // Its owner goes on with the next count, and with the new nonce.
  request.more = DigestLine(nonce, "00000002");
  fail_unless_equals_int(Ask(server, request).status, 204);
  request.more = DigestLine(nonce, "00000001");
  fail_unless_equals_int(Ask(server, request).status, 401);
  request.more = DigestLine(NonceOf(replayed), "00000001");
  fail_unless_equals_int(Ask(server, request).status, 204);
  // PushStart, too.
  RawClient client(server.port());
  fail_unless(client.Send(StartRequest(request)));
  fail_unless_equals_int(client.ReadResponse()->status, 401);
  RawClient other(server.port());
  request.more = DigestLine(NonceOf(replayed), "00000007");
  fail_unless(other.Send(StartRequest(request)));
  fail_unless(other.Send(Frame(wmhttp::PacketId::kHeader, MakeHeader())));
  fail_unless(server.WaitForHeaders(1));
}
GST_END_TEST

GST_START_TEST(test_wrong_is_not_stale) {
  PubpointThread server(WithUser());
  std::string line = DigestLine(NonceOf(Ask(server, {})), "00000001");
  line.replace(line.find("response=\"") + 10, 4, "xxxx");
  const RawResponse response = Ask(server, {.more = line});
  fail_unless_equals_int(response.status, 401);
  fail_unless(response.Header("www-authenticate").find("stale") ==
              std::string::npos);
}
GST_END_TEST

/// @a line with @a from replaced by @a to.
std::string Bent(std::string line, const std::string& from,
                 const std::string& to) {
  const std::size_t at = line.find(from);
  fail_if(at == std::string::npos, "%s", from.c_str());
  return line.replace(at, from.size(), to);
}

// RFC 2617, 3.2.2: each part of a Digest answer has to be there and be right.
GST_START_TEST(test_digest_without_a_part) {
  PubpointThread server(WithUser());
  const std::string line = DigestLine(NonceOf(Ask(server, {})), "00000001");
  const std::pair<const char*, const char*> rows[] = {
      {"username=\"a\"", "username=\"b\""},
      {"username=\"a\", ", ""},
      {"realm=\"wms-publishing-point\"", "realm=\"another\""},
      {"qop=auth", "qop=auth-int"},
      {"qop=auth, ", ""},
      {"nc=00000001, ", ""},
      {"nc=00000001", "nc=00000002"},
      {"cnonce=\"x\"", "cnonce=\"\""},
      {"cnonce=\"x\", ", ""},
      {"uri=\"/live\"", "uri=\"/other\""},
      {"uri=\"/live\"", "uri=\"http://[x/live\""},
      {"uri=\"/live\"", "uri=\"/%ZZ\""},
      {"uri=\"/live\", ", ""},
      {"qop=auth", "qop=auth, algorithm=SHA-256"},
      {"Digest ", "Digest ="},
      {"Digest ", "Bearer "},
      {"response=", "reply="},
  };
  for (const auto& [from, to] : rows)
    EXPECT(AskAs(server, Bent(line, from, to)) == 401, to);
  // What says no more than what is taken anyway.
  EXPECT(
      AskAs(server, Bent(line, "qop=auth", "qop=auth, algorithm=md5")) == 204,
      "algorithm");
}
GST_END_TEST

// RFC 2617, 3.2.2.5: the uri may be a whole URL.
GST_START_TEST(test_digest_of_a_url) {
  PubpointThread server(WithUser());
  const std::string nonce = NonceOf(Ask(server, {}));
  const std::string url = server.Url("/live?x=y");
  const std::string response =
      Md5(Md5("a:wms-publishing-point:secret") + ":" + nonce +
          ":00000001:x:auth:" + Md5("POST:" + url));
  const std::string line = Bent(DigestLine(nonce, "00000001"), "uri=\"/live\"",
                                "uri=\"" + url + "\"");
  const std::size_t at = line.find("response=");
  fail_unless_equals_int(
      AskAs(server, line.substr(0, at) + "response=\"" + response + "\"\r\n"),
      204);
}
GST_END_TEST

// The character set is open: UTF-8, or Latin-1.
GST_START_TEST(test_basic_character_sets) {
  ServerOptions options;
  options.users = {{"a", "s\xC3\xA9same"}};
  PubpointThread server(std::move(options));
  fail_unless_equals_int(AskAs(server, BasicLine("a:s\xC3\xA9same")), 204);
  fail_unless_equals_int(AskAs(server, BasicLine("a:s\xE9same"), "/b"), 204);
  fail_unless_equals_int(AskAs(server, BasicLine("a:sesame"), "/c"), 401);
  for (const char* rest : {"", "=", "%%%", "YQ=="}) {
    const std::string line = std::string("Authorization: Basic ") + rest;
    EXPECT(AskAs(server, line + "\r\n", "/d") == 401, rest);
  }
}
GST_END_TEST

GST_START_TEST(test_nonce_expires) {
  ServerOptions options = WithUser();
  options.timers.nonce = std::chrono::milliseconds(0);
  options.timers.inactivity = std::chrono::milliseconds(100);
  PubpointThread server(std::move(options));
  const std::string nonce = NonceOf(Ask(server, {}));
  // Time passes until a session has expired.
  RawClient client(server.port());
  RawResponse response;
  do {
    response = Ask(server, {.more = DigestLine(nonce, "00000001")});
  } while (response.status == 204);
  fail_unless_equals_int(response.status, 401);
  fail_unless(response.Header("www-authenticate").find("stale=true") !=
              std::string::npos);
}
GST_END_TEST

GST_START_TEST(test_nonce_table) {
  using std::chrono::seconds;
  NonceTable table{seconds(100)};
  fail_unless(table.Start().has_value());
  const NonceTable::Clock::time_point now = NonceTable::Clock::now();
  const std::string nonce = table.Make(now);
  fail_if(table.Use("", "00000001", now));
  fail_if(table.Use(nonce + "0", "00000001", now));
  fail_if(table.Use(nonce, "1", now));
  fail_if(table.Use(nonce, "0000000g", now));
  fail_if(table.Use("0-ffffffffffffffff-0", "00000001", now));
  fail_unless(table.Use(nonce, "00000001", now + seconds(99)));
  fail_if(table.Use(nonce, "00000001", now + seconds(99)));
  // A use makes it last.
  fail_unless(table.Use(nonce, "0000000A", now + seconds(198)));
  fail_if(table.Use(nonce, "00000009", now + seconds(198)));
  fail_if(table.Use(nonce, "0000000B", now + seconds(299)));
  fail_if(table.Use(table.Make(now), "00000001", now + seconds(101)));
  NonceTable other{seconds(100)};
  fail_unless(other.Start().has_value());
  fail_if(other.Use(nonce, "0000000C", now));
}
GST_END_TEST

// However many are in use, memory is bounded, and what is dropped is good no
// more.
GST_START_TEST(test_nonce_table_is_bounded) {
  NonceTable table{std::chrono::seconds(100)};
  fail_unless(table.Start().has_value());
  const NonceTable::Clock::time_point now = NonceTable::Clock::now();
  const std::string first = table.Make(now);
  fail_unless(table.Use(first, "00000001", now));
  for (std::size_t i = 0; i < 2 * NonceTable::kMaxEntries; ++i) {
    fail_unless(table.Use(table.Make(now), "00000001", now));
  }
  fail_unless(table.size() == NonceTable::kMaxEntries);
  fail_if(table.Use(first, "00000001", now));
  fail_if(table.Use(first, "00000002", now));
}
GST_END_TEST

GST_START_TEST(test_hashes) {
  ServerOptions options;
  options.users = {
      {"y", Crypt("$y$", "one"), PasswordForm::kCrypt},
      {"six", Crypt("$6$", "two"), PasswordForm::kCrypt},
      {"a", Md5("a:wms-publishing-point:secret"), PasswordForm::kHa1,
       "wms-publishing-point"},
  };
  PubpointThread server(std::move(options));
  fail_unless_equals_int(AskAs(server, BasicLine("y:two"), "/y"), 401);
  fail_unless_equals_int(AskAs(server, BasicLine("y:one"), "/y"), 204);
  fail_unless_equals_int(AskAs(server, BasicLine("y:one"), "/y2"), 204);
  fail_unless_equals_int(AskAs(server, BasicLine("six:one"), "/six"), 401);
  fail_unless_equals_int(AskAs(server, BasicLine("six:two"), "/six"), 204);
  fail_unless_equals_int(AskAs(server, BasicLine("a:secret"), "/a"), 204);
  fail_unless_equals_int(AskAs(server, BasicLine("a:x"), "/x"), 401);
  const std::string nonce = NonceOf(Ask(server, {}));
  fail_unless_equals_int(AskAs(server, DigestLine(nonce, "00000001")), 204);
}
GST_END_TEST

// A hash does not hold up others, and who asks may leave before it is ready.
GST_START_TEST(test_hashes_are_computed_elsewhere) {
  ServerOptions options;
  options.users = {{"y", Crypt("$6$", "one"), PasswordForm::kCrypt}};
  PubpointThread server(std::move(options));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    const std::string path = "/" + std::to_string(i);
    fail_unless(clients.back()->Send(
        SetupRequest({.path = path, .more = BasicLine("y:one")})));
  }
  clients[3]->Reset();
  clients.erase(clients.begin() + 3);
  for (const auto& client : clients) {
    fail_unless_equals_int(client->ReadResponse()->status, 204);
  }
}
GST_END_TEST

GST_START_TEST(test_only_hashes_offer_no_digest) {
  ServerOptions options;
  options.users = {{"y", Crypt("$6$", "one"), PasswordForm::kCrypt}};
  PubpointThread server(std::move(options));
  const RawResponse response =
      Ask(server, {.more = "X-Accept-Authentication: Digest\r\n"});
  fail_unless(response.Header("www-authenticate") ==
              "Basic realm=\"wms-publishing-point\"");
}
GST_END_TEST

GST_START_TEST(test_users_of_a_point) {
  ServerOptions options;
  options.users = {{"a", "1"}, {"b", "2"}};
  options.point_options = {{.path = "/a", .users = {"a"}}};
  PubpointThread server(std::move(options));
  fail_unless_equals_int(AskAs(server, "", "/a"), 401);
  fail_unless_equals_int(AskAs(server, BasicLine("b:2"), "/a"), 403);
  fail_unless_equals_int(AskAs(server, BasicLine("b:1"), "/a"), 401);
  fail_unless_equals_int(AskAs(server, BasicLine("a:1"), "/a"), 204);
  fail_unless_equals_int(AskAs(server, BasicLine("b:2"), "/b"), 204);
  // A copy is as closed as what it is made of.
  const std::string body = "Template-URL: \"/a\"\r\nAutoDestroy: 1\r\n";
  const auto copy = [&](const std::string& line) {
    return StatusOf(server.port(),
                    SetupRequest({.path = "/copy", .more = line}, body));
  };
  fail_unless_equals_int(copy(BasicLine("b:2")), 403);
  fail_unless_equals_int(copy(BasicLine("a:1")), 204);
  const auto violations = server.Snapshot().violations;
  fail_unless(violations.size() == 2);
  EXPECT(violations[0].find("3.2.5.1: this user") != std::string::npos,
         violations[0]);
}
GST_END_TEST

GST_START_TEST(test_addresses) {
  const struct {
    std::vector<std::string> server;
    std::vector<std::string> point;
    unsigned status;
  } kRows[] = {
      {{}, {}, 204},
      {{"127.0.0.0/8"}, {}, 204},
      {{"10.0.0.0/8", "127.0.0.1"}, {}, 204},
      {{"10.0.0.0/8"}, {}, 403},
      {{"10.0.0.0/8"}, {"127.0.0.1/32"}, 204},
      {{}, {"192.0.2.0/24", "2001:db8::/32"}, 403},
      {{}, {"::/0"}, 403},
  };
  for (const auto& row : kRows) {
    ServerOptions options;
    options.allow = row.server;
    options.point_options = {{.path = "/live", .allow = row.point}};
    PubpointThread server(std::move(options));
    fail_unless_equals_int(AskAs(server, ""), row.status);
  }
}
GST_END_TEST

// An address that is refused is not asked for its password, and PushStart is
// looked at as well.
GST_START_TEST(test_address_first) {
  ServerOptions options = WithUser();
  options.allow = {"10.0.0.0/8"};
  PubpointThread server(std::move(options));
  fail_unless_equals_int(AskAs(server, ""), 403);
  fail_unless_equals_int(
      StatusOf(server.port(), StartRequest({.cookie = "push-id=x"})), 403);
}
GST_END_TEST

GST_START_TEST(test_redirect) {
  ServerOptions options;
  options.point_options = {
      {.path = "/old", .redirect = "http://192.0.2.1:8080/new?x"}};
  PubpointThread server(std::move(options));
  RawClient client(server.port());
  fail_unless(client.Send(SetupRequest({.path = "/old"})));
  const auto response = client.ReadResponse();
  fail_unless_equals_int(response->status, 302);
  fail_unless(response->Header("location") == "http://192.0.2.1:8080/new?x");
  fail_unless(response->PushId().empty());
  fail_unless(client.WaitForClose());  // 3.2.5.1
  RawClient player(server.port());
  fail_unless(player.Send("GET /old HTTP/1.1\r\nHost: x\r\n\r\n"));
  fail_unless_equals_int(player.ReadResponse()->status, 302);
  fail_unless_equals_int(AskAs(server, "", "/new"), 204);
}
GST_END_TEST

GST_START_TEST(test_automatic_point) {
  ServerOptions options;
  options.allow_create = false;
  options.point_options = {{.path = "/now", .automatic = true}};
  PubpointThread server(std::move(options));
  // It is not there, so that nothing can be made of it.
  fail_unless_equals_int(
      StatusOf(server.port(),
               SetupRequest({.path = "/copy"},
                            "Template-URL: \"/now\"\r\nAutoDestroy: 1\r\n")),
      404);
  for (unsigned i = 1; i <= 2; ++i) {
    Pusher pusher(server.port(), "/now");
    fail_unless(pusher.Start());
    fail_unless(pusher.Header(MakeHeader()));
    fail_unless(pusher.End());
    fail_unless(server.WaitFor(
        [i](const Received& received) { return received.closed == i; }));
  }
}
GST_END_TEST

Suite* pubpoint_access_suite() {
  Suite* suite = suite_create("pubpoint_access");
  TCase* digest = tcase_create("digest");
  suite_add_tcase(suite, digest);
  tcase_add_test(digest, test_replay);
  tcase_add_test(digest, test_wrong_is_not_stale);
  tcase_add_test(digest, test_digest_without_a_part);
  tcase_add_test(digest, test_digest_of_a_url);
  tcase_add_test(digest, test_basic_character_sets);
  tcase_add_test(digest, test_nonce_expires);
  tcase_add_test(digest, test_nonce_table);
  tcase_add_test(digest, test_nonce_table_is_bounded);
  TCase* passwords = tcase_create("passwords");
  suite_add_tcase(suite, passwords);
  tcase_add_test(passwords, test_hashes);
  tcase_add_test(passwords, test_hashes_are_computed_elsewhere);
  tcase_add_test(passwords, test_only_hashes_offer_no_digest);
  TCase* points = tcase_create("points");
  suite_add_tcase(suite, points);
  tcase_add_test(points, test_users_of_a_point);
  tcase_add_test(points, test_addresses);
  tcase_add_test(points, test_address_first);
  tcase_add_test(points, test_redirect);
  tcase_add_test(points, test_automatic_point);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_access_suite;
GST_CHECK_MAIN(pubpoint_access)
