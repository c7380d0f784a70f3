// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/pubpoint_thread.h"
#include "pusher.h"

#include <functional>
#include <string>

namespace wms::test {

/// The two ways in which a server takes encoders.
enum class Mode { kTolerant, kStrict };
inline constexpr Mode kModes[] = {Mode::kTolerant, Mode::kStrict};

/// Header lines that a strict server wants and others can do without.
inline constexpr const char* kStrictLines =
    "X-Accept-Authentication: NTLM, Digest\r\nCache-Control: no-cache\r\n";

/// A push as the strict want it.
Pusher StrictPusher(unsigned port, const std::string& path = "/live",
                    std::string_view body = {});

/// A server at which one broken encoder after the other tries its luck. Its
/// publishing point /pub exists from the start.
class BreakerCase {
 public:
  explicit BreakerCase(Mode mode, pubpoint::ServerOptions options = {});

  PubpointThread& server() { return server_; }

  /// Runs @a encoder, which returns the status of its response, and fails the
  /// test unless that is @a status and one violation was reported, in
  /// @a section. Then a good push to /live has to succeed.
  void ExpectRefused(const std::string& what, unsigned status,
                     const std::string& section,
                     const std::function<unsigned()>& encoder);

  /// Runs @a encoder, which breaks no rule.
  void ExpectTaken(const std::string& what,
                   const std::function<unsigned()>& encoder);

  /// A whole push, from PushSetup to the end of the session.
  void PushWell(const std::string& what);

 private:
  PubpointThread server_;
};

/// Status of the response to @a text on a connection of its own, 0 when there
/// is none.
unsigned StatusOf(unsigned port, const std::string& text);

}  // namespace wms::test
