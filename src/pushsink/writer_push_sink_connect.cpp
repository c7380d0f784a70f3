// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The part of the push sink that connects.

#include "config.h"

#include "pushsink/writer_push_sink_impl.h"
#include "wmhttp/product.h"

#include <system_error>

#include <utility>

namespace wms {
namespace {

constexpr std::string_view kDefaultUserAgent =
    "WMEncoder/11.0.5721.5145 gst-wmspush/" WMSPUSH_VERSION;
/// How long a cancelled Connect may take before it is left to itself: it ends
/// at once, unless it is a callback of ours that does not.
constexpr std::chrono::milliseconds kAttemptGrace{60};
/// Before another try of a Connect that had no answer; one receiver closes new
/// connections for a while after a push.
constexpr int kConnectDelaysMs[] = {200, 500, 1000};

/// @a request once more, for when nobody can be asked about anything.
SetupRequest Repeatable(SetupRequest request) {
  request.on_status = [](Status) {};
  request.acquire_credentials = nullptr;
  request.cancellable.reset();
  return request;
}

bool ClosedUnanswered(const Error& error) {
  return error.http_status == 0 &&
         (error.hresult == HResult::NS_E_CONNECTION_FAILURE ||
          error.hresult == HResult::NS_E_RESET_SOCKET_CONNECTION);
}

/// PushSetup, and again for a while if @a persistent when the connection is
/// closed without an answer.
Result<SetupResult> SetUp(SetupRequest request, bool persistent) {
  const glib::Ref<GCancellable> cancellable = request.cancellable;
  for (const int delay_ms : kConnectDelaysMs) {
    if (!persistent) break;
    Result<SetupResult> setup = PushSetup(request).Run();
    if (setup || !ClosedUnanswered(setup.error())) return setup;
    GPollFD cancelled{};
    if (!g_cancellable_make_pollfd(cancellable.get(), &cancelled)) break;
    g_poll(&cancelled, 1, delay_ms);
    g_cancellable_release_fd(cancellable.get());
    request.on_status = [](Status) {};
  }
  return PushSetup(std::move(request)).Run();
}

}  // namespace

HResult WriterPushSink::Impl::Connect(std::string_view url,
                                      std::string_view template_url,
                                      bool auto_destroy) {
  Result<SetupRequest> request = MakeRequest(url, template_url, auto_destroy);
  if (!request) return Reject(request.error());
  {
    const std::lock_guard lock(lock_);
    if (IsTaken_locked()) return HResult::NS_E_ALREADY_CONNECTED;
  }
  StopAttempt();
  const std::lock_guard lock(lock_);
  if (IsTaken_locked()) return HResult::NS_E_ALREADY_CONNECTED;
  auto attempt = std::make_shared<Attempt>();
  attempt->cancellable = request->cancellable;
  attempt->persistent = options_.reconnect;
  location_ = request->target.location.text;
  again_ = Repeatable(*request);
  recovery_ = {options_.reconnect, options_.retries,
               std::chrono::microseconds(options_.retry_delay).count()};
  counters_.Reset();
  try {
    attempt->thread =
        std::thread([self = shared_from_this(), attempt,
                     moved = std::move(*request)]() mutable noexcept {
          self->RunAttempt(attempt, std::move(moved));
        });
  } catch (const std::system_error&) {
    last_error_ = "no thread could be started to connect; too many are running";
    return HResult::E_OUTOFMEMORY;
  }
  attempt_ = std::move(attempt);
  phase_ = Phase::kConnecting;
  last_error_.clear();
  setup_.reset();
  return HResult::S_OK;
}

Result<SetupRequest> WriterPushSink::Impl::MakeRequest(
    std::string_view url, std::string_view template_url, bool auto_destroy) {
  Result<Location> location = ParseLocation(url);
  if (!location) return location.error();
  const std::lock_guard lock(lock_);
  SetupRequest request;
  request.body.auto_destroy = auto_destroy;
  if (!template_url.empty()) {
    Result<std::string> path = ParseTemplate(template_url);
    if (!path) return path.error();
    request.body.template_path = std::move(*path);
  }
  const bool in_url = !location->user.empty();
  request.user = in_url ? location->user : options_.user;
  request.password = in_url ? location->password : options_.password;
  request.auth_schemes = options_.auth_schemes;
  constexpr unsigned kAllSchemes =
      kAuthBasic | kAuthDigest | kAuthNtlm | kAuthNegotiate;
  if ((options_.auth_schemes & ~kAllSchemes) != 0) {
    return Error{HResult::E_INVALIDARG, Fault::kLocal,
                 "auth-schemes has flags of no scheme"};
  }
  PushTarget& target = request.target;
  target.accept_authentication = AcceptAuthentication(options_.auth_schemes);
  target.location = std::move(*location);
  target.user_agent = options_.user_agent.empty()
                          ? std::string(kDefaultUserAgent)
                          : options_.user_agent;
  if (!wmhttp::CheckUserAgent(target.user_agent, Strictness::kStrict)) {
    return Error{HResult::E_INVALIDARG, Fault::kLocal,
                 "the user agent does not start with WMEncoder/9.0, 10.0, "
                 "11.0 or 12.0, which servers ask for"};
  }
  Result<Proxy> proxy = ParseProxy(options_.proxy);
  if (!proxy) return proxy.error();
  if (proxy->user.empty()) {
    proxy->user = options_.proxy_user;
    proxy->password = options_.proxy_password;
  }
  target.proxy = std::move(*proxy);
  target.check_server = options_.check_server;
  target.content_length = options_.content_length;
  target.timeout_us = std::chrono::microseconds(options_.timeout).count();
  request.cancellable = glib::Ref<GCancellable>::Take(g_cancellable_new());
  request.log = log_;
  if (credential_callback_) {
    request.acquire_credentials = [this, callback = credential_callback_,
                                   site = target.location.host](
                                      Credentials& credentials, HResult last) {
      return AskForCredentials(callback, site, credentials, last);
    };
  }
  return request;
}

/// The connect thread.
void WriterPushSink::Impl::RunAttempt(const std::shared_ptr<Attempt>& attempt,
                                      SetupRequest request) {
  request.on_status = [this, &attempt](Status status) {
    if (IsCurrent(attempt)) {
      hub_.Dispatch(status, HResult::S_OK, Detail());
    }
  };
  const bool persistent = attempt->persistent;
  CompleteAttempt(attempt, SetUp(std::move(request), persistent));
  const std::lock_guard lock(lock_);
  attempt->finished = true;
  changed_.notify_all();
}

/// Reports the outcome, then makes it so: whoever waits for it finds that it
/// has been reported.
void WriterPushSink::Impl::CompleteAttempt(
    const std::shared_ptr<Attempt>& attempt, Result<SetupResult> result) {
  {
    const std::lock_guard lock(lock_);
    if (attempt_ != attempt) return;
    attempt->failed = !result;
  }
  const bool cancelled = !result && result.error().fault == Fault::kCancelled;
  if (result) {
    hub_.Dispatch(Status::kOpened, HResult::S_OK, Detail());
  } else if (!cancelled) {
    const Error& error = result.error();
    hub_.Dispatch(Status::kError, error.hresult,
                  Detail(error.message, error.http_status));
  }
  const std::lock_guard lock(lock_);
  if (attempt_ != attempt) return;
  if (result) {
    counters_.SetSocket(result->socket);
    counters_.SetConnected(g_get_monotonic_time());
    setup_ = std::move(*result);
    phase_ = Phase::kConnected;
  } else {
    failure_ = result.error().hresult;
    last_error_ = result.error().message;
    phase_ = cancelled ? Phase::kIdle : Phase::kFailed;
  }
  changed_.notify_all();
}

bool WriterPushSink::Impl::IsCurrent(
    const std::shared_ptr<Attempt>& attempt) const {
  const std::lock_guard lock(lock_);
  // Connect holds the lock until it has stored the attempt.
  return attempt_ == attempt;
}

/// Whether there is a session, or may be one soon.
bool WriterPushSink::Impl::IsTaken_locked() const {
  return phase_ == Phase::kConnected ||
         (phase_ == Phase::kConnecting && !attempt_->failed);
}

HResult WriterPushSink::Impl::AskForCredentials(
    const std::shared_ptr<CredentialCallback>& callback,
    const std::string& site, Credentials& credentials, HResult last) {
  const HResult hr = callback->AcquireCredentials(credentials, last);
  if (hr != HResult::S_OK || (credentials.flags & kCredentialSave) == 0) {
    return hr;
  }
  const std::lock_guard lock(lock_);
  if ((credentials.flags & kCredentialProxy) != 0) {
    options_.proxy_user = credentials.user;
    options_.proxy_password = credentials.password;
  } else if (credentials.site == site) {
    // Not those for where a redirection led: they are for that host alone.
    options_.user = credentials.user;
    options_.password = credentials.password;
  }
  return hr;
}

/// Ends a Connect under way, and its thread. False when there was none.
bool WriterPushSink::Impl::StopAttempt() {
  std::unique_lock lock(lock_);
  if (phase_ != Phase::kConnecting) {
    lock.unlock();
    ReapAttempt();
    return false;
  }
  const std::shared_ptr<Attempt> attempt = std::exchange(attempt_, nullptr);
  attempt->stopped = true;
  phase_ = Phase::kIdle;
  changed_.notify_all();
  lock.unlock();
  g_cancellable_cancel(attempt->cancellable.get());
  lock.lock();
  const bool inside = attempt->thread.get_id() == std::this_thread::get_id();
  const bool finished = !inside && changed_.wait_for(lock, kAttemptGrace, [&] {
    return attempt->finished;
  });
  lock.unlock();
  if (finished) {
    attempt->thread.join();
  } else {
    attempt->thread.detach();
  }
  return true;
}

/// Joins the thread of a Connect that is over.
void WriterPushSink::Impl::ReapAttempt() {
  std::shared_ptr<Attempt> attempt;
  {
    const std::lock_guard lock(lock_);
    if (!attempt_ || phase_ == Phase::kConnecting) return;
    if (attempt_->thread.get_id() == std::this_thread::get_id()) return;
    attempt = std::move(attempt_);
    attempt_.reset();
  }
  attempt->thread.join();
}

HResult WriterPushSink::Impl::WaitConnected() {
  return AwaitConnect();
}

/// Waits for a Connect under way; S_OK when there is a session.
HResult WriterPushSink::Impl::AwaitConnect() {
  if (clear_) return HResult::S_OK;
  std::unique_lock lock(lock_);
  if (const std::shared_ptr<Attempt> attempt = attempt_) {
    changed_.wait(lock, [&] {
      return attempt->stopped || phase_ != Phase::kConnecting ||
             MustStop_locked();
    });
    if (attempt->stopped) return HResult::NS_E_SHUTDOWN;
    const bool over = phase_ != Phase::kConnecting;
    lock.unlock();
    if (over) ReapAttempt();
    lock.lock();
  }
  if (MustStop_locked()) return HResult::NS_E_SHUTDOWN;
  if (phase_ == Phase::kConnected) {
    clear_ = !attempt_;  // what is left of that is reaped first
    return HResult::S_OK;
  }
  return phase_ == Phase::kFailed ? failure_ : HResult::NS_E_NOCONNECTION;
}

}  // namespace wms
