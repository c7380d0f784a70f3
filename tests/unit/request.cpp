// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/request.h"

#include "unit/check.h"

namespace wms::test {
namespace {

using wmhttp::PushStart;
using wmhttp::RequestType;

GST_START_TEST(test_type_of_content) {
  const struct {
    std::string_view value;
    RequestType type;
  } kRows[] = {
      {"application/x-wms-pushsetup", RequestType::kPushSetup},
      {"application/x-wms-pushstart", RequestType::kPushStart},
      {"application/x-wms-pushsetup;charset=UTF-8", RequestType::kPushSetup},
      {"application/x-wms-pushstart;charset=UTF-8", RequestType::kPushStart},
      {"application/x-wms-pushsetup; charset=utf-8", RequestType::kPushSetup},
      {"Application/X-WMS-PushSetup", RequestType::kPushSetup},
      {"APPLICATION/X-WMS-PUSHSTART ;charset=UTF-8", RequestType::kPushStart},
      {" application/x-wms-pushstart\t", RequestType::kPushStart},
      {"", RequestType::kOther},
      {";", RequestType::kOther},
      {";application/x-wms-pushstart", RequestType::kOther},
      {"application/x-wms-push", RequestType::kOther},
      {"application/x-wms-pushstar", RequestType::kOther},
      {"application/x-wms-pushstart2", RequestType::kOther},
      {"xapplication/x-wms-pushstart", RequestType::kOther},
      {"application/x-wms-pushstart,a", RequestType::kOther},
      {"application/x-wms pushstart", RequestType::kOther},
      {"application/x-www-form-urlencoded", RequestType::kOther},
      {"x-wms-pushstart", RequestType::kOther},
      {"text/html;application/x-wms-pushsetup", RequestType::kOther},
  };
  for (const auto& row : kRows) {
    const HeapBytes value(row.value);
    EXPECT(wmhttp::TypeOfContent(value.text()) == row.type,
           std::string(row.value));
  }
}
GST_END_TEST

GST_START_TEST(test_push_start) {
  PushStart request;
  request.target = "/live?a=b";
  request.host = "example.com:8080";
  request.user_agent = "WMEncoder/11.0.5721.5145 gst-wmspush/0.1.0";
  request.accept_authentication = "Digest, Basic";
  request.cookie = "push-id=41; sid=abc";
  request.content_length = 2147483647;
  const std::string expected =
      "POST /live?a=b HTTP/1.1\r\n"
      "Content-Type: application/x-wms-pushstart\r\n"
      "X-Accept-Authentication: Digest, Basic\r\n"
      "User-Agent: WMEncoder/11.0.5721.5145 gst-wmspush/0.1.0\r\n"
      "Host: example.com:8080\r\n"
      "Content-Length: 2147483647\r\n"
      "Cache-Control: no-cache\r\n"
      "Cookie: push-id=41; sid=abc\r\n";
  ExpectText(wmhttp::WritePushStart(request), (expected + "\r\n"));
  request.authorization = "Basic dXNlcjpwdw==";
  ExpectText(wmhttp::WritePushStart(request),
             (expected + "Authorization: Basic dXNlcjpwdw==\r\n\r\n"));
  request.proxy_authorization = "Basic cHJveHk6cHc=";
  ExpectText(wmhttp::WritePushStart(request),
             (expected + "Authorization: Basic dXNlcjpwdw==\r\n"
                         "Proxy-Authorization: Basic cHJveHk6cHc=\r\n\r\n"));
}
GST_END_TEST

GST_START_TEST(test_push_start_through_a_proxy) {
  PushStart request;
  request.target = "http://example.com/live";
  request.host = "example.com";
  request.user_agent = "WMEncoder/9.0";
  request.accept_authentication = "Digest, Basic";
  request.cookie = "push-id=0";
  request.content_length = 28;
  request.proxy_authorization = "Digest a=b";
  ExpectText(wmhttp::WritePushStart(request),
             "POST http://example.com/live HTTP/1.1\r\n"
             "Content-Type: application/x-wms-pushstart\r\n"
             "X-Accept-Authentication: Digest, Basic\r\n"
             "User-Agent: WMEncoder/9.0\r\n"
             "Host: example.com\r\n"
             "Content-Length: 28\r\n"
             "Cache-Control: no-cache\r\n"
             "Cookie: push-id=0\r\n"
             "Proxy-Authorization: Digest a=b\r\n\r\n");
}
GST_END_TEST

/// Headers that the strictest takes.
wmhttp::RequestHeaders GoodHeaders() {
  return {.content_type = "application/x-wms-pushsetup",
          .user_agent = "WMEncoder/11.0.5721.5145",
          .host = "x",
          .cookie = "push-id=0",
          .accept_authentication = "NTLM",
          .cache_control = "no-cache",
          .content_encoding = std::nullopt,
          .response_only = std::nullopt};
}

GST_START_TEST(test_check_headers) {
  using wmhttp::RequestHeaders;
  const struct {
    const char* what;
    void (*change)(RequestHeaders&);
    unsigned tolerant;
    unsigned strict;
  } kRows[] = {
      {"nothing", [](RequestHeaders&) {}, 0, 0},
      {"User-Agent", [](RequestHeaders& h) { h.user_agent = "a/1.0"; }, 400,
       400},
      {"five digits",
       [](RequestHeaders& h) { h.user_agent = "WMEncoder/12.0.7601.17514"; }, 0,
       400},
      {"Content-Encoding",
       [](RequestHeaders& h) { h.content_encoding = "gzip"; }, 415, 415},
      {"identity", [](RequestHeaders& h) { h.content_encoding = "Identity"; },
       0, 0},
      {"charset",
       [](RequestHeaders& h) {
         h.content_type = "application/x-wms-pushsetup;charset=utf-8";
       },
       0, 0},
      {"another charset",
       [](RequestHeaders& h) {
         h.content_type = "application/x-wms-pushsetup;charset=x";
       },
       0, 415},
      {"Host", [](RequestHeaders& h) { h.host.reset(); }, 0, 400},
      {"Cookie", [](RequestHeaders& h) { h.cookie.reset(); }, 0, 400},
      {"empty push-id", [](RequestHeaders& h) { h.cookie = "push-id="; }, 0,
       400},
      {"no push-id", [](RequestHeaders& h) { h.cookie = "a=b"; }, 0, 400},
      {"bad push-id", [](RequestHeaders& h) { h.cookie = "push-id=a b"; }, 400,
       400},
      {"X-Accept-Authentication",
       [](RequestHeaders& h) { h.accept_authentication.reset(); }, 0, 400},
      {"Cache-Control", [](RequestHeaders& h) { h.cache_control.reset(); }, 0,
       400},
      {"Server", [](RequestHeaders& h) { h.response_only = "Server"; }, 0, 400},
  };
  for (const auto& row : kRows) {
    RequestHeaders headers = GoodHeaders();
    row.change(headers);
    const auto status = [&headers](Strictness strictness) {
      const Result<void> checked = wmhttp::CheckHeaders(
          headers, wmhttp::RequestType::kPushSetup, strictness);
      return checked ? 0 : checked.error().http_status;
    };
    EXPECT(status(Strictness::kTolerant) == row.tolerant, row.what);
    EXPECT(status(Strictness::kStrict) == row.strict, row.what);
  }
}
GST_END_TEST

Suite* request_suite() {
  Suite* suite = suite_create("request");
  TCase* headers = tcase_create("headers");
  suite_add_tcase(suite, headers);
  tcase_add_test(headers, test_type_of_content);
  tcase_add_test(headers, test_push_start);
  tcase_add_test(headers, test_check_headers);
  tcase_add_test(headers, test_push_start_through_a_proxy);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::request_suite;
GST_CHECK_MAIN(request)
