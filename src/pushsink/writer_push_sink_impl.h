// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "asf/data_packet.h"
#include "base/result.h"
#include "pushsink/push_counters.h"
#include "pushsink/push_setup.h"
#include "pushsink/push_stream.h"
#include "pushsink/status_hub.h"
#include "pushsink/writer_gate.h"
#include "pushsink/writer_push_sink.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace wms {

/// The push sink itself; its public face is only a handle.
///
/// Threads: a Connect has a thread of its own, which ends with it. Whoever
/// sends packets holds writer_lock_ meanwhile; whoever wants to close first
/// cancels wake_, which ends every wait of the sender, and then takes it.
///
/// Lock order: writer_lock_ before lock_. No callback runs under either.
class WriterPushSink::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl();
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void SetOptions(const PushOptions& options);
  void SetLogHook(LogHook hook);
  void SetCredentialCallback(std::shared_ptr<CredentialCallback> callback);
  StatusHub& hub() { return hub_; }

  HResult Connect(std::string_view url, std::string_view template_url,
                  bool auto_destroy);
  HResult WaitConnected();
  HResult Disconnect();
  HResult EndSession(std::chrono::milliseconds limit);
  HResult OnHeader(Bytes header);
  HResult OnDataUnit(Bytes data_unit, const MemoryOwner& owner,
                     Delivery delivery);
  HResult SendKept();
  HResult OnEndWriting();
  void Interrupt();
  void Resume();
  void RetryNow();
  HResult CheckConnection();
  PushStats GetStats() const { return counters_.Snapshot(); }
  std::string LastError() const;

 private:
  enum class Phase {
    kIdle,        ///< no session
    kConnecting,  ///< an attempt is under way
    kConnected,   ///< PushSetup has succeeded
    kFailed,      ///< an error ended the session; failure_ has it
  };

  /// One Connect.
  struct Attempt {
    /// The thread keeps the sink and this alive, so it can be left to itself.
    ~Attempt() {
      if (thread.joinable()) thread.detach();
    }

    glib::Ref<GCancellable> cancellable;
    bool persistent = false;  // tries again a few times
    std::thread thread;
    // Under lock_:
    bool failed = false;    // and says so; it is not in the way any more
    bool stopped = false;   // from this side
    bool finished = false;  // its thread has nothing left to do
  };

  class StatusBatch;
  class Closer;

  Result<SetupRequest> MakeRequest(std::string_view url,
                                   std::string_view template_url,
                                   bool auto_destroy);
  void RunAttempt(const std::shared_ptr<Attempt>& attempt,
                  SetupRequest request);
  void CompleteAttempt(const std::shared_ptr<Attempt>& attempt,
                       Result<SetupResult> result);
  bool IsCurrent(const std::shared_ptr<Attempt>& attempt) const;
  bool IsTaken_locked() const;
  HResult AskForCredentials(const std::shared_ptr<CredentialCallback>& callback,
                            const std::string& site, Credentials& credentials,
                            HResult last);
  bool StopAttempt();
  void ReapAttempt();

  HResult AwaitConnect();
  HResult AwaitRetry(std::int64_t deadline_us);
  HResult CheckSession();
  template <typename Check, typename Send>
  HResult Deliver(Check check, Send send);
  Result<void> CheckHeader(Bytes header) const;
  Result<void> CheckPacket(Bytes data_unit) const;
  void MakeStream();
  Result<void> SendHeader(Bytes header, const asf::Header& parsed,
                          StatusBatch& batch);
  Result<void> SendPacket(Bytes data_unit, const asf::DataPacket& parsed,
                          const MemoryOwner& owner, Delivery delivery);
  HResult Conclude(const Result<void>& result, StatusBatch& batch);
  bool ReportLoss(const Error& error, StatusBatch& batch);
  void ReportRecovery(StatusBatch& batch);
  HResult Reject(const Error& error);
  Result<void> SendEnd(std::int64_t deadline_us, StatusBatch& batch);
  Result<std::uint64_t> TrySendEnd(StatusBatch& batch);
  Error Unfinished(Error error);
  HResult CloseSession(const Result<void>& sent, StatusBatch& batch);
  bool MustStop_locked() const { return interrupted_ || closers_ > 0; }
  StatusDetail Detail(std::string message = {}, unsigned status = 0) const;
  void DropStream();

  StatusHub hub_;
  PushCounters counters_;
  // Cancelled while calls that wait have to return; reset under lock_.
  const glib::Ref<GCancellable> wake_;

  // When a lost connection is tried again, 0 for none that is; changes under
  // lock_.
  std::atomic<std::int64_t> retry_at_us_{0};

  // All is as it has to be for a packet to go out, so that lock_ need not be
  // taken for it: there is a session, and nobody wants to stop it. Changes
  // under lock_, where it becomes false at once and true when it was found out.
  std::atomic<bool> clear_{false};

  mutable std::mutex lock_;
  std::condition_variable changed_;  // phase_, MustStop_locked, finished
  // Under lock_:
  PushOptions options_;
  Logger log_;
  std::shared_ptr<CredentialCallback> credential_callback_;
  Phase phase_ = Phase::kIdle;
  std::shared_ptr<Attempt> attempt_;
  std::optional<SetupResult> setup_;   // of an attempt, until OnHeader
  std::optional<SetupRequest> again_;  // the same once more; has secrets
  Recovery::Options recovery_;         // of the last Connect
  std::string location_;               // without user info
  HResult failure_ = HResult::S_OK;    // what ended the session
  std::string last_error_;             // for people
  bool interrupted_ = false;
  unsigned closers_ = 0;

  WriterGate writer_lock_;
  // Under writer_lock_:
  std::unique_ptr<PushStream> stream_;
  bool started_ = false;   // that $H is out has been reported
  bool finished_ = false;  // that $E with S_OK is out has been
  bool ending_ = false;    // OnEndWriting: $E is due
};

}  // namespace wms
