// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "pubpoint/observer.h"
#include "pubpoint/options.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wms::test {

/// What a server has received so far, all paths together.
struct Received {
  std::vector<std::vector<std::uint8_t>> headers;   ///< $H and $C
  std::vector<std::vector<std::uint8_t>> payloads;  ///< $D, as received
  std::vector<std::vector<std::uint8_t>> packets;   ///< padding restored
  std::vector<std::uint32_t> ends;                  ///< Reason of each $E
  std::vector<std::string> violations;
  std::vector<std::string> log;    ///< every line
  std::vector<std::string> paths;  ///< of each PushSetup
  unsigned setups = 0;             ///< PushSetup requests accepted
  unsigned starts = 0;             ///< PushStart requests accepted
  unsigned bodies = 0;             ///< PushStart bodies used up
  unsigned lost = 0;               ///< connections lost in mid-body
  unsigned closed = 0;             ///< sessions deleted
  unsigned players = 0;            ///< players served

  /// headers.back() and all packets behind the first header: for a push with
  /// one header this is the stream that asfmux made.
  std::vector<std::uint8_t> Stream() const;
};

/// A publishing point in a thread of its own, with a context of its own,
/// ready when the constructor returns. Aborts the test program when it cannot
/// start. The destructor stops the server and joins the thread.
class PubpointThread : private pubpoint::Observer {
 public:
  static constexpr std::chrono::seconds kDeadline{20};

  explicit PubpointThread(pubpoint::ServerOptions options = {});
  ~PubpointThread() override;
  PubpointThread(const PubpointThread&) = delete;
  PubpointThread& operator=(const PubpointThread&) = delete;

  unsigned port() const { return port_; }
  /// http://127.0.0.1:PORT and @a path behind it.
  std::string Url(const std::string& path = "/live") const;

  /// Waits until @a holds is true of what has been received.
  /// @return false when that took longer than @a deadline.
  bool WaitFor(const std::function<bool(const Received&)>& holds,
               std::chrono::milliseconds deadline = kDeadline);

  /// WaitFor with the most usual questions.
  bool WaitForPackets(std::size_t count);
  bool WaitForHeaders(std::size_t count);
  bool WaitForEnd();     ///< an $E
  bool WaitForClosed();  ///< a session deleted

  /// Copy of what has been received.
  Received Snapshot();

  /// Ends the server in order (503 for pushes) and joins the thread.
  void Stop();

 private:
  void OnSetup(std::string_view path) override;
  void OnStart(std::string_view path) override;
  void OnHeader(std::string_view path, Bytes header) override;
  void OnPacket(std::string_view path, Bytes received,
                const asf::PaddedPacket& padded) override;
  void OnEnd(std::string_view path, std::uint32_t reason) override;
  void OnBodyComplete(std::string_view path) override;
  void OnConnectionLost(std::string_view path) override;
  void OnClosed(std::string_view path) override;
  void OnPlayer(std::string_view path) override;
  void OnViolation(std::string_view text) override;

  void Run(pubpoint::ServerOptions options);
  void Change(const std::function<void(Received&)>& change);

  class Loop;

  std::mutex mutex_;
  std::condition_variable changed_;
  Received received_;   // under mutex_
  bool ready_ = false;  // under mutex_
  unsigned port_ = 0;   // fixed once ready
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace wms::test
