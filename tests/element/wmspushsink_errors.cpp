// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "element/log_watch.h"
#include "element/no_such_host.h"
#include "element/sink_case.h"
#include "loopback/scripted_server.h"

namespace wms::test {
namespace {

constexpr const char* kUser = "encoder";
constexpr const char* kPassword = "pa55word";

pubpoint::ServerOptions WithUser(unsigned schemes) {
  pubpoint::ServerOptions options;
  options.users = {{kUser, kPassword}};
  options.auth_schemes = schemes;
  return options;
}

/// What an error has to be.
struct Expected {
  gint code;  // of GST_RESOURCE_ERROR
  const char* name;
  unsigned http_status;
  bool opened;  // the session had been opened before
};

/// Exactly one ERROR, behind the status, with all that goes with it.
void ExpectError(const SinkCase& push, const Expected& expected,
                 const std::string& location, const std::string& context) {
  const MessageLog& messages = push.messages();
  messages.WaitFor("ERROR");
  const std::string order = messages.Order();
  EXPECT(messages.Count("ERROR") == 1, context + ": " + order);
  EXPECT(messages.Count("error") == 1, context + ": " + order);
  const char* const at_end =
      expected.opened ? "error ERROR" : "error connect-error ERROR";
  EXPECT(order.find(at_end) != std::string::npos, context + ": " + order);

  const Report error = messages.TheFault("ERROR");
  EXPECT(error.domain == GST_RESOURCE_ERROR, context);
  EXPECT(error.code == expected.code,
         context + ": code " + std::to_string(error.code));
  EXPECT_TEXT(error.Field("hresult-name"), expected.name);
  EXPECT(error.debug.find(expected.name) != std::string::npos, error.debug);
  EXPECT(error.debug.find(location) != std::string::npos, error.debug);
  EXPECT(error.http_status() == expected.http_status, context);
  EXPECT_TEXT(error.Field("location"), location);
  EXPECT_TEXT(error.Field("message"), error.text);
  EXPECT(error.hresult() >= 0x80000000U, context);

  const StructurePtr status = messages.Status("error");
  guint hresult = 0;
  gst_structure_get_uint(status.get(), "hresult", &hresult);
  EXPECT(hresult == error.hresult(), context);
  EXPECT_TEXT(gst_structure_get_string(status.get(), "hresult-name"),
              expected.name);
  EXPECT_TEXT(gst_structure_get_string(status.get(), "message"), error.text);
  EXPECT_TEXT(gst_structure_get_string(status.get(), "location"), location);
}

/// Data is refused from then on, and no second error comes.
void ExpectNoMore(SinkCase& push) {
  // An error ends a state change under way; data flows in PLAYING.
  push.SetState(GST_STATE_PLAYING);
  push.Begin(MakeHeader());
  for (int i = 0; i < 2; ++i) {
    std::future<GstFlowReturn> flow = push.PushLater({MakePacket()});
    EXPECT_FLOW(Get(flow), GST_FLOW_ERROR);
  }
  push.Reach(GST_STATE_NULL);
  EXPECT(push.messages().Count("ERROR") == 1, push.messages().Order());
}

GST_START_TEST(test_setup_responses) {
  const struct {
    const char* status_line;
    Expected expected;
  } rows[] = {
      {"400 Bad Request",
       {GST_RESOURCE_ERROR_OPEN_WRITE, "NS_E_BAD_REQUEST", 400, false}},
      {"401 Unauthorized",
       {GST_RESOURCE_ERROR_NOT_AUTHORIZED, "NS_E_SERVER_ACCESSDENIED", 401,
        false}},
      {"403 Forbidden",
       {GST_RESOURCE_ERROR_NOT_AUTHORIZED, "NS_E_REFUSED_BY_SERVER", 403,
        false}},
      {"404 Not Found",
       {GST_RESOURCE_ERROR_NOT_FOUND, "NS_E_INVALID_PUSH_PUBLISHING_POINT", 404,
        false}},
      {"409 Conflict",
       {GST_RESOURCE_ERROR_BUSY, "NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME",
        409, false}},
      {"410 Gone",
       {GST_RESOURCE_ERROR_NOT_FOUND, "NS_E_RESOURCE_GONE", 410, false}},
      {"500 Internal Server Error",
       {GST_RESOURCE_ERROR_OPEN_WRITE, "NS_E_INTERNAL_SERVER_ERROR", 500,
        false}},
      {"503 Service Unavailable",
       {GST_RESOURCE_ERROR_OPEN_WRITE, "NS_E_SERVER_UNAVAILABLE", 503, false}},
  };
  for (const auto& row : rows) {
    ScriptedServer server;
    server.Run(Script().Setup(MakeResponse(row.status_line)).ReadToEnd());
    SinkCase push(server.Url());
    push.SetState(GST_STATE_PLAYING);
    ExpectError(push, row.expected, server.Url(), row.status_line);
    ExpectNoMore(push);
  }
}
GST_END_TEST

GST_START_TEST(test_foreign_server) {
  const char* const response =
      "HTTP/1.1 204 No Content\r\nServer: Apache/2.4\r\n"
      "Set-Cookie: push-id=secret4124\r\nContent-Length: 0\r\n\r\n";
  const Expected expected = {GST_RESOURCE_ERROR_OPEN_WRITE,
                             "NS_E_INCOMPATIBLE_PUSH_SERVER", 0, false};
  ScriptedServer server;
  server.Run(Script().Setup(response).ReadToEnd());
  SinkCase push(server.Url());
  push.SetState(GST_STATE_PLAYING);
  ExpectError(push, expected, server.Url(), response);
  ExpectNoMore(push);

  ScriptedServer relaxed;
  relaxed.Run(Script().Setup(response).Stream());
  SinkCase other(relaxed.Url());
  other.Set("check-server", FALSE);
  other.SetState(GST_STATE_PLAYING);
  other.messages().WaitFor("opened");
}
GST_END_TEST

GST_START_TEST(test_refused) {
  std::string url;
  {
    const ScriptedServer gone;
    url = gone.Url();
  }
  SinkCase push(url);
  push.SetState(GST_STATE_PLAYING);
  ExpectError(
      push,
      {GST_RESOURCE_ERROR_OPEN_WRITE, "NS_E_PUSH_CANNOTCONNECT", 0, false}, url,
      "refused");
  ExpectNoMore(push);
}
GST_END_TEST

/// What comes when the push has failed already is no preroll: the change to
/// PAUSED fails, instead of waiting for ever where nobody has read the error.
GST_START_TEST(test_no_preroll_behind_an_error) {
  ScriptedServer server;
  server.Run(
      Script().Accept().ReadRequest().Send(MakeResponse("403 Forbidden", "")));
  SinkCase push(server.Url());
  fail_unless(push.SetState(GST_STATE_PAUSED) == GST_STATE_CHANGE_ASYNC);
  push.messages().WaitFor("ERROR");
  push.Begin();
  EXPECT_FLOW(push.Push(MakeHeader()), GST_FLOW_ERROR);
  fail_unless(gst_element_get_state(push.sink(), nullptr, nullptr,
                                    GST_CLOCK_TIME_NONE) ==
              GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_int(push.messages().Count("ERROR"), 1);
}
GST_END_TEST

GST_START_TEST(test_unknown_host) {
  const NoSuchHost resolver;
  const std::string url = "http://nohost.invalid/live";
  SinkCase push(url);
  push.SetState(GST_STATE_PLAYING);
  ExpectError(push,
              {GST_RESOURCE_ERROR_NOT_FOUND, "NS_E_SERVER_NOT_FOUND", 0, false},
              url, "unknown host");
  ExpectNoMore(push);
}
GST_END_TEST

/// Pushes packets until one fails.
GstFlowReturn PushUntilFailure(SinkCase& push) {
  const ByteVector packet = MakePacket();
  GstFlowReturn flow = GST_FLOW_OK;
  for (int i = 0; flow == GST_FLOW_OK && i < 1000000; ++i)
    flow = push.Push(packet);
  return flow;
}

GST_START_TEST(test_408_in_mid_body) {
  ScriptedServer server;
  server.Run(
      Script()
          .Setup()
          .ReadRequest()
          .ReadPackets(3)
          .Send(MakeResponse("408 Request Timeout", "Connection: close\r\n"))
          .Close());
  SinkCase push(server.Url());
  push.Play(MakeHeader());
  EXPECT_FLOW(PushUntilFailure(push), GST_FLOW_ERROR);
  ExpectError(push, {GST_RESOURCE_ERROR_WRITE, "NS_E_TIMEOUT", 408, true},
              server.Url(), "408");
  ExpectNoMore(push);
}
GST_END_TEST

GST_START_TEST(test_closed_in_mid_stream) {
  for (const bool reset : {false, true}) {
    ScriptedServer server;
    Script script = Script().Setup().ReadRequest().ReadPackets(3);
    server.Run(reset ? script.Reset() : script.CloseWrite().ReadToEnd());
    SinkCase push(server.Url());
    push.Play(MakeHeader());
    EXPECT_FLOW(PushUntilFailure(push), GST_FLOW_ERROR);
    ExpectError(
        push,
        {GST_RESOURCE_ERROR_WRITE,
         reset ? "NS_E_RESET_SOCKET_CONNECTION" : "NS_E_CONNECTION_FAILURE", 0,
         true},
        server.Url(), reset ? "reset" : "closed");
    ExpectNoMore(push);
  }
}
GST_END_TEST

void ExpectOpened(SinkCase& push) {
  push.SetState(GST_STATE_PLAYING);
  push.messages().WaitFor("connect-complete");
  EXPECT_TEXT(push.messages().Statuses(), "locating connecting opened");
}

void ExpectDenied(SinkCase& push, const std::string& url) {
  push.SetState(GST_STATE_PLAYING);
  ExpectError(push,
              {GST_RESOURCE_ERROR_NOT_AUTHORIZED, "NS_E_SERVER_ACCESSDENIED",
               401, false},
              url, "401");
  ExpectNoMore(push);
}

/// Basic goes over clear text only when it is asked for.
void Allow(SinkCase& push, const char* schemes) {
  gst_util_set_object_arg(G_OBJECT(push.sink()), "auth-schemes", schemes);
}

constexpr unsigned kSchemes[] = {pubpoint::kAuthBasic, pubpoint::kAuthDigest,
                                 pubpoint::kAuthBasic | pubpoint::kAuthDigest};

GST_START_TEST(test_no_or_wrong_credentials) {
  for (const unsigned schemes : kSchemes) {
    PubpointThread server(WithUser(schemes));
    SinkCase none(server.Url());
    ExpectDenied(none, server.Url());
    SinkCase wrong(server.Url());
    Allow(wrong, "basic+digest");
    wrong.Set("user-id", kUser);
    wrong.Set("user-pw", "wrong");
    ExpectDenied(wrong, server.Url());
  }
}
GST_END_TEST

GST_START_TEST(test_credentials_in_properties) {
  for (const unsigned schemes : kSchemes) {
    PubpointThread server(WithUser(schemes));
    SinkCase push(server.Url());
    Allow(push, "basic+digest");
    push.Set("user-id", kUser);
    push.Set("user-pw", kPassword);
    ExpectOpened(push);
    push.Begin(MakeHeader());
    EXPECT_FLOW(push.PushAll(MakePackets(3)), GST_FLOW_OK);
    fail_unless(push.PushEos());
    push.messages().WaitFor("EOS");
    fail_unless_equals_int(server.Snapshot().packets.size(), 3);
  }
}
GST_END_TEST

GST_START_TEST(test_credentials_in_location) {
  PubpointThread server(WithUser(pubpoint::kAuthDigest));
  const std::string url = "http://" + std::string(kUser) + ":pa%35%35word@" +
                          server.Url().substr(7);
  SinkCase push(url);
  // User info in the location goes first.
  push.Set("user-id", "somebody");
  push.Set("user-pw", "else");
  ExpectOpened(push);
  EXPECT_TEXT(gst_structure_get_string(push.messages().Status("opened").get(),
                                       "location"),
              server.Url());
}
GST_END_TEST

struct Answers {
  std::vector<const char*> passwords;  // null gives up
  std::size_t asked = 0;
  std::string requests;
};

GstStructure* Answer(GstElement* /*sink*/, const GstStructure* request,
                     gpointer data) {
  auto* answers = static_cast<Answers*>(data);
  const glib::Chars text(gst_structure_to_string(request));
  answers->requests += std::string(text.get()) + "\n";
  const char* password = answers->passwords.at(answers->asked++);
  if (password == nullptr) return nullptr;
  return gst_structure_new("answer", "user-id", G_TYPE_STRING, kUser, "user-pw",
                           G_TYPE_STRING, password, nullptr);
}

GST_START_TEST(test_credentials_by_signal) {
  const struct {
    std::vector<const char*> passwords;
    bool opened;
  } rows[] = {
      {{kPassword}, true},         {{"wrong", kPassword}, true},
      {{nullptr}, false},          {{"wrong", "wrong 2", "wrong 3"}, false},
      {{"wrong", "wrong"}, false},
  };
  for (const auto& row : rows) {
    PubpointThread server(WithUser(pubpoint::kAuthBasic));
    Answers answers{row.passwords, 0, ""};
    {
      SinkCase push(server.Url());
      Allow(push, "basic");
      g_signal_connect(push.sink(), "acquire-credentials", G_CALLBACK(Answer),
                       &answers);
      if (row.opened) {
        ExpectOpened(push);
      } else {
        ExpectDenied(push, server.Url());
      }
    }
    fail_unless_equals_int(answers.asked, row.passwords.size());
    for (const char* part :
         {"wms-push-credential-request", "wms-publishing-point", "127.0.0.1",
          "clear-text=(boolean)true", "proxy=(boolean)false",
          "hresult=(uint)0"}) {
      EXPECT(answers.requests.find(part) != std::string::npos,
             answers.requests + " lacks " + part);
    }
    EXPECT(answers.requests.find("wrong") == std::string::npos,
           answers.requests);
  }
}
GST_END_TEST

/// The secrets of a push, as they might turn up in a text; the second one is
/// user and password in base64.
std::vector<std::string> Secrets() {
  return {kPassword, "ZW5jb2RlcjpwYTU1d29yZA==", kPushId,
          "Authorization: ", "push-id="};
}

// With everything logged, neither log nor messages hold a secret.
GST_START_TEST(test_secrets) {
  LogWatch log(Secrets());
  const auto challenge =
      MakeResponse("401 Unauthorized",
                   "WWW-Authenticate: Basic realm=\"here\"\r\n"
                   "Set-Cookie: push-id=secret4124\r\nConnection: close\r\n");
  for (const bool good : {true, false}) {
    ScriptedServer server;
    Script script;
    script.Setup(challenge).Close();
    if (good) {
      script.Setup().ReadRequest().ReadPackets(3).Send(
          MakeResponse("408 Request Timeout", "Connection: close\r\n"));
    } else {
      script.Setup(challenge);
    }
    server.Run(script.Close());
    SinkCase push("http://127.0.0.1/live");
    const std::string url = "http://" + std::string(kUser) + ":" + kPassword +
                            "@" + server.Url().substr(7);
    push.Set("location", url.c_str());
    push.Set("user-pw", kPassword);
    Allow(push, "basic");
    push.Play(MakeHeader());
    if (good) {
      EXPECT_FLOW(PushUntilFailure(push), GST_FLOW_ERROR);
    }
    push.messages().WaitFor("ERROR");
    const std::string text = push.messages().AllText();
    for (const std::string& secret : Secrets()) {
      EXPECT(text.find(secret) == std::string::npos, text);
    }
  }
  EXPECT(log.lines() > 100, "nothing has been logged");
  EXPECT(log.found().empty(), "the log holds: " + log.found());
}
GST_END_TEST

Suite* wmspushsink_errors_suite() {
  Suite* suite = suite_create("wmspushsink_errors");
  TCase* connect = tcase_create("connect");
  suite_add_tcase(suite, connect);
  tcase_add_test(connect, test_setup_responses);
  tcase_add_test(connect, test_foreign_server);
  tcase_add_test(connect, test_refused);
  tcase_add_test(connect, test_no_preroll_behind_an_error);
  tcase_add_test(connect, test_unknown_host);
  TCase* stream = tcase_create("stream");
  suite_add_tcase(suite, stream);
  tcase_add_test(stream, test_408_in_mid_body);
  tcase_add_test(stream, test_closed_in_mid_stream);
  TCase* credentials = tcase_create("credentials");
  suite_add_tcase(suite, credentials);
  tcase_add_test(credentials, test_no_or_wrong_credentials);
  tcase_add_test(credentials, test_credentials_in_properties);
  tcase_add_test(credentials, test_credentials_in_location);
  tcase_add_test(credentials, test_credentials_by_signal);
  tcase_add_test(credentials, test_secrets);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmspushsink_errors_suite;
GST_CHECK_MAIN(wmspushsink_errors)
