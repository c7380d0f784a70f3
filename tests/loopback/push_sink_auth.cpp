// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

#include <glib.h>

#include <mutex>

// Authentication: who is asked, what goes out, and when it ends.

namespace wms::test {
namespace {

const char* const kBasic = "WWW-Authenticate: Basic realm=\"the realm\"\r\n";
const char* const kDigest =
    "WWW-Authenticate: Digest realm=\"the realm\", nonce=\"abc\", "
    "algorithm=MD5, qop=\"auth\"\r\n";

std::string Unauthorized(const std::string& challenge) {
  return MakeResponse("401 Unauthorized", challenge, "who are you?");
}

std::string BasicValue(const std::string& user, const std::string& password) {
  const std::string pair = user + ":" + password;
  gchar* encoded = g_base64_encode(reinterpret_cast<const guchar*>(pair.data()),
                                   pair.size());
  const std::string value = std::string("Basic ") + encoded;
  g_free(encoded);
  return value;
}

/// Answers with a list of users, one each time, and keeps what it was asked.
class ListedCredentials : public CredentialCallback {
 public:
  struct Asked {
    Credentials credentials;
    HResult last;
  };

  explicit ListedCredentials(std::vector<std::string> users)
      : users_(std::move(users)) {}

  HResult AcquireCredentials(Credentials& credentials, HResult last) override {
    const std::lock_guard lock(mutex_);
    asked_.push_back({credentials, last});
    if (asked_.size() > users_.size()) return HResult::E_FAIL;
    credentials.user = users_[asked_.size() - 1];
    credentials.password = "password of " + credentials.user;
    return HResult::S_OK;
  }

