// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "pubpoint/player_format.h"
#include "wmsp/request.h"
#include "wmsp/stream_selection.h"

#include <functional>
#include <span>

namespace wms::pubpoint {

/// The Session-State variable of [MS-WMSP] 3.2.1.
enum class PlayState {
  kInit,       ///< described, not played yet
  kStreaming,  ///< $D goes out
  kWaiting,    ///< after $C: the client has to select streams first
  kIdle,       ///< the stream has ended, or its connection
};

/// The body of a Play response ([MS-WMSP] 2.2.2.6): the header as $M and $H,
/// the payloads of the streams that the player has selected as $D, $E and $C.
class WmspFormat : public PlayerFormat {
 public:
  const char* Name() const override { return "mmsh"; }

  /// @param request a Play.
  /// @param repeat_header $E, $C and the header once more follow the header,
  ///        as 3.2.5.6 has it for some clients of versions before 7.0.
  /// @param predictive the client lets the server select the streams behind a
  ///        playlist switch (2.2.1.7.2).
  /// @param changed told each new state.
  WmspFormat(const wmsp::Request& request, bool repeat_header, bool predictive,
             std::function<void(PlayState)> changed);

  /// A SelectStream request (3.2.5.7).
  void Select(const wmsp::Request& request);

  Delivery Begin(const HeaderRef& header) override;
  std::optional<Delivery> Data(const PacketRef& packet) override;
  void Skip(std::size_t unsent) override;
  std::optional<Delivery> Switch(const HeaderRef& header) override;
  std::optional<Delivery> End() override;
  void OnGone() override;

 private:
  void Change(PlayState state);
  /// The streams of the new header that are most like what was selected.
  wmsp::StreamSelection Predict(const LiveHeader& header) const;
  /// Those payloads of @a packet that go out.
  asf::PayloadSet Admit(const LivePacket& packet);
  bool WantsAll() const;

  const wmsp::Client client_;
  const bool repeat_header_;
  bool predictive_;
  const std::function<void(PlayState)> changed_;
  PlayState state_ = PlayState::kInit;
  HeaderRef header_;
  wmsp::StreamSelection selection_;
  bool select_all_ = false;
  std::uint8_t af_flags_ = 0;  // of the next $D: a sequence number
};

/// Appends what goes in front of the packets of a stream: $M for the clients
/// that have to get it (3.2.5.4), and the header as $H.
void AppendHeaderPackets(const LiveHeader& header, const wmsp::Client& client,
                         std::vector<std::uint8_t>& out);

}  // namespace wms::pubpoint
