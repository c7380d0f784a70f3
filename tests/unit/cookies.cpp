// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/cookies.h"

#include "unit/check.h"

namespace wms::test {
namespace {

using namespace std::literals;
using wmhttp::FindPushId;
using wmhttp::PushIdCookie;

/// What a session sends back after it was sent these.
std::string After(const std::vector<std::string>& set_cookies) {
  PushIdCookie cookie;
  for (const std::string& value : set_cookies) {
    const HeapBytes text(value);
    cookie.Update(text.text());
  }
  return cookie.RequestValue();
}

const struct {
  std::vector<std::string> set_cookies;
  const char* request;
} kSequences[] = {
    {{}, "push-id=0"},
    {{"push-id=1234567890"}, "push-id=1234567890"},
    {{"push-id=0"}, "push-id=0"},
    {{"push-id=41; path=/; HttpOnly"}, "push-id=41"},
    {{" push-id\t=  41 ; a"}, "push-id=41"},
    {{"Push-ID=41"}, "push-id=41"},
    {{"push-id=a=b"}, "push-id=a=b"},
    {{"push-id=\"41\""}, "push-id=\"41\""},
    {{"push-id=\"41"}, "push-id=\"41"},
    {{"push-id=41", "push-id=42"}, "push-id=42"},
    {{"push-id=41", "push-id=0"}, "push-id=0"},
    {{"sid=abc", "push-id=41"}, "push-id=41"},
    {{"push-id=41, a=b"}, "push-id=41"},
    {{"a=b; path=/, push-id=41; path=/"}, "push-id=41"},
    {{"a=b; expires=Wed, 09 Jun 2027 10:18:14 GMT, push-id=41"}, "push-id=41"},
    {{"a=\"b, push-id=41"}, "push-id=41"},
    {{"nonsense, push-id=41"}, "push-id=41"},
};

GST_START_TEST(test_update) {
  for (const auto& row : kSequences) {
    const std::string request = After(row.set_cookies);
    EXPECT(request == row.request, request);
  }
}
GST_END_TEST

/// There is no session without it, so it counts whatever a server says of it.
GST_START_TEST(test_push_id_whatever_the_attributes) {
  for (const char* attributes :
       {"Max-Age=0", "Max-Age=3", "Max-Age=x", "Secure", "Path=/elsewhere",
        "Path=", "Domain=.other.example", "Domain=x", "Version=9",
        "expires=Thu, 01-Jan-1970 00:00:00 GMT", "expires=", "\"",
        "=;=", "Comment=\"a; b, c\"; Secure; Max-Age=0; Path=\"/x\""}) {
    const std::string text = std::string("push-id=41; ") + attributes;
    ExpectText(After({text}), "push-id=41");
    fail_unless(wmhttp::ParseSetCookie(text).empty(), "%s", attributes);
  }
}
GST_END_TEST

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
    "a=b,c"sv,
    "a=b\r\nX: 1"sv,
    "a=\"b\r\nX: 1\""sv,
    "a=\"b\xE9\""sv,
    "a=\"b\" c"sv,
    "a=\"b c"sv,
    "a\r\nX: 1=b"sv,
    "\xE9=b"sv,
    "$Version=1"sv,
};

GST_START_TEST(test_what_is_ignored) {
  for (const std::string_view value : kIgnored) {
    const std::string text(value);
    EXPECT(After({text}) == "push-id=0", text);
    EXPECT(After({"push-id=41", text}) == "push-id=41", text);
    const HeapBytes bytes(value);
    EXPECT(wmhttp::ParseSetCookie(bytes.text()).empty(), text);
  }
}
GST_END_TEST

/// Cookies as "name=value(attribute=value)", one behind the other.
std::string Parsed(std::string_view set_cookie) {
  const HeapBytes bytes(set_cookie);
  std::string text;
  for (const wmhttp::SetCookie& cookie : wmhttp::ParseSetCookie(bytes.text())) {
    text += cookie.name + "=" + cookie.value;
    for (const auto& [name, value] : cookie.attributes)
      text.append("(").append(name).append("=").append(value).append(")");
    text += ' ';
  }
  return text;
}

/// RFC 2109 4.1, 4.2.2, and the dates of 10.1.2.
GST_START_TEST(test_set_cookie) {
  const struct {
    const char* text;
    const char* parsed;
  } kRows[] = {
      {"a=b", "a=b "},
      {"a=", "a= "},
      {" a\t=  b ; c ", "a=b(c=) "},
      {"a=b; Path=/; Secure;;", "a=b(Path=/)(Secure=)(=) "},
      {"x=\"a b\"; Version=\"1\"", "x=\"a b\"(Version=1) "},
      {"x=\"a;b,c=d\"; Path=\"/a\\\"b\"", "x=\"a;b,c=d\"(Path=/a\"b) "},
      {"x=\"\"", "x=\"\" "},
      {"x=\"a\\\"; b\"", "x=\"a\\\"; b\" "},
      {"x={\"a\":1}", "x={\"a\":1} "},
      {"x=\"a;b=c", "x=\"a(b=c) "},
      {"a=b, c=d", "a=b c=d "},
      {"a=b; Secure, c=d; Path=/", "a=b(Secure=) c=d(Path=/) "},
      {"a=b; push-id=3, push-id=41; Path=/, c=d", "a=b(push-id=3) c=d "},
      {"a=b; expires=Wed, 09 Jun 2027 10:18:14 GMT; Path=/x",
       "a=b(expires=Wed, 09 Jun 2027 10:18:14 GMT)(Path=/x) "},
      {"a=b; expires=Wed, 09 Jun 2027 10:18:14 GMT, c=d",
       "a=b(expires=Wed, 09 Jun 2027 10:18:14 GMT) c=d "},
      {"a=b; Comment=\"c; Path=/x, d=e\"", "a=b(Comment=c; Path=/x, d=e) "},
      {"a=b;", "a=b "},
      {"a=b,", ""},
  };
  for (const auto& row : kRows)
    ExpectText(Parsed(row.text), row.parsed);
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
    PushIdCookie cookie;
    cookie.Update(text.text());
    EXPECT(cookie.value() == "0", std::to_string(length));
  }
}
GST_END_TEST

/// RFC 2109 4.3.4: a comma, too, stands between two cookies.
GST_START_TEST(test_cookies_in_one_list) {
  fail_unless(FindPushId("a=b, push-id=41") == "41");
  fail_unless(FindPushId("push-id=41,a=b") == "41");
}
GST_END_TEST

/// What the client sends is what the server finds.
GST_START_TEST(test_both_ends) {
  for (const auto& row : kSequences) {
    PushIdCookie cookie;
    for (const std::string& value : row.set_cookies)
      cookie.Update(value);
    EXPECT(FindPushId(cookie.RequestValue()) == cookie.value(), row.request);
  }
}
GST_END_TEST

Suite* cookies_suite() {
  Suite* suite = suite_create("cookies");
  TCase* session = tcase_create("session");
  suite_add_tcase(suite, session);
  tcase_add_test(session, test_update);
  tcase_add_test(session, test_push_id_whatever_the_attributes);
  tcase_add_test(session, test_what_is_ignored);
  tcase_add_test(session, test_set_cookie);
  tcase_add_test(session, test_longest_push_id);
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
