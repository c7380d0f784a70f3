// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/cookies.h"

#include "unit/check.h"

namespace wms::test {
namespace {

using namespace std::literals;
using wmhttp::Cookies;
using wmhttp::FindPushId;

/// What a session sends back after it was sent these.
std::string After(const std::vector<std::string>& set_cookies) {
  Cookies cookies;
  for (const std::string& value : set_cookies) {
    const HeapBytes text(value);
    cookies.Update(text.text());
  }
  return cookies.RequestValue();
}

const struct {
  std::vector<std::string> set_cookies;
  const char* request;
} kSequences[] = {
    {{}, "push-id=0"},
    {{"push-id=1234567890"}, "push-id=1234567890"},
    {{"push-id=0"}, "push-id=0"},
    {{"push-id=41; path=/; HttpOnly"}, "push-id=41"},
    {{"push-id=41;Max-Age=3"}, "push-id=41"},
    {{" push-id\t=  41 ; a"}, "push-id=41"},
    {{"Push-ID=41"}, "push-id=41"},
    {{"push-id=a=b"}, "push-id=a=b"},
    {{"push-id=\"41\""}, "push-id=\"41\""},
    {{"push-id=41", "push-id=42"}, "push-id=42"},
    {{"push-id=41", "push-id=0"}, "push-id=0"},
    {{"sid=abc"}, "push-id=0; sid=abc"},
    {{"sid=abc", "push-id=41"}, "push-id=41; sid=abc"},
    {{"sid=abc", "x=y", "sid=def"}, "push-id=0; sid=def; x=y"},
    {{"sid="}, "push-id=0; sid="},
    {{"sid=a; Expires=Wed, 09 Jun 2027 10:18:14 GMT"}, "push-id=0; sid=a"},
    {{"xpush-id=1"}, "push-id=0; xpush-id=1"},
};

/// Leaves all as it was: no cookie, or one that may not be sent back.
const std::string_view kIgnored[] = {
    ""sv,
    ";"sv,
    "="sv,
    "=41"sv,
    " =41"sv,
    "push-id"sv,
    "push-id;push-id=41"sv,
    "push-id="sv,
    "push-id=  "sv,
    "push-id=; push-id=41"sv,
    "push-id=4 1"sv,
    "push-id=4\t1"sv,
    "push-id=4\0001"sv,
    "push-id=4\r\nX: 1"sv,
    "push-id=4\x7F"sv,
    "push-id=4\xE9"sv,
    "a b=c"sv,
    "a=b c"sv,
    "a=b\r\nX: 1"sv,
    "a\r\nX: 1=b"sv,
    "\xE9=b"sv,
};

GST_START_TEST(test_update) {
  for (const auto& row : kSequences) {
    const std::string request = After(row.set_cookies);
    EXPECT(request == row.request, request);
  }
}
GST_END_TEST

GST_START_TEST(test_what_is_ignored) {
  for (const std::string_view value : kIgnored) {
    const std::string text(value);
    EXPECT(After({text}) == "push-id=0", text);
    EXPECT(After({"push-id=41", "a=b", text}) == "push-id=41; a=b", text);
  }
}
GST_END_TEST

/// 3.2.3: at most 255 characters.
GST_START_TEST(test_longest_push_id) {
  const std::string longest(255, 'x');
  fail_unless(After({"push-id=" + longest}) == "push-id=" + longest);
  fail_unless(After({"push-id=" + longest + "x"}) == "push-id=0");
  fail_unless(FindPushId("push-id=" + longest) == longest);
  fail_unless(FindPushId("push-id=" + longest + "x").empty());
}
GST_END_TEST

GST_START_TEST(test_number_of_other_cookies) {
  Cookies cookies;
  std::string expected = "push-id=41";
  for (std::size_t i = 0; i < 2 * Cookies::kMaxOthers; ++i) {
    const std::string cookie = "c" + std::to_string(i) + "=1";
    cookies.Update(cookie);
    if (i < Cookies::kMaxOthers) expected += "; " + cookie;
  }
  cookies.Update("push-id=41");
  fail_unless(cookies.RequestValue() == expected);
  cookies.Update("c3=2");  // a known one changes all the same
  expected.replace(expected.find("c3=1"), 4, "c3=2");
  fail_unless(cookies.RequestValue() == expected);
  fail_unless(cookies.push_id() == "41");
}
GST_END_TEST

GST_START_TEST(test_find_push_id) {
  const struct {
    std::string_view cookie;
    std::string_view push_id;
  } kRows[] = {
      {"push-id=0", "0"},
      {"push-id=4124758405", "4124758405"},
      {"push-id=41; a=b", "41"},
      {"a=b; push-id=41", "41"},
      {"a=b;push-id=41;c=d", "41"},
      {"Push-Id = 41 ", "41"},
      {"$Version=\"1\"; push-id=41; $Path=\"/\"", "41"},
      {"push-id=; push-id=41", "41"},
      {"push-id=41; push-id=42", "41"},
      {"push-id=a=b", "a=b"},
      {"", ""},
      {";;;", ""},
      {"=", ""},
      {"push-id", ""},
      {"push-id=", ""},
      {"push-id=4 1", ""},
      {"push-id=4\r\n1", ""},
      {"push-id=\xE9", ""},
      {"xpush-id=41", ""},
      {"push-idx=41", ""},
      {"a=push-id=41", ""},
      {"a=b", ""},
  };
  for (const auto& row : kRows) {
    const HeapBytes text(row.cookie);
    EXPECT(FindPushId(text.text()) == row.push_id, std::string(row.cookie));
  }
}
GST_END_TEST

GST_START_TEST(test_cut_short_at_every_length) {
  const std::string_view whole = "a=b; push-id=4124";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const HeapBytes text(whole.substr(0, length));
    const std::string_view expected =
        length > 13 ? whole.substr(13, length - 13) : std::string_view();
    EXPECT(FindPushId(text.text()) == expected, std::to_string(length));
    Cookies cookies;
    cookies.Update(text.text());
    EXPECT(cookies.push_id() == "0", std::to_string(length));
  }
}
GST_END_TEST

/// RFC 2109 4.2.2 and 4.3.4, which 2.2.1.3 and 2.2.1.6 name: a comma as well
/// as another header line, or a semicolon, stands between two cookies.
GST_START_TEST(test_cookies_in_one_list) {
  ExpectText(After({"push-id=41, a=b"}), "push-id=41; a=b");
  ExpectText(After({"a=b; path=/, push-id=41; path=/"}), "push-id=41; a=b");
  fail_unless(FindPushId("a=b, push-id=41") == "41");
  fail_unless(FindPushId("push-id=41,a=b") == "41");
}
GST_END_TEST

/// What the client sends is what the server finds.
GST_START_TEST(test_both_ends) {
  for (const auto& row : kSequences) {
    Cookies cookies;
    for (const std::string& value : row.set_cookies)
      cookies.Update(value);
    EXPECT(FindPushId(cookies.RequestValue()) == cookies.push_id(),
           row.request);
  }
}
GST_END_TEST

Suite* cookies_suite() {
  Suite* suite = suite_create("cookies");
  TCase* session = tcase_create("session");
  suite_add_tcase(suite, session);
  tcase_add_test(session, test_update);
  tcase_add_test(session, test_what_is_ignored);
  tcase_add_test(session, test_longest_push_id);
  tcase_add_test(session, test_number_of_other_cookies);
  tcase_add_test(session, test_find_push_id);
  tcase_add_test(session, test_cut_short_at_every_length);
  tcase_add_test(session, test_cookies_in_one_list);
  tcase_add_test(session, test_both_ends);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::cookies_suite;
GST_CHECK_MAIN(cookies)
