// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/recovery.h"

#include <algorithm>

namespace wms {
namespace {

constexpr unsigned kUnauthorized = 401;
constexpr unsigned kProxyUnauthorized = 407;
constexpr unsigned kRequestTimeout = 408;
constexpr unsigned kConflict = 409;

/// Failures of the network, or of a server that may be back soon.
bool MayPass(HResult hresult) {
  switch (hresult) {
    case HResult::NS_E_CANNOT_CONNECT_TO_PROXY:
    case HResult::NS_E_CONNECTION_FAILURE:
    case HResult::NS_E_CONNECT_TIMEOUT:
    case HResult::NS_E_NETWORK_SINK_WRITE:
    case HResult::NS_E_PROXY_NOT_FOUND:
    case HResult::NS_E_PUSH_CANNOTCONNECT:
    case HResult::NS_E_RESET_SOCKET_CONNECTION:
    case HResult::NS_E_SERVER_DNS_TIMEOUT:
    case HResult::NS_E_SERVER_NOT_FOUND:
    case HResult::NS_E_TIMEOUT:
      return true;
    default:
      return false;
  }
}

}  // namespace

Recovery::Recovery(const Options& options)
    : options_(options), random_(std::random_device()()) {}

bool Recovery::OnLoss(const Error& error, const Loss& loss, std::int64_t now) {
  const bool closed = error.hresult == HResult::NS_E_CONNECTION_FAILURE ||
                      error.hresult == HResult::NS_E_RESET_SOCKET_CONNECTION;
  // A header that has arrived is not wanted again, if there is another way.
  const bool unheard =
      loss.unheard && !(options_.enabled && loss.header_arrived);
  if (closed && error.http_status == 0 && unheard && !loss.in_setup &&
      !started_again_) {
    started_again_ = true;
    plan_ = Plan::kStartAgain;
    retry_at_ = now;
    return true;
  }
  if (!options_.enabled || error.fault == Fault::kLocal) return false;
  if (!active_) Count(now);
  const Verdict verdict = Judge(error, loss, now);
  if (verdict == Verdict::kGiveUp) return false;
  active_ = true;
  if (plan_ != Plan::kResume) started_again_ = false;
  retry_at_ = now;
  if (verdict == Verdict::kAtOnce) return true;
  if (options_.retries >= 0 &&
      attempt_ >= static_cast<unsigned>(options_.retries)) {
    return false;
  }
  ++attempt_;
  const std::int64_t asked = std::int64_t{error.retry_after_s} * 1000000;
  retry_at_ += std::max(NextDelay(), asked);
  return true;
}

/// A loss behind a steady flow is a new one, any other goes on with the last:
/// with its attempts, its delays and its time.
void Recovery::Count(std::int64_t now) {
  if (now - flowing_ < kSteady) {
    if (plan_ == Plan::kResume) ++brief_;
    return;
  }
  step_ = 0;
  brief_ = 0;
  attempt_ = 0;
  since_ = now;
}

void Recovery::OnFlowing(std::int64_t now) {
  active_ = false;
  flowing_ = now;
}

/// What @a error means, and what to do next.
Recovery::Verdict Recovery::Judge(const Error& error, const Loss& loss,
                                  std::int64_t now) {
  if (error.http_status != 0) return JudgeStatus(error.http_status, loss, now);
  if (!MayPass(error.hresult)) return Verdict::kGiveUp;
  if (loss.in_setup) return Verdict::kLater;
  const bool resume = loss.header_arrived && CanResume(loss, now);
  plan_ = resume ? Plan::kResume : Plan::kSetUpAgain;
  return Verdict::kLater;
}

/// The server may know the session again, if it has had its header.
bool Recovery::CanResume(const Loss& loss, std::int64_t now) const {
  return loss.has_push_id && now - since_ < kServerIdle && brief_ < kMostBrief;
}

/// Data has flowed on a connection that resumed, but not for long: what the
/// server says now is its answer to that.
bool Recovery::resumed_lately(std::int64_t now) const {
  return flowing_ != 0 && plan_ == Plan::kResume && now - flowing_ < kSteady;
}

Recovery::Verdict Recovery::JudgeStatus(unsigned status, const Loss& loss,
                                        std::int64_t now) {
  if (status != kRequestTimeout && status < 500) {
    return JudgeRefusal(status, loss, now);
  }
  if (!active_) {
    const bool resume = status != kRequestTimeout && CanResume(loss, now);
    plan_ = resume ? Plan::kResume : Plan::kSetUpAgain;
  } else if (plan_ != Plan::kSetUpNew) {
    // Some servers say so when they do not know the session.
    plan_ = plan_ == Plan::kSetUpAgain ? Plan::kSetUpNew : Plan::kSetUpAgain;
  }
  return Verdict::kLater;
}

/// A server that does not want the session back may want another one.
Recovery::Verdict Recovery::JudgeRefusal(unsigned status, const Loss& loss,
                                         std::int64_t now) {
  // What it may have had already, a server can refuse to have again.
  if (plan_ == Plan::kStartAgain)
    plan_ = Plan::kResume;
  else if (!active_ && !resumed_lately(now))
    return Verdict::kGiveUp;
  // Our own push is in the way, as long as the server has not seen it go.
  if (status == kConflict) {
    return now - since_ < kConflictLimit ? Verdict::kLater : Verdict::kGiveUp;
  }
  if (plan_ == Plan::kResume) {
    plan_ = Plan::kSetUpAgain;
    return Verdict::kAtOnce;
  }
  const bool credentials =
      status == kUnauthorized || status == kProxyUnauthorized;
  if (!loss.in_setup || credentials || plan_ == Plan::kSetUpNew) {
    return Verdict::kGiveUp;
  }
  plan_ = Plan::kSetUpNew;
  return Verdict::kAtOnce;
}

/// Nothing at first, then the first delay, then twice as much each time, with
/// a quarter of it left to chance, lest many clients come back together.
std::int64_t Recovery::NextDelay() {
  const unsigned step = step_++;
  if (step == 0) return 0;
  const std::int64_t most = std::max(kMaxDelay, options_.delay_us);
  std::int64_t delay = options_.delay_us;
  for (unsigned i = 1; i < step && delay < most; ++i)
    delay *= 2;
  delay = std::min(delay, most);
  std::uniform_int_distribution<std::int64_t> jitter(-delay / 4, delay / 4);
  return delay + jitter(random_);
}

}  // namespace wms
