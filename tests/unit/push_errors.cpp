// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/errors.h"
#include "unit/check.h"

#include <gio/gio.h>
#include <libsoup/soup.h>

#include <cerrno>
#include <memory>

namespace wms::test {
namespace {

using enum HResult;

void ExpectError(const Error& error, HResult hresult, Fault fault,
                 const std::string& what) {
  EXPECT(error.hresult == hresult,
         what + ": " + std::string(HResultName(error.hresult)) +
             " instead of " + std::string(HResultName(hresult)));
  EXPECT(error.fault == fault, what);
  EXPECT(!error.message.empty(), what);
}

GST_START_TEST(test_statuses) {
  const struct {
    unsigned status;
    HResult hresult;
  } kRows[] = {
      {100, NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE},
      {200, NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE},
      {300, NS_E_INVALID_REDIRECT},
      {399, NS_E_INVALID_REDIRECT},
      {400, NS_E_BAD_REQUEST},
      {401, NS_E_SERVER_ACCESSDENIED},
      {403, NS_E_REFUSED_BY_SERVER},
      {404, NS_E_INVALID_PUSH_PUBLISHING_POINT},
      {405, NS_E_BAD_REQUEST},
      {407, NS_E_PROXY_ACCESSDENIED},
      {408, NS_E_TIMEOUT},
      {409, NS_E_PUSH_DUPLICATE_PUBLISHING_POINT_NAME},
      {410, NS_E_RESOURCE_GONE},
      {499, NS_E_BAD_REQUEST},
      {500, NS_E_INTERNAL_SERVER_ERROR},
      {501, NS_E_INTERNAL_SERVER_ERROR},
      {502, NS_E_ERROR_FROM_PROXY},
      {503, NS_E_SERVER_UNAVAILABLE},
      {504, NS_E_PROXY_TIMEOUT},
      {999, NS_E_INTERNAL_SERVER_ERROR},
  };
  for (const auto& row : kRows) {
    const std::string status = std::to_string(row.status);
    const Error error = ErrorFromStatus(row.status);
    ExpectError(error, row.hresult, Fault::kPeer, status);
    EXPECT(error.http_status == row.status, status);
    EXPECT(error.message.starts_with("HTTP " + status + ": "), error.message);
  }
}
GST_END_TEST

/// What GIO and libsoup report, by where it came about.
GST_START_TEST(test_library_errors) {
  const struct {
    GQuark domain;
    int code;
    Stage stage;
    HResult hresult;
    Fault fault;
  } kRows[] = {
      {G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, Stage::kResolve,
       NS_E_SERVER_NOT_FOUND, Fault::kNetwork},
      {G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, Stage::kResolve,
       NS_E_SERVER_DNS_TIMEOUT, Fault::kNetwork},
      {G_RESOLVER_ERROR, G_RESOLVER_ERROR_INTERNAL, Stage::kConnect,
       NS_E_SERVER_NOT_FOUND, Fault::kNetwork},
      {G_IO_ERROR, G_IO_ERROR_CANCELLED, Stage::kConnect, NS_E_SHUTDOWN,
       Fault::kCancelled},
      {G_IO_ERROR, G_IO_ERROR_TIMED_OUT, Stage::kResolve,
       NS_E_SERVER_DNS_TIMEOUT, Fault::kNetwork},
      {G_IO_ERROR, G_IO_ERROR_TIMED_OUT, Stage::kConnect, NS_E_CONNECT_TIMEOUT,
       Fault::kNetwork},
      {G_IO_ERROR, G_IO_ERROR_TIMED_OUT, Stage::kResponse, NS_E_TIMEOUT,
       Fault::kPeer},
      {G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, Stage::kConnect,
       NS_E_PUSH_CANNOTCONNECT, Fault::kNetwork},
      {G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, Stage::kConnect,
       NS_E_PUSH_CANNOTCONNECT, Fault::kNetwork},
      {G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, Stage::kResponse,
       NS_E_RESET_SOCKET_CONNECTION, Fault::kPeer},
      {G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, Stage::kConnect,
       NS_E_PUSH_CANNOTCONNECT, Fault::kNetwork},
      {G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, Stage::kResponse,
       NS_E_CONNECTION_FAILURE, Fault::kPeer},
      {G_IO_ERROR, G_IO_ERROR_FAILED, Stage::kResponse, NS_E_CONNECTION_FAILURE,
       Fault::kNetwork},
      {SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_TOO_MANY_RESTARTS,
       Stage::kResponse, NS_E_SERVER_ACCESSDENIED, Fault::kPeer},
      {SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING, Stage::kResponse,
       NS_E_BAD_SYNTAX_IN_SERVER_RESPONSE, Fault::kPeer},
      {G_TLS_ERROR, G_TLS_ERROR_MISC, Stage::kConnect, NS_E_CONNECTION_FAILURE,
       Fault::kNetwork},
  };
  for (const auto& row : kRows) {
    const std::unique_ptr<GError, decltype(&g_error_free)> error(
        g_error_new_literal(row.domain, row.code, "the library's words"),
        g_error_free);
    ExpectError(ErrorFromGError(error.get(), row.stage), row.hresult, row.fault,
                std::string(g_quark_to_string(row.domain)) + " " +
                    std::to_string(row.code));
  }
}
GST_END_TEST

GST_START_TEST(test_errno) {
  const struct {
    int number;
    Stage stage;
    HResult hresult;
    Fault fault;
  } kRows[] = {
      {ECONNRESET, Stage::kStream, NS_E_RESET_SOCKET_CONNECTION, Fault::kPeer},
      {EPIPE, Stage::kStream, NS_E_CONNECTION_FAILURE, Fault::kPeer},
      {EPIPE, Stage::kResponse, NS_E_CONNECTION_FAILURE, Fault::kPeer},
      {ETIMEDOUT, Stage::kStream, NS_E_TIMEOUT, Fault::kPeer},
      {ETIMEDOUT, Stage::kConnect, NS_E_CONNECT_TIMEOUT, Fault::kNetwork},
      {EHOSTUNREACH, Stage::kStream, NS_E_NETWORK_SINK_WRITE, Fault::kNetwork},
  };
  for (const auto& row : kRows) {
    ExpectError(ErrorFromErrno(row.number, row.stage), row.hresult, row.fault,
                std::to_string(row.number));
  }
  // Who reads it learns when it was.
  EXPECT(ClosedError(Stage::kStream).message !=
             ClosedError(Stage::kResponse).message,
         "");
}
GST_END_TEST

Suite* push_errors_suite() {
  Suite* suite = suite_create("push_errors");
  TCase* tcase = tcase_create("errors");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_statuses);
  tcase_add_test(tcase, test_library_errors);
  tcase_add_test(tcase, test_errno);
  return suite;
}

}  // namespace
}  // namespace wms::test

using wms::test::push_errors_suite;
GST_CHECK_MAIN(push_errors)
