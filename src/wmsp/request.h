// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "wmsp/client.h"
#include "wmsp/stream_selection.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wms::wmsp {

/// What a request wants ([MS-WMSP] 2.2.2).
enum class RequestType {
  kNone,          ///< not of this protocol
  kDescribe,      ///< 2.2.2.1
  kKeepAlive,     ///< 2.2.2.3.1
  kKeepAlive11,   ///< 2.2.2.3.2, OPTIONS
  kLog,           ///< 2.2.2.4
  kPlay,          ///< 2.2.2.6
  kSelectStream,  ///< 2.2.2.8
  kStop,          ///< 2.2.2.10
  /// Another type of 2.2.2, which is not answered here: GetContentInfo,
  /// Pipeline, PlayNextEntry, SendEvent.
  kUnsupported,
  kInvalid,  ///< of this protocol, and of none of its types
};

/// "Describe", for the log.
const char* RequestName(RequestType type);

/// The parts of a request's head that say what it is.
struct RequestFields {
  std::string_view method;
  std::string_view user_agent;
  std::string_view content_type;
  std::string_view pragma;     ///< of all Pragma headers, joined by commas
  std::string_view supported;  ///< of all Supported headers, likewise
  bool has_body = false;
};

/// A request of this protocol.
struct Request {
  RequestType type = RequestType::kNone;
  Client client;
  /// The client-id token; nothing when it is missing or malformed.
  std::optional<std::uint32_t> client_id;
  std::uint32_t request_context = 0;  ///< 0 when it is missing
  /// Of stream-switch-entry, in order.
  std::vector<StreamSwitch> switches;
  /// What the Supported header says of com.microsoft.wm.predstrm; nothing
  /// without that header.
  std::optional<bool> predictive_streams;
};

/// Tells the requests of this protocol by method, Content-Type, Pragma tokens
/// and User-Agent. Who sends a client token of 2.2.1.8 or a Pragma token that
/// this protocol has defined is a player; anybody else gets kNone, as do the
/// requests of [MS-WMHTTP]. 3.2.5.1 wants the client token; players that call
/// themselves something else and speak the protocol are let in.
Request ParseRequest(const RequestFields& fields);

/// The entries of a stream-switch-entry token (2.2.1.4.27). What is malformed
/// is passed over, streams other than 1 to 127 too.
std::vector<StreamSwitch> ParseStreamSwitches(std::string_view value);

}  // namespace wms::wmsp
