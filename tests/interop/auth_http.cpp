// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "common/child_process.h"
#include "common/pubpoint_thread.h"
#include "glib/ref.h"
#include "interop/foreign_server.h"
#include "loopback/push_sink_case.h"

#include <atomic>
#include <fstream>

// Basic and Digest as Debian's apache2 and nginx have them, in front of a
// publishing point that asks for nothing.

namespace wms::test {
namespace {

const char* const kUser = "some one";
const char* const kPassword = "apache:5ecret";

std::string Hash(GChecksumType type, const std::string& text) {
  const glib::Chars hash(g_compute_checksum_for_string(
      type, text.c_str(), static_cast<gssize>(text.size())));
  return hash.get();
}

/// {SHA} of htpasswd.
std::string ShaEntry() {
  const std::unique_ptr<GChecksum, glib::Deleter<g_checksum_free>> sha(
      g_checksum_new(G_CHECKSUM_SHA1));
  g_checksum_update(sha.get(), reinterpret_cast<const guchar*>(kPassword), -1);
  guint8 digest[20];
  gsize size = sizeof digest;
  g_checksum_get_digest(sha.get(), digest, &size);
  const glib::Chars encoded(g_base64_encode(digest, size));
  return std::string(kUser) + ":{SHA}" + encoded.get() + "\n";
}

/// A server of Debian in front of a publishing point.
class FrontServer {
 public:
  enum class Kind { kApacheBasic, kApacheDigest, kNginxBasic };

  FrontServer(Kind kind, unsigned behind) : port_(FreePort()) {
    const std::string dir = dir_.path();
    OpenToAll(dir_);
    const std::string back = "http://127.0.0.1:" + std::to_string(behind);
    std::ofstream(dir + "/basic") << ShaEntry();
    std::ofstream(dir + "/digest")
        << kUser << ":realm:"
        << Hash(G_CHECKSUM_MD5, std::string(kUser) + ":realm:" + kPassword)
        << "\n";
    std::ofstream(dir + "/conf")
        << (kind == Kind::kNginxBasic ? Nginx(back) : Apache(kind, back));
    const std::string conf = dir + "/conf";
    const std::vector<std::string> command =
        kind == Kind::kNginxBasic
            ? std::vector<std::string>{"/usr/sbin/nginx", "-e", "stderr", "-c",
                                       conf}
            : std::vector<std::string>{"/usr/sbin/apache2", "-X", "-f", conf};
    process_ = std::make_unique<ChildProcess>(command);
    AwaitListener(port_, command[0]);
  }

  std::string Url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/live";
  }

 private:
  std::string Nginx(const std::string& back) const {
    const std::string dir = dir_.path();
    return "daemon off;\nmaster_process off;\nuser root;\npid " + dir +
           "/pid;\nevents {}\nhttp {\n access_log off;\n"
           " client_body_temp_path " +
           dir + "/b;\n proxy_temp_path " + dir + "/p;\n fastcgi_temp_path " +
           dir + "/f;\n uwsgi_temp_path " + dir + "/u;\n scgi_temp_path " +
           dir + "/s;\n server {\n  listen 127.0.0.1:" + std::to_string(port_) +
           ";\n  client_max_body_size 0;\n  auth_basic realm;\n"
           "  auth_basic_user_file " +
           dir +
           "/basic;\n  location / {\n"
           "   proxy_pass " +
           back +
           ";\n   proxy_http_version 1.1;\n"
           "   proxy_request_buffering off;\n   proxy_pass_header Server;\n"
           "  }\n }\n}\n";
  }

  std::string Apache(Kind kind, const std::string& back) const {
    const std::string dir = dir_.path();
    std::string text =
        "ServerRoot " + dir + "\nServerName localhost\nPidFile " + dir +
        "/pid\nErrorLog " + dir +
        "/log\nListen 127.0.0.1:" + std::to_string(port_) +
        "\nUser www-data\nGroup www-data\n" + "Mutex file:" + dir +
        "\nDefaultRuntimeDir " + dir + "\n";
    for (const char* name :
         {"mpm_event", "authn_core", "authn_file", "authz_core", "authz_user",
          "auth_basic", "auth_digest", "proxy", "proxy_http"}) {
      text += std::string("LoadModule ") + name + "_module " +
              "/usr/lib/apache2/modules/mod_" + name + ".so\n";
    }
    text += "<Location />\n AuthName realm\n Require valid-user\n ProxyPass " +
            back + "/\n";
    if (kind == Kind::kApacheDigest) {
      // A nonce dies after a second, so that stale ones are met.
      text += " AuthType Digest\n AuthUserFile " + dir +
              "/digest\n AuthDigestNonceLifetime 1\n";
    } else {
      text += " AuthType Basic\n AuthUserFile " + dir + "/basic\n";
    }
    // What is not limited by default is the length of a PushStart.
    return text + " LimitRequestBody 0\n</Location>\n";
  }

