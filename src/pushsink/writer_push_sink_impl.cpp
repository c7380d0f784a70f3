// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "asf/data_packet.h"
#include "asf/header.h"
#include "pushsink/errors.h"
#include "pushsink/writer_push_sink_guards.h"

#include <algorithm>
#include <utility>

namespace wms {
namespace {

Error InvalidCall(std::string message) {
  return {HResult::NS_E_INVALID_REQUEST, Fault::kLocal, std::move(message)};
}

Error InvalidData(std::string message) {
  return {HResult::NS_E_INVALID_DATA, Fault::kLocal, std::move(message)};
}

Result<void> CheckHeaderSize(std::size_t size, wmhttp::PacketId id) {
  if (size <= wmhttp::MaxPayload(id)) return {};
  return InvalidData("the ASF header has " + std::to_string(size) + " bytes; " +
                     wmhttp::PacketName(id) + " takes " +
                     std::to_string(wmhttp::MaxPayload(id)) +
                     ": leave out tags and padding");
}

}  // namespace

WriterPushSink::Impl::Impl()
    : wake_(glib::Ref<GCancellable>::Take(g_cancellable_new())) {}

WriterPushSink::Impl::~Impl() = default;

void WriterPushSink::Impl::SetOptions(const PushOptions& options) {
  const std::lock_guard lock(lock_);
  options_ = options;
}

void WriterPushSink::Impl::SetLogHook(LogHook hook) {
  const std::lock_guard lock(lock_);
  log_ = Logger(std::move(hook));
}

void WriterPushSink::Impl::SetCredentialCallback(
    std::shared_ptr<CredentialCallback> callback) {
  const std::lock_guard lock(lock_);
  credential_callback_ = std::move(callback);
}

/// Called with writer_lock_ held: what AwaitConnect found may be over by the
/// time it is taken.
HResult WriterPushSink::Impl::CheckSession() {
  const bool ended = stream_ && stream_->ended();
  if (clear_ && !ended) return HResult::S_OK;
  const std::lock_guard lock(lock_);
  if (MustStop_locked()) return HResult::NS_E_SHUTDOWN;
  if (phase_ == Phase::kConnected) {
    if (!ended) return HResult::S_OK;
    // Between $E and the close: nothing more will be taken, but while this
    // side is closing the connection that is no news.
    return ending_ ? HResult::NS_E_NOCONNECTION : HResult::NS_E_SHUTDOWN;
  }
  return phase_ == Phase::kFailed ? failure_ : HResult::NS_E_NOCONNECTION;
}

/// Does what @a send does with the stream when @a check has nothing against
/// it; again and again for as long as the connection is lost meanwhile. Both
/// are called with writer_lock_ held; nobody holds it during a delay.
template <typename Check, typename Send>
HResult WriterPushSink::Impl::Deliver(Check check, Send send) {
  for (;;) {
    if (!clear_) {
      if (const HResult hr = AwaitConnect(); hr != HResult::S_OK) return hr;
    }
    if (retry_at_us_ != 0) {
      if (const HResult hr = AwaitRetry(0); hr != HResult::S_OK) return hr;
    }
    StatusBatch batch(hub_);
    const std::lock_guard writer(writer_lock_);
    if (const HResult hr = CheckSession(); hr != HResult::S_OK) return hr;
    if (Result<void> valid = check(); !valid) return Reject(valid.error());
    const Result<void> result = send(batch);
    if (!result && ReportLoss(result.error(), batch)) continue;
    if (result) ReportRecovery(batch);
    return Conclude(result, batch);
  }
}

HResult WriterPushSink::Impl::OnHeader(Bytes header) {
  const Result<asf::Header> parsed = asf::ParseHeader(header);
  if (!parsed) return Reject(parsed.error());
  return Deliver(
      [&] { return CheckHeader(header); },
      [&](StatusBatch& batch) { return SendHeader(header, *parsed, batch); });
}

Result<void> WriterPushSink::Impl::CheckHeader(Bytes header) const {
  if (ending_) return InvalidCall("a header after OnEndWriting");
  const bool first = !stream_ || !stream_->started();
  return CheckHeaderSize(header.size(), first
                                            ? wmhttp::PacketId::kHeader
                                            : wmhttp::PacketId::kStreamChange);
}

void WriterPushSink::Impl::MakeStream() {
  const std::lock_guard lock(lock_);
  stream_ =
      std::make_unique<PushStream>(std::move(*setup_), std::move(*again_),
                                   recovery_, wake_.get(), counters_, log_);
  setup_.reset();
  again_.reset();
}

Result<void> WriterPushSink::Impl::SendHeader(Bytes header,
                                              const asf::Header& parsed,
                                              StatusBatch& batch) {
  if (!stream_) MakeStream();
  const bool same = std::ranges::equal(stream_->header(), header);
  if (!started_ && (same || !stream_->started())) {
    Result<void> started =
        same ? stream_->Continue() : stream_->Start(header, parsed);
    if (!started) return started;
    started_ = true;
    batch.Add(Status::kStarted, HResult::S_OK, Detail());
    return {};
  }
  if (same) return {};
  Result<void> switched = stream_->Switch(header, parsed);
  if (switched) batch.Add(Status::kSourceSwitch, HResult::S_OK, Detail());
  return switched;
}

HResult WriterPushSink::Impl::OnDataUnit(Bytes data_unit,
                                         const MemoryOwner& owner,
                                         Delivery delivery) {
  const Result<asf::DataPacket> parsed = asf::ParseDataPacket(data_unit);
  if (!parsed) return Reject(parsed.error());
  return Deliver([&] { return CheckPacket(data_unit); },
                 [&](StatusBatch& /*batch*/) {
                   return SendPacket(data_unit, *parsed, owner, delivery);
                 });
}

HResult WriterPushSink::Impl::SendKept() {
  return Deliver([] { return Result<void>(); },
                 [&](StatusBatch& /*batch*/) {
                   const bool started = stream_ && stream_->started();
                   return started ? stream_->Continue() : Result<void>();
                 });
}

Result<void> WriterPushSink::Impl::CheckPacket(Bytes data_unit) const {
  if (!stream_ || !stream_->started()) {
    return InvalidCall("a data unit before any header");
  }
  if (ending_) return InvalidCall("a data unit after OnEndWriting");
  if (data_unit.size() <= stream_->packet_size()) return {};
  return InvalidData("a data unit of " + std::to_string(data_unit.size()) +
                     " bytes, where the header states packets of " +
                     std::to_string(stream_->packet_size()));
}

Result<void> WriterPushSink::Impl::SendPacket(Bytes data_unit,
                                              const asf::DataPacket& parsed,
                                              const MemoryOwner& owner,
                                              Delivery delivery) {
  const asf::StrippedPacket packet = asf::StripPadding(data_unit, parsed);
  Result<void> sent =
      stream_->SendData(packet, parsed.send_time_ms, owner, delivery);
  if (sent) {
    counters_.CountPacket(parsed.send_time_ms,
                          data_unit.size() - packet.size());
  }
  return sent;
}

HResult WriterPushSink::Impl::OnEndWriting() {
  const std::lock_guard writer(writer_lock_);
  const std::lock_guard lock(lock_);
  if (phase_ != Phase::kConnected) return HResult::NS_E_NOCONNECTION;
  ending_ = true;
  return HResult::S_OK;
}

/// Called with writer_lock_ held: what a result of the stream means for the
/// session.
HResult WriterPushSink::Impl::Conclude(const Result<void>& result,
                                       StatusBatch& batch) {
  if (result) return HResult::S_OK;
  const Error& error = result.error();
  if (error.fault == Fault::kCancelled) return HResult::NS_E_SHUTDOWN;
  DropStream();
  batch.Add(Status::kError, error.hresult,
            Detail(error.message, error.http_status));
  const std::lock_guard lock(lock_);
  failure_ = error.hresult;
  last_error_ = error.message;
  phase_ = Phase::kFailed;
  clear_ = false;
  return error.hresult;
}

/// Called with writer_lock_ held: true when the connection is lost and will be
/// tried again, which is reported.
bool WriterPushSink::Impl::ReportLoss(const Error& error, StatusBatch& batch) {
  if (!stream_->lost() || error.fault == Fault::kCancelled) return false;
  if (stream_->TakeLoss()) {
    StatusDetail detail = Detail(error.message, error.http_status);
    detail.attempt = stream_->recovery().attempt();
    batch.Add(Status::kReconnectStart, error.hresult, std::move(detail));
  }
  const std::lock_guard lock(lock_);
  retry_at_us_ = stream_->retry_at();
  return true;
}

/// Called with writer_lock_ held: reports that data flows again, once.
void WriterPushSink::Impl::ReportRecovery(StatusBatch& batch) {
  if (!stream_->TakeRecovered()) return;
  StatusDetail detail = Detail();
  detail.attempt = stream_->recovery().attempt();
  detail.resumed = stream_->recovery().resumes();
  batch.Add(Status::kReconnectEnd, HResult::S_OK, std::move(detail));
}

/// Waits until a lost connection is to be tried again, and no longer than
/// until @a deadline_us, 0 for none.
HResult WriterPushSink::Impl::AwaitRetry(std::int64_t deadline_us) {
  if (retry_at_us_ == 0) return HResult::S_OK;
  std::unique_lock lock(lock_);
  while (retry_at_us_ != 0) {
    if (MustStop_locked()) return HResult::NS_E_SHUTDOWN;
    std::int64_t end = retry_at_us_;
    if (deadline_us > 0) end = std::min(end, deadline_us);
    const std::int64_t left = end - g_get_monotonic_time();
    if (left <= 0) break;
    changed_.wait_for(lock, std::chrono::microseconds(left));
  }
  retry_at_us_ = 0;
  return HResult::S_OK;
}

void WriterPushSink::Impl::RetryNow() {
  const std::lock_guard lock(lock_);
  if (retry_at_us_ == 0) return;
  retry_at_us_ = g_get_monotonic_time();
  changed_.notify_all();
}

HResult WriterPushSink::Impl::CheckConnection() {
  StatusBatch batch(hub_);
  const std::unique_lock writer(writer_lock_, std::try_to_lock);
  // Whoever has it finds out without help.
  if (!writer) return HResult::S_OK;
  if (const HResult hr = CheckSession(); hr != HResult::S_OK) return hr;
  if (!stream_ || stream_->lost()) return HResult::S_OK;
  const Result<void> result = stream_->Check();
  if (!result && ReportLoss(result.error(), batch)) {
    return result.error().hresult;
  }
  return Conclude(result, batch);
}

/// Called with writer_lock_ held: the session is over.
void WriterPushSink::Impl::DropStream() {
  stream_.reset();
  started_ = false;
  finished_ = false;
  ending_ = false;
  const std::lock_guard lock(lock_);
  retry_at_us_ = 0;
  changed_.notify_all();
}

/// A call that makes no sense does not end the session.
HResult WriterPushSink::Impl::Reject(const Error& error) {
  Logger log;
  {
    const std::lock_guard lock(lock_);
    last_error_ = error.message;
    log = log_;
  }
  log(LogLevel::kDebug, error.message);
  return error.hresult;
}

void WriterPushSink::Impl::Interrupt() {
  const std::lock_guard lock(lock_);
  interrupted_ = true;
  clear_ = false;
  g_cancellable_cancel(wake_.get());
  changed_.notify_all();
}

void WriterPushSink::Impl::Resume() {
  const std::lock_guard lock(lock_);
  interrupted_ = false;
  if (!MustStop_locked()) g_cancellable_reset(wake_.get());
}

std::string WriterPushSink::Impl::LastError() const {
  const std::lock_guard lock(lock_);
  return last_error_;
}

StatusDetail WriterPushSink::Impl::Detail(std::string message,
                                          unsigned status) const {
  StatusDetail detail;
  detail.message = std::move(message);
  detail.http_status = status;
  detail.bytes_sent = counters_.bytes_sent;
  detail.packets_sent = counters_.packets_sent;
  const std::lock_guard lock(lock_);
  detail.location = location_;
  return detail;
}

}  // namespace wms
