// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "export.h"

#include <cstdint>
#include <string_view>

namespace wms {

// The error codes that a push can end with, as [MS-ERREF] section 2.1 numbers
// them. One row per code: name, value, and what it means for someone who
// pushes a stream.
#define WMS_HRESULT_TABLE(X)                                                   \
  X(S_OK, 0x00000000, "done")                                                  \
  X(S_FALSE, 0x00000001, "done, and there is more to come")                    \
  X(E_FAIL, 0x80004005, "an unspecified failure")                              \
  X(E_OUTOFMEMORY, 0x8007000E, "out of memory")                                \
  X(E_INVALIDARG, 0x80070057, "an argument is not valid")                      \
  X(NS_E_NOCONNECTION, 0xC00D0005, "there is no connection to a server")       \
  X(NS_E_ALREADY_CONNECTED, 0xC00D0010, "the sink is connected already")       \
  X(NS_E_TIMEOUT, 0xC00D0013, "the server did not answer in time")             \
  X(NS_E_INVALID_NAME, 0xC00D001C, "the host name in the URL is not valid")    \
  X(NS_E_CONNECTION_FAILURE, 0xC00D0029, "the connection was lost")            \
  X(NS_E_SHUTDOWN, 0xC00D002A, "ended or interrupted from this side")          \
  X(NS_E_INVALID_REQUEST, 0xC00D002B, "not valid in the current state")        \
  X(NS_E_INVALID_DATA, 0xC00D002F, "the data is not a valid ASF stream")       \
  X(NS_E_SERVER_NOT_FOUND, 0xC00D0035, "the host name is not known")           \
  X(NS_E_INVALID_PUSH_TEMPLATE, 0xC00D151A,                                    \
    "the template publishing point is not valid")                              \
  X(NS_E_INVALID_PUSH_PUBLISHING_POINT, 0xC00D151B,                            \
    "the publishing point does not exist")                                     \
  X(NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME, 0xC00D1520,                     \
    "the publishing point is in use")                                          \
  X(NS_E_UNKNOWN_PROTOCOL, 0xC00D2EE0, "the URL's scheme is not supported")    \
  X(NS_E_INTERNAL_SERVER_ERROR, 0xC00D2EE2, "the server failed")               \
  X(NS_E_BAD_REQUEST, 0xC00D2EE3, "the server did not understand the request") \
  X(NS_E_ERROR_FROM_PROXY, 0xC00D2EE4, "the proxy could not reach the server") \
  X(NS_E_PROXY_TIMEOUT, 0xC00D2EE5, "the proxy had no answer in time")         \
  X(NS_E_SERVER_UNAVAILABLE, 0xC00D2EE6, "the server is too busy")             \
  X(NS_E_REFUSED_BY_SERVER, 0xC00D2EE7, "the server refuses this push")        \
  X(NS_E_INVALID_REDIRECT, 0xC00D2EEA, "the server redirects to nowhere")      \
  X(NS_E_PROXY_NOT_FOUND, 0xC00D2EED, "the proxy's host name is not known")    \
  X(NS_E_CANNOT_CONNECT_TO_PROXY, 0xC00D2EEE, "the proxy cannot be reached")   \
  X(NS_E_SERVER_DNS_TIMEOUT, 0xC00D2EEF, "the name look-up took too long")     \
  X(NS_E_PROXY_ACCESSDENIED, 0xC00D2EF6, "the proxy wants other credentials")  \
  X(NS_E_NETWORK_SINK_WRITE, 0xC00D2EF8, "writing to the network failed")      \
  X(NS_E_SERVER_ACCESSDENIED, 0xC00D2EFB,                                      \
    "the server wants other credentials")                                      \
  X(NS_E_RESOURCE_GONE, 0xC00D2EFC, "the publishing point has been removed")   \
  X(NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE, 0xC00D2EFE,                            \
    "the server's answer is not HTTP")                                         \
  X(NS_E_RESET_SOCKET_CONNECTION, 0xC00D2F00,                                  \
    "the server reset the connection")                                         \
  X(NS_E_CONNECT_TIMEOUT, 0xC00D2F06,                                          \
    "the server could not be reached in time")                                 \
  X(NS_E_PUSH_CANNOTCONNECT, 0xC00D2F0B, "the server cannot be reached")       \
  X(NS_E_INCOMPATIBLE_PUSH_SERVER, 0xC00D2F0C,                                 \
    "the server is not a Windows Media server")

/// Result code of the push sink's methods and of its status callbacks: the
/// values and names of the Windows Media Format SDK.
enum class HResult : std::uint32_t {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a name takes none.
#define WMS_HRESULT_ENUMERATOR(name, value, text) name = value,
  WMS_HRESULT_TABLE(WMS_HRESULT_ENUMERATOR)
#undef WMS_HRESULT_ENUMERATOR
};

/// True when @a hr is a success code: its severity bit is clear.
constexpr bool Succeeded(HResult hr) {
  return (static_cast<std::uint32_t>(hr) & 0x80000000U) == 0;
}
constexpr bool Failed(HResult hr) {
  return !Succeeded(hr);
}

/// Name of the code as [MS-ERREF] writes it, "NS_E_TIMEOUT"; "HRESULT" for a
/// value outside the table. Valid for ever.
WMS_API std::string_view HResultName(HResult hr);

/// What the code means, one clause for people, without a full stop.
WMS_API std::string_view HResultText(HResult hr);

}  // namespace wms
