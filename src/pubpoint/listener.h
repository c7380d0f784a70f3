// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/log.h"
#include "base/result.h"
#include "pubpoint/connection.h"
#include "pubpoint/watch.h"

#include <functional>
#include <memory>
#include <string>

namespace wms::pubpoint {

/// Listens for connections, and bounds how many there are. libsoup's own
/// listener knows no bound, and is gone for good after the first error, such
/// as that no descriptor is free.
class Listener {
 public:
  using OnConnection = std::function<void(Connection)>;
  using Log = std::function<void(LogLevel, const std::string&)>;

  Listener(OnConnection on_connection, Log log)
      : on_connection_(std::move(on_connection)), log_(std::move(log)) {}
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Listens at an IP address. @a port 0 is any that is free.
  /// @param limit connections at a time; what the limit on open files leaves
  ///   if that is less.
  Result<void> Listen(const std::string& address, unsigned port,
                      std::size_t limit);
  /// The same with a socket that somebody else has made, and which closes
  /// with this.
  Result<void> Adopt(int fd, std::size_t limit);

  /// No new connections. Those that there are go on.
  void Stop();

  /// Of the socket; "" and 0 when it has none.
  const std::string& address() const { return address_; }
  unsigned port() const { return port_; }
  std::size_t connections() const { return *count_; }

 private:
  Result<void> Begin(std::size_t limit);
  void Arm();
  void Accept();
  /// False when no further connection waits.
  bool AcceptOne();
  void Take(int fd);
  void Refuse(int fd);
  /// Accepts with the last descriptor, to refuse; or waits for another.
  void UseReserve();
  void Pause();
  void OpenReserve();

  const OnConnection on_connection_;
  const Log log_;
  glib::Ref<GSocket> socket_;
  std::string address_;
  unsigned port_ = 0;
  std::size_t limit_ = 0;
  /// Shared with each connection, which counts itself out at its end.
  const std::shared_ptr<std::size_t> count_ = std::make_shared<std::size_t>(0);
  std::size_t refused_ = 0;  // since the last one that was taken
  int reserve_ = -1;
  Watch readable_;
  Watch pause_;
};

}  // namespace wms::pubpoint
