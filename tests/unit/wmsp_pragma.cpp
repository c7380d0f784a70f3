// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "unit/check.h"
#include "wmsp/pragma.h"

namespace wms::test {
namespace {

using wmsp::Pragma;

Pragma Parse(std::string_view value) {
  const HeapBytes text(value);
  return Pragma(text.text());
}

GST_START_TEST(test_tokens) {
  const struct {
    const char* header;
    const char* name;
    bool has;
    const char* value;
  } kRows[] = {
      {"no-cache", "no-cache", true, ""},
      {"no-cache", "NO-CACHE", true, ""},
      {"no-cache", "no", false, ""},
      {"", "no-cache", false, ""},
      {"xPlayStrm=1", "xplaystrm", true, "1"},
      {"XPLAYSTRM=1", "xPlayStrm", true, "1"},
      {"a,b=2,c=3", "b", true, "2"},
      {"a, b = 2 ,c=3", "b", true, "2"},
      {"a,\tb=2", "b", true, "2"},
      {",,,b=2,,", "b", true, "2"},
      {"=5,b=2", "b", true, "2"},
      {"b=1,b=2", "b", true, "1"},
      {"b==1", "b", true, "=1"},
      {"features=\"broadcast,live\",b=2", "features", true, "broadcast,live"},
      {"features=\"broadcast,live\",b=2", "b", true, "2"},
      {"features=\"broadcast,b=2", "b", true, "2"},
      {"features=\"\",b=2", "features", true, ""},
      {"features=\"", "features", true, "\""},
      {"stream-switch-entry=ffff:1:0 ffff:2:0 , no-cache",
       "stream-switch-entry", true, "ffff:1:0 ffff:2:0"},
      {"xClientGUID={0xbabac001-0xc9c5},b=2", "b", true, "2"},
      {"\x01\xFF,b=2", "b", true, "2"},
  };
  for (const auto& row : kRows) {
    const Pragma pragma = Parse(row.header);
    EXPECT(pragma.Has(row.name) == row.has, row.header);
    EXPECT(pragma.Value(row.name) == row.value, row.header);
  }
}
GST_END_TEST

GST_START_TEST(test_numbers) {
  const struct {
    const char* header;
    std::optional<std::uint32_t> number;
  } kRows[] = {
      {"n=0", 0U},
      {"n=1", 1U},
      {"n=007", 7U},
      {"n=4294967295", 4294967295U},
      {"n=4294967296", std::nullopt},
      {"n=99999999999999999999999999", std::nullopt},
      {"n=", std::nullopt},
      {"n", std::nullopt},
      {"n=-1", std::nullopt},
      {"n=+1", std::nullopt},
      {"n=x1", std::nullopt},
      {"n=\"5\"", 5U},
      // ffmpeg forgets the end of the line.
      {"n=0Connection: Close", 0U},
      {"n=12.5", 12U},
      {"m=1", std::nullopt},
  };
  for (const auto& row : kRows) {
    EXPECT(Parse(row.header).Number("n") == row.number, row.header);
  }
}
GST_END_TEST

GST_START_TEST(test_bounded_in_number) {
  std::string header;
  for (std::size_t i = 0; i < wmsp::kMaxPragmaTokens; ++i)
    header += "a=1,";
  fail_unless(!Parse(header + "b=2").Has("b"));
  fail_unless(Parse(header.substr(4) + "b=2").Has("b"));
}
GST_END_TEST

GST_START_TEST(test_any_bytes) {
  Random random;
  constexpr std::string_view kLikely = ",,==\"\" ab1\t";
  for (int i = 0; i < 20000; ++i) {
    std::string header(random.Below(40), ' ');
    for (char& c : header) {
      c = random.Below(8) == 0 ? static_cast<char>(random.Below(256))
                               : kLikely[random.Below(kLikely.size())];
    }
    const Pragma pragma = Parse(header);
    EXPECT(pragma.Value("a").size() <= header.size(), header);
    if (pragma.Number("a")) EXPECT(pragma.Has("a"), header);
  }
}
GST_END_TEST

Suite* wmsp_pragma_suite() {
  Suite* suite = suite_create("wmsp_pragma");
  TCase* pragma = tcase_create("pragma");
  suite_add_tcase(suite, pragma);
  tcase_add_test(pragma, test_tokens);
  tcase_add_test(pragma, test_numbers);
  tcase_add_test(pragma, test_bounded_in_number);
  tcase_add_test(pragma, test_any_bytes);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::wmsp_pragma_suite;
GST_CHECK_MAIN(wmsp_pragma)
