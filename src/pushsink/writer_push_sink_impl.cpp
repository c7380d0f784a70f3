// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/writer_push_sink_impl.h"

#include "asf/data_packet.h"
#include "asf/header.h"
#include "pushsink/errors.h"

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

/// Statuses that are due when the locks are free: declare it before them.
class WriterPushSink::Impl::StatusBatch {
 public:
  explicit StatusBatch(const StatusHub& hub) : hub_(hub) {}
  ~StatusBatch() {
    for (const Entry& entry : entries_) {
      hub_.Dispatch(entry.status, entry.hresult, entry.detail);
    }
  }
  StatusBatch(const StatusBatch&) = delete;
  StatusBatch& operator=(const StatusBatch&) = delete;

  void Add(Status status, HResult hresult, StatusDetail detail) {
    entries_.push_back({status, hresult, std::move(detail)});
  }

 private:
  struct Entry {
    Status status;
    HResult hresult;
    StatusDetail detail;
  };

  const StatusHub& hub_;
  std::vector<Entry> entries_;
};

/// Makes every wait end, until it has been released or destroyed.
class WriterPushSink::Impl::Closer {
 public:
  explicit Closer(Impl& impl) : impl_(impl) {
    const std::lock_guard lock(impl_.lock_);
    ++impl_.closers_;
    g_cancellable_cancel(impl_.wake_.get());
    impl_.changed_.notify_all();
  }
  ~Closer() { Release(); }
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;

  /// To be called with writer_lock_ held: the waits are over then.
  void Release() {
    if (std::exchange(released_, true)) return;
    const std::lock_guard lock(impl_.lock_);
    --impl_.closers_;
    if (!impl_.MustStop_locked()) g_cancellable_reset(impl_.wake_.get());
  }

 private:
  Impl& impl_;
  bool released_ = false;
};

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
  const std::lock_guard lock(lock_);
  if (MustStop_locked()) return HResult::NS_E_SHUTDOWN;
  if (phase_ == Phase::kConnected) {
    if (!stream_ || !stream_->ended()) return HResult::S_OK;
    // Between $E and the close: nothing more will be taken, but while this
    // side is closing the connection that is no news.
    return ending_ ? HResult::NS_E_NOCONNECTION : HResult::NS_E_SHUTDOWN;
  }
  return phase_ == Phase::kFailed ? failure_ : HResult::NS_E_NOCONNECTION;
}

HResult WriterPushSink::Impl::OnHeader(Bytes header) {
  const Result<asf::Header> parsed = asf::ParseHeader(header);
  if (!parsed) return Reject(parsed.error());
  if (const HResult hr = AwaitConnect(); hr != HResult::S_OK) return hr;
  StatusBatch batch(hub_);
  const std::lock_guard writer(writer_lock_);
  if (const HResult hr = CheckSession(); hr != HResult::S_OK) return hr;
  if (ending_) return Reject(InvalidCall("a header after OnEndWriting"));
  const bool first = !stream_ || !stream_->started();
  Result<void> fits =
      CheckHeaderSize(header.size(), first ? wmhttp::PacketId::kHeader
                                           : wmhttp::PacketId::kStreamChange);
  if (!fits) return Reject(fits.error());
  return Conclude(SendHeader(header, *parsed, batch), batch);
}

Result<void> WriterPushSink::Impl::SendHeader(Bytes header,
                                              const asf::Header& parsed,
                                              StatusBatch& batch) {
  if (!stream_) {
    const std::lock_guard lock(lock_);
    stream_ = std::make_unique<PushStream>(std::move(setup_->target),
                                           std::move(setup_->socket),
                                           wake_.get(), counters_, log_);
    setup_.reset();
  }
  if (!stream_->started()) {
    Result<void> started = stream_->Start(header, parsed);
    if (started) batch.Add(Status::kStarted, HResult::S_OK, Detail());
    return started;
  }
  const bool same = std::ranges::equal(stream_->header(), header);
  if (same && !stream_->switching()) return {};
  Result<void> switched = stream_->Switch(header, parsed);
  if (switched) batch.Add(Status::kSourceSwitch, HResult::S_OK, Detail());
  return switched;
}

