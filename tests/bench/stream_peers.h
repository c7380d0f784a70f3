// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/load_peers.h"
#include "marks.h"
#include "stream_server.h"
#include "wmhttp/framing.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wms::bench {

/// Sends a stream of marked packets in real time.
class StreamPusher {
 public:
  StreamPusher(Dialect dialect, unsigned port, std::uint32_t stream,
               std::uint32_t packet_size, std::int64_t interval_ns);

  /// Takes what the server says.
  void OnReadable();
  /// Goes on with what the kernel has not taken yet.
  void Flush() { socket_.Flush(); }
  /// The same, and sends what is due.
  void OnTime(std::int64_t now_ns);

  int fd() const { return socket_.fd(); }
  std::int64_t due_ns() const { return due_ns_; }
  std::uint32_t sent() const { return number_; }
  const std::string& failure() const { return failure_; }

 private:
  void Start(const std::string& answer);
  void Send(wmhttp::PacketId id, Bytes payload);

  const Dialect dialect_;
  const std::uint32_t stream_;
  const std::string path_;
  const std::int64_t interval_ns_;
  test::ByteVector packet_;
  test::LoadSocket socket_;
  test::ByteVector in_;
  bool streaming_ = false;
  std::int64_t due_ns_ = INT64_MAX;
  std::uint32_t number_ = 0;
  std::string failure_;
};

/// Plays such a stream from any of the servers.
class StreamPlayer {
 public:
  StreamPlayer(unsigned port, std::uint32_t stream);

  /// Reads once, through @a room, and notes delays of live packets in
  /// @a delays_us.
  void OnReadable(std::vector<std::uint8_t>& room,
                  std::vector<std::uint32_t>& delays_us);

  /// Goes on with its request.
  void Flush() { socket_.Flush(); }

  int fd() const { return socket_.fd(); }
  /// From connect() to the first byte of the stream; 0 before that.
  double first_byte_ms() const { return first_byte_ms_; }
  std::uint64_t skipped() const { return skipped_; }
  const std::string& failure() const { return failure_; }

 private:
  bool TakeHead(Bytes& bytes, std::int64_t now_ns);
  void Count(const Mark& mark);

  const std::uint32_t stream_;
  test::LoadSocket socket_;
  const std::int64_t begin_ns_;
  std::int64_t joined_ns_ = 0;
  double first_byte_ms_ = 0;
  std::string head_;
  bool has_head_ = false;
  MarkScanner scanner_;
  std::vector<Mark> found_;
  bool has_packet_ = false;
  std::uint32_t next_ = 0;
  std::uint64_t skipped_ = 0;
  std::string failure_;
};

}  // namespace wms::bench
