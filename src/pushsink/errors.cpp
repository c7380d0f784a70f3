// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/errors.h"

#include <gio/gio.h>
#include <libsoup/soup.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace wms {
namespace {

struct StatusRow {
  unsigned status;
  HResult hresult;
  const char* advice;
};

constexpr StatusRow kStatuses[] = {
    {400, HResult::NS_E_BAD_REQUEST,
     "the server does not take this as a push; check that the URL names a "
     "publishing point for pushes"},
    {401, HResult::NS_E_SERVER_ACCESSDENIED,
     "give user-id and user-pw, and on the server grant the account Write "
     "and Create on the publishing point"},
    {403, HResult::NS_E_REFUSED_BY_SERVER,
     "the server refuses pushes from here; check its address and publishing "
     "point permissions"},
    {404, HResult::NS_E_INVALID_PUSH_PUBLISHING_POINT,
     "the publishing point does not exist; create it on the server, or set "
     "template-url to one that does"},
    {407, HResult::NS_E_PROXY_ACCESSDENIED,
     "the proxy wants credentials; give proxy-id and proxy-pw"},
    {408, HResult::NS_E_TIMEOUT,
     "the server got no data for its idle time and ended the session; keep "
     "the stream flowing"},
    {409, HResult::NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME,
     "somebody else is pushing to this publishing point; end that push, or "
     "choose another name"},
    {410, HResult::NS_E_RESOURCE_GONE,
     "the publishing point has been removed from the server"},
    {500, HResult::NS_E_INTERNAL_SERVER_ERROR,
     "the server failed; its own log says why"},
    {502, HResult::NS_E_ERROR_FROM_PROXY,
     "a proxy on the way could not reach the server"},
    {503, HResult::NS_E_SERVER_UNAVAILABLE,
     "the server is too busy or in maintenance; try again later"},
    {504, HResult::NS_E_PROXY_TIMEOUT,
     "a proxy on the way had no answer from the server in time"},
};

StatusRow RowOfStatus(unsigned status) {
  for (const StatusRow& row : kStatuses) {
    if (row.status == status) return row;
  }
  if (status >= 500) {
    return {status, HResult::NS_E_INTERNAL_SERVER_ERROR, "the server failed"};
  }
  if (status >= 400) {
    return {status, HResult::NS_E_BAD_REQUEST,
            "the server did not accept the request"};
  }
  if (status >= 300) {
    return {status, HResult::NS_E_INVALID_REDIRECT,
            "this redirection cannot be followed"};
  }
  return {status, HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE,
          "an answer without meaning in this protocol"};
}

Error NetworkError(HResult hresult, std::string message) {
  return {hresult, Fault::kNetwork, std::move(message)};
}

Error NameServerSilent() {
  return NetworkError(HResult::NS_E_SERVER_DNS_TIMEOUT,
                      "the name server did not answer; check the network");
}

bool IsConnecting(Stage stage) {
  return stage == Stage::kResolve || stage == Stage::kConnect;
}

Error FromResolverError(const GError* error) {
  if (error->code == G_RESOLVER_ERROR_TEMPORARY_FAILURE) {
    return NameServerSilent();
  }
  return NetworkError(HResult::NS_E_SERVER_NOT_FOUND,
                      "the host name is not known; check the URL");
}

Error CannotConnect(const std::string& why) {
  return NetworkError(HResult::NS_E_PUSH_CANNOTCONNECT,
                      "no connection to the server: " + why +
                          "; check host and port, and that its HTTP control "
                          "protocol is enabled");
}

Error FromIoError(const GError* error, Stage stage) {
  switch (error->code) {
    case G_IO_ERROR_CANCELLED:
      return CancelledError();
    case G_IO_ERROR_TIMED_OUT:
      return TimeoutError(stage);
    case G_IO_ERROR_CONNECTION_CLOSED:  // ECONNRESET, and EPIPE behind it
      if (stage != Stage::kConnect) return ErrorFromErrno(ECONNRESET, stage);
      break;
    case G_IO_ERROR_PARTIAL_INPUT:
      if (!IsConnecting(stage)) return ClosedError(stage);
      break;
    default:
      break;
  }
  if (IsConnecting(stage)) return CannotConnect(error->message);
  return NetworkError(HResult::NS_E_CONNECTION_FAILURE,
                      std::string("the connection failed: ") + error->message);
}

}  // namespace

Error ErrorFromStatus(unsigned status) {
  const StatusRow row = RowOfStatus(status);
  return {row.hresult, Fault::kPeer,
          "HTTP " + std::to_string(status) + ": " + row.advice, status};
}

Error ErrorFromGError(const GError* error, Stage stage) {
  if (error->domain == G_RESOLVER_ERROR) return FromResolverError(error);
  if (error->domain == G_IO_ERROR) return FromIoError(error, stage);
  if (g_error_matches(error, SOUP_SESSION_ERROR,
                      SOUP_SESSION_ERROR_TOO_MANY_RESTARTS)) {
    return {HResult::NS_E_SERVER_ACCESSDENIED, Fault::kPeer,
            "the server asks for credentials again and again"};
  }
  if (error->domain == SOUP_SESSION_ERROR) {
    // libsoup does not tell one from the other.
    return {HResult::NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE, Fault::kPeer,
            std::string("the server's answer is not HTTP, or was cut short: ") +
                error->message};
  }
  return NetworkError(HResult::NS_E_CONNECTION_FAILURE, error->message);
}

Error ErrorFromErrno(int number, Stage stage) {
  switch (number) {
    case ECONNRESET:
      return {HResult::NS_E_RESET_SOCKET_CONNECTION, Fault::kPeer,
              "the server reset the connection; its own log may say why"};
    case EPIPE:
      return ClosedError(stage);
    case ETIMEDOUT:
      return TimeoutError(stage);
    default:
      break;
  }
  return NetworkError(
      HResult::NS_E_NETWORK_SINK_WRITE,
      std::string("writing to the network failed: ") + std::strerror(number));
}

Error TimeoutError(Stage stage) {
  switch (stage) {
    case Stage::kResolve:
      return NameServerSilent();
    case Stage::kConnect:
      return NetworkError(
          HResult::NS_E_CONNECT_TIMEOUT,
          "no connection to the server within the timeout; check host, port "
          "and firewalls");
    case Stage::kResponse:
      return {HResult::NS_E_TIMEOUT, Fault::kPeer,
              "the server did not answer within the timeout"};
    case Stage::kStream:
      break;
  }
  return {HResult::NS_E_TIMEOUT, Fault::kPeer,
          "the server has taken no data for as long as the timeout allows; "
          "the network may be slower than the stream"};
}

Error ClosedError(Stage stage) {
  const char* when = stage == Stage::kStream ? "in mid-stream" : "unanswered";
  return {HResult::NS_E_CONNECTION_FAILURE, Fault::kPeer,
          std::string("the server closed the connection ") + when +
              "; its own log may say why"};
}

Error CancelledError() {
  return {HResult::NS_E_SHUTDOWN, Fault::kCancelled,
          "ended or interrupted from this side"};
}

}  // namespace wms
