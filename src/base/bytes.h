// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace wms {

/// Bytes that belong to somebody else.
using Bytes = std::span<const std::uint8_t>;

/// Little-endian number of @a size bytes (at most 8) at @a data.
inline std::uint64_t LoadLe(const std::uint8_t* data, std::size_t size) {
  std::uint64_t value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    // One load, where the size is a constant; gcc makes many of the loop.
    if (size > 0) std::memcpy(&value, data, size);
    return value;
  }
  for (std::size_t i = 0; i < size; ++i) {
    value |= static_cast<std::uint64_t>(data[i]) << (8 * i);
  }
  return value;
}

/// Writes the low @a size bytes (at most 8) of @a value, lowest first.
inline void StoreLe(std::uint8_t* data, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    data[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

/// Reads little-endian fields from a view and never beyond it. The first read
/// that does not fit sets a lasting failure; from then on every read yields
/// zero, so that a parser may read a whole structure and ask once.
class ByteReader {
 public:
  explicit ByteReader(Bytes data) : data_(data) {}

  std::uint8_t U8() { return static_cast<std::uint8_t>(Number(1)); }
  std::uint16_t U16() { return static_cast<std::uint16_t>(Number(2)); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(Number(4)); }
  std::uint64_t U64() { return Number(8); }

  /// Number of 0, 1, 2, 4 or 8 bytes; 0 bytes read as zero.
  std::uint64_t Number(std::size_t size) {
    const Bytes field = Take(size);
    return LoadLe(field.data(), field.size());
  }

  /// The next @a size bytes, or an empty view when there are fewer.
  Bytes Take(std::size_t size) {
    if (failed_ || size > data_.size() - offset_) {
      failed_ = true;
      return {};
    }
    const Bytes field = data_.subspan(offset_, size);
    offset_ += size;
    return field;
  }

  bool failed() const { return failed_; }
  std::size_t offset() const { return offset_; }
  std::size_t remaining() const { return data_.size() - offset_; }

 private:
  Bytes data_;
  std::size_t offset_ = 0;
  bool failed_ = false;
};

/// Appends little-endian fields to a vector.
class ByteWriter {
 public:
  explicit ByteWriter(std::vector<std::uint8_t>& out) : out_(out) {}

  void U8(std::uint8_t value) { Number(value, 1); }
  void U16(std::uint16_t value) { Number(value, 2); }
  void U32(std::uint32_t value) { Number(value, 4); }
  void U64(std::uint64_t value) { Number(value, 8); }
  void Number(std::uint64_t value, std::size_t size) {
    out_.resize(out_.size() + size);
    StoreLe(out_.data() + out_.size() - size, value, size);
  }
  void Append(Bytes data) { out_.insert(out_.end(), data.begin(), data.end()); }
  void Zeros(std::size_t size) { out_.resize(out_.size() + size); }

 private:
  std::vector<std::uint8_t>& out_;
};

}  // namespace wms
