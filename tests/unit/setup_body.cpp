// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/setup_body.h"

#include "unit/check.h"

namespace wms::test {
namespace {

using namespace std::literals;
using wmhttp::SetupBody;

Result<SetupBody> Parse(std::string_view text) {
  const HeapBytes body(text);
  return wmhttp::ParseSetupBody(body.text());
}

void ExpectInvalid(std::string_view text, const std::string& rule) {
  ExpectError(Parse(text), HResult::NS_E_BAD_REQUEST, Fault::kPeer,
              "2.2.2.1: the PushSetup body has no valid " + rule,
              std::string(text));
}

// 2.2.2.1 to 2.2.2.1.2: what is asked for and what that looks like.
const struct {
  SetupBody body;
  const char* text;
} kWritten[] = {
    {{"", false}, ""},
    {{"", true}, "AutoDestroy: 1\r\n"},
    {{"/pub", false}, "Template-URL: \"/pub\"\r\nAutoDestroy: 0\r\n"},
    {{"/pub", true}, "Template-URL: \"/pub\"\r\nAutoDestroy: 1\r\n"},
    {{"/a%20b/c", true}, "Template-URL: \"/a%20b/c\"\r\nAutoDestroy: 1\r\n"},
};

GST_START_TEST(test_write_and_read_back) {
  for (const auto& row : kWritten) {
    const std::string text = wmhttp::WriteSetupBody(row.body);
    EXPECT(text == row.text, text);
    const Result<SetupBody> body = Parse(text);
    EXPECT(body.has_value(), text);
    EXPECT(body->template_path == row.body.template_path, text);
    EXPECT(body->auto_destroy == row.body.auto_destroy, text);
  }
}
GST_END_TEST

GST_START_TEST(test_read) {
  const struct {
    const char* text;
    const char* template_path;
    bool auto_destroy;
  } kRows[] = {
      {"AutoDestroy: 0\r\n", "", false},
      {"AutoDestroy:1\r\n", "", true},
      {"AutoDestroy:0\r\n", "", false},
      {"Template-URL:\"/pub\"\r\nAutoDestroy:1\r\n", "/pub", true},
      {"Template-URL: \"/pub\"\r\n", "/pub", false},
      {"Template-URL: \"/\"\r\nAutoDestroy: 0\r\n", "/", false},
      {"Template-URL: \"/a/b//c/\"\r\nAutoDestroy: 0\r\n", "/a/b//c/", false},
      {"Template-URL: \"/%E2%82%aC\"\r\nAutoDestroy: 0\r\n", "/%E2%82%aC",
       false},
      {"Template-URL: \"/-._~!$&'()*+,;=:@\"\r\nAutoDestroy: 0\r\n",
       "/-._~!$&'()*+,;=:@", false},
  };
  for (const auto& row : kRows) {
    const Result<SetupBody> body = Parse(row.text);
    EXPECT(body.has_value(), row.text);
    EXPECT(body->template_path == row.template_path, row.text);
    EXPECT(body->auto_destroy == row.auto_destroy, row.text);
  }
}
GST_END_TEST

GST_START_TEST(test_invalid_template) {
  for (const std::string_view value : {
           ""sv,           "\""sv,        "\"\""sv,
           "/pub"sv,       "\"/pub"sv,    "/pub\""sv,
           "\"pub\""sv,    "\"//pub\""sv, "\"/a b\""sv,
           "\"/a\"b\""sv,  "\"/a?b\""sv,  "\"/a#b\""sv,
           "\"/a\tb\""sv,  "\"/a\\b\""sv, "\"/a[b]\""sv,
           "\"/a\0\""sv,   "\"/\xE9\""sv, "\"/pub\" "sv,
           "  \"/pub\""sv, "\"/a<b>\""sv, "\"http://host/pub\""sv,
       }) {
    std::string text = "Template-URL: ";
    text.append(value).append("\r\nAutoDestroy: 0\r\n");
    ExpectInvalid(text, "Template-URL");
  }
  ExpectInvalid("Template-URL: \"/pub\"", "Template-URL");
  ExpectInvalid("Template-URL: \"/pub\"\n", "Template-URL");
  ExpectInvalid("Template-URL: \"/pub\"\nAutoDestroy: 0\r\n", "Template-URL");
}
GST_END_TEST

/// RFC 3986 2.1: a percent sign and two hexadecimal digits.
GST_START_TEST(test_invalid_percent_encoding) {
  for (const char* path : {"/%", "/%4", "/%4/", "/%zz", "/a%G0", "/%%41"}) {
    ExpectInvalid(
        std::string("Template-URL: \"") + path + "\"\r\nAutoDestroy: 0\r\n",
        "Template-URL");
  }
}
GST_END_TEST

GST_START_TEST(test_invalid_auto_destroy) {
  for (const std::string_view value :
       {""sv, "2"sv, "-1"sv, "01"sv, "10"sv, "1 "sv, " 1"sv, "true"sv, "1\n"sv,
        "\0"sv, "1\0"sv, "\"1\""sv}) {
    ExpectInvalid("AutoDestroy: " + std::string(value) + "\r\n", "AutoDestroy");
  }
  ExpectInvalid("AutoDestroy: 1", "AutoDestroy");
  ExpectInvalid("AutoDestroy: 1\n", "AutoDestroy");
  ExpectInvalid("AutoDestroy:\t1\r\n", "AutoDestroy");
  ExpectInvalid("Template-URL: \"/pub\"\r\nAutoDestroy: 2\r\n", "AutoDestroy");
}
GST_END_TEST

GST_START_TEST(test_more_than_the_grammar_has) {
  for (const char* text : {
           "\r\n",
           " ",
           "hello",
           "AutoDestroy 1\r\n",
           "AutoDestroy : 1\r\n",
           " AutoDestroy: 1\r\n",
           "AutoDestroy: 1\r\n\r\n",
           "AutoDestroy: 1\r\nAutoDestroy: 1\r\n",
           "AutoDestroy: 1\r\nTemplate-URL: \"/pub\"\r\n",
           "Template-URL: \"/a\"\r\nTemplate-URL: \"/b\"\r\n",
           "Template-URL: \"/a\"\r\nOther: 1\r\nAutoDestroy: 1\r\n",
       }) {
    ExpectInvalid(text, "end: more follows its directives");
  }
}
GST_END_TEST

/// RFC 4234 2.3: the literal text of a grammar stands for either case.
GST_START_TEST(test_case_does_not_matter) {
  const Result<SetupBody> body =
      Parse("template-url: \"/Pub\"\r\nAUTODESTROY: 1\r\n");
  fail_unless(body.has_value());
  fail_unless(body->template_path == "/Pub");
  fail_unless(body->auto_destroy);
}
GST_END_TEST

GST_START_TEST(test_cut_short_at_every_length) {
  const std::string_view whole = "Template-URL: \"/pub\"\r\nAutoDestroy: 1\r\n";
  const std::size_t first_line = whole.find('\n') + 1;
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const Result<SetupBody> body = Parse(whole.substr(0, length));
    const bool valid =
        length == 0 || length == first_line || length == whole.size();
    EXPECT(body.has_value() == valid, std::to_string(length));
  }
}
GST_END_TEST

Suite* setup_body_suite() {
  Suite* suite = suite_create("setup_body");
  TCase* grammar = tcase_create("grammar");
  suite_add_tcase(suite, grammar);
  tcase_add_test(grammar, test_write_and_read_back);
  tcase_add_test(grammar, test_read);
  tcase_add_test(grammar, test_invalid_template);
  tcase_add_test(grammar, test_invalid_percent_encoding);
  tcase_add_test(grammar, test_invalid_auto_destroy);
  tcase_add_test(grammar, test_more_than_the_grammar_has);
  tcase_add_test(grammar, test_case_does_not_matter);
  tcase_add_test(grammar, test_cut_short_at_every_length);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::setup_body_suite;
GST_CHECK_MAIN(setup_body)
