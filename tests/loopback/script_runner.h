// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "loopback/scripted_server.h"
#include "wmhttp/framing.h"

#include <memory>
#include <string>
#include <vector>

namespace wms::test {

/// Does the steps of a script; lives in the server's thread. Each step
/// returns false when it did not come to its end, and failure() says why.
class ScriptRunner {
 public:
  explicit ScriptRunner(ScriptedServer& server) : server_(server) {}
  ~ScriptRunner();
  ScriptRunner(const ScriptRunner&) = delete;
  ScriptRunner& operator=(const ScriptRunner&) = delete;

  bool Accept();
  bool ReadRequest();
  bool ReadPackets(std::size_t count);
  bool ReadBody();
  bool ReadToEnd();
  bool Send(const std::string& bytes);
  bool CloseWrite();
  bool Close(bool reset);
  bool FallSilent();
  bool CloseListener();
  bool Await(const Gate& gate);
  bool ServeForever();

  const std::string& failure() const { return failure_; }

 private:
  bool Fail(std::string why);
  bool Wait(int fd, short events, int timeout_ms);
  bool Wait(int fd, short events);
  bool ReadMore();
  void TakeBody();
  void EndConnection(Recording::End end);
  std::size_t BodyLeft() const;
  WireRequest& request() { return server_.recording_.requests.back(); }
  const WireRequest& request() const {
    return server_.recording_.requests.back();
  }

  ScriptedServer& server_;
  std::vector<int> open_;  // connections that are not closed yet
  int fd_ = -1;            // the newest of them
  bool at_end_ = false;    // the client has closed it
  std::string unread_;     // received and not yet part of a request
  bool in_body_ = false;   // of a PushStart
  std::size_t content_length_ = 0;
  std::unique_ptr<wmhttp::PacketReader> packets_;
  std::string failure_;
};

}  // namespace wms::test