  std::vector<Asked> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  const std::vector<std::string> users_;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;  // under mutex_
};

/// Where user and password can come from.
enum class From { kOptions, kUrl, kCallback };

/// Basic goes over clear text only when it is asked for.
constexpr unsigned kWithBasic = kAuthBasic | kAuthDigest;

void PushAs(From from, ScriptedServer& server, const std::string& user,
            const std::string& password) {
  PushSinkCase push;
  push.options.auth_schemes = kWithBasic;
  std::string url = server.Url();
  if (from == From::kUrl) {
    gchar* escaped = g_uri_escape_string(password.c_str(), nullptr, TRUE);
    url = "http://" + user + ":" + escaped + "@" + url.substr(7);
    g_free(escaped);
    push.options.user = "nobody";
    push.options.password = "nothing";
  }
  if (from == From::kOptions) {
    push.options.user = user;
    push.options.password = password;
  }
  const auto callback =
      std::make_shared<ListedCredentials>(std::vector<std::string>{user});
  push.sink->SetCredentialCallback(callback);
  push.Start(url);
  EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  fail_unless_equals_int(callback->asked().size(),
                         from == From::kCallback ? 1 : 0);
}

/// 3.1.5.1: the answer to a challenge goes out on a new connection.
GST_START_TEST(test_basic) {
  for (const From from : {From::kOptions, From::kUrl, From::kCallback}) {
    ScriptedServer server;
    server.Run(Script()
                   .Setup(Unauthorized(std::string(kBasic) +
                                       "Set-Cookie: push-id=early1\r\n"))
                   .Setup()
                   .Stream());
    PushAs(from, server, "someone", "password of someone");
    const Recording recording = server.recording();
    fail_unless_equals_int(recording.connections.size(), 2);
    fail_unless_equals_int(recording.requests.size(), 3);
    const std::string value = BasicValue("someone", "password of someone");
    EXPECT(recording.requests[0].Header("Authorization").empty(), "unasked");
    EXPECT(recording.requests[1].Header("Authorization") == value, "setup");
    EXPECT(recording.requests[2].Header("Authorization") == value, "start");
    EXPECT(recording.requests[1].Header("Cookie") == "push-id=early1",
           recording.requests[1].head);
  }
}
GST_END_TEST

GST_START_TEST(test_digest) {
  for (const From from : {From::kOptions, From::kUrl, From::kCallback}) {
    ScriptedServer server;
    server.Run(Script()
                   .Setup(Unauthorized(std::string(kBasic) + kDigest))
                   .Setup()
                   .Stream());
    PushAs(from, server, "someone", "password of someone");
    const Recording recording = server.recording();
    for (std::size_t i = 1; i < 3; ++i) {
      const std::string value = recording.requests[i].Header("Authorization");
      EXPECT(value.starts_with("Digest username=\"someone\""), value);
      EXPECT(value.find("uri=\"/live\"") != std::string::npos, value);
      EXPECT(value.find("password") == std::string::npos, value);
    }
    // Each request counts up, or it could be sent by somebody else again.
    const std::string start = recording.requests[2].Header("Authorization");
    EXPECT(start.find("nc=00000002") != std::string::npos, start);
  }
}
GST_END_TEST

GST_START_TEST(test_setup_body_is_sent_again) {
  ScriptedServer server;
  server.Run(Script().Setup(Unauthorized(kBasic)).Setup().ReadToEnd());
  PushSinkCase push;
  push.options.auth_schemes = kWithBasic;
  push.options.user = "someone";
  push.sink->SetOptions(push.options);
  EXPECT_HRESULT(push.sink->Connect(server.Url(), "/t", true), HResult::S_OK);
  EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
  server.Finish();
  for (const WireRequest& request : server.recording().requests)
    EXPECT(request.body == "Template-URL: \"/t\"\r\nAutoDestroy: 1\r\n",
           request.head + request.body);
}
GST_END_TEST

GST_START_TEST(test_wrong_ones_are_tried_once) {
  for (const char* challenge : {kBasic, kDigest}) {
    ScriptedServer server;
    Script script;
    for (int i = 0; i < 20; ++i)
      script.Setup(Unauthorized(challenge));
    server.Run(script);
    PushSinkCase push;
    push.options.auth_schemes = kWithBasic;
    push.options.user = "someone";
    push.options.password = "wrong";
    EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                   HResult::NS_E_SERVER_ACCESSDENIED);
    EXPECT(push.statuses->WaitFor(Status::kError).detail.http_status == 401,
           challenge);
    EXPECT(server.recording().requests.size() == 2, challenge);
  }
}
GST_END_TEST

GST_START_TEST(test_none_to_give) {
  const ConnectOutcome outcome =
      ConnectTo(Script().Setup(Unauthorized(kDigest)));
  EXPECT_HRESULT(outcome.hresult, HResult::NS_E_SERVER_ACCESSDENIED);
  fail_unless_equals_int(outcome.recording.requests.size(), 1);
}
GST_END_TEST

GST_START_TEST(test_callback_tries_again) {
  ScriptedServer server;
  server.Run(Script()
                 .Setup(Unauthorized(kBasic))
                 .Setup(Unauthorized(kBasic))
                 .Setup(Unauthorized(kBasic))
                 .Setup()
                 .Stream());
  PushSinkCase push;
  push.options.auth_schemes = kWithBasic;
  push.options.user = "zero";
  push.options.password = "of the options";
  const auto callback = std::make_shared<ListedCredentials>(
      std::vector<std::string>{"one", "two"});
  push.sink->SetCredentialCallback(callback);
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const auto requests = server.recording().requests;
  fail_unless_equals_int(requests.size(), 5);
  EXPECT(requests[1].Header("Authorization") ==
             BasicValue("zero", "of the options"),
         requests[1].head);
  for (std::size_t i = 3; i < 5; ++i) {
    EXPECT(requests[i].Header("Authorization") ==
               BasicValue("two", "password of two"),
           requests[i].head);
  }
  const auto asked = callback->asked();
  fail_unless_equals_int(asked.size(), 2);
  const char* const kUsers[] = {"zero", "one"};
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_HRESULT(asked[i].last, HResult::NS_E_SERVER_ACCESSDENIED);
    const Credentials& credentials = asked[i].credentials;
    EXPECT(credentials.realm == "the realm", credentials.realm);
    EXPECT(credentials.site == "127.0.0.1", credentials.site);
    EXPECT(credentials.user == kUsers[i], credentials.user);
    EXPECT(credentials.password.empty(), credentials.password);
    EXPECT(credentials.flags == kCredentialClearText, "flags");
  }
}
GST_END_TEST

