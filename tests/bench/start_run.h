// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "measuring_peer.h"

#include <cstddef>
#include <string>

namespace wms::bench {

struct StartOptions {
  std::string factory{};  ///< "" does it with sockets, by hand
  /// wmspushsink with async-connect=false.
  bool wait_for_server = false;
  std::size_t header_padding = 0;
};

struct StartTimes {
  double paused_ms = 0;  ///< READY to PAUSED; by hand, to the 204
  double data_ms = 0;    ///< READY to the first packet at the receiver
  double cpu_ms = 0;     ///< of this process, from READY to NULL
};

/// Starts a sink, sends one packet of 1400 bytes and ends it.
/// @param host that leads to @a peer.
StartTimes MeasureStart(const StartOptions& options, const std::string& host,
                        const MeasuringPeer& peer);

}  // namespace wms::bench
