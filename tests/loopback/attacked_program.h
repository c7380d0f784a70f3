// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/leak_check.h"
#include "expect.h"
#include "honest_pair.h"
#include "program.h"

#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace wms::test {

/// The publishing point as a process of its own, with an honest pair that
/// nothing may disturb.
class AttackedProgram {
 public:
  explicit AttackedProgram(std::vector<std::string> arguments = {})
      : program_(All(std::move(arguments))),
        port_(program_.Port()),
        idle_files_(Files()),
        honest_(std::make_unique<HonestPair>(port_)) {
    // The pair asks again until its stream is there, and the server lets go of
    // those connections when it gets to it.
    EXPECT(WaitForFiles(idle_files_ + kPairFiles), std::to_string(Files()));
  }

  unsigned port() const { return port_; }
  HonestPair& honest() { return *honest_; }
  Program& program() { return program_; }

  /// Files that the process has open.
  std::size_t Files() const { return CountEntries(FileFolder()); }
  /// Waits until it has no more than @a count of them.
  bool WaitForFiles(std::size_t count) const {
    return SettledEntries(FileFolder(), count) <= count;
  }

  /// Fails the running test when the process has ever taken more than @a most
  /// KiB above what it had when the attack began.
  void ExpectMemory(std::size_t most) const {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    // A sanitizer keeps what has been freed.
    static_cast<void>(most);
#else
    const std::size_t more = PeakKilobytes() - peak_;
    EXPECT(more <= most, std::to_string(more) + " KiB more");
#endif
  }

 private:
  /// Connections of the honest pair, and what GLib opens once and keeps.
  static constexpr std::size_t kPairFiles = 4;

  static std::vector<std::string> All(std::vector<std::string> arguments) {
    // Nobody reads what it says.
    arguments.insert(arguments.begin(), {"--port=0", "--log-level=error"});
    return arguments;
  }

  std::string FileFolder() const {
    return "/proc/" + program_.Identifier() + "/fd";
  }

  std::size_t PeakKilobytes() const {
    std::ifstream status("/proc/" + program_.Identifier() + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6));
    }
    return 0;
  }

  Program program_;
  const unsigned port_;
  const std::size_t idle_files_;
  /// Apart from the stack, which a check that fails leaves with a jump: its
  /// thread goes on then.
  const std::unique_ptr<HonestPair> honest_;
  const std::size_t peak_ = PeakKilobytes();
};

}  // namespace wms::test