GST_START_TEST(test_callback_is_bounded) {
  ScriptedServer server;
  Script script;
  for (int i = 0; i < 50; ++i)
    script.Setup(Unauthorized(kDigest));
  server.Run(script);
  PushSinkCase push;
  const auto callback = std::make_shared<ListedCredentials>(
      std::vector<std::string>{"one", "two", "three", "four", "five"});
  push.sink->SetCredentialCallback(callback);
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                 HResult::NS_E_SERVER_ACCESSDENIED);
  const auto asked = callback->asked();
  EXPECT(asked.size() == 3, std::to_string(asked.size()));
  EXPECT_HRESULT(asked[0].last, HResult::S_OK);
  EXPECT(asked[0].credentials.user.empty(), asked[0].credentials.user);
  EXPECT(asked[0].credentials.flags == 0, "Digest is no clear text");
  fail_unless_equals_int(server.recording().requests.size(), 4);
}
GST_END_TEST

GST_START_TEST(test_callback_declines) {
  ScriptedServer server;
  server.Run(Script().Setup(Unauthorized(kDigest)));
  PushSinkCase push;
  push.sink->SetCredentialCallback(
      std::make_shared<ListedCredentials>(std::vector<std::string>{}));
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                 HResult::NS_E_SERVER_ACCESSDENIED);
  fail_unless_equals_int(server.recording().requests.size(), 1);
}
GST_END_TEST

/// Whoever was asked for a password that is not to go out in clear is asked
/// once more before it does.
GST_START_TEST(test_callback_before_clear_text) {
  const std::string both = std::string("WWW-Authenticate: NTLM\r\n") + kBasic;
  ScriptedServer server;
  Script script;
  // It answers no message of NTLM's, so that there is but Basic left.
  script.Setup(Unauthorized(both)).Setup(Unauthorized(both)).Setup();
  server.Run(script.Stream());
  PushSinkCase push;
  push.options.auth_schemes = kAuthNtlm | kAuthBasic;
  const auto callback = std::make_shared<ListedCredentials>(
      std::vector<std::string>{"secretly", "openly"});
  push.sink->SetCredentialCallback(callback);
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const auto asked = callback->asked();
  fail_unless_equals_int(asked.size(), 2);
  EXPECT(asked[0].credentials.flags == 0, "NTLM is no clear text");
  EXPECT(asked[1].credentials.flags == kCredentialClearText, "Basic is");
  const std::string sent =
      server.recording().requests[2].Header("Authorization");
  EXPECT(sent == BasicValue("openly", "password of openly"), sent);
}
GST_END_TEST

/// kCredentialSave keeps them for the next Connect.
GST_START_TEST(test_callback_saves) {
  class Saving : public CredentialCallback {
   public:
    HResult AcquireCredentials(Credentials& credentials,
                               HResult /*last*/) override {
      ++asked;
      credentials.user = "kept";
      credentials.password = "also";
      credentials.flags |= kCredentialSave;
      return HResult::S_OK;
    }
    int asked = 0;
  };
  ScriptedServer server;
  Script script;
  for (int i = 0; i < 2; ++i)
    script.Setup(Unauthorized(kBasic)).Setup().ReadToEnd();
  server.Run(script);
  PushSinkCase push;
  push.options.auth_schemes = kWithBasic;
  push.sink->SetOptions(push.options);
  const auto callback = std::make_shared<Saving>();
  push.sink->SetCredentialCallback(callback);
  for (int i = 0; i < 2; ++i) {
    EXPECT_HRESULT(push.sink->Connect(server.Url()), HResult::S_OK);
    EXPECT_HRESULT(push.sink->WaitConnected(), HResult::S_OK);
    EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
  }
  server.Finish();
  fail_unless_equals_int(callback->asked, 1);
  EXPECT(server.recording().requests[3].Header("Authorization") ==
             BasicValue("kept", "also"),
         server.recording().requests[3].head);
}
GST_END_TEST

