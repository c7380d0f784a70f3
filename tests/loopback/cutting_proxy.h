// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "loopback/scripted_server.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace wms::test {

/// What a proxy does to one connection.
struct Trouble {
  enum class Kind {
    kNone,
    kRefuse,  ///< closes without having read: what came is lost
    kClose,   ///< says that it will send no more, and delivers what comes
    kReset,   ///< lets its window fill up, delivers that, then resets
    kVoid,    ///< takes nothing more at once, delivers the rest, then resets
    kDrop,    ///< resets both sides, whatever is under way: that is lost
  };

  Kind kind = Kind::kNone;
  std::uint64_t after = 0;             ///< bytes from the client
  std::size_t chunk = 65536;           ///< most that is read at once
  std::chrono::microseconds pause{0};  ///< between two reads
  /// Once, half way to the trouble: nothing is read for so long.
  std::chrono::milliseconds stall{0};
  /// How much longer the server's side stays open after a reset.
  std::chrono::milliseconds late{0};
};

const char* KindName(Trouble::Kind kind);

/// A TCP proxy on 127.0.0.1, in a thread of its own, that makes trouble. It
/// acknowledges what it reads at once and delivers it before it reads on, so
/// that it is a network that loses nothing unless told to.
class CuttingProxy {
 public:
  using Plan = std::function<Trouble(std::size_t connection)>;

  /// @param port of the server. @param plan is asked in the proxy's thread,
  ///   with the number of the connection.
  CuttingProxy(unsigned port, Plan plan);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  unsigned port() const { return port_; }
  std::string Url() const;
  std::size_t connections() const { return connections_; }
  /// Bytes from all clients.
  std::uint64_t forwarded() const { return forwarded_; }
  /// SO_RCVBUF of clients' connections.
  static constexpr int kReceiveBuffer = 32768;

  /// Of each connection that was dropped or refused: how many bytes had been
  /// acknowledged to the client, and not read by the server.
  std::vector<std::uint64_t> unread() const;

 private:
  struct Pipe;
  using PipePtr = std::unique_ptr<Pipe>;

  void Run();
  void Accept();
  void Serve(Pipe& pipe, bool from_client, bool from_server);
  bool Forward(Pipe& pipe);
  bool Return(Pipe& pipe);
  void Make(Pipe& pipe);
  void Fill(Pipe& pipe);
  void CountUnread(const Pipe& pipe);

  const unsigned server_port_;
  const Plan plan_;
  const Gate stop_;
  int listener_;
  unsigned port_ = 0;
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::uint64_t> forwarded_{0};
  std::vector<PipePtr> pipes_;  // the thread's
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> unread_;  // under mutex_
  std::thread thread_;
};

}  // namespace wms::test
