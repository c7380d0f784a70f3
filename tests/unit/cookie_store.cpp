// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/cookie_store.h"

#include "glib/ref.h"
#include "unit/check.h"

// Cookies beside push-id, by RFC 2109.

namespace wms::test {
namespace {

glib::Uri UriOf(const std::string& url) {
  return glib::Uri(g_uri_parse(url.c_str(), G_URI_FLAGS_NONE, nullptr));
}

constexpr const char* kUrl = "http://media.example:8080/points/live?x=1";

/// What goes to @a url when these came from there.
std::string After(const std::vector<std::string>& set_cookies,
                  const std::string& url = kUrl) {
  const glib::Uri uri = UriOf(url);
  CookieStore cookies;
  for (const std::string& value : set_cookies)
    cookies.Update(value, uri.get());
  return cookies.RequestValue(uri.get());
}

struct Row {
  std::vector<std::string> set_cookies;
  const char* request;
};

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    ExpectText(After(row.set_cookies), row.request);
}

GST_START_TEST(test_kept) {
  ExpectRows({
      {{}, "push-id=0"},
      {{"sid=abc"}, "push-id=0; sid=abc"},
      {{"sid=abc", "push-id=41"}, "push-id=41; sid=abc"},
      {{"sid=abc", "x=y", "sid=def"}, "push-id=0; sid=def; x=y"},
      {{"sid="}, "push-id=0; sid="},
      {{"xpush-id=1"}, "push-id=0; xpush-id=1"},
      {{"push-id=41, a=b"}, "push-id=41; a=b"},
      {{"a=b; path=/, push-id=41; path=/"}, "push-id=41; a=b"},
      {{"x=\"a b\"; Version=\"1\""}, "push-id=0; x=\"a b\""},
      {{"x=\"a;b\"; Path=\"/points\""}, "push-id=0; x=\"a;b\""},
      {{"a=b; HttpOnly; SameSite=Strict"}, "push-id=0; a=b"},
      {{"a=b; Comment=\"x; Max-Age=0; Path=/y\""}, "push-id=0; a=b"},
      {{"a=b c", "nonsense", "d=e"}, "push-id=0; d=e"},
  });
}
GST_END_TEST

// 4.2.2, and the date that came before Max-Age (10.1.2).
GST_START_TEST(test_discarded) {
  for (const char* over :
       {"Max-Age=0", "max-age=\"0\"", "expires=Thu, 01-Jan-1970 00:00:01 GMT",
        "Expires=Thu, 01 Jan 1970 00:00:01 GMT; Path=/points",
        "Expires=\"Thu, 01 Jan 1970 00:00:01 GMT\""}) {
    const std::string text = std::string("lb=; ") + over;
    ExpectText(After({"lb=1", "a=b", text}), "push-id=0; a=b");
    ExpectText(After({"lb=1", "a=b; Path=/, " + text}), "push-id=0; a=b");
    ExpectText(After({text}), "push-id=0");
    ExpectText(After({text, "lb=2"}), "push-id=0; lb=2");
  }
  for (const char* not_over :
       {"Max-Age=3600", "Max-Age=", "Max-Age", "Max-Age=x",
        "expires=", "expires=never", "Expires=Wed, 09 Jun 2100 10:18:14 GMT"}) {
    ExpectText(After({std::string("lb=1; ") + not_over}), "push-id=0; lb=1");
  }
}
GST_END_TEST

GST_START_TEST(test_secure) {
  ExpectRows({
      {{"a=b; Secure"}, "push-id=0"},
      {{"a=b", "a=c; secure"}, "push-id=0"},
      {{"a=b; Secure, c=d"}, "push-id=0; c=d"},
  });
}
GST_END_TEST

// 4.3.2.
GST_START_TEST(test_rejected) {
  ExpectRows({
      {{"a=b; Path=/"}, "push-id=0; a=b"},
      {{"a=b; Path=/points"}, "push-id=0; a=b"},
      {{"a=b; Path=\"/points/live\""}, "push-id=0; a=b"},
      {{"a=b; Path=/points/other"}, "push-id=0"},
      {{"a=b; Path=\"/elsewhere\""}, "push-id=0"},
      {{"a=b; Path=/poi"}, "push-id=0"},
      {{"a=b; Domain=media.example"}, "push-id=0; a=b"},
      {{"a=b; Domain=\".media.example\""}, "push-id=0; a=b"},
      {{"a=b; Domain=.MEDIA.example"}, "push-id=0; a=b"},
      {{"a=b; Domain=other.example"}, "push-id=0"},
      {{"a=b; Domain=dia.example"}, "push-id=0"},
      {{"a=b; Domain=.example"}, "push-id=0"},
      {{"a=b; Path=/elsewhere; path=/points; Domain=x; Domain=media.example"},
       "push-id=0; a=b"},
      {{"a=b; Path=/points; Path=/elsewhere"}, "push-id=0"},
      {{"a=b; Max-Age=9; expires=Thu, 01-Jan-1970 00:00:01 GMT"},
       "push-id=0; a=b"},
      {{"a=b", "a=c; Path=/elsewhere"}, "push-id=0; a=b"},
      {{"a=b", "a=c; Domain=.other.example"}, "push-id=0; a=b"},
  });
  for (const char* url : {"http://127.0.0.1/live", "http://[::1]:81/live",
                          "http://server/live", "http://localhost/"}) {
    ExpectText(After({"a=b; Path=/"}, url), "push-id=0; a=b");
    ExpectText(After({"a=b; Domain=.media.example"}, url), "push-id=0");
  }
}
GST_END_TEST

/// push-id counts whatever comes with it.
GST_START_TEST(test_push_id) {
  for (const char* attributes :
       {"Max-Age=0", "Secure", "Path=/elsewhere", "Domain=.other.example",
        "expires=Thu, 01-Jan-1970 00:00:00 GMT", "\""}) {
    ExpectText(After({std::string("push-id=41; ") + attributes}), "push-id=41");
  }
  ExpectText(After({"push-id=41", "push-id=; Max-Age=0"}), "push-id=41");
}
GST_END_TEST

// 4.3.3, 4.3.4: a name may be there once for a path.
GST_START_TEST(test_paths) {
  ExpectRows({
      {{"a=1; Path=/", "a=2; Path=/points", "b=3; Path=/points/live"},
       "push-id=0; b=3; a=2; a=1"},
      {{"a=1; Path=/points", "a=2; Path=/", "a=3; Path=/points"},
       "push-id=0; a=3; a=2"},
      {{"a=1; Path=/points", "a=2; Path=/", "a=; Path=/; Max-Age=0"},
       "push-id=0; a=1"},
  });
  // What one path was given is nothing for another to see.
  const glib::Uri live = UriOf(kUrl);
  const glib::Uri other = UriOf("http://media.example:8080/other");
  CookieStore cookies;
  cookies.Update("a=1", live.get());
  cookies.Update("b=2; Path=/", live.get());
  ExpectText(cookies.RequestValue(other.get()), "push-id=0; b=2");
  ExpectText(cookies.RequestValue(live.get()), "push-id=0; a=1; b=2");
}
GST_END_TEST

GST_START_TEST(test_number) {
  const glib::Uri uri = UriOf(kUrl);
  CookieStore cookies;
  std::string expected = "push-id=41";
  for (std::size_t i = 0; i < 2 * CookieStore::kMaxOthers; ++i) {
    const std::string cookie = "c" + std::to_string(i) + "=1";
    cookies.Update(cookie, uri.get());
    if (i < CookieStore::kMaxOthers) expected += "; " + cookie;
  }
  cookies.Update("push-id=41", uri.get());
  ExpectText(cookies.RequestValue(uri.get()), expected);
  cookies.Update("c3=2", uri.get());  // a known one changes all the same
  expected.replace(expected.find("c3=1"), 4, "c3=2");
  ExpectText(cookies.RequestValue(uri.get()), expected);
  fail_unless(cookies.push_id() == "41");
  const CookieStore copy = cookies;
  cookies.Update("c3=; Max-Age=0", uri.get());
  cookies.Update("d=1", uri.get());
  ExpectText(copy.RequestValue(uri.get()), expected);
  expected.erase(expected.find("; c3=2"), 6);
  ExpectText(cookies.RequestValue(uri.get()), expected + "; d=1");
}
GST_END_TEST

Suite* cookie_store_suite() {
  Suite* suite = suite_create("cookie_store");
  TCase* store = tcase_create("store");
  suite_add_tcase(suite, store);
  tcase_add_test(store, test_kept);
  tcase_add_test(store, test_discarded);
  tcase_add_test(store, test_secure);
  tcase_add_test(store, test_rejected);
  tcase_add_test(store, test_push_id);
  tcase_add_test(store, test_paths);
  tcase_add_test(store, test_number);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::cookie_store_suite;
GST_CHECK_MAIN(cookie_store)
