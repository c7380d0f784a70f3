// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "wmhttp/framing.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wms::test {

/// A response as a raw socket got it.
struct RawResponse {
  unsigned status = 0;
  std::string head;  ///< status line and headers
  /// Values by name in lower case; those of one name joined with ", ".
  std::map<std::string, std::string> headers;

  std::string Header(const std::string& lower_case_name) const;
  /// The push-id of Set-Cookie, "" when there is none.
  std::string PushId() const;
};

/// A blocking TCP client that sends exactly the bytes it is told to. What
/// takes longer than the deadline fails.
class RawClient {
 public:
  static constexpr std::chrono::seconds kDeadline{20};

  /// Nothing can be sent or read when the connection is refused. Aborts the
  /// test program when there is no such socket.
  /// @param receive_buffer SO_RCVBUF, 0 for the system's choice.
  explicit RawClient(unsigned port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// Sends all of it, or returns false when the peer is gone.
  bool Send(Bytes bytes);
  bool Send(std::string_view text);
  /// The same in pieces of @a size bytes, each a segment of its own.
  bool SendInPieces(Bytes bytes, std::size_t size);

  /// The next response's head; nothing when none comes in time.
  std::optional<RawResponse> ReadResponse();

  /// Exactly @a size bytes, or as many as come before the end.
  std::vector<std::uint8_t> Read(std::size_t size);
  /// Everything up to the end of the stream.
  std::vector<std::uint8_t> ReadToEnd();
  /// True when the peer closes, without sending another byte.
  bool WaitForClose();

  /// Whether there is something to read, the end counted in, within @a wait.
  bool Readable(std::chrono::milliseconds wait) const;

  /// Ends the sending side; Reset() cuts the connection with a RST.
  void ShutdownWrite();
  void Reset();

 private:
  /// Reads some more into buffer_; false at the end and after the deadline.
  bool Fill();

  int fd_;
  std::vector<std::uint8_t> buffer_;
};

/// The lines that differ from one request to the next.
struct RawRequest {
  std::string path = "/live";
  std::string user_agent = "WMEncoder/11.0.5721.5145";
  std::string cookie = "push-id=0";  ///< "" sends no Cookie
  std::string more{};                ///< header lines with CRLF
  std::uint64_t content_length = 2147483647;
};

/// A PushSetup with @a body, and the head of a PushStart.
std::string SetupRequest(RawRequest request, std::string_view body = {});
std::string StartRequest(const RawRequest& request);

/// A packet: framing header and payload.
std::vector<std::uint8_t> Frame(wmhttp::PacketId id, Bytes payload,
                                HResult reason = HResult::S_OK);

/// Does a PushSetup on @a client and returns its push-id, "" unless it
/// succeeded with 204.
std::string DoSetup(RawClient& client, const RawRequest& request = {},
                    std::string_view body = {});

}  // namespace wms::test
