// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/strictness.h"

#include <bitset>

namespace wms::asf {

/// The stream numbers that a header defines: 1 to 127.
using StreamNumbers = std::bitset<128>;

/// Checks what [ASF] 3.1 to 3.3, 4.1 and 5.1 demand of a header beyond what
/// is needed to read it; @a header is one that ParseHeader has accepted.
/// Kept by everybody is: the Header Object's second reserved field, one File
/// Properties Object, no stream number twice, and lengths that fit. Strict
/// are: the number of objects, the first reserved field, one Header Extension
/// Object, and the fields of the Data Object.
///
/// @return the streams, also those that only the Header Extension Object has.
/// Fails with NS_E_INVALID_DATA, naming section and rule.
Result<StreamNumbers> CheckHeader(Bytes header, Strictness strictness);

/// Checks what [ASF] 5.2 demands of a data packet, which @a parsed describes,
/// beyond its head: its payloads, and what is in compressed ones, fit into it
/// and are of @a streams, and where
/// it is shorter than @a packet_size its padding is taken off
/// ([MS-WMHTTP] 2.2.3.3). Strict are the values that the error correction and
/// the flags have to have.
///
/// Fails with NS_E_INVALID_DATA, naming section and rule.
Result<void> CheckDataPacket(Bytes packet, const DataPacket& parsed,
                             std::size_t packet_size,
                             const StreamNumbers& streams,
                             Strictness strictness);

}  // namespace wms::asf
