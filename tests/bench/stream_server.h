// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace wms::bench {

/// How streams get into a server. Players ask all of them alike.
enum class Dialect {
  kWmHttp,   ///< PushSetup and PushStart
  kIcecast,  ///< PUT, as libshout does it; user "source"
};

/// A server in a process of its own that takes streams and has players.
class StreamServer {
 public:
  virtual ~StreamServer() = default;
  virtual unsigned port() const = 0;
  virtual pid_t pid() const = 0;
  virtual Dialect dialect() const = 0;
};

/// Where kIcecast lets sources in; the server listens on 127.0.0.1 alone.
inline constexpr char kIcecastPassword[] = "bench";

/// Starts "wms-publishing-point" or "icecast2", with room for thousands of
/// streams and players and its settings else as they come.
/// @return null, with a word to stderr, when it is not there.
std::unique_ptr<StreamServer> StartStreamServer(const std::string& name);

/// Names of those that are there; a word to stderr about one that is not.
std::vector<std::string> InstalledServers();

}  // namespace wms::bench
