// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"

#include <glib.h>

namespace wms {

/// What was being done when a call of GIO or of the kernel failed.
enum class Stage {
  kResolve,   ///< name look-up
  kConnect,   ///< TCP connection
  kResponse,  ///< waiting for the answer to a request
  kStream,    ///< sending packets
};

/// An HTTP status that is no success, as the table of the HRESULTs has it,
/// with advice for the one who pushes.
Error ErrorFromStatus(unsigned status);

/// A GError of GIO or libsoup; @a error must be set.
Error ErrorFromGError(const GError* error, Stage stage);

/// An errno of a socket call on the connection.
Error ErrorFromErrno(int number, Stage stage);

/// The wait of @a stage took longer than the timeout option.
Error TimeoutError(Stage stage);

/// The peer closed the connection although it should not have.
Error ClosedError(Stage stage);

/// This side ended or interrupted the call.
Error CancelledError();

}  // namespace wms
