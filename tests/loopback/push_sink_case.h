// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/asf_samples.h"
#include "loopback/expect.h"
#include "loopback/scripted_server.h"
#include "loopback/status_recorder.h"
#include "wmspush.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wms::test {

using namespace std::chrono_literals;

/// How long a test's own sink waits where the server is meant to stay silent:
/// long enough for a busy machine to do what it must within it.
inline constexpr std::chrono::milliseconds kShortTimeout{1200};
/// What EndSession may take in tests that want the orderly end.
inline constexpr std::chrono::milliseconds kOrderlyEnd{10000};
/// Within this a call that is cancelled has returned.
inline constexpr std::chrono::milliseconds kPromptly{2000};

/// A push sink, and a recorder that it reports to.
struct PushSinkCase {
  PushSinkCase();

  HResult ConnectAndWait(const std::string& url);
  /// Connects and sends a header; fails the test when that fails.
  void Start(const std::string& url);
  /// Sends a packet after the other until one fails, and returns how; fails
  /// the test when none does for long.
  HResult SendUntilFailure();
  /// Waits until what another thread sends fills the socket, and it sits in a
  /// call. The kernel takes more whenever it can, and tells nobody when it has
  /// done with that: so until a while has brought no byte more.
  void WaitUntilBlocked() const;

  PushOptions options;  ///< Connect sets them
  std::shared_ptr<StatusRecorder> statuses = std::make_shared<StatusRecorder>();
  std::unique_ptr<WriterPushSink> sink = CreateWriterPushSink();
  ByteVector header = MakeHeader();
  ByteVector packet = MakePacket();
};

/// What a Connect to a server that does as @a script says comes to.
struct ConnectOutcome {
  HResult hresult;
  StatusRecorder::Record last;  ///< kOpened or kError
  Recording recording;
};
ConnectOutcome ConnectTo(const Script& script, PushOptions options = {});

/// Bytes of a packet on the wire, written down from 2.2.3 by hand. The @a
/// reason counts for $C and $E.
std::string Frame(char id, Bytes payload, std::uint32_t reason = 0);

/// "HDDE", with a C and an E of reason 1 as "e".
std::string Kinds(const std::vector<WirePacket>& packets);

/// Time that @a call takes.
std::chrono::milliseconds TimeOf(const std::function<void()>& call);

}  // namespace wms::test
