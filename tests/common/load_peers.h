// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "common/asf_samples.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

// Encoders and players by the dozen, for load: each is a socket that never
// blocks, driven by LoadRun.

namespace wms::test {

using LoadClock = std::chrono::steady_clock;

/// What travels in the payload of each packet, so that a player can check it.
struct LoadTag {
  std::uint32_t encoder = 0;
  std::uint32_t number = 0;  ///< counts up from 0
  std::int64_t sent_ns = 0;  ///< LoadClock
};

/// A data packet of @a size bytes with @a tag in it and a payload that
/// follows from it.
ByteVector MakeLoadPacket(std::uint32_t size, std::uint32_t send_time_ms,
                          const LoadTag& tag);

/// The tag of a packet. False when its payload is not what follows from it.
bool ReadLoadPacket(Bytes packet, LoadTag& tag);

/// A TCP connection to 127.0.0.1 that never blocks.
class LoadSocket {
 public:
  explicit LoadSocket(unsigned port);
  ~LoadSocket();
  LoadSocket(const LoadSocket&) = delete;
  LoadSocket& operator=(const LoadSocket&) = delete;

  int fd() const { return fd_; }
  bool failed() const { return failed_; }
  bool ended() const { return ended_; }
  /// Bytes that the kernel has not taken yet.
  std::size_t waiting() const { return out_.size() - written_; }

  void Send(Bytes bytes);
  void Send(const std::string& text);
  /// Goes on with what is waiting.
  void Flush();
  /// Appends what has arrived to @a in.
  void Receive(ByteVector& in);
  void Close();

 private:
  int fd_;
  bool failed_ = false;
  bool ended_ = false;
  ByteVector out_;
  std::size_t written_ = 0;
};

/// What an encoder sends.
struct LoadStream {
  std::string path;
  std::uint32_t index = 0;
  std::uint32_t packet_size = 0;
  LoadClock::duration interval{};
  ByteVector header;
};

/// Pushes a LoadStream: PushSetup, PushStart, $H, a $D at each interval, $E.
class LoadEncoder {
 public:
  LoadEncoder(unsigned port, LoadStream stream);

  /// Takes what has arrived. What is wrong is in failure().
  void OnReadable();
  void OnWritable() { socket_.Flush(); }
  /// Sends all packets that are due.
  void OnTime(LoadClock::time_point now);
  /// Ends the stream.
  void End();

  const LoadStream& stream() const { return stream_; }
  LoadSocket& socket() { return socket_; }
  bool streaming() const { return state_ == State::kStreaming; }
  bool done() const { return state_ == State::kDone; }
  LoadClock::time_point due() const { return due_; }
  std::uint32_t sent() const { return number_; }
  const std::string& failure() const { return failure_; }

 private:
  enum class State { kSetup, kStreaming, kEnding, kDone };

  void Start(const std::string& push_id);
  void Fail(const std::string& why);

  const LoadStream stream_;
  LoadSocket socket_;
  State state_ = State::kSetup;
  ByteVector in_;
  LoadClock::time_point begin_;
  LoadClock::time_point due_ = LoadClock::time_point::max();
  std::uint32_t number_ = 0;
  std::string failure_;
};

/// Plays a LoadStream over plain HTTP and checks every packet.
class LoadPlayer {
 public:
  LoadPlayer(unsigned port, const LoadStream& stream);

  void OnReadable();
  void OnWritable() { socket_.Flush(); }

  const LoadStream& stream() const { return stream_; }
  LoadSocket& socket() { return socket_; }
  bool done() const { return socket_.ended() || !failure_.empty(); }
  std::uint32_t first() const { return first_; }
  std::uint32_t received() const { return received_; }
  std::uint32_t lost() const { return lost_; }
  /// Number of the next packet.
  std::uint32_t next() const { return first_ + received_ + lost_; }
  /// Microseconds from the encoder's send to here, of packets that were sent
  /// while this was playing.
  const std::vector<std::uint32_t>& delays() const { return delays_; }
  /// The server has not read the header yet that the encoder has sent.
  bool too_early() const { return too_early_; }
  const std::string& failure() const { return failure_; }

 private:
  bool TakeHead();
  bool TakeHeader();
  void TakePackets();
  void TakePacket(Bytes packet, std::int64_t now_ns);
  void Fail(const std::string& why);

  const LoadStream& stream_;
  LoadSocket socket_;
  ByteVector in_;
  bool has_head_ = false;
  bool has_header_ = false;
  bool too_early_ = false;
  std::int64_t began_ns_ = 0;
  std::uint32_t first_ = 0;
  std::uint32_t received_ = 0;
  std::uint32_t lost_ = 0;
  std::vector<std::uint32_t> delays_;
  std::string failure_;
};

}  // namespace wms::test
