// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/response_watch.h"

#include "pushsink/errors.h"

#include <utility>

namespace wms {
namespace {

/// Some servers answer other statuses, 422 say, to what they have taken.
bool IsRefusal(unsigned status) {
  switch (status) {
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED:
    case SOUP_STATUS_CONFLICT:
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
      return true;
    default:
      return false;
  }
}

}  // namespace

void ResponseWatch::Clear() {
  reader_.Clear();
  answer_.reset();
  refusal_.reset();
  cut_ = false;
}

Io ResponseWatch::ReadSome() {
  const Io io = connection_.Read(reader_.buffer());
  cut_ = io == Io::kError && connection_.error() != 0;
  return io;
}

bool ResponseWatch::refused() const {
  return refusal_ && IsRefusal(refusal_->status);
}

Result<void> ResponseWatch::Read() {
  if (ReadSome() == Io::kError) {
    return connection_.error() == 0
               ? ClosedError(Stage::kStream)
               : ErrorFromErrno(connection_.error(), Stage::kStream);
  }
  return Parse();
}

/// Takes all responses that the buffer holds. Fails with the first that is
/// none of success.
Result<void> ResponseWatch::Parse() {
  for (;;) {
    // Behind the answer that ends the connection stands its body, if anything.
    if (answer_ && !answer_->keep_alive) {
      reader_.Clear();
      return {};
    }
    Result<std::optional<Response>> response = reader_.Next();
    if (!response) return response.error();
    if (!*response) return {};
    if (!(*response)->succeeded()) {
      refusal_ = std::move(**response);
      return ErrorFromResponse(refusal_->status, refusal_->headers.get());
    }
    // A success can come in mid-body, from servers that answer at once. It is
    // the answer all the same, and waits until the body is complete. What
    // comes behind it is more than was asked for.
    if (!answer_) answer_ = std::move(**response);
  }
}

Response ResponseWatch::TakeAnswer() {
  Response answer = std::move(*answer_);
  answer_.reset();
  return answer;
}

Response ResponseWatch::TakeRefusal() {
  Response refusal = std::move(*refusal_);
  refusal_.reset();
  return refusal;
}

Error ResponseWatch::LastWords(const Error& error) {
  while (connection_.Read(reader_.buffer()) == Io::kDone) {
    if (reader_.buffer().size() > ResponseReader::kMaxHead) break;
  }
  const Result<void> parsed = Parse();
  return parsed || parsed.error().http_status == 0 ? error : parsed.error();
}

bool ResponseWatch::ReadAfterEnd(const Logger& log) {
  if (ReadSome() == Io::kError) return false;
  Result<std::optional<Response>> response = reader_.Next();
  if (!response) reader_.Clear();
  if (!response || !*response) return true;
  if ((*response)->succeeded()) {
    answer_ = std::move(**response);
    return true;
  }
  refusal_ = std::move(**response);
  if (!refused()) {
    const Error error = ErrorFromStatus(refusal_->status);
    log(LogLevel::kWarning, "after the end of the stream: " +
                                std::string(HResultName(error.hresult)) + ", " +
                                error.message);
  }
  return true;
}

}  // namespace wms
