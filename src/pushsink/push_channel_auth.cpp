// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The part of the push channel that answers challenges to PushStart.

#include "pushsink/errors.h"
#include "pushsink/push_channel.h"

#include <algorithm>

namespace wms {

using wmhttp::ClientEvent;
using wmhttp::ClientState;

namespace {

/// No server takes that long to refuse a request by its head.
constexpr std::int64_t kAcceptanceUs = 10000000;

}  // namespace

void PushChannel::UseTarget(PushTarget target) {
  target_ = std::move(target);
  // Waits for a key distribution centre end with all others.
  for (ClientAuth* auth : {target_.auth.get(), target_.proxy_auth.get()}) {
    if (auth != nullptr) auth->SetCancellable(cancellable_);
  }
}

/// Waits for a key distribution centre last no longer than others.
void PushChannel::LimitAuth() {
  const std::int64_t end = WaitEnd();
  const std::int64_t left =
      end == 0 ? 0 : std::max<std::int64_t>(end - g_get_monotonic_time(), 1);
  for (ClientAuth* auth : {target_.auth.get(), target_.proxy_auth.get()}) {
    if (auth != nullptr) auth->SetTimeout(left);
  }
}

/// A server that lets data flow for long has taken what the request had for an
/// answer, although it says so only at the request's end.
void PushChannel::NoteAcceptance() {
  if (!flowing_ || g_get_monotonic_time() - first_request_ < kAcceptanceUs) {
    return;
  }
  for (ClientAuth* auth : {target_.auth.get(), target_.proxy_auth.get()}) {
    if (auth != nullptr) auth->OnSuccess();
  }
}

void PushChannel::AddCredentials(wmhttp::PushStart& request) {
  LimitAuth();
  if (target_.auth) {
    request.authorization = target_.auth->Authorize(target_.location.target);
  }
  if (target_.proxy_auth) {
    request.proxy_authorization =
        target_.proxy_auth->Authorize(target_.RequestUri());
  }
}

bool PushChannel::IsChallenge(const Error& error) const {
  return Challenged() != nullptr &&
         error.http_status == responses_.refusal()->status;
}

/// Who has an answer to find; null when the server has sent no challenge.
ClientAuth* PushChannel::Challenged() const {
  const Response* refusal = responses_.refusal();
  if (refusal == nullptr) return nullptr;
  for (ClientAuth* auth : {target_.auth.get(), target_.proxy_auth.get()}) {
    if (auth != nullptr && auth->IsChallenge(refusal->status)) return auth;
  }
  return nullptr;
}

/// A stream can be so short that it has ended before it was challenged. What
/// comes when data has flowed, or gives no way to answer, cannot undo the end.
bool PushChannel::ChallengedAfterEnd() const {
  const ClientAuth* auth = flowing_ ? nullptr : Challenged();
  return auth != nullptr &&
         auth->IsAnswerable(responses_.refusal()->headers.get());
}

Result<void> PushChannel::AnswerChallenge() {
  ClientAuth* auth = Challenged();
  const Response refusal = responses_.TakeRefusal();
  SoupMessageHeaders* headers = refusal.headers.get();
  UpdateCookies(headers, target_.location, target_.cookies);
  NoteProxy(headers, target_.using_proxy);
  NoteAcceptance();
  LimitAuth();
  log_(LogLevel::kDebug,
       "PushStart is challenged: HTTP " + std::to_string(refusal.status));
  Result<void> answer = auth->OnChallenge(headers, ClientAuth::Request::kStart);
  // Cancelled or not, the request that was refused is at its end.
  const bool cancelled = g_cancellable_is_cancelled(cancellable_);
  if (!answer && !cancelled) return answer;
  // A connection in the midst of a body is of no more use.
  const bool whole = state_ == ClientState::kAwaitResponse && flushed();
  if (Result<void> step = Step(ClientEvent::kStartChallenged); !step) {
    return step;
  }
  log_(LogLevel::kInfo, "PushStart was challenged and begins anew");
  if (whole && refusal.keep_alive) {
    window_.Rewind();
    BeginConnection();
  } else {
    Abandon(false);
  }
  needs_header_ ? Restart() : Resume();
  return cancelled ? CancelledError() : Result<void>();
}

}  // namespace wms
