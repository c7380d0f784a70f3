// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "glib/ref.h"
#include "loopback/expect.h"
#include "pushsink/challenge.h"
#include "pushsink/md4.h"
#include "pushsink/ntlm.h"

#include <cstring>
#include <string>
#include <vector>

// What authentication is made of: the digests and messages of NTLM by the
// examples in RFC 1320 and [MS-NLMP] 4.2.4, and how challenges are read.

namespace wms::test {
namespace {

std::string Hex(Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    const glib::Chars digits(g_strdup_printf("%02x", byte));
    text += digits.get();
  }
  return text;
}

Bytes BytesOf(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// [MS-NLMP] 4.2.4: the CHALLENGE for Server in Domain.
ntlm::Message ExampleChallenge() {
  const char kInfo[] =
      "\x02\x00\x0c\x00"
      "D\0o\0m\0a\0i\0n\0"
      "\x01\x00\x0c\x00"
      "S\0e\0r\0v\0e\0r\0"
      "\0\0\0";
  constexpr std::size_t kHead = 48;
  ntlm::Message message(kHead + sizeof kInfo);
  std::memcpy(message.data(), "NTLMSSP", 8);
  message[8] = 2;
  const std::uint32_t flags = 0xe28a8233;
  StoreLe(message.data() + 20, flags, 4);
  for (std::size_t i = 0; i < 8; ++i)
    message[24 + i] = static_cast<std::uint8_t>(0x01 + 0x22 * i);
  StoreLe(message.data() + 40, sizeof kInfo, 2);
  StoreLe(message.data() + 42, sizeof kInfo, 2);
  StoreLe(message.data() + 44, kHead, 4);
  std::memcpy(message.data() + kHead, kInfo, sizeof kInfo);
  return message;
}

ntlm::Freshness ExampleFreshness() {
  ntlm::Freshness fresh;
  fresh.client_challenge.fill(0xaa);
  return fresh;
}

/// Bytes of a field of AUTHENTICATE.
Bytes Field(const ntlm::Message& message, std::size_t at) {
  const std::size_t size = LoadLe(message.data() + at, 2);
  const std::size_t offset = LoadLe(message.data() + at + 4, 4);
  EXPECT(offset + size <= message.size(), "a field that is not in it");
  return Bytes(message).subspan(offset, size);
}

GST_START_TEST(test_md4) {
  const std::pair<const char*, const char*> kRows[] = {
      {"", "31d6cfe0d16ae931b73c59d7e0c089c0"},
      {"abc", "a448017aaf21d8525fc10ae87aa6729d"},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
       "043f8582f241db351ce627e153e7f0e4"},
      {"1234567890123456789012345678901234567890123456789012345678901234567890"
       "1234567890",
       "e33b4ddc9c38f2199c3e7b164fcc0536"},
  };
  for (const auto& [text, digest] : kRows) {
    const std::string hex = Hex(Md4(BytesOf(text)));
    EXPECT(hex == digest, hex);
  }
}
GST_END_TEST

GST_START_TEST(test_ntlm_v2) {
  const Result<ntlm::Message> answer = ntlm::AuthenticateMessage(
      ExampleChallenge(), ntlm::MakeLogin("Domain\\User", "Password"),
      ExampleFreshness());
  EXPECT(answer.has_value(), "no answer");
  const std::string lm = Hex(Field(*answer, 12));
  const std::string nt = Hex(Field(*answer, 20).first(16));
  EXPECT(lm == "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa", lm);
  EXPECT(nt == "68cd0ab851e51c96aabc927bebef6a1c", nt);
  EXPECT(Hex(Field(*answer, 28)) == "44006f006d00610069006e00", "domain");
  EXPECT(Hex(Field(*answer, 36)) == "5500730065007200", "user");
}
GST_END_TEST

/// Cut anywhere, and with every byte changed: an answer or an error, and not
/// a byte read beyond the end.
GST_START_TEST(test_challenges_that_are_none) {
  const ntlm::Login login = ntlm::MakeLogin("u", "p");
  const ntlm::Message good = ExampleChallenge();
  for (std::size_t size = 0; size < good.size(); ++size) {
    const ntlm::Message cut(good.begin(),
                            good.begin() + static_cast<long>(size));
    const bool answered =
        ntlm::AuthenticateMessage(cut, login, ExampleFreshness()).has_value();
    EXPECT(answered == (size >= 32 && size < 48), std::to_string(size));
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const std::uint8_t value : {0x00, 0x7f, 0x80, 0xff}) {
      ntlm::Message other = good;
      other[at] = value;
      const auto answer =
          ntlm::AuthenticateMessage(other, login, ExampleFreshness());
      EXPECT(answer || !answer.error().message.empty(), std::to_string(at));
    }
  }
  EXPECT(!ntlm::AuthenticateMessage(good, ntlm::MakeLogin("\xff", "p"),
                                    ExampleFreshness()),
         "no UTF-8");
}
GST_END_TEST

GST_START_TEST(test_challenge_lists) {
  const std::unique_ptr<SoupMessageHeaders,
                        glib::Deleter<soup_message_headers_unref>>
      headers(soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE));
  for (const char* value :
       {"Negotiate", "NTLM TlRMTVNTUAACAAAA==",
        "Digest realm=\"a, b=c\", nonce=\"n\", qop=\"auth,auth-int\", Basic "
        "realm=\"x\"",
        "stray=1", ""}) {
    soup_message_headers_append(headers.get(), "WWW-Authenticate", value);
  }
  const auto challenges = ParseChallenges(headers.get(), "WWW-Authenticate");
  fail_unless_equals_int(challenges.size(), 4);
  EXPECT(challenges[0].rest.empty(), challenges[0].rest);
  EXPECT(challenges[1].rest == "TlRMTVNTUAACAAAA==", challenges[1].rest);
  EXPECT(ChallengeParameter(challenges[2], "realm") == "a, b=c",
         challenges[2].rest);
  EXPECT(ChallengeParameter(challenges[2], "qop") == "auth,auth-int",
         challenges[2].rest);
  EXPECT(FindChallenge(challenges, "basic") == &challenges[3], "Basic");
  EXPECT(FindChallenge(challenges, "Bas") == nullptr, "a part of a name");
  EXPECT(ParseChallenges(headers.get(), "Proxy-Authenticate").empty(), "none");
}
GST_END_TEST

Suite* push_sink_auth_parts_suite() {
  Suite* suite = suite_create("push_sink_auth_parts");
  TCase* tcase = tcase_create("parts");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_md4);
  tcase_add_test(tcase, test_ntlm_v2);
  tcase_add_test(tcase, test_challenges_that_are_none);
  tcase_add_test(tcase, test_challenge_lists);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_sink_auth_parts_suite;
GST_CHECK_MAIN(push_sink_auth_parts)
