// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What libFuzzer, or replay.cpp in its place, calls with each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

/// A property that no input may break.
#define FUZZ_EXPECT(condition)                                        \
  do {                                                                \
    if (!(condition)) {                                               \
      std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, \
                   #condition);                                       \
      std::abort();                                                   \
    }                                                                 \
  } while (0)

namespace wms::test {

inline std::string_view TextOf(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Numbers that an input decides, for what is not its bytes; zeros when it is
/// used up.
class Decisions {
 public:
  /// @param data its last bytes are the decisions.
  explicit Decisions(Bytes data) : data_(data) {}

  std::uint8_t Next() {
    if (data_.empty()) return 0;
    const std::uint8_t last = data_.back();
    data_ = data_.first(data_.size() - 1);
    return last;
  }

 private:
  Bytes data_;
};

}  // namespace wms::test
