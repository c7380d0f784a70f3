// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// The part of PushStream that answers challenges.

#include "pushsink/push_stream.h"

namespace wms {

using wmhttp::ClientEvent;
using wmhttp::PacketId;

void PushStream::AddCredentials(wmhttp::PushStart& request) {
  const glib::Uri uri = target_.location.ToUri();
  if (target_.auth) request.authorization = target_.auth->Authorize(uri.get());
  if (target_.proxy_auth) {
    request.proxy_authorization = target_.proxy_auth->Authorize(uri.get());
  }
}

/// Who has an answer to find; null when @a error is no challenge, or comes
/// when the stream has ended and an answer has nothing to begin anew.
ClientAuth* PushStream::Challenged(const Error& error) const {
  const unsigned status = responses_.refusal_status();
  if (ended() || status == 0 || status != error.http_status) return nullptr;
  for (ClientAuth* auth : {target_.auth.get(), target_.proxy_auth.get()}) {
    if (auth != nullptr && auth->IsChallenge(status)) return auth;
  }
  return nullptr;
}

/// 3.1.5.2. What went out in the request that was refused is lost; the stream
/// goes on with what comes next.
Result<void> PushStream::AnswerChallenge(ClientAuth& auth) {
  const Response refusal = responses_.TakeRefusal();
  SoupMessageHeaders* headers = refusal.headers.get();
  UpdateCookies(headers, target_.cookies);
  Result<void> answer = auth.OnChallenge(headers, ClientAuth::Request::kStart);
  if (!answer) return answer;
  // A connection in the midst of a body is of no more use.
  const bool whole = state_ == wmhttp::ClientState::kAwaitResponse;
  const bool keep_connection = whole && refusal.keep_alive;
  if (Result<void> step = Step(ClientEvent::kStartChallenged); !step) {
    return step;
  }
  log_(LogLevel::kInfo, "PushStart was challenged and begins anew");
  return Restart(keep_connection);
}

/// Sends PushStart once more, from its beginning: with $H unless an earlier
/// one has succeeded (3.1.4.2.1), and with the end of an entry that is due.
Result<void> PushStream::Restart(bool keep_connection) {
  if (!keep_connection) Drop();
  pending_.clear();
  QueueRequest();
  if (Result<void> step = Step(ClientEvent::kStartSent); !step) return step;
  if (start_succeeded_) {
    order_.BeginRequest();
  } else {
    order_ = {};
    Result<void> header = QueuePacket(PacketId::kHeader, header_);
    if (!header) return header;
    if (switching_) {
      Result<void> end =
          QueuePacket(PacketId::kEndOfStream, {}, HResult::S_FALSE);
      if (!end) return end;
    }
  }
  return Flush();
}

}  // namespace wms