/// The same wrong ones are not sent once more, whoever gives them.
GST_START_TEST(test_callback_repeats_itself) {
  ScriptedServer server;
  Script script;
  for (int i = 0; i < 9; ++i)
    script.Setup(Unauthorized(kDigest));
  server.Run(script);
  PushSinkCase push;
  push.options.user = "one";
  push.options.password = "password of one";
  const auto callback = std::make_shared<ListedCredentials>(
      std::vector<std::string>{"two", "one", "three"});
  push.sink->SetCredentialCallback(callback);
  EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                 HResult::NS_E_SERVER_ACCESSDENIED);
  fail_unless_equals_int(callback->asked().size(), 2);
  fail_unless_equals_int(server.recording().requests.size(), 3);
}
GST_END_TEST

/// What cannot be answered is said, with what to do about it.
GST_START_TEST(test_schemes_that_are_no_use) {
  const struct {
    unsigned schemes;
    const char* challenge;
    const char* said;
  } kRows[] = {
      {kAuthDigest, "WWW-Authenticate: Own realm=\"x\"\r\n",
       "no authentication scheme that is known"},
      {kAuthDigest, "", "no authentication scheme that is known"},
      {kAuthDigest | kAuthNtlm, "WWW-Authenticate: Basic realm=\"x\"\r\n",
       "the server offers Basic, which auth-schemes does not allow; add basic"},
      {kAuthBasic, "WWW-Authenticate: Negotiate, NTLM\r\n",
       "the server offers Negotiate, NTLM, which auth-schemes does not allow; "
       "add "
       "negotiate or ntlm"},
      {0, kDigest, "add digest to auth-schemes"},
      {kAuthDigest,
       "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\", "
       "algorithm=SHA-256\r\n",
       "none of MD5"},
      {kAuthDigest, "WWW-Authenticate: Digest realm=\"x\"\r\n", "none of MD5"},
      {kAuthDigest, "WWW-Authenticate: Digest nonce=\"x\"\r\n", "none of MD5"},
      {kAuthDigest, "WWW-Authenticate: Digest\r\n", "none of MD5"},
      {kAuthDigest,
       "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\", "
       "qop=\"auth-int\"\r\n",
       "none of MD5"},
  };
  for (const auto& row : kRows) {
    PushOptions options;
    options.auth_schemes = row.schemes;
    options.user = "someone";
    options.password = "s3cret";
    const ConnectOutcome outcome =
        ConnectTo(Script().Setup(Unauthorized(row.challenge)), options);
    EXPECT_HRESULT(outcome.hresult, HResult::NS_E_SERVER_ACCESSDENIED);
    EXPECT(outcome.last.detail.message.find(row.said) != std::string::npos,
           outcome.last.detail.message + " lacks: " + row.said);
    fail_unless_equals_int(outcome.recording.requests.size(), 1);
    fail_unless_equals_int(outcome.last.detail.http_status, 401);
  }
}
GST_END_TEST

/// 2.2.1.9: both requests list what is enabled.
GST_START_TEST(test_what_is_offered) {
  const struct {
    unsigned schemes;
    const char* listed;
  } kRows[] = {
      {PushOptions().auth_schemes, "Negotiate, NTLM, Digest"},
      {kAuthBasic | kAuthDigest, "Digest, Basic"},
      {kAuthNtlm, "NTLM"},
      {0, ""},
  };
  for (const auto& row : kRows) {
    ScriptedServer server;
    server.Run(Script().Setup().Stream());
    PushSinkCase push;
    push.options.auth_schemes = row.schemes;
    push.Start(server.Url());
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    server.Finish();
    for (const WireRequest& request : server.recording().requests) {
      EXPECT(request.Header("X-Accept-Authentication") == row.listed,
             request.head);
    }
  }
  PushSinkCase push;
  push.options.auth_schemes = 0x10;
  EXPECT_HRESULT(push.ConnectAndWait("http://127.0.0.1:1/live"),
                 HResult::E_INVALIDARG);
}
GST_END_TEST

