// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "base/hresult.h"

#include "unit/check.h"

#include <set>

namespace wms::test {
namespace {

struct Row {
  HResult hresult;
  std::uint32_t value;
  const char* name;
};

// The values of [MS-ERREF] 2.1, written down a second time.
constexpr Row kRows[] = {
    {HResult::S_OK, 0x00000000, "S_OK"},
    {HResult::S_FALSE, 0x00000001, "S_FALSE"},
    {HResult::E_FAIL, 0x80004005, "E_FAIL"},
    {HResult::E_OUTOFMEMORY, 0x8007000E, "E_OUTOFMEMORY"},
    {HResult::E_INVALIDARG, 0x80070057, "E_INVALIDARG"},
    {HResult::NS_E_NOCONNECTION, 0xC00D0005, "NS_E_NOCONNECTION"},
    {HResult::NS_E_ALREADY_CONNECTED, 0xC00D0010, "NS_E_ALREADY_CONNECTED"},
    {HResult::NS_E_TIMEOUT, 0xC00D0013, "NS_E_TIMEOUT"},
    {HResult::NS_E_INVALID_NAME, 0xC00D001C, "NS_E_INVALID_NAME"},
    {HResult::NS_E_CONNECTION_FAILURE, 0xC00D0029, "NS_E_CONNECTION_FAILURE"},
    {HResult::NS_E_SHUTDOWN, 0xC00D002A, "NS_E_SHUTDOWN"},
    {HResult::NS_E_INVALID_REQUEST, 0xC00D002B, "NS_E_INVALID_REQUEST"},
    {HResult::NS_E_INVALID_DATA, 0xC00D002F, "NS_E_INVALID_DATA"},
    {HResult::NS_E_SERVER_NOT_FOUND, 0xC00D0035, "NS_E_SERVER_NOT_FOUND"},
    {HResult::NS_E_INVALID_PUSH_TEMPLATE, 0xC00D151A,
     "NS_E_INVALID_PUSH_TEMPLATE"},
    {HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT, 0xC00D151B,
     "NS_E_INVALID_PUSH_PUBLISHING_POINT"},
    {HResult::NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME, 0xC00D1520,
     "NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME"},
    {HResult::NS_E_UNKNOWN_PROTOCOL, 0xC00D2EE0, "NS_E_UNKNOWN_PROTOCOL"},
    {HResult::NS_E_INTERNAL_SERVER_ERROR, 0xC00D2EE2,
     "NS_E_INTERNAL_SERVER_ERROR"},
    {HResult::NS_E_BAD_REQUEST, 0xC00D2EE3, "NS_E_BAD_REQUEST"},
    {HResult::NS_E_ERROR_FROM_PROXY, 0xC00D2EE4, "NS_E_ERROR_FROM_PROXY"},
    {HResult::NS_E_PROXY_TIMEOUT, 0xC00D2EE5, "NS_E_PROXY_TIMEOUT"},
    {HResult::NS_E_SERVER_UNAVAILABLE, 0xC00D2EE6, "NS_E_SERVER_UNAVAILABLE"},
    {HResult::NS_E_REFUSED_BY_SERVER, 0xC00D2EE7, "NS_E_REFUSED_BY_SERVER"},
    {HResult::NS_E_INVALID_REDIRECT, 0xC00D2EEA, "NS_E_INVALID_REDIRECT"},
    {HResult::NS_E_PROXY_NOT_FOUND, 0xC00D2EED, "NS_E_PROXY_NOT_FOUND"},
    {HResult::NS_E_CANNOT_CONNECT_TO_PROXY, 0xC00D2EEE,
     "NS_E_CANNOT_CONNECT_TO_PROXY"},
    {HResult::NS_E_SERVER_DNS_TIMEOUT, 0xC00D2EEF, "NS_E_SERVER_DNS_TIMEOUT"},
    {HResult::NS_E_PROXY_ACCESSDENIED, 0xC00D2EF6, "NS_E_PROXY_ACCESSDENIED"},
    {HResult::NS_E_NETWORK_SINK_WRITE, 0xC00D2EF8, "NS_E_NETWORK_SINK_WRITE"},
    {HResult::NS_E_SERVER_ACCESSDENIED, 0xC00D2EFB, "NS_E_SERVER_ACCESSDENIED"},
    {HResult::NS_E_RESOURCE_GONE, 0xC00D2EFC, "NS_E_RESOURCE_GONE"},
    {HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE, 0xC00D2EFE,
     "NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE"},
    {HResult::NS_E_RESET_SOCKET_CONNECTION, 0xC00D2F00,
     "NS_E_RESET_SOCKET_CONNECTION"},
    {HResult::NS_E_CONNECT_TIMEOUT, 0xC00D2F06, "NS_E_CONNECT_TIMEOUT"},
    {HResult::NS_E_PUSH_CANNOTCONNECT, 0xC00D2F0B, "NS_E_PUSH_CANNOTCONNECT"},
    {HResult::NS_E_INCOMPATIBLE_PUSH_SERVER, 0xC00D2F0C,
     "NS_E_INCOMPATIBLE_PUSH_SERVER"},
};

GST_START_TEST(test_values_and_names) {
  std::set<std::string> texts;
  for (const Row& row : kRows) {
    EXPECT(static_cast<std::uint32_t>(row.hresult) == row.value, row.name);
    EXPECT(HResultName(static_cast<HResult>(row.value)) == row.name, row.name);
    const std::string text(HResultText(row.hresult));
    EXPECT(!text.empty() && !text.ends_with('.'), row.name);
    EXPECT(texts.insert(text).second, std::string(row.name) + ": used twice");
  }
}
GST_END_TEST

GST_START_TEST(test_values_outside_the_table) {
  for (const std::uint32_t value : {0x2U, 0x7FFFFFFFU, 0xC00D0001U, 0xFFFFFFFFU,
                                    0xC00D0FFFU, 0x20000001U}) {
    const auto hresult = static_cast<HResult>(value);
    EXPECT(HResultName(hresult) == "HRESULT", std::to_string(value));
    EXPECT(!HResultText(hresult).empty(), std::to_string(value));
  }
}
GST_END_TEST

GST_START_TEST(test_severity) {
  for (const Row& row : kRows) {
    EXPECT(Succeeded(row.hresult) == (row.value < 2), row.name);
    EXPECT(Failed(row.hresult) != Succeeded(row.hresult), row.name);
  }
  fail_unless(Succeeded(static_cast<HResult>(0x7FFFFFFFU)));
  fail_unless(Failed(static_cast<HResult>(0x80000000U)));
  // A code of somebody else's: only the severity bit counts.
  fail_unless(Succeeded(static_cast<HResult>(0x20000001U)));
  fail_unless(Failed(static_cast<HResult>(0xA0000001U)));
}
GST_END_TEST

Suite* hresult_suite() {
  Suite* suite = suite_create("hresult");
  TCase* table = tcase_create("table");
  suite_add_tcase(suite, table);
  tcase_add_test(table, test_values_and_names);
  tcase_add_test(table, test_values_outside_the_table);
  tcase_add_test(table, test_severity);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::hresult_suite;
GST_CHECK_MAIN(hresult)
