// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "wmhttp/product.h"

#include "unit/check.h"

#include <set>
#include <tuple>

namespace wms::test {
namespace {

using wmhttp::ParseProduct;
using wmhttp::Product;

Result<Product> Parse(std::string_view value) {
  const HeapBytes text(value);
  return ParseProduct(text.text());
}

/// What a message makes of a peer's text: no control characters in a log.
std::string Printable(std::string_view value) {
  std::string text(value);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

GST_START_TEST(test_valid) {
  const struct {
    const char* value;
    const char* token;
    unsigned major_version;
    unsigned minor_version;
  } kRows[] = {
      {"WMEncoder/11.0.5721.5145", "WMEncoder", 11, 0},
      {"WMEncoder/9.0", "WMEncoder", 9, 0},
      {"WMEncoder/09.00.0.1", "WMEncoder", 9, 0},
      {"Cougar/9.5.5732.6324", "Cougar", 9, 5},
      {"Cougar/9.01.01.3814", "Cougar", 9, 1},
      {"Rex/99.99.9999.9999", "Rex", 99, 99},
      {"a/0.0", "a", 0, 0},
      {"!#$%&'*+-.^_`|~0zA/1.2", "!#$%&'*+-.^_`|~0zA", 1, 2},
      {"WMEncoder/11.0 a", "WMEncoder", 11, 0},
      {"WMEncoder/11.0 a/b c d/1.2", "WMEncoder", 11, 0},
      {"WMEncoder/11.0.5721.5145 gst-wmspush/0.1.0", "WMEncoder", 11, 0},
      {"WMEncoder/11.0 (a comment) a/b", "WMEncoder", 11, 0},
  };
  for (const auto& row : kRows) {
    const Result<Product> product = Parse(row.value);
    EXPECT(product.has_value(), row.value);
    EXPECT(product->token == row.token, row.value);
    EXPECT(product->major_version == row.major_version, row.value);
    EXPECT(product->minor_version == row.minor_version, row.value);
  }
}
GST_END_TEST

GST_START_TEST(test_invalid) {
  using namespace std::literals;
  for (const std::string_view value : {
           ""sv,
           "/"sv,
           "/11.0"sv,
           "WMEncoder"sv,
           "WMEncoder/"sv,
           "WMEncoder/11"sv,
           "WMEncoder/11."sv,
           "WMEncoder/.0"sv,
           "WMEncoder/111.0"sv,
           "WMEncoder/11.000"sv,
           "WMEncoder/99999999999.0"sv,
           "WMEncoder/11.0."sv,
           "WMEncoder/11.0.5721"sv,
           "WMEncoder/11.0.5721."sv,
           "WMEncoder/11.0..5145"sv,
           "WMEncoder/11.0.57210.5145"sv,
           "WMEncoder/11.0.5721.51450"sv,
           "WMEncoder/11.0.5721.5145.1"sv,
           " WMEncoder/11.0"sv,
           "WMEncoder /11.0"sv,
           "WMEncoder/ 11.0"sv,
           "WMEncoder/11.0 "sv,
           "WMEncoder/11.0  a"sv,
           "WMEncoder/11.0\ta"sv,
           "WMEncoder/11.0a"sv,
           "WMEncoder/11.0;a"sv,
           "WMEncoder/-1.0"sv,
           "WMEncoder/+1.0"sv,
           "WMEncoder/0x9.0"sv,
           "WMEncoder/11,0"sv,
           "WM Encoder/11.0"sv,
           "WM@Encoder/11.0"sv,
           "WMEncod\xE9r/11.0"sv,
           "WMEncoder\0/11.0"sv,
           "WMEncoder/11.0\0"sv,
           "WMEncoder/11.0\r\n"sv,
           "WMEncoder/11.0 /b"sv,
           "WMEncoder/11.0 a/"sv,
           "WMEncoder/11.0 a/b/c"sv,
           "WMEncoder/11.0 (a"sv,
           "Mozilla/5.0 (X11; Linux) WMEncoder/11.0 ="sv,
       }) {
    ExpectError(Parse(value), HResult::NS_E_BAD_REQUEST, Fault::kPeer,
                "2.2.1.8: \"" + Printable(value) +
                    "\" is not NAME/MAJOR.MINOR[.BUILD.BUILD]",
                std::string(value));
  }
}
GST_END_TEST

GST_START_TEST(test_cut_short_at_every_length) {
  const std::string_view whole = "WMEncoder/11.0.5721.5145 gst-wmspush/0.1.0";
  std::set<std::size_t> valid = {14};
  for (const auto& [first, last] :
       {std::pair<std::size_t, std::size_t>{21, 24}, {26, 36}, {38, 42}}) {
    for (std::size_t length = first; length <= last; ++length)
      valid.insert(length);
  }
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    EXPECT(Parse(whole.substr(0, length)).has_value() == valid.contains(length),
           std::string(whole.substr(0, length)));
  }
}
GST_END_TEST

/// The table of 2.2.1.8, the server-tokens of [MS-WMSP] 2.2.1.5, and everything
/// beside them.
GST_START_TEST(test_version_tables) {
  using Version = std::tuple<std::string, unsigned, unsigned>;
  const std::set<Version> kClients = {
      {"WMEncoder", 9, 0},
      {"WMEncoder", 10, 0},
      {"WMEncoder", 11, 0},
      {"WMEncoder", 12, 0},
  };
  const std::set<std::string> kServers = {"Cougar", "Rex"};
  for (const char* token : {"WMEncoder", "Cougar", "Rex", "NSPlayer",
                            "WMEncoder2", "WMEnc", "Apache"}) {
    for (unsigned major = 0; major < 100; ++major) {
      for (unsigned minor = 0; minor < 100; ++minor) {
        const Product product{token, major, minor};
        const Version version{token, major, minor};
        const std::string value = std::string(token) + "/" +
                                  std::to_string(major) + "." +
                                  std::to_string(minor);
        EXPECT(IsPushClient(product) == kClients.contains(version), value);
        EXPECT(IsPushServer(product) == kServers.contains(token), value);
      }
    }
  }
}
GST_END_TEST

/// RFC 4234 2.3: the literal text of a grammar stands for either case.
GST_START_TEST(test_case_does_not_matter) {
  for (const char* value : {"wmencoder/11.0", "WMENCODER/9.0.1.2 a/b"}) {
    EXPECT(wmhttp::CheckUserAgent(value).has_value(), value);
  }
  for (const char* value : {"cougar/9.5.5732.6324", "REX/11.0"}) {
    EXPECT(wmhttp::CheckServer(value).has_value(), value);
  }
}
GST_END_TEST

GST_START_TEST(test_check_user_agent) {
  for (const char* value :
       {"WMEncoder/11.0.5721.5145", "WMEncoder/9.0", "WMEncoder/10.0.0.0 a/b",
        "WMEncoder/12.00.9999.9999 gst-wmspush/0.1.0"}) {
    EXPECT(wmhttp::CheckUserAgent(value).has_value(), value);
  }
  for (const char* value :
       {"WMEncoder/8.0", "WMEncoder/11.1", "WMEncoder/13.0", "WMEncoder2/11.0",
        "NSPlayer/9.0.0.2980", "Cougar/9.5"}) {
    ExpectError(wmhttp::CheckUserAgent(value), HResult::NS_E_BAD_REQUEST,
                Fault::kPeer,
                std::string("2.2.1.8: \"") + value +
                    "\" is not WMEncoder/9.0, 10.0, 11.0 or 12.0",
                value);
  }
  for (const char* value : {"", "WMEncoder", "Mozilla/5.0 (X11", "a/b WME/1"}) {
    ExpectError(wmhttp::CheckUserAgent(value), HResult::NS_E_BAD_REQUEST,
                Fault::kPeer, "is not NAME/MAJOR.MINOR", value);
  }
}
GST_END_TEST

GST_START_TEST(test_check_server) {
  for (const char* value :
       {"Cougar/9.5.5732.6324", "Cougar/9.01.01.3814", "Cougar/4.1",
        "Rex/11.0.1.2", "Cougar/9.00.00.3372 a/b", "Cougar/9.5.6001.18161",
        "Cougar/9.6.7600.16564", "Cougar/9.01.01.38620", "Cougar/9.5.5732",
        "Cougar/9.01.01.3814 (Flumotion Streaming Server)", "Cougar/10.0",
        "Rex/12.0.7600.16385"}) {
    EXPECT(wmhttp::CheckServer(value).has_value(), value);
  }
  ExpectError(wmhttp::CheckServer(""), HResult::NS_E_INCOMPATIBLE_PUSH_SERVER,
              Fault::kPeer, "it sends no Server header", "none");
  for (const char* value :
       {"Apache", "Apache/2.4.57 (Debian)", "nginx/1.22.1", "Cougar", "Cougar/",
        "Cougar/9", "Cougar/9.5.600100.1", "Cougar2/9.5", "WMEncoder/11.0",
        "Apache/2.4 Cougar/9.5"}) {
    ExpectError(wmhttp::CheckServer(value),
                HResult::NS_E_INCOMPATIBLE_PUSH_SERVER, Fault::kPeer,
                std::string("its Server header is \"") + value + "\"", value);
  }
}
GST_END_TEST

Suite* product_suite() {
  Suite* suite = suite_create("product");
  TCase* grammar = tcase_create("grammar");
  suite_add_tcase(suite, grammar);
  tcase_add_test(grammar, test_valid);
  tcase_add_test(grammar, test_invalid);
  tcase_add_test(grammar, test_cut_short_at_every_length);
  tcase_add_test(grammar, test_version_tables);
  tcase_add_test(grammar, test_case_does_not_matter);
  tcase_add_test(grammar, test_check_user_agent);
  tcase_add_test(grammar, test_check_server);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::product_suite;
GST_CHECK_MAIN(product)
