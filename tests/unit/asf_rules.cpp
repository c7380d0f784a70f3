// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/header.h"
#include "asf/rules.h"
#include "common/asf_samples.h"

#include <algorithm>
#include <memory>

// Behind the standard library, which has functions of the names of its macros.
#include <gst/check/gstcheck.h>

namespace wms::test {
namespace {

constexpr Strictness kBoth[] = {Strictness::kTolerant, Strictness::kStrict};

/// Checks a copy that fills its allocation to the last byte, so that
/// AddressSanitizer sees who reads one more. Without an answer when the
/// header cannot even be read.
void CheckHeaderCopy(Bytes header) {
  const auto copy = std::make_unique<std::uint8_t[]>(header.size());
  std::copy(header.begin(), header.end(), copy.get());
  const Bytes bytes(copy.get(), header.size());
  if (!asf::ParseHeader(bytes)) return;
  for (const Strictness strictness : kBoth) {
    const auto streams = asf::CheckHeader(bytes, strictness);
    fail_if(streams && streams->none());
  }
}

void CheckPacketCopy(Bytes packet) {
  const auto copy = std::make_unique<std::uint8_t[]>(packet.size());
  std::copy(packet.begin(), packet.end(), copy.get());
  const Bytes bytes(copy.get(), packet.size());
  const auto parsed = asf::ParseDataPacket(bytes);
  if (!parsed) return;
  for (const Strictness strictness : kBoth) {
    const auto checked = asf::CheckDataPacket(
        bytes, *parsed, bytes.size(), asf::StreamNumbers(2), strictness);
    fail_if(!checked && checked.error().message.empty());
  }
}

GST_START_TEST(test_good) {
  const ByteVector header = MakeHeader();
  const ByteVector packet = MakePacket();
  const auto parsed = asf::ParseDataPacket(packet);
  fail_unless(parsed.has_value());
  for (const Strictness strictness : kBoth) {
    const auto streams = asf::CheckHeader(header, strictness);
    fail_unless(streams.has_value());
    fail_unless(*streams == asf::StreamNumbers(6));  // 1 and 2
    fail_unless(asf::CheckDataPacket(packet, *parsed, packet.size(), *streams,
                                     strictness)
                    .has_value());
  }
}
GST_END_TEST

// [ASF] 5.2.3.2: the objects of compressed payload data stand behind their
// lengths, and fill it.
GST_START_TEST(test_compressed_payload) {
  const auto check = [](const ByteVector& objects) {
    ByteVector packet = {0x82, 0,    0, 0,  0x5D, 1, 2, 3, 4, 5,
                         0,    0x81, 7, 40, 0,    0, 0, 1, 20};
    packet.insert(packet.end(), objects.begin(), objects.end());
    const auto parsed = asf::ParseDataPacket(packet);
    fail_unless(parsed.has_value());
    return asf::CheckDataPacket(packet, *parsed, packet.size(),
                                asf::StreamNumbers(2), Strictness::kTolerant);
  };
  fail_unless(check({2, 0xA, 0xB, 1, 0xC}).has_value());
  fail_unless(check({2, 0xA, 0xB}).has_value());
  const auto one_too_long = check({2, 0xA, 0xB, 2, 0xC});
  fail_if(one_too_long.has_value());
  fail_unless(one_too_long.error().message ==
              "[ASF] 5.2.3.2: a sub-payload ends 1 bytes behind its "
              "compressed payload data");
  fail_if(check({255}).has_value());
}
GST_END_TEST

// [ASF] 4.1: a stream may be in the Header Extension Object alone.
GST_START_TEST(test_extended_stream) {
  ByteVector header = MakeHeader();
  constexpr std::size_t kExtension = 30 + 104;
  constexpr std::size_t kObjectSize = 24 + 64;
  ByteVector object = {0xCB, 0xA5, 0xE6, 0x14, 0x72, 0xC6, 0x32, 0x43,
                       0x83, 0x99, 0xA9, 0x69, 0x52, 0x06, 0x5B, 0x5A};
  object.resize(kObjectSize);
  StoreLe(&object[16], kObjectSize, 8);
  const auto with = [&](std::uint64_t number) {
    StoreLe(&object[24 + 48], number, 2);
    ByteVector changed = header;
    changed.insert(changed.begin() + kExtension + 46, object.begin(),
                   object.end());
    StoreLe(&changed[16], LoadLe(&header[16], 8) + kObjectSize, 8);
    StoreLe(&changed[kExtension + 16], 46 + kObjectSize, 8);
    StoreLe(&changed[kExtension + 42], kObjectSize, 4);
    return changed;
  };
  const auto streams = asf::CheckHeader(with(9), Strictness::kStrict);
  fail_unless(streams.has_value());
  fail_unless(streams->test(9) && streams->test(1));
  fail_unless(asf::CheckHeader(with(1), Strictness::kStrict).has_value());
  fail_if(asf::CheckHeader(with(0), Strictness::kTolerant).has_value());
  fail_if(asf::CheckHeader(with(128), Strictness::kTolerant).has_value());
  CheckHeaderCopy(with(9));
}
GST_END_TEST

// Whatever byte is wrong: an answer, and no byte read that is not there.
GST_START_TEST(test_every_byte_of_a_header) {
  const ByteVector header = MakeHeader();
  for (std::size_t at = 0; at < header.size(); ++at) {
    for (const std::uint8_t value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
      ByteVector changed = header;
      changed[at] = value;
      CheckHeaderCopy(changed);
    }
  }
}
GST_END_TEST

GST_START_TEST(test_every_byte_of_a_packet) {
  for (const ByteVector& packet : MakePackets(24, 600)) {
    for (std::size_t at = 0; at < 50; ++at) {
      for (unsigned value = 0; value < 256; value += at < 12 ? 1 : 15) {
        ByteVector changed = packet;
        changed[at] = static_cast<std::uint8_t>(value);
        CheckPacketCopy(changed);
      }
    }
    for (std::size_t size = 0; size < 60; ++size)
      CheckPacketCopy(Bytes(packet).first(size));
  }
}
GST_END_TEST

Suite* asf_rules_suite() {
  Suite* suite = suite_create("asf_rules");
  TCase* rules = tcase_create("rules");
  suite_add_tcase(suite, rules);
  tcase_add_test(rules, test_good);
  tcase_add_test(rules, test_compressed_payload);
  tcase_add_test(rules, test_extended_stream);
  tcase_add_test(rules, test_every_byte_of_a_header);
  tcase_add_test(rules, test_every_byte_of_a_packet);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::asf_rules_suite;
GST_CHECK_MAIN(asf_rules)
