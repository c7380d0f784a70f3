// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "glib/ref.h"
#include "loopback/push_sink_case.h"

// Proxies that want to know who asks (3.1.5.1).

namespace wms::test {
namespace {

/// Only a proxy can know where this is.
const char* const kUrl = "http://media.example:8080/live?x=1";

/// Pushes a header, some packets and the end.
void PushAll(PushSinkCase& push, const std::string& url) {
  push.Start(url);
  for (int i = 0; i < 3; ++i)
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
}

std::string BasicOf(const std::string& pair) {
  const glib::Chars text(g_base64_encode(
      reinterpret_cast<const guchar*>(pair.data()), pair.size()));
  return std::string("Basic ") + text.get();
}

const char* const kProxyChallenge =
    "Proxy-Authenticate: Basic realm=\"the proxy\"\r\n";

// Each asks for its own: the proxy first, then the server behind it.
GST_START_TEST(test_credentials) {
  for (const bool in_url : {true, false}) {
    ScriptedServer proxy;
    proxy.Run(Script()
                  .Setup(MakeResponse("407 Proxy Authentication Required",
                                      kProxyChallenge))
                  .Setup(MakeResponse(
                      "401 Unauthorized",
                      "WWW-Authenticate: Basic realm=\"the server\"\r\n"))
                  .Setup()
                  .Stream());
    PushSinkCase push;
    push.options.auth_schemes = kAuthBasic;
    push.options.user = "encoder";
    push.options.password = "for the server";
    push.options.proxy = proxy.Url("");
    if (in_url) {
      push.options.proxy.insert(7, "us%40er:for%20it@");
    } else {
      push.options.proxy_user = "us@er";
      push.options.proxy_password = "for it";
    }
    PushAll(push, kUrl);
    proxy.Finish();
    const auto requests = proxy.recording().requests;
    fail_unless_equals_int(requests.size(), 4);
    EXPECT(requests[0].Header("Proxy-Authorization").empty(), "unasked");
    for (const std::size_t i : {1U, 2U, 3U}) {
      EXPECT(
          requests[i].Header("Proxy-Authorization") == BasicOf("us@er:for it"),
          std::to_string(i));
      EXPECT(requests[i].Header("Authorization") ==
                 (i == 1 ? "" : BasicOf("encoder:for the server")),
             std::to_string(i));
    }
  }
}
GST_END_TEST

std::string Md5(const std::string& text) {
  const glib::Chars sum(
      g_compute_checksum_for_string(G_CHECKSUM_MD5, text.c_str(), -1));
  return sum.get();
}

/// What a Digest answer of RFC 2069, which has the fewest parts, holds.
void ExpectDigest(const std::string& value, const std::string& user,
                  const std::string& realm, const std::string& uri) {
  EXPECT(value.find("uri=\"" + uri + "\"") != std::string::npos, value);
  const std::string response = Md5(Md5(user.substr(0, user.find(':')) + ":" +
                                       realm + user.substr(user.find(':'))) +
                                   ":abc:" + Md5("POST:" + uri));
  EXPECT(value.find("response=\"" + response + "\"") != std::string::npos,
         value);
}

// RFC 2617 3.2.2.5: the uri is what the peer reads in the request line. The
// proxy reads the whole URL, and makes of it what the server reads.
GST_START_TEST(test_digest) {
  ScriptedServer proxy;
  proxy.Run(
      Script()
          .Setup(MakeResponse(
              "407 Proxy Authentication Required",
              "Proxy-Authenticate: Digest realm=\"p\", nonce=\"abc\"\r\n"))
          .Setup(MakeResponse(
              "401 Unauthorized",
              "WWW-Authenticate: Digest realm=\"s\", nonce=\"abc\"\r\n"))
          .Setup()
          .Stream());
  PushSinkCase push;
  push.options.user = "encoder";
  push.options.password = "for the server";
  push.options.proxy = proxy.Url("");
  push.options.proxy_user = "us@er";
  push.options.proxy_password = "for it";
  PushAll(push, kUrl);
  proxy.Finish();
  const auto requests = proxy.recording().requests;
  fail_unless_equals_int(requests.size(), 4);
  for (const std::size_t i : {1U, 2U, 3U}) {
    EXPECT(requests[i].head.starts_with("POST " + std::string(kUrl) + " HTTP"),
           requests[i].head);
    ExpectDigest(requests[i].Header("Proxy-Authorization"), "us@er:for it", "p",
                 kUrl);
    if (i == 1) continue;
    ExpectDigest(requests[i].Header("Authorization"), "encoder:for the server",
                 "s", "/live?x=1");
  }
}
GST_END_TEST

// A gateway in front of the server that asks as a proxy does.
GST_START_TEST(test_digest_without_a_whole_url) {
  ScriptedServer gateway;
  gateway.Run(
      Script()
          .Setup(MakeResponse(
              "407 Proxy Authentication Required",
              "Proxy-Authenticate: Digest realm=\"p\", nonce=\"abc\"\r\n"))
          .Setup()
          .Stream());
  PushSinkCase push;
  push.options.proxy = "direct://";
  push.options.proxy_user = "us@er";
  push.options.proxy_password = "for it";
  PushAll(push, gateway.Url());
  gateway.Finish();
  const auto requests = gateway.recording().requests;
  fail_unless_equals_int(requests.size(), 3);
  for (const std::size_t i : {1U, 2U}) {
    EXPECT(requests[i].head.starts_with("POST /live HTTP"), requests[i].head);
    ExpectDigest(requests[i].Header("Proxy-Authorization"), "us@er:for it", "p",
                 "/live");
  }
}
GST_END_TEST

/// Knows nothing of the server, and one that is asked has to know who asks.
class ForProxy : public CredentialCallback {
 public:
  HResult AcquireCredentials(Credentials& credentials,
                             HResult /*last*/) override {
    asked = credentials;
    credentials.user = "us@er";
    credentials.password = "for it";
    return (asked.flags & kCredentialProxy) != 0 ? HResult::S_OK
                                                 : HResult::E_FAIL;
  }
  Credentials asked;
};

GST_START_TEST(test_callback) {
  ScriptedServer proxy;
  proxy.Run(Script()
                .Setup(MakeResponse("407 Proxy Authentication Required",
                                    kProxyChallenge))
                .Setup()
                .Stream());
  PushSinkCase push;
  const auto callback = std::make_shared<ForProxy>();
  push.sink->SetCredentialCallback(callback);
  push.options.auth_schemes = kAuthBasic;
  push.options.proxy = proxy.Url("");
  PushAll(push, kUrl);
  proxy.Finish();
  EXPECT(callback->asked.site == "127.0.0.1", callback->asked.site);
  EXPECT(callback->asked.realm == "the proxy", callback->asked.realm);
  const auto requests = proxy.recording().requests;
  EXPECT(requests[1].Header("Proxy-Authorization") == BasicOf("us@er:for it"),
         "the proxy's");
  EXPECT(requests[1].Header("Authorization").empty(), "the server's");
}
GST_END_TEST

GST_START_TEST(test_wrong_credentials) {
  ScriptedServer proxy;
  const std::string refusal =
      MakeResponse("407 Proxy Authentication Required", kProxyChallenge);
  proxy.Run(Script().Setup(refusal).Setup(refusal));
  PushSinkCase push;
  push.options.proxy = proxy.Url("");
  push.options.auth_schemes = kAuthBasic;
  push.options.proxy_user = "somebody";
  push.options.proxy_password = "else";
  EXPECT_HRESULT(push.ConnectAndWait(kUrl), HResult::NS_E_PROXY_ACCESSDENIED);
  proxy.Finish();
  fail_unless_equals_int(proxy.recording().requests.size(), 2);
  EXPECT(push.sink->LastError().find("proxy-pw") != std::string::npos,
         push.sink->LastError());
}
GST_END_TEST

Suite* push_sink_proxy_auth_suite() {
  Suite* suite = suite_create("push_sink_proxy_auth");
  TCase* proxy = tcase_create("proxy");
  suite_add_tcase(suite, proxy);
  tcase_add_test(proxy, test_credentials);
  tcase_add_test(proxy, test_digest);
  tcase_add_test(proxy, test_digest_without_a_whole_url);
  tcase_add_test(proxy, test_callback);
  tcase_add_test(proxy, test_wrong_credentials);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_proxy_auth_suite;
GST_CHECK_MAIN(push_sink_proxy_auth)
