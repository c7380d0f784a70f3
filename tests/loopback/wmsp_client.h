// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/pubpoint_thread.h"
#include "pusher.h"
#include "raw_client.h"

#include <memory>
#include <string>
#include <vector>

namespace wms::test {

/// One packet of [MS-WMSP] 2.2.3 as it was received.
struct WmspPacket {
  char id = 0;  ///< 0 at the end of the connection
  std::uint32_t reason = 0;
  std::uint32_t location_id = 0;
  std::uint8_t af_flags = 0;
  ByteVector payload;
};

/// The next packet of a response's body; fails the test when it is malformed
/// or cut short.
WmspPacket ReadWmspPacket(RawClient& client);

/// All packets up to the end of the connection.
std::vector<WmspPacket> ReadWmspPackets(RawClient& client);

/// "HHDDE" of such packets.
std::string Ids(const std::vector<WmspPacket>& packets);

/// A request by hand.
struct WmspRequest {
  std::string method = "GET";
  std::string path = "/live";
  std::string user_agent = "NSPlayer/7.1.0.3055";
  std::vector<std::string> pragmas{};  ///< each a header of its own
  std::string more{};                  ///< header lines with CRLF
  std::string body{};                  ///< with its Content-Length
};
std::string WriteWmspRequest(const WmspRequest& request);

/// Sends it on a connection of its own and reads the response's head.
struct WmspExchange {
  WmspExchange(unsigned port, const WmspRequest& request, int buffer = 0);

  std::unique_ptr<RawClient> client;
  RawResponse response;
};

/// The $D up to the end of the connection, whose AFFlags have to count from 0
/// without a gap. @a ids gets all types.
std::vector<WmspPacket> ReadData(WmspExchange& play, std::string& ids);
std::vector<WmspPacket> ReadData(WmspExchange& play);

/// A Play for @a streams, "ffff:1:0 ffff:2:0".
WmspRequest PlayRequest(const std::string& streams,
                        std::vector<std::string> pragmas = {});

/// A Describe, and a POST without a body.
WmspRequest DescribeRequest(std::vector<std::string> pragmas = {});
WmspRequest PostRequest(std::vector<std::string> pragmas);

/// The status of the response to @a request.
unsigned StatusOf(PubpointThread& server, const WmspRequest& request);

/// The client-id token of a response, to be sent back.
std::string ClientId(const RawResponse& response);

/// The value of a token in the Pragma header, "" when it has none.
std::string PragmaToken(const RawResponse& response, const std::string& name);

/// A push of packets with a video stream, 1, and an audio stream, 2, in each;
/// every @a gop-th begins a key frame.
struct MixedPush {
  explicit MixedPush(PubpointThread& server, std::size_t gop = 5,
                     const std::string& path = "/live");

  /// Pushes @a count packets and waits until the server has them.
  void Push(std::size_t count);
  void End();
  /// $E S_FALSE, and $C with @a next.
  void Change(const ByteVector& next);

  /// The i-th packet as the server gets it, and with one stream alone.
  ByteVector Packet(std::size_t i) const;
  ByteVector Only(std::size_t i, std::uint8_t stream) const;

  PubpointThread& server;
  const std::size_t gop;
  ByteVector header = MakeHeader({.packet_size = 1000});
  Pusher pusher;
  std::size_t pushed = 0;
};

}  // namespace wms::test
