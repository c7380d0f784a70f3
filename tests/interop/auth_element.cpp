// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/pubpoint_thread.h"
#include "element/log_watch.h"
#include "element/sink_case.h"
#include "interop/gss_acceptor.h"
#include "interop/kdc.h"

// The element and every scheme, with all that can be logged ([MS-WMHTTP] 5.1):
// it pushes, and no line, message or property tells a secret.

namespace wms::test {
namespace {

const char* const kDomain = "STUDIO";
const char* const kUser = "encoder";
const char* const kPassword = "el3mentsecret";
const std::string kWindowsUser = std::string(kDomain) + "\\" + kUser;

/// What no log may have: the password, what Basic, Digest, NTLM and Kerberos
/// make of it, and the cookie of the session.
std::vector<std::string> Secrets(const std::string& password) {
  const std::string pair = std::string(kUser) + ":" + password;
  const glib::Chars basic(g_base64_encode(
      reinterpret_cast<const guchar*>(pair.data()), pair.size()));
  return {password,   basic.get(),      "response=",
          "cnonce",   "TlRMTVNT",       "Negotiate YI",
          "push-id=", "Authorization:", "authorization:"};
}

void Prepare(SinkCase& push, const char* schemes, const std::string& user,
             const std::string& password) {
  gst_util_set_object_arg(G_OBJECT(push.sink()), "auth-schemes", schemes);
  push.Set("user-id", user.c_str());
  push.Set("user-pw", password.c_str());
}

void ExpectNoSecrets(const SinkCase& push, const LogWatch& log,
                     const std::string& password) {
  EXPECT_TEXT(log.found(), "");
  EXPECT(log.lines() > 100, "the log is not on");
  const std::string messages = push.messages().AllText();
  for (const std::string& secret : Secrets(password)) {
    EXPECT(messages.find(secret) == std::string::npos, messages);
  }
  guint count = 0;
  GParamSpec** specs =
      g_object_class_list_properties(G_OBJECT_GET_CLASS(push.sink()), &count);
  for (guint i = 0; i < count; ++i) {
    const GParamSpec* spec = specs[i];
    if (spec->value_type != G_TYPE_STRING ||
        (spec->flags & G_PARAM_READABLE) == 0) {
      continue;
    }
    gchar* value = nullptr;
    g_object_get(push.sink(), spec->name, &value, nullptr);
    const glib::Chars owned(value);
    EXPECT(value == nullptr || std::string(value) != password, spec->name);
  }
  g_free(specs);
}

/// A push with a header and a few packets, to its end.
void PushAll(SinkCase& push) {
  push.Play(MakeHeader());
  EXPECT_FLOW(push.PushAll(MakePackets(5)), GST_FLOW_OK);
  EXPECT(push.PushEos(), "EOS");
  push.messages().WaitFor("EOS");
  push.Reach(GST_STATE_NULL);
}

/// As somebody with the wrong password.
void FailToPush(SinkCase& push) {
  push.Play(MakeHeader());
  push.messages().WaitFor("ERROR");
  fail_unless_equals_int(push.messages().TheFault("ERROR").http_status(), 401);
}

GST_START_TEST(test_basic_and_digest) {
  for (const char* scheme : {"basic", "digest"}) {
    const LogWatch log(Secrets(kPassword));
    pubpoint::ServerOptions options;
    options.users = {{kUser, kPassword}};
    PubpointThread server(options);
    SinkCase push(server.Url());
    Prepare(push, scheme, kUser, kPassword);
    PushAll(push);
    EXPECT(server.WaitForPackets(5), scheme);
    ExpectNoSecrets(push, log, kPassword);
  }
}
GST_END_TEST

GST_START_TEST(test_ntlm) {
  for (const char* scheme : {"NTLM", "Negotiate"}) {
    const LogWatch log(Secrets(kPassword));
    GssAcceptor server(scheme);
    SinkCase push(server.Url());
    Prepare(push, "ntlm+negotiate", kWindowsUser, kPassword);
    PushAll(push);
    const GssAcceptor::Seen seen = server.seen();
    fail_unless_equals_int(seen.starts, 1);
    EXPECT(seen.bytes > 1000, std::to_string(seen.bytes));
    ExpectNoSecrets(push, log, kPassword);
    SinkCase wrong(server.Url());
    Prepare(wrong, "ntlm+negotiate", kWindowsUser, kPassword + 1);
    FailToPush(wrong);
    ExpectNoSecrets(wrong, log, kPassword + 1);
  }
}
GST_END_TEST

GST_START_TEST(test_kerberos) {
  const Kdc kdc;
  const LogWatch log(Secrets(Kdc::kPassword));
  {
    GssAcceptor server("Negotiate");
    SinkCase push(server.Url());
    Prepare(push, "negotiate", Kdc::kUser, Kdc::kPassword);
    PushAll(push);
    fail_unless_equals_int(server.seen().starts, 1);
    ExpectNoSecrets(push, log, Kdc::kPassword);
  }
  kdc.Login();
  {
    GssAcceptor server("Negotiate");
    SinkCase push(server.Url());
    Prepare(push, "negotiate", "", "");
    PushAll(push);
    fail_unless_equals_int(server.seen().starts, 1);
    ExpectNoSecrets(push, log, Kdc::kPassword);
  }
}
GST_END_TEST

Suite* auth_element_suite() {
  Suite* suite = suite_create("auth_element");
  TCase* tcase = tcase_create("schemes");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_basic_and_digest);
  tcase_add_test(tcase, test_ntlm);
  tcase_add_test(tcase, test_kerberos);
  return suite;
}

}  // namespace
}  // namespace wms::test

int main(int argc, char** argv) {
  const wms::test::NtlmUsers users(wms::test::kDomain, wms::test::kUser,
                                   wms::test::kPassword);
  gst_check_init(&argc, &argv);
  return gst_check_run_suite(wms::test::auth_element_suite(), "auth_element",
                             __FILE__);
}
