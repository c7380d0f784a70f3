// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/secrets.h"

#include "glib/ref.h"

namespace wms::pubpoint {

bool EqualsSecret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    difference |=
        static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

std::string Md5(const std::string& text) {
  const glib::Chars sum(g_compute_checksum_for_string(
      G_CHECKSUM_MD5, text.c_str(), static_cast<gssize>(text.size())));
  return sum.get();
}

std::string Mac(std::span<const std::uint8_t> key, const std::string& text) {
  const glib::Chars mac(g_compute_hmac_for_string(
      G_CHECKSUM_SHA256, key.data(), key.size(), text.c_str(),
      static_cast<gssize>(text.size())));
  return mac.get();
}

}  // namespace wms::pubpoint
