// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "pushsink/connection.h"
#include "pushsink/logger.h"
#include "pushsink/response.h"

#include <optional>

namespace wms {

/// What a server says to a PushStart: before its body is complete, in time,
/// or after the end ([MS-WMHTTP] 3.1.5.2). Used by one thread at a time.
class ResponseWatch {
 public:
  /// The connection to read from has to outlive this.
  explicit ResponseWatch(Connection& connection) : connection_(connection) {}

  /// Another connection: what was said on the last one counts no more.
  void Clear();

  /// Reads what has arrived, in mid-body or after it. A success is kept until
  /// TakeAnswer. Fails with what an error status means, and when the server
  /// has closed the connection.
  Result<void> Read();

  /// A success has come: the answer to the request, early or not.
  bool answered() const { return answer_.has_value(); }
  Response TakeAnswer();

  /// The response that made a call fail last; null when that was none. It can
  /// be taken once.
  const Response* refusal() const { return refusal_ ? &*refusal_ : nullptr; }
  Response TakeRefusal();

  /// The server has said something, be it in part.
  bool heard() const { return answered() || !reader_.empty(); }

  /// Why the connection broke is often there to read: a response that came
  /// just before the end says more than @a error, a write's.
  Error LastWords(const Error& error);

  /// Reads what has arrived after the end of the stream. An error status
  /// becomes the refusal; where that cannot undo the end, it is a warning in
  /// @a log. False when the server has closed the connection.
  bool ReadAfterEnd(const Logger& log);

  /// The refusal, if there is one, means that such a push is not taken,
  /// whenever it comes.
  bool refused() const;
  /// The server has reset the connection without a word: it may not have read
  /// all that had arrived.
  bool cut() const { return cut_ && !answered(); }

 private:
  Result<void> Parse();
  Io ReadSome();

  Connection& connection_;
  ResponseReader reader_;
  std::optional<Response> answer_;
  std::optional<Response> refusal_;
  bool cut_ = false;
};

}  // namespace wms