/// A nonce that is too old asks nobody; the same one for ever is a loop.
GST_START_TEST(test_stale_nonces) {
  const std::string stale =
      "WWW-Authenticate: Digest realm=\"the realm\", nonce=\"def\", "
      "stale=TRUE\r\n";
  ScriptedServer server;
  server.Run(Script()
                 .Setup(Unauthorized(kDigest))
                 .Setup(Unauthorized(stale))
                 .Setup()
                 .Stream());
  PushAs(From::kCallback, server, "someone", "password of someone");
  const std::string second =
      server.recording().requests[2].Header("Authorization");
  EXPECT(second.find("nonce=\"def\"") != std::string::npos, second);
  EXPECT(second.find("qop") == std::string::npos, second);

  ScriptedServer loop;
  Script script;
  for (int i = 0; i < 100; ++i)
    script.Setup(Unauthorized(stale));
  loop.Run(script);
  PushSinkCase push;
  push.options.user = "someone";
  EXPECT_HRESULT(push.ConnectAndWait(loop.Url()),
                 HResult::NS_E_SERVER_ACCESSDENIED);
  const std::size_t requests = loop.recording().requests.size();
  EXPECT(requests > 2 && requests < 20, std::to_string(requests));
}
GST_END_TEST

/// 407 is answered with the proxy's credentials, and not with the server's.
GST_START_TEST(test_proxy_challenge) {
  const std::string proxy =
      MakeResponse("407 Proxy Authentication Required",
                   "Proxy-Authenticate: Digest realm=\"p\", nonce=\"abc\"\r\n");
  ScriptedServer server;
  server.Run(
      Script().Setup(proxy).Setup(Unauthorized(kDigest)).Setup().Stream());
  PushSinkCase push;
  push.options.user = "someone";
  push.options.proxy_user = "porter";
  push.Start(server.Url());
  EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
  server.Finish();
  const auto requests = server.recording().requests;
  fail_unless_equals_int(requests.size(), 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string to_proxy = requests[i].Header("Proxy-Authorization");
    const std::string to_server = requests[i].Header("Authorization");
    EXPECT(to_proxy.empty() == (i < 1), requests[i].head);
    EXPECT(to_server.empty() == (i < 2), requests[i].head);
    EXPECT(to_proxy.find("someone") == std::string::npos, to_proxy);
    EXPECT(to_server.find("porter") == std::string::npos, to_server);
  }

  const ConnectOutcome refused =
      ConnectTo(Script().Setup(proxy).Setup(proxy), push.options);
  EXPECT_HRESULT(refused.hresult, HResult::NS_E_PROXY_ACCESSDENIED);
  fail_unless_equals_int(refused.last.detail.http_status, 407);
}
GST_END_TEST

Suite* push_sink_auth_suite() {
  Suite* suite = suite_create("push_sink_auth");
  TCase* tcase = tcase_create("auth");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_basic);
  tcase_add_test(tcase, test_digest);
  tcase_add_test(tcase, test_setup_body_is_sent_again);
  tcase_add_test(tcase, test_wrong_ones_are_tried_once);
  tcase_add_test(tcase, test_none_to_give);
  tcase_add_test(tcase, test_callback_tries_again);
  tcase_add_test(tcase, test_callback_is_bounded);
  tcase_add_test(tcase, test_callback_declines);
  tcase_add_test(tcase, test_callback_before_clear_text);
  tcase_add_test(tcase, test_callback_saves);
  tcase_add_test(tcase, test_callback_repeats_itself);
  tcase_add_test(tcase, test_schemes_that_are_no_use);
  tcase_add_test(tcase, test_what_is_offered);
  tcase_add_test(tcase, test_stale_nonces);
  tcase_add_test(tcase, test_proxy_challenge);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_auth_suite;
GST_CHECK_MAIN(push_sink_auth)
