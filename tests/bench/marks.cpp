// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "marks.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <string_view>

namespace wms::bench {
namespace {

constexpr std::string_view kMagic = "\xF7markVI\xFA";
static_assert(kMagic.size() + 16 == kMarkSize);

Mark ReadMark(const std::uint8_t* bytes) {
  Mark mark;
  std::memcpy(&mark.stream, bytes + kMagic.size(), 4);
  std::memcpy(&mark.number, bytes + kMagic.size() + 4, 4);
  std::memcpy(&mark.time_ns, bytes + kMagic.size() + 8, 8);
  return mark;
}

void ScanWhole(Bytes bytes, std::vector<Mark>& found) {
  std::size_t at = 0;
  while (bytes.size() - at >= kMarkSize) {
    const void* next = memmem(bytes.data() + at, bytes.size() - at,
                              kMagic.data(), kMagic.size());
    if (next == nullptr) return;
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(next) -
                                  bytes.data());
    if (bytes.size() - at < kMarkSize) return;
    found.push_back(ReadMark(bytes.data() + at));
    at += kMarkSize;
  }
}

}  // namespace

std::int64_t Nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
}

void PutMark(std::span<std::uint8_t> packet, const Mark& mark) {
  std::uint8_t* place = packet.data() + packet.size() - kMarkSize;
  std::memcpy(place, kMagic.data(), kMagic.size());
  std::memcpy(place + kMagic.size(), &mark.stream, 4);
  std::memcpy(place + kMagic.size() + 4, &mark.number, 4);
  std::memcpy(place + kMagic.size() + 8, &mark.time_ns, 8);
}

void MarkScanner::Scan(Bytes bytes, std::vector<Mark>& found) {
  // A mark in both parts begins in rest_; one in bytes alone is not seen here.
  const std::size_t joint = std::min(kMarkSize - 1, bytes.size());
  rest_.insert(rest_.end(), bytes.begin(),
               bytes.begin() + static_cast<std::ptrdiff_t>(joint));
  ScanWhole(rest_, found);
  ScanWhole(bytes, found);
  const Bytes newest = bytes.size() > joint ? bytes : Bytes(rest_);
  const std::size_t kept = std::min(kMarkSize - 1, newest.size());
  rest_ = std::vector<std::uint8_t>(
      newest.end() - static_cast<std::ptrdiff_t>(kept), newest.end());
}

}  // namespace wms::bench
