// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/leak_check.h"
#include "interop/gss_acceptor.h"
#include "interop/kdc.h"
#include "loopback/push_sink_case.h"
#include "pushsink/kerberos_client.h"

#include <future>
#include <mutex>
#include <thread>

// NTLM and Negotiate against the acceptors of GSSAPI.

namespace wms::test {
namespace {

const char* const kDomain = "STUDIO";
const char* const kUser = "encoder";
const char* const kPassword = "ntlm5ecret";

/// All that a push says, at every level.
class Words : public StatusCallback {
 public:
  void Add(std::string_view text) {
    const std::lock_guard lock(mutex_);
    text_.append(text).append("\n");
  }
  void OnStatus(Status /*status*/, HResult /*hresult*/,
                const StatusDetail& detail, void* /*context*/) override {
    Add(detail.message);
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;  // under mutex_
};

/// Connects, sends a header and some packets, and ends; what is the outcome?
HResult PushTo(GssAcceptor& server, const std::string& user,
               const std::string& password, unsigned schemes) {
  const auto words = std::make_shared<Words>();
  PushSinkCase push;
  push.options.user = user;
  push.options.password = password;
  push.options.auth_schemes = schemes;
  push.sink->Advise(words, nullptr);
  push.sink->SetLogHook(
      [words](LogLevel /*level*/, std::string_view line) { words->Add(line); });
  HResult hr = push.ConnectAndWait(server.Url());
  if (hr == HResult::S_OK) hr = push.sink->OnHeader(push.header);
  for (int i = 0; i < 3 && hr == HResult::S_OK; ++i)
    hr = push.sink->OnDataUnit(push.packet);
  if (hr == HResult::S_OK) hr = push.sink->EndSession(kOrderlyEnd);
  words->Add(push.sink->LastError());
  const std::string text = words->text();
  EXPECT(!text.empty(), "it says nothing");
  std::vector<std::string> secrets = server.seen().tokens;
  secrets.insert(secrets.end(), {password, "TlRMTVNT", "4124758405"});
  for (const std::string& secret : secrets) {
    EXPECT(secret.empty() || text.find(secret) == std::string::npos, text);
  }
  return hr;
}

void ExpectPushed(const GssAcceptor& server, const std::string& name,
                  unsigned challenges) {
  const GssAcceptor::Seen seen = server.seen();
  fail_unless_equals_int(seen.setups, 1);
  fail_unless_equals_int(seen.starts, 1);
  fail_unless_equals_int(seen.challenges, challenges);
  EXPECT(seen.names.size() == 1 && seen.names[0] == name,
         seen.names.empty() ? "nobody" : seen.names[0]);
  EXPECT(seen.bytes > 1000, std::to_string(seen.bytes));
}

const std::string kWindowsUser = std::string(kDomain) + "\\" + kUser;

/// By its own name, and bare within Negotiate, as the example in 4.8.
GST_START_TEST(test_ntlm) {
  for (const char* scheme : {"NTLM", "Negotiate"}) {
    GssAcceptor server(scheme);
    EXPECT_HRESULT(
        PushTo(server, kWindowsUser, kPassword, PushOptions().auth_schemes),
        HResult::S_OK);
    ExpectPushed(server, kWindowsUser, 2);
    EXPECT(server.seen().tokens[0].starts_with("TlRMTVNTUAAB"), "message 1");
  }
}
GST_END_TEST

GST_START_TEST(test_ntlm_refused) {
  for (const char* scheme : {"NTLM", "Negotiate"}) {
    GssAcceptor server(scheme);
    EXPECT_HRESULT(PushTo(server, kWindowsUser, "wrong-passw0rd",
                          PushOptions().auth_schemes),
                   HResult::NS_E_SERVER_ACCESSDENIED);
    // One try: the question, the first message, the last.
    fail_unless_equals_int(server.seen().challenges, 3);
    fail_unless_equals_int(server.seen().setups, 0);
  }
}
GST_END_TEST

GST_START_TEST(test_kerberos) {
  const Kdc kdc;
  {
    GssAcceptor server("Negotiate");
    EXPECT_HRESULT(PushTo(server, Kdc::kUser, Kdc::kPassword, kAuthNegotiate),
                   HResult::S_OK);
    ExpectPushed(server, Kdc::kUser, 1);
  }
  {
    // Neither a ticket nor anybody to get one for.
    GssAcceptor server("Negotiate");
    EXPECT_HRESULT(PushTo(server, "", "", kAuthNegotiate),
                   HResult::NS_E_SERVER_ACCESSDENIED);
  }
  kdc.Login();
  {
    GssAcceptor server("Negotiate");
    EXPECT_HRESULT(PushTo(server, "", "", kAuthNegotiate), HResult::S_OK);
    ExpectPushed(server, Kdc::kUser, 1);
  }
  kdc.Logout();
  {
    GssAcceptor server("Negotiate");
    EXPECT_HRESULT(PushTo(server, Kdc::kUser, "wrong-passw0rd", kAuthNegotiate),
                   HResult::NS_E_SERVER_ACCESSDENIED);
    fail_unless_equals_int(server.seen().setups, 0);
  }
}
GST_END_TEST

/// A server that wants a token with each request.
GST_START_TEST(test_kerberos_for_each_request) {
  const Kdc kdc;
  GssAcceptor server("Negotiate", GssAcceptor::Asks::kRequests);
  EXPECT_HRESULT(PushTo(server, Kdc::kUser, Kdc::kPassword, kAuthNegotiate),
                 HResult::S_OK);
  const GssAcceptor::Seen seen = server.seen();
  fail_unless_equals_int(seen.setups, 1);
  fail_unless_equals_int(seen.starts, 1);
  fail_unless_equals_int(seen.challenges, 2);
  fail_unless_equals_int(seen.names.size(), 2);
  EXPECT(seen.bytes > 1000, std::to_string(seen.bytes));
}
GST_END_TEST

/// A stream that is interrupted while the answer to its challenge is looked
/// for goes on later, whole.
GST_START_TEST(test_interrupted_at_the_centre) {
  const Kdc kdc;
  const LeakCheck check;
  {
    GssAcceptor server("Negotiate", GssAcceptor::Asks::kStarts);
    PushSinkCase push;
    push.options.user = Kdc::kUser;
    push.options.password = Kdc::kPassword;
    EXPECT_HRESULT(push.ConnectAndWait(server.Url()), HResult::S_OK);
    kdc.Pause();
    const auto challenged = std::make_shared<Gate>();
    push.sink->SetLogHook([challenged](LogLevel, std::string_view line) {
      if (line.find("is challenged") != std::string_view::npos) {
        challenged->Open();
      }
    });
    std::thread sends([&] {
      HResult hr = push.sink->OnHeader(push.header);
      while (hr == HResult::S_OK)
        hr = push.sink->OnDataUnit(push.packet);
      EXPECT_HRESULT(hr, HResult::NS_E_SHUTDOWN);
    });
    fail_unless(challenged->Wait());
    push.sink->Interrupt();
    sends.join();
    kdc.GoOn();
    push.sink->Resume();
    for (int i = 0; i < 3; ++i)
      EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT_HRESULT(push.sink->EndSession(kOrderlyEnd), HResult::S_OK);
    const GssAcceptor::Seen seen = server.seen();
    fail_unless_equals_int(seen.starts, 1);
    EXPECT(seen.bytes > 1000, std::to_string(seen.bytes));
  }
  fail_unless_equals_int(check.new_threads(), 0);
}
GST_END_TEST

/// The wait for a centre that does not answer has an end, and the error says
/// what it was.
GST_START_TEST(test_silent_for_too_long) {
  const Kdc kdc;
  kdc.Pause();
  const LeakCheck check;
  {
    GssAcceptor server("Negotiate");
    PushSinkCase push;
    push.options.user = Kdc::kUser;
    push.options.password = Kdc::kPassword;
    push.options.timeout = kShortTimeout;
    EXPECT_HRESULT(push.ConnectAndWait(server.Url()),
                   HResult::NS_E_SERVER_ACCESSDENIED);
    const std::string error = push.sink->LastError();
    EXPECT(error.find("key distribution centre does not answer") !=
               std::string::npos,
           error);
  }
  kdc.GoOn();
  fail_unless_equals_int(check.new_threads(), 0);
}
GST_END_TEST

/// The wait for a centre that does not answer ends when it is to.
GST_START_TEST(test_silent_centre) {
  const Kdc kdc;
  kdc.Pause();
  const LeakCheck check;
  const auto cancellable = glib::Ref<GCancellable>::Take(g_cancellable_new());
  std::promise<bool> got;
  std::thread asks([&] {
    std::string why;
    got.set_value(KerberosClient::Create("localhost", Kdc::kUser,
                                         Kdc::kPassword, {cancellable.get()},
                                         &why) != nullptr);
  });
  g_cancellable_cancel(cancellable.get());
  std::future<bool> answer = got.get_future();
  const bool ended =
      answer.wait_for(std::chrono::seconds(2)) == std::future_status::ready;
  kdc.GoOn();
  asks.join();
  EXPECT(ended && !answer.get(), "it goes on waiting");
  // Left to itself, the library comes to its end, too.
  fail_unless_equals_int(check.new_threads(), 0);
}
GST_END_TEST

Suite* auth_gss_suite() {
  Suite* suite = suite_create("auth_gss");
  TCase* tcase = tcase_create("gss");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_ntlm);
  tcase_add_test(tcase, test_ntlm_refused);
  tcase_add_test(tcase, test_kerberos);
  tcase_add_test(tcase, test_kerberos_for_each_request);
  tcase_add_test(tcase, test_interrupted_at_the_centre);
  tcase_add_test(tcase, test_silent_for_too_long);
  tcase_add_test(tcase, test_silent_centre);
  return suite;
}

}  // namespace
}  // namespace wms::test

int main(int argc, char** argv) {
  const wms::test::NtlmUsers users(wms::test::kDomain, wms::test::kUser,
                                   wms::test::kPassword);
  gst_check_init(&argc, &argv);
  return gst_check_run_suite(wms::test::auth_gss_suite(), "auth_gss", __FILE__);
}
