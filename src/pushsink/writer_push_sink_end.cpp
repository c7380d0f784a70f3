// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The part of the push sink that ends a session.

#include "pushsink/errors.h"
#include "pushsink/writer_push_sink_guards.h"

#include <utility>

namespace wms {

HResult WriterPushSink::Impl::Disconnect() {
  if (StopAttempt()) {
    hub_.Dispatch(Status::kClosed, HResult::S_OK, Detail());
    return HResult::S_OK;
  }
  StatusBatch batch(hub_);
  Closer closer(*this);
  const std::lock_guard writer(writer_lock_);
  closer.Release();
  return CloseSession(HResult::S_OK, batch);
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
  const HResult sent = SendEnd(deadline_us, batch);
  if (sent == HResult::NS_E_SHUTDOWN) return sent;
  const HResult closed = CloseSession(sent, batch);
  return sent == HResult::S_OK ? closed : sent;
}

/// Called with writer_lock_ held: sends $E, if there is a stream to end, and
/// waits for the peer to close. A connection that is lost meanwhile is tried
/// again, until the deadline.
HResult WriterPushSink::Impl::SendEnd(std::int64_t deadline_us,
                                      StatusBatch& batch) {
  if (!stream_ || !stream_->started()) return HResult::S_OK;
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
    const std::optional<Error> objection = stream_->Objection();
    if (objection && (*left == 0 || objection->http_status != 0)) {
      Unfinished(*objection);
      return objection->hresult;
    }
    if (*left == 0) return HResult::S_OK;
    return Unfinished(
        {HResult::S_FALSE, Fault::kPeer,
         "the server has not acknowledged the last " + std::to_string(*left) +
             " bytes: it has stalled, or closed the connection too early"});
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

/// An end that did not come about as it should, for the reason in @a error.
HResult WriterPushSink::Impl::Unfinished(const Error& error) {
  if (error.fault == Fault::kCancelled) {
    stream_->SetDeadline(0);
    // Without $E the stream can still go on, and does so after a flush.
    if (!stream_->ended()) ending_ = false;
    return HResult::NS_E_SHUTDOWN;
  }
  Logger log;
  {
    const std::lock_guard lock(lock_);
    last_error_ = error.message;
    log = log_;
  }
  log(LogLevel::kWarning, "the end of the stream: " + error.message);
  return finished_ ? HResult::S_FALSE : HResult::NS_E_CONNECTION_FAILURE;
}

/// Called with writer_lock_ held: drops the session and reports that, with @a
/// why when it was not in order.
HResult WriterPushSink::Impl::CloseSession(HResult why, StatusBatch& batch) {
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
  const std::string message = why == HResult::S_OK ? "" : LastError();
  if (started) batch.Add(Status::kStopped, why, Detail(message));
  batch.Add(Status::kClosed, why, Detail(message));
  return HResult::S_OK;
}

}  // namespace wms
