// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The part of the push sink that ends a session.

#include "pushsink/errors.h"
#include "pushsink/writer_push_sink_guards.h"

#include <utility>

namespace wms {
namespace {

constexpr const char* kCut =
    "the server has reset the connection behind the end: it may not have read "
    "all of the stream";

std::string Unacknowledged(std::uint64_t size) {
  return "the server has not acknowledged the last " + std::to_string(size) +
         " bytes: it has stalled, or closed the connection too early";
}

}  // namespace

HResult WriterPushSink::Impl::Disconnect() {
  if (StopAttempt()) {
    hub_.Dispatch(Status::kClosed, HResult::S_OK, Detail());
    return HResult::S_OK;
  }
  StatusBatch batch(hub_);
  Closer closer(*this);
  const std::lock_guard writer(writer_lock_);
  closer.Release();
  return CloseSession({}, batch);
}

HResult WriterPushSink::Impl::EndSession(std::chrono::milliseconds limit) {
  const std::int64_t deadline_us =
      g_get_monotonic_time() + std::chrono::microseconds(limit).count();
  bool connected = false;
  {
    const std::lock_guard lock(lock_);
    connected = phase_ == Phase::kConnected;
  }
  // While it connects there is no stream to end.
  if (!connected) return Disconnect();
  StatusBatch batch(hub_);
  Closer closer(*this);
  const std::lock_guard writer(writer_lock_);
  closer.Release();
  const Result<void> sent = SendEnd(deadline_us, batch);
  if (!sent && sent.error().fault == Fault::kCancelled) {
    return HResult::NS_E_SHUTDOWN;
  }
  const HResult closed = CloseSession(sent, batch);
  return sent ? closed : sent.error().hresult;
}

/// Called with writer_lock_ held: sends $E, if there is a stream to end, and
/// waits for the peer to close. A connection that is lost meanwhile is tried
/// again, until the deadline.
Result<void> WriterPushSink::Impl::SendEnd(std::int64_t deadline_us,
                                           StatusBatch& batch) {
  if (!stream_ || !stream_->started()) return {};
  stream_->SetDeadline(deadline_us);
  for (;;) {
    if (AwaitRetry(deadline_us) != HResult::S_OK) {
      return Unfinished(CancelledError());
    }
    if (stream_->lost() && g_get_monotonic_time() >= deadline_us) {
      return Unfinished({HResult::NS_E_CONNECTION_FAILURE, Fault::kNetwork,
                         "the connection is lost: " + stream_->reason()});
    }
    const Result<std::uint64_t> left = TrySendEnd(batch);
    if (stream_->lost()) {
      const Error error = left ? ClosedError(Stage::kStream) : left.error();
      if (ReportLoss(error, batch)) continue;
    }
    if (!left) return Unfinished(left.error());
    ReportRecovery(batch);
    if (*left == 0 && !stream_->cut()) return {};
    return Unfinished({HResult::S_FALSE, Fault::kPeer,
                       *left == 0 ? std::string(kCut) : Unacknowledged(*left)});
  }
}

/// What has not been acknowledged of all that there is, or why it is not out.
Result<std::uint64_t> WriterPushSink::Impl::TrySendEnd(StatusBatch& batch) {
  if (!stream_->finished()) {
    if (Result<void> sent = stream_->SendEnd(); !sent) return sent.error();
  }
  if (!std::exchange(finished_, true)) {
    batch.Add(Status::kEndOfStreaming, HResult::S_OK, Detail());
  }
  return stream_->Close();
}

/// An end that did not come about as it should: the reason for @a error, with
/// what that makes of the session.
Error WriterPushSink::Impl::Unfinished(Error error) {
  if (error.fault == Fault::kCancelled) {
    stream_->SetDeadline(0);
    // Without $E the stream can still go on, and does so after a flush.
    if (!stream_->ended()) ending_ = false;
    return error;
  }
  // A refusal says more than how far the end got.
  if (error.http_status == 0) {
    error.hresult =
        finished_ ? HResult::S_FALSE : HResult::NS_E_CONNECTION_FAILURE;
  }
  Logger log;
  {
    const std::lock_guard lock(lock_);
    last_error_ = error.message;
    log = log_;
  }
  log(LogLevel::kWarning, "the end of the stream: " + error.message);
  return error;
}

/// Called with writer_lock_ held: drops the session and reports that, with what
/// @a sent says of its end.
HResult WriterPushSink::Impl::CloseSession(const Result<void>& sent,
                                           StatusBatch& batch) {
  const bool started = stream_ && stream_->started();
  DropStream();
  {
    const std::lock_guard lock(lock_);
    const Phase before = std::exchange(phase_, Phase::kIdle);
    clear_ = false;
    setup_.reset();
    again_.reset();
    counters_.SetSocket(nullptr);
    if (before != Phase::kConnected) return HResult::NS_E_NOCONNECTION;
  }
  const HResult why = sent ? HResult::S_OK : sent.error().hresult;
  const StatusDetail detail =
      sent ? Detail() : Detail(sent.error().message, sent.error().http_status);
  if (started) batch.Add(Status::kStopped, why, detail);
  batch.Add(Status::kClosed, why, detail);
  return HResult::S_OK;
}

}  // namespace wms
