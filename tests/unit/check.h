// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <gst/check/gstcheck.h>
// A macro of check's that the standard streams have a member of the name of.
#undef fail

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Fails the running test when @a condition does not hold and says where:
/// @a context is a std::string, made only then. Unlike fail_unless it costs
/// nothing when all is well, so that it may stand in loops of any length.
#define EXPECT(condition, context)                                      \
  do {                                                                  \
    if (!(condition)) {                                                 \
      ck_abort_msg("%s: %s", #condition, std::string(context).c_str()); \
    }                                                                   \
  } while (0)

namespace wms::test {

using Data = std::vector<std::uint8_t>;

/// A copy of some bytes that fills its allocation to the last byte, without a
/// terminating zero: AddressSanitizer sees who reads one more.
class HeapBytes {
 public:
  explicit HeapBytes(Bytes data)
      : data_(new std::uint8_t[data.size()]), size_(data.size()) {
    std::copy(data.begin(), data.end(), data_.get());
  }
  explicit HeapBytes(std::string_view text)
      : HeapBytes(Bytes(reinterpret_cast<const std::uint8_t*>(text.data()),
                        text.size())) {}

  Bytes bytes() const { return Bytes(data_.get(), size_); }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(data_.get()), size_};
  }

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_;
};

inline Data ToData(Bytes bytes) {
  return Data(bytes.begin(), bytes.end());
}

/// The bytes of a string literal, zeros inside it included.
template <std::size_t kSize>
Data Raw(const char (&text)[kSize]) {
  return Data(text, text + kSize - 1);
}

inline void Append(Data& to, Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

inline std::string Hex(Bytes bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += {kDigits[byte >> 4], kDigits[byte & 15], ' '};
  }
  return text;
}

inline bool Same(Bytes a, Bytes b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// @a size bytes, no two neighbours alike, different for every @a seed.
inline Data Pattern(std::size_t size, std::size_t seed = 0) {
  Data data(size);
  for (std::size_t i = 0; i < size; ++i) {
    data[i] = static_cast<std::uint8_t>(i * 7 + seed * 31 + 1);
  }
  return data;
}

/// Numbers that look random and are the same in every run.
class Random {
 public:
  std::uint32_t Next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(state_ >> 33);
  }
  std::size_t Below(std::size_t limit) { return Next() % limit; }
  Data Bytes(std::size_t size) {
    Data data(size);
    for (std::uint8_t& byte : data)
      byte = static_cast<std::uint8_t>(Next());
    return data;
  }

 private:
  std::uint64_t state_ = 1;
};

/// Cuts @a whole into pieces of @a size bytes, the last one perhaps shorter.
inline std::vector<Data> Pieces(Bytes whole, std::size_t size) {
  std::vector<Data> pieces;
  while (!whole.empty()) {
    const std::size_t step = std::min(size, whole.size());
    pieces.push_back(ToData(whole.first(step)));
    whole = whole.subspan(step);
  }
  return pieces;
}

inline void ExpectText(std::string_view actual, std::string_view expected) {
  EXPECT(actual == expected, "\"" + std::string(actual) + "\", not \"" +
                                 std::string(expected) + "\"");
}

/// Checks that @a result is an error with this code and this fault, whose
/// message has @a part in it.
template <typename T>
void ExpectError(const Result<T>& result, HResult hresult, Fault fault,
                 std::string_view part, const std::string& context) {
  EXPECT(!result, context + ": no error");
  const Error& error = result.error();
  EXPECT(error.hresult == hresult,
         context + ": " + std::string(HResultName(error.hresult)));
  EXPECT(error.fault == fault, context);
  EXPECT(error.http_status == 0, context);
  EXPECT(error.message.find(part) != std::string::npos,
         context + ": the message is \"" + error.message + "\", not \"" +
             std::string(part) + "\"");
}

}  // namespace wms::test
