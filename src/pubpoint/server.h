// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pubpoint/options.h"

#include <functional>
#include <memory>
#include <string>

namespace wms::pubpoint {

/// A publishing point server: takes pushes by [MS-WMHTTP] section 3.2 and
/// gives each publishing point to players, by [MS-WMSP] section 3.2 and as
/// plain ASF over HTTP.
///
/// Threads: none of its own. It lives in the GMainContext that is the calling
/// thread's default at Start, and all its members belong to that thread.
class Server {
 public:
  explicit Server(ServerOptions options);
  /// Stops at once: connections are cut, recordings finished.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens. Fails when the address is not valid or in use, when the record
  /// directory cannot be written to, and for a path that is not valid.
  Result<void> Start();

  /// IP address and port that it listens on; "" and 0 before Start, and for a
  /// socket of another kind.
  std::string address() const;
  unsigned port() const;

  /// Ends in order: no new connections, pushes are answered with 503
  /// (3.2.4.1), recordings are finished, players get what is queued. Calls
  /// @a done, from the loop, when all connections are closed or Timers::stop
  /// has passed.
  void Stop(std::function<void()> done);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wms::pubpoint
