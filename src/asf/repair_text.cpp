// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/repair_steps.h"

namespace wms::asf {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// Takes one character from the front of @a text, which is not empty.
char32_t TakeCharacter(std::string_view& text) {
  const auto byte = [&text](std::size_t i) {
    return static_cast<std::uint8_t>(text[i]);
  };
  const std::uint8_t first = byte(0);
  std::size_t size = 1;
  if (first >= 0xF0) {
    size = 4;
  } else if (first >= 0xE0) {
    size = 3;
  } else if (first >= 0xC0) {
    size = 2;
  }
  char32_t character = size == 1 ? first : first & (0x7F >> size);
  bool valid = first < 0x80 || (first >= 0xC2 && first < 0xF5);
  valid = valid && size <= text.size();
  for (std::size_t i = 1; valid && i < size; ++i) {
    valid = (byte(i) & 0xC0) == 0x80;
    character = character << 6 | (byte(i) & 0x3F);
  }
  constexpr char32_t kFirstOfSize[] = {0, 0, 0x80, 0x800, 0x10000};
  valid = valid && character >= kFirstOfSize[size] && character <= 0x10FFFF &&
          (character < 0xD800 || character > 0xDFFF);
  text.remove_prefix(valid ? size : 1);
  return valid ? character : kReplacement;
}

}  // namespace

std::vector<std::uint8_t> ToUtf16(std::string_view text, std::size_t limit) {
  std::vector<std::uint8_t> out;
  ByteWriter writer(out);
  while (!text.empty() && text[0] != '\0') {
    const char32_t character = TakeCharacter(text);
    const std::size_t units = character < 0x10000 ? 1 : 2;
    if (out.size() / 2 + units + 1 > limit) break;
    if (units == 1) {
      writer.U16(static_cast<std::uint16_t>(character));
    } else {
      const char32_t rest = character - 0x10000;
      writer.U16(static_cast<std::uint16_t>(0xD800 + (rest >> 10)));
      writer.U16(static_cast<std::uint16_t>(0xDC00 + (rest & 0x3FF)));
    }
  }
  writer.U16(0);
  return out;
}

}  // namespace wms::asf
