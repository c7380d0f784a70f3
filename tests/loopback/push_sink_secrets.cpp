// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/push_sink_case.h"

#include <glib.h>

#include <mutex>

// Users, passwords, Authorization values and push-ids are nobody's business:
// no log line, status or error text has them.

namespace wms::test {
namespace {

const char* const kUser = "u5ername";
const char* const kPassword = "pa55w0rd";

/// Everything that the sink says in words. From any thread.
class Words : public StatusCallback {
 public:
  void Add(std::string_view text) {
    const std::lock_guard lock(mutex_);
    text_.append(text).append("\n");
  }
  void OnStatus(Status /*status*/, HResult /*hresult*/,
                const StatusDetail& detail, void* /*context*/) override {
    Add(detail.message);
    Add(detail.location);
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;  // under mutex_
};

enum class From { kOptions, kUrl, kCallback };

class Knowing : public CredentialCallback {
 public:
  HResult AcquireCredentials(Credentials& credentials,
                             HResult /*last*/) override {
    credentials.user = kUser;
    credentials.password = kPassword;
    return HResult::S_OK;
  }
};

/// Pushes as kUser and returns all words of it.
std::string WordsOf(From from, const Script& script) {
  ScriptedServer server;
  server.Run(script);
  const auto words = std::make_shared<Words>();
  PushSinkCase push;
  push.options.content_length = 4000;
  push.options.auth_schemes = kAuthBasic | kAuthDigest;
  std::string url = server.Url();
  if (from == From::kOptions) {
    push.options.user = kUser;
    push.options.password = kPassword;
  }
  if (from == From::kUrl) {
    url = "http://" + (kUser + (":" + std::string(kPassword))) + "@" +
          url.substr(7);
  }
  if (from == From::kCallback) {
    push.sink->SetCredentialCallback(std::make_shared<Knowing>());
  }
  push.sink->Advise(words, nullptr);
  push.sink->SetLogHook(
      [words](LogLevel /*level*/, std::string_view line) { words->Add(line); });
  HResult hr = push.ConnectAndWait(url);
  if (hr == HResult::S_OK) hr = push.sink->OnHeader(push.header);
  for (int i = 0; i < 10 && hr == HResult::S_OK; ++i)
    hr = push.sink->OnDataUnit(push.packet);
  words->Add(push.sink->LastError());
  push.sink->EndSession(kOrderlyEnd);
  words->Add(push.sink->LastError());
  return words->text();
}

void ExpectNoSecrets(const std::string& words, const char* what) {
  const std::string pair = kUser + (":" + std::string(kPassword));
  gchar* encoded = g_base64_encode(reinterpret_cast<const guchar*>(pair.data()),
                                   pair.size());
  const std::string basic = encoded;
  g_free(encoded);
  for (const std::string& secret :
       {std::string(kUser), std::string(kPassword), basic,
        std::string("response="), std::string("nonce"), std::string("cnonce"),
        std::string(kPushId), std::string("secret"),
        std::string("Authorization")}) {
    EXPECT(words.find(secret) == std::string::npos,
           what + (": " + secret + " in:\n") + words);
  }
  EXPECT(words.size() > 50, what);
}

GST_START_TEST(test_nothing_is_said) {
  const char* const kBasic = "WWW-Authenticate: Basic realm=\"x\"\r\n";
  const char* const kDigest =
      "WWW-Authenticate: Digest realm=\"x\", nonce=\"abc\", qop=\"auth\"\r\n";
  const std::string cookie = "Set-Cookie: push-id=secret77; Secret=1\r\n";
  const std::string next =
      MakeResponse("204 No Content", "Set-Cookie: push-id=secret78\r\n");
  for (const From from : {From::kOptions, From::kUrl, From::kCallback}) {
    for (const char* challenge : {kBasic, kDigest}) {
      const std::string refused =
          MakeResponse("401 Unauthorized", challenge + cookie);
      const auto start = [&] { return Script().Setup(refused).Setup(); };
      ExpectNoSecrets(WordsOf(from, start()
                                        .ReadRequest()
                                        .ReadBody()
                                        .Send(next)
                                        .ReadRequest()
                                        .ReadBody()
                                        .Send(next)
                                        .ReadRequest()
                                        .ReadBody()
                                        .Send(next)
                                        .Stream()),
                      "a good session");
      ExpectNoSecrets(WordsOf(from, Script()
                                        .Setup(refused)
                                        .Setup(refused)
                                        .Setup(refused)
                                        .Setup(refused)
                                        .Setup(refused)),
                      "refused for good");
      ExpectNoSecrets(
          WordsOf(from, start().ReadRequest().ReadPackets(2).Send(
                            MakeResponse("403 Forbidden", cookie, kPassword))),
          "refused in mid-body");
      ExpectNoSecrets(
          WordsOf(from, start().ReadRequest().ReadPackets(2).Reset()), "reset");
      ExpectNoSecrets(WordsOf(from, Script().Setup(refused).Setup(
                                        "HTTP/1.1 204 OK\r\nServer: own\r\n" +
                                        cookie + "\r\n")),
                      "another server");
      ExpectNoSecrets(WordsOf(from, Script().Setup(refused).Setup(
                                        "secret77 garbage\r\n\r\n")),
                      "garbage");
    }
  }
}
GST_END_TEST

GST_START_TEST(test_urls_that_are_refused) {
  const std::string at = kUser + (":" + std::string(kPassword)) + "@";
  for (const std::string& url :
       {"https://" + at + "host/live", "http://" + at + "/live",
        "http://" + at + "host:port/live", "http://" + at + "ho st/live",
        "http://" + at + "host/li\nve"}) {
    const auto words = std::make_shared<Words>();
    PushSinkCase push;
    push.sink->SetLogHook([words](LogLevel /*level*/, std::string_view line) {
      words->Add(line);
    });
    EXPECT(Failed(push.sink->Connect(url)), url);
    std::string why;
    EXPECT(Failed(WriterPushSink::CheckUrl(url, &why)), url);
    words->Add(why);
    words->Add(push.sink->LastError());
    ExpectNoSecrets(words->text(), url.c_str());
  }
}
GST_END_TEST

Suite* push_sink_secrets_suite() {
  Suite* suite = suite_create("push_sink_secrets");
  TCase* tcase = tcase_create("secrets");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_nothing_is_said);
  tcase_add_test(tcase, test_urls_that_are_refused);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_secrets_suite;
GST_CHECK_MAIN(push_sink_secrets)
