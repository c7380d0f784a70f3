// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/md4.h"

#include <bit>
#include <cstddef>
#include <vector>

namespace wms {
namespace {

constexpr std::size_t kBlock = 64;

using State = std::array<std::uint32_t, 4>;
using Words = std::array<std::uint32_t, 16>;

/// One step of a round: the operands rotate from step to step.
struct Round {
  std::array<std::uint8_t, 16> order;
  std::array<std::uint8_t, 4> shifts;
  std::uint32_t constant;
  std::uint32_t (*mix)(std::uint32_t, std::uint32_t, std::uint32_t);
};

constexpr Round kRounds[] = {
    {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
     {3, 7, 11, 19},
     0,
     [](std::uint32_t x, std::uint32_t y, std::uint32_t z) {
       return (x & y) | (~x & z);
     }},
    {{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
     {3, 5, 9, 13},
     0x5a827999,
     [](std::uint32_t x, std::uint32_t y, std::uint32_t z) {
       return (x & y) | (x & z) | (y & z);
     }},
    {{0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15},
     {3, 9, 11, 15},
     0x6ed9eba1,
     [](std::uint32_t x, std::uint32_t y, std::uint32_t z) {
       return x ^ y ^ z;
     }},
};

void AddBlock(State& state, const std::uint8_t* block) {
  Words words{};
  for (std::size_t i = 0; i < kBlock; ++i)
    words[i / 4] |= static_cast<std::uint32_t>(block[i]) << (8 * (i % 4));
  State s = state;
  for (const Round& round : kRounds) {
    for (std::size_t i = 0; i < 16; ++i) {
      const std::size_t a = (16 - i) % 4;
      const std::uint32_t sum =
          s[a] + round.mix(s[(a + 1) % 4], s[(a + 2) % 4], s[(a + 3) % 4]) +
          words[round.order[i]] + round.constant;
      s[a] = std::rotl(sum, round.shifts[i % 4]);
    }
  }
  for (std::size_t i = 0; i < s.size(); ++i)
    state[i] += s[i];
}

}  // namespace

Md4Digest Md4(Bytes data) {
  std::vector<std::uint8_t> padded(data.begin(), data.end());
  padded.push_back(0x80);
  while (padded.size() % kBlock != kBlock - 8)
    padded.push_back(0);
  const std::uint64_t bits = std::uint64_t{data.size()} * 8;
  for (unsigned i = 0; i < 8; ++i)
    padded.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t at = 0; at < padded.size(); at += kBlock)
    AddBlock(state, padded.data() + at);
  Md4Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (8 * (i % 4)));
  return digest;
}

}  // namespace wms
