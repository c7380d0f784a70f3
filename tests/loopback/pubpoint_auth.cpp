// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "glib/ref.h"
#include "pusher.h"

#include <gst/check/gstcheck.h>
#include <libsoup/soup.h>

#include <cstring>

namespace wms::test {
namespace {

using pubpoint::ServerOptions;

constexpr const char* kUser = "encoder";
constexpr const char* kPassword = "pass:word\"\\ \xC3\xA9";

/// Status of one request on a connection of its own.
unsigned StatusOf(PubpointThread& server, const std::string& request) {
  RawClient client(server.port());
  fail_unless(client.Send(request));
  const auto response = client.ReadResponse();
  return response ? response->status : 0;
}

std::string Md5(const std::string& text) {
  const glib::Chars sum(
      g_compute_checksum_for_string(G_CHECKSUM_MD5, text.c_str(), -1));
  return sum.get();
}

/// The text between @a before and the next double quote.
std::string Quoted(const std::string& text, const std::string& before) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return "";
  const std::size_t start = at + before.size();
  return text.substr(start, text.find('"', start) - start);
}

/// What goes into a Digest answer (RFC 2617 3.2.2), right unless changed.
struct DigestAnswer {
  std::string user = kUser;
  std::string password = kPassword;
  std::string realm = "wms-publishing-point";
  std::string uri = "/live";
  std::string nonce{};
  std::string qop = "auth";
};

std::string DigestLine(const DigestAnswer& a) {
  const std::string a1 = Md5(a.user + ":" + a.realm + ":" + a.password);
  const std::string a2 = Md5("POST:" + a.uri);
  const std::string response =
      Md5(a1 + ":" + a.nonce + ":00000001:abc:" + a.qop + ":" + a2);
  return "Authorization: Digest username=\"" + a.user + "\", realm=\"" +
         a.realm + "\", nonce=\"" + a.nonce + "\", uri=\"" + a.uri +
         "\", algorithm=MD5, qop=" + a.qop + ", nc=00000001, cnonce=\"abc\"" +
         ", response=\"" + response + "\"\r\n";
}

std::string BasicLine(const std::string& user_and_password) {
  const glib::Chars encoded(
      g_base64_encode(reinterpret_cast<const guchar*>(user_and_password.data()),
                      user_and_password.size()));
  return std::string("Authorization: Basic ") + encoded.get() + "\r\n";
}

ServerOptions WithUser() {
  ServerOptions options;
  options.users = {{"other", "x"}, {kUser, kPassword}};
  return options;
}

GST_START_TEST(test_basic) {
  PubpointThread server(WithUser());
  RawClient client(server.port());
  const std::string body = "AutoDestroy: 1\r\n";
  fail_unless(client.Send(SetupRequest({}, body)));
  auto response = client.ReadResponse();
  fail_unless(response->status == 401);
  fail_unless(response->PushId().empty());
  fail_if(response->Header("www-authenticate").find("Basic realm=") ==
          std::string::npos);
  fail_if(response->Header("www-authenticate").find("Digest realm=") ==
          std::string::npos);
  // The connection is still good for the answer.
  RawRequest request;
  const std::string right = BasicLine(std::string(kUser) + ":" + kPassword);
  for (const std::string& wrong :
       {BasicLine(std::string(kUser) + ":x"), BasicLine("encoder"),
        BasicLine("nobody:x"), BasicLine(":"), BasicLine(""),
        std::string("Authorization: Basic ====\r\n"),
        std::string("Authorization: Basic\r\n"),
        std::string("Authorization: NTLM TlRMTVNTUAAB\r\n")}) {
    request.more = wrong;
    fail_unless(client.Send(SetupRequest(request, body)));
    fail_unless(client.ReadResponse()->status == 401, "%s", wrong.c_str());
  }
  request.more = right;
  fail_unless(client.Send(SetupRequest(request, body)));
  response = client.ReadResponse();
  fail_unless(response->status == 204);
  // PushStart has to be authorized, too, and is answered in mid-body.
  request.cookie = "push-id=" + response->PushId();
  request.more = "";
  fail_unless(client.Send(StartRequest(request)));
  fail_unless(client.ReadResponse()->status == 401);
  fail_unless(client.WaitForClose());
  RawClient other(server.port());
  request.more = right;
  fail_unless(other.Send(StartRequest(request)));
  fail_unless(other.Send(Frame(wmhttp::PacketId::kHeader, MakeHeader())));
  fail_unless(server.WaitForHeaders(1));
  for (const std::string& line : server.Snapshot().log) {
    fail_unless(line.find(kPassword) == std::string::npos);
    fail_unless(line.find(request.cookie.substr(8)) == std::string::npos);
  }
}
GST_END_TEST

GST_START_TEST(test_digest) {
  PubpointThread server(WithUser());
  RawClient client(server.port());
  fail_unless(client.Send(SetupRequest({})));
  const std::string challenge =
      client.ReadResponse()->Header("www-authenticate");
  const std::string nonce = Quoted(challenge, "nonce=\"");
  fail_if(nonce.empty());
  fail_unless(Quoted(challenge, "qop=\"") == "auth");
  const auto try_with = [&](const DigestAnswer& answer) {
    fail_unless(client.Send(SetupRequest({.more = DigestLine(answer)})));
    return client.ReadResponse()->status;
  };
  std::string other_nonce = nonce;
  other_nonce.back() = other_nonce.back() == '0' ? '1' : '0';
  fail_unless(try_with({.password = "x", .nonce = nonce}) == 401);
  fail_unless(try_with({.user = "nobody", .nonce = nonce}) == 401);
  fail_unless(try_with({.realm = "x", .nonce = nonce}) == 401);
  fail_unless(try_with({.uri = "/other", .nonce = nonce}) == 401);
  fail_unless(try_with({.nonce = other_nonce}) == 401);
  fail_unless(try_with({.nonce = "1-x"}) == 401);
  fail_unless(try_with({.nonce = ""}) == 401);
  fail_unless(try_with({.nonce = nonce, .qop = "auth-int"}) == 401);
  fail_unless(try_with({.nonce = nonce}) == 204);
  fail_unless(server.Snapshot().setups == 1);
}
GST_END_TEST

/// Answers that are right but for one thing, and forms that are right, too.
GST_START_TEST(test_digest_forms) {
  struct {
    const char* uri;
    const char* part;     // of a right answer
    const char* instead;  // of that part
    unsigned status;
  } const cases[] = {
      {"/live", "", "", 204},
      {"/l%69ve", "", "", 204},
      {"/live?a=b", "", "", 204},
      {"http://127.0.0.1/live", "", "", 204},
      {"http://127.0.0.1/other", "", "", 401},
      {"http://[::x/live", "", "", 401},
      {"/live%zz", "", "", 401},
      {"/live", "algorithm=MD5, ", "", 204},
      {"/live", "algorithm=MD5", "algorithm=md5", 204},
      {"/live", "algorithm=MD5", "algorithm=MD5-sess", 401},
      {"/live", "qop=auth, ", "", 401},
      {"/live", "nc=00000001, ", "", 401},
      {"/live", "cnonce=\"abc\"", "cnonce=\"\"", 401},
      {"/live", "uri=", "url=", 401},
      {"/live", "response=\"", "response=\"0", 401},
      {"/live", "username=", "", 401},
  };
  for (const auto& c : cases) {
    PubpointThread server(WithUser());
    RawClient client(server.port());
    fail_unless(client.Send(SetupRequest({})));
    const std::string challenge =
        client.ReadResponse()->Header("www-authenticate");
    std::string line =
        DigestLine({.uri = c.uri, .nonce = Quoted(challenge, "nonce=\"")});
    const std::size_t at = line.find(c.part);
    fail_unless(at != std::string::npos, "%s", c.part);
    line.replace(at, std::strlen(c.part), c.instead);
    // A second time it is one that somebody has overheard.
    for (const unsigned status : {c.status, 401U}) {
      fail_unless(client.Send(SetupRequest({.more = line})));
      fail_unless_equals_int(client.ReadResponse()->status, status);
    }
  }
}
GST_END_TEST

GST_START_TEST(test_schemes_on_offer) {
  struct {
    const char* accept;
    unsigned schemes;
    bool basic;
    bool digest;
  } const cases[] = {
      {"", 3, true, true},
      {"X-Accept-Authentication: Negotiate, NTLM, Digest\r\n", 3, false, true},
      {"X-Accept-Authentication: Digest, Basic\r\n", 3, true, true},
      {"X-Accept-Authentication: basic\r\n", 3, true, false},
      {"X-Accept-Authentication: NTLM\r\n", 3, true, true},
      {"X-Accept-Authentication: Digest\r\n", 1, true, false},
      {"X-Accept-Authentication: Basic, Digest\r\n", 2, false, true},
  };
  for (const auto& c : cases) {
    ServerOptions options = WithUser();
    options.auth_schemes = c.schemes;
    PubpointThread server(std::move(options));
    RawClient client(server.port());
    fail_unless(client.Send(SetupRequest({.more = c.accept})));
    const auto response = client.ReadResponse();
    fail_unless(response->status == 401);
    const std::string offer = response->Header("www-authenticate");
    fail_unless((offer.find("Basic ") != std::string::npos) == c.basic, "%u %s",
                c.schemes, c.accept);
    fail_unless((offer.find("Digest ") != std::string::npos) == c.digest,
                "%u %s", c.schemes, c.accept);
    // What is not enabled is not accepted either.
    RawRequest request;
    request.more = BasicLine(std::string(kUser) + ":" + kPassword);
    fail_unless(StatusOf(server, SetupRequest(request)) ==
                ((c.schemes & pubpoint::kAuthBasic) != 0 ? 204U : 401U));
  }
}
GST_END_TEST

/// Answers a challenge as an application of libsoup does.
gboolean Authenticate(SoupMessage* /*message*/, SoupAuth* auth,
                      gboolean retrying, gpointer /*data*/) {
  if (retrying) return FALSE;
  soup_auth_authenticate(auth, kUser, kPassword);
  return TRUE;
}

GST_START_TEST(test_libsoup_as_client) {
  for (const unsigned scheme : {pubpoint::kAuthBasic, pubpoint::kAuthDigest}) {
    ServerOptions options = WithUser();
    options.auth_schemes = scheme;
    PubpointThread server(std::move(options));
    const auto session = glib::Ref<SoupSession>::Take(soup_session_new());
    for (const char* path : {"/live", "/a%20b?c=d"}) {
      const auto message = glib::Ref<SoupMessage>::Take(
          soup_message_new("POST", server.Url(path).c_str()));
      SoupMessageHeaders* headers =
          soup_message_get_request_headers(message.get());
      soup_message_headers_append(headers, "User-Agent", "WMEncoder/9.0");
      soup_message_headers_append(headers, "Content-Type",
                                  "application/x-wms-pushsetup");
      soup_message_headers_append(headers, "Content-Length", "0");
      g_signal_connect(message.get(), "authenticate", G_CALLBACK(Authenticate),
                       nullptr);
      glib::ErrorPtr error;
      const glib::BytesPtr body(soup_session_send_and_read(
          session.get(), message.get(), nullptr, glib::Out(error)));
      fail_unless(body != nullptr, "%s", error ? error->message : "");
      fail_unless(soup_message_get_status(message.get()) == 204, "%u %s",
                  scheme, path);
    }
  }
}
GST_END_TEST

Suite* pubpoint_auth_suite() {
  Suite* suite = suite_create("pubpoint_auth");
  TCase* authentication = tcase_create("authentication");
  suite_add_tcase(suite, authentication);
  tcase_add_test(authentication, test_basic);
  tcase_add_test(authentication, test_digest);
  tcase_add_test(authentication, test_digest_forms);
  tcase_add_test(authentication, test_schemes_on_offer);
  tcase_add_test(authentication, test_libsoup_as_client);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::pubpoint_auth_suite;
GST_CHECK_MAIN(pubpoint_auth)