HResult WriterPushSink::Impl::OnDataUnit(Bytes data_unit) {
  const Result<asf::DataPacket> parsed = asf::ParseDataPacket(data_unit);
  if (!parsed) return Reject(parsed.error());
  if (const HResult hr = AwaitConnect(); hr != HResult::S_OK) return hr;
  StatusBatch batch(hub_);
  const std::lock_guard writer(writer_lock_);
  if (const HResult hr = CheckSession(); hr != HResult::S_OK) return hr;
  if (!stream_ || !stream_->started()) {
    return Reject(InvalidCall("a data unit before any header"));
  }
  if (ending_) return Reject(InvalidCall("a data unit after OnEndWriting"));
  if (stream_->switching()) {
    return Reject(
        InvalidCall("a data unit where OnHeader is to be called "
                    "again"));
  }
  if (data_unit.size() > stream_->packet_size()) {
    return Reject(InvalidData("a data unit of " +
                              std::to_string(data_unit.size()) +
                              " bytes, where the header states packets of " +
                              std::to_string(stream_->packet_size())));
  }
  const asf::StrippedPacket packet = asf::StripPadding(data_unit, *parsed);
  Result<void> sent = stream_->SendData(packet);
  if (sent) {
    counters_.CountPacket(parsed->send_time_ms,
                          data_unit.size() - packet.size());
  }
  return Conclude(sent, batch);
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
  stream_.reset();
  ending_ = false;
  batch.Add(Status::kError, error.hresult,
            Detail(error.message, error.http_status));
  const std::lock_guard lock(lock_);
  failure_ = error.hresult;
  last_error_ = error.message;
  phase_ = Phase::kFailed;
  return error.hresult;
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
/// waits for the peer to close.
HResult WriterPushSink::Impl::SendEnd(std::int64_t deadline_us,
                                      StatusBatch& batch) {
  if (!stream_ || !stream_->started()) return HResult::S_OK;
  stream_->SetDeadline(deadline_us);
  if (!stream_->finished()) {
    const Result<void> sent = stream_->SendEnd();
    if (!sent)
      return Unfinished(HResult::NS_E_CONNECTION_FAILURE, sent.error());
    batch.Add(Status::kEndOfStreaming, HResult::S_OK, Detail());
  }
  const Result<std::uint64_t> left = stream_->Close();
  if (!left) return Unfinished(HResult::S_FALSE, left.error());
  if (*left == 0) return HResult::S_OK;
  return Unfinished(
      HResult::S_FALSE,
      {HResult::S_FALSE, Fault::kPeer,
       "the server has not acknowledged the last " + std::to_string(*left) +
           " bytes: it has stalled, or closed the connection too early"});
}

/// An end that did not come about as it should: @a hresult, for the reason in
/// @a error.
HResult WriterPushSink::Impl::Unfinished(HResult hresult, const Error& error) {
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
  return hresult;
}

/// Called with writer_lock_ held: drops the session and reports that, with @a
/// why when it was not in order.
HResult WriterPushSink::Impl::CloseSession(HResult why, StatusBatch& batch) {
  const bool started = stream_ && stream_->started();
  stream_.reset();
  ending_ = false;
  {
    const std::lock_guard lock(lock_);
    const Phase before = std::exchange(phase_, Phase::kIdle);
    setup_.reset();
    counters_.SetSocket(nullptr);
    if (before != Phase::kConnected) return HResult::NS_E_NOCONNECTION;
  }
  const std::string message = why == HResult::S_OK ? "" : LastError();
  if (started) batch.Add(Status::kStopped, why, Detail(message));
  batch.Add(Status::kClosed, why, Detail(message));
  return HResult::S_OK;
}

void WriterPushSink::Impl::Interrupt() {
  const std::lock_guard lock(lock_);
  interrupted_ = true;
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
