// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace wms::test {

/// Makes wrong responses out of right ones, the same ones for the same seed.
class ResponseMutator {
 public:
  explicit ResponseMutator(std::uint32_t seed) : random_(seed) {}

  /// One of the responses that servers give, changed in one to three places.
  std::string Next();

 private:
  std::size_t Below(std::size_t count) { return random_() % count; }
  std::size_t Place(const std::string& text) { return Below(text.size() + 1); }
  void Mutate(std::string& text);
  void ChangeBytes(std::string& text);
  void ChangeLines(std::string& text);
  void ChangeFields(std::string& text);
  void ChangeWhole(std::string& text);

  std::minstd_rand random_;
};

/// What a response is worth that a peer has sent, and nothing behind it.
enum class Worth {
  kSuccess,     ///< 2xx of a Windows Media server, as 3.1.5.1 wants it
  kForeign,     ///< 2xx of another server
  kChallenge,   ///< 401 or 407, which another request may answer
  kFailure,     ///< another status
  kIncomplete,  ///< its head has no end yet
  kGarbage,     ///< no HTTP
};

/// Judges by the grammar of [RFC2616], with an own reader: what the push sink
/// does has to agree. Informational responses in front of it are passed over.
Worth JudgeResponse(std::string_view bytes);

}  // namespace wms::test
