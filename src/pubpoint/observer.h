// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "base/bytes.h"

#include <cstdint>
#include <string_view>

namespace wms::pubpoint {

/// Follows what a server receives. Called in the server's thread; views are
/// valid during the call only. It must not call the server.
class Observer {
 public:
  virtual ~Observer() = default;

  /// A PushSetup for @a path has been accepted.
  virtual void OnSetup(std::string_view path) { (void)path; }
  /// The head of a PushStart has been accepted.
  virtual void OnStart(std::string_view path) { (void)path; }
  /// $H or $C brought a header.
  virtual void OnHeader(std::string_view path, Bytes header) {
    (void)path, (void)header;
  }
  /// $D brought a packet.
  /// @param received the payload as it came.
  /// @param padded the same with its padding restored.
  virtual void OnPacket(std::string_view path, Bytes received,
                        const asf::PaddedPacket& padded) {
    (void)path, (void)received, (void)padded;
  }
  /// $E, with its Reason.
  virtual void OnEnd(std::string_view path, std::uint32_t reason) {
    (void)path, (void)reason;
  }
  /// All of the body of a PushStart has been received.
  virtual void OnBodyComplete(std::string_view path) { (void)path; }
  /// The connection was lost within a PushStart; the session waits.
  virtual void OnConnectionLost(std::string_view path) { (void)path; }
  /// The state of the session is deleted.
  virtual void OnClosed(std::string_view path) { (void)path; }
  /// A player is served from now on.
  virtual void OnPlayer(std::string_view path) { (void)path; }
  /// A peer broke a rule; the same text is logged.
  virtual void OnViolation(std::string_view text) { (void)text; }
};

}  // namespace wms::pubpoint
