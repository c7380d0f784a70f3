// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "common/asf_samples.h"
#include "raw_client.h"

#include <memory>
#include <string>

namespace wms::test {

/// A push by hand: a raw client that has done its PushSetup.
struct Pusher {
  /// @param body of the PushSetup. push_id is "" when that fails.
  /// @param with what else its requests have.
  explicit Pusher(unsigned port, const std::string& path = "/live",
                  std::string_view body = {}, RawRequest with = {});

  /// The head of a PushStart with the push-id.
  bool Start(std::uint64_t content_length = 2147483647);
  bool Header(Bytes header);
  bool Change(Bytes header);  ///< $C
  bool Data(Bytes packet);    ///< $D, as it is
  bool End(HResult reason = HResult::S_OK);
  bool Filler(std::size_t size);

  RawRequest request;
  std::unique_ptr<RawClient> client;
  std::string push_id;
};

/// True when a push to @a path works from its beginning to its end.
/// @param body of the PushSetup.
bool PushWell(unsigned port, const std::string& path,
              std::string_view body = {});

/// Packet size of a Stream.
inline constexpr std::uint32_t kStreamPacketSize = 1000;

/// A stream to push: a header and packets, whole and as $D carries them.
struct Stream {
  Stream();

  /// What the server makes of the stripped packets, header first.
  ByteVector Restored() const;

  ByteVector header;
  std::vector<ByteVector> whole;
  std::vector<ByteVector> stripped;
};

/// Request head, $H and $D of each packet: a whole push in one piece.
ByteVector WholePush(const RawRequest& request, Bytes header,
                     const std::vector<ByteVector>& packets,
                     bool with_end = true);

}  // namespace wms::test
