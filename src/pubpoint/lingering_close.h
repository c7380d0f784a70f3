// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/connection.h"
#include "pubpoint/watch.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace wms::pubpoint {

/// Ends a connection so that its peer can read the last response: writes it,
/// shuts this side down, and goes on reading until the peer closes too.
/// Closing with unread data would send a reset, which overtakes the response.
/// Bounded in time and in bytes read.
class LingeringClose : public std::enable_shared_from_this<LingeringClose> {
 public:
  LingeringClose(PlainConnection connection, std::string response,
                 std::chrono::milliseconds limit, std::size_t drain_bytes,
                 std::span<std::uint8_t> buffer);
  ~LingeringClose();
  LingeringClose(const LingeringClose&) = delete;
  LingeringClose& operator=(const LingeringClose&) = delete;

  /// Begins; @a done is called once, from the loop, when it is closed.
  void Start(std::function<void()> done);

 private:
  void Write();
  void Drain();
  void Finish();

  PlainConnection connection_;
  const std::string response_;
  std::size_t written_ = 0;
  const std::chrono::milliseconds limit_;
  std::size_t drain_left_;
  const std::span<std::uint8_t> buffer_;
  std::function<void()> done_;
  Watch io_;
  Watch timer_;
};

}  // namespace wms::pubpoint