  ScratchDir dir_;
  const unsigned port_;
  std::unique_ptr<ChildProcess> process_;
};

constexpr FrontServer::Kind kKinds[] = {FrontServer::Kind::kApacheBasic,
                                        FrontServer::Kind::kApacheDigest,
                                        FrontServer::Kind::kNginxBasic};

unsigned SchemesFor(FrontServer::Kind kind) {
  return kind == FrontServer::Kind::kApacheDigest ? kAuthDigest : kAuthBasic;
}

/// What is in between keeps some packets until there are more.
void SendUntilArrived(PushSinkCase& push, PubpointThread& server) {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  const auto arrived = [](const Received& all) { return !all.packets.empty(); };
  do {
    EXPECT_HRESULT(push.sink->OnDataUnit(push.packet), HResult::S_OK);
    EXPECT(std::chrono::steady_clock::now() < end, "nothing arrives");
  } while (!server.WaitFor(arrived, 10ms));
}

GST_START_TEST(test_pushed) {
  for (const FrontServer::Kind kind : kKinds) {
    PubpointThread server;
    const FrontServer front(kind, server.port());
    PushSinkCase push;
    push.options.auth_schemes = SchemesFor(kind);
    push.options.user = kUser;
    push.options.password = kPassword;
    push.Start(front.Url());
    SendUntilArrived(push, server);
    // apache2 drops what it holds of a body that is cut short, $E too: the
    // end belongs to the tests of proxies.
    EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
  }
}
GST_END_TEST

/// The nonce of PushSetup is too old when PushStart comes. apache2 reads a
/// body to its end before it refuses it, so the requests are short.
GST_START_TEST(test_stale_nonce) {
  PubpointThread server;
  const FrontServer front(FrontServer::Kind::kApacheDigest, server.port());
  PushSinkCase push;
  push.options.content_length = 4000;
  push.options.user = kUser;
  push.options.password = kPassword;
  std::atomic<bool> challenged = false;
  push.sink->SetLogHook([&](LogLevel /*level*/, std::string_view line) {
    if (line.starts_with("PushStart was challenged")) challenged = true;
  });
  EXPECT_HRESULT(push.ConnectAndWait(front.Url()), HResult::S_OK);
  // Two of the seconds in which apache2 counts ages: no event tells that a
  // nonce is older than AuthDigestNonceLifetime, and no clock of it can be set.
  g_usleep(2100000);
  EXPECT_HRESULT(push.sink->OnHeader(push.header), HResult::S_OK);
  SendUntilArrived(push, server);
  fail_unless(challenged);
  // apache2 drops what it holds of a body that is cut short, $E too: the
  // end belongs to the tests of proxies.
  EXPECT_HRESULT(push.sink->Disconnect(), HResult::S_OK);
}
GST_END_TEST

GST_START_TEST(test_refused) {
  for (const FrontServer::Kind kind : kKinds) {
    PubpointThread server;
    const FrontServer front(kind, server.port());
    PushSinkCase push;
    push.options.auth_schemes = SchemesFor(kind);
    push.options.user = kUser;
    push.options.password = "wrong";
    EXPECT_HRESULT(push.ConnectAndWait(front.Url()),
                   HResult::NS_E_SERVER_ACCESSDENIED);
    push.options.auth_schemes = kAuthNtlm;
    EXPECT_HRESULT(push.ConnectAndWait(front.Url()),
                   HResult::NS_E_SERVER_ACCESSDENIED);
    const std::string said = push.sink->LastError();
    EXPECT(said.find("does not allow") != std::string::npos, said);
    fail_unless_equals_int(server.Snapshot().setups, 0);
  }
}
GST_END_TEST

Suite* auth_http_suite() {
  Suite* suite = suite_create("auth_http");
  TCase* tcase = tcase_create("http");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_pushed);
  tcase_add_test(tcase, test_stale_nonce);
  tcase_add_test(tcase, test_refused);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::auth_http_suite;
GST_CHECK_MAIN(auth_http)
