// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/push_stream.h"

#include "pushsink/errors.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace wms {
namespace {

/// As long as a server may still refuse a PushStart, what it has acknowledged
/// is kept, too; but not without end. That is likely when the push resumes.
constexpr std::size_t kMaxUnsure = std::size_t{128} * 1024;
constexpr std::size_t kMaxUnsureResumed = std::size_t{16} * 1024 * 1024;

using wmhttp::PacketId;

bool IsCancelled(const Result<void>& result) {
  return !result && result.error().fault == Fault::kCancelled;
}

const ClientAuth::Login* LoginOf(const std::shared_ptr<ClientAuth>& auth) {
  return auth ? auth->login() : nullptr;
}

/// @a again with the credentials that @a target was reached with, as far as
/// they are for the same server and the same proxy.
SetupRequest Repeatable(SetupRequest again, const PushTarget& target) {
  PushTarget& first = again.target;
  const ClientAuth::Login* login = LoginOf(target.auth);
  if (login != nullptr &&
      target.location.HostHeader() == first.location.HostHeader()) {
    std::tie(again.user, again.password) = *login;
  }
  login = LoginOf(target.proxy_auth);
  if (login != nullptr &&
      target.proxy.resolver.get() == first.proxy.resolver.get()) {
    std::tie(first.proxy.user, first.proxy.password) = *login;
  }
  return again;
}

}  // namespace

PushStream::PushStream(SetupResult setup, SetupRequest again,
                       const Recovery::Options& options,
                       GCancellable* cancellable, PushCounters& counters,
                       Logger log)
    : again_(Repeatable(std::move(again), setup.target)),
      cancellable_(cancellable),
      counters_(counters),
      log_(log),
      channel_(std::move(setup.target), std::move(setup.socket), window_,
               cancellable, counters, std::move(log)),
      recovery_(options) {}

Result<void> PushStream::Start(Bytes header, const asf::Header& parsed) {
  header_.assign(header.begin(), header.end());
  window_.SetHeader(header);
  Fit(parsed);
  Result<void> sent = Continue();
  return IsCancelled(sent) ? Result<void>() : sent;
}

Result<void> PushStream::Switch(Bytes header, const asf::Header& parsed) {
  MakeRoom(wmhttp::kEndOfStreamSize + wmhttp::kFramingHeaderSize +
           wmhttp::kReasonSize + header.size());
  window_.Append(PacketId::kEndOfStream, {}, {}, HResult::S_FALSE);
  window_.Append(PacketId::kStreamChange, {}, header);
  const std::size_t packet_size = packet_size_;
  Fit(parsed);
  Result<void> sent = Deliver(2);
  if (!sent) {
    packet_size_ = packet_size;
    return sent;
  }
  header_.assign(header.begin(), header.end());
  return {};
}

Result<void> PushStream::SendData(const asf::StrippedPacket& packet,
                                  std::uint32_t send_time_ms,
                                  const MemoryOwner& owner, Delivery delivery) {
  const std::size_t size = wmhttp::kFramingHeaderSize + packet.size();
  if (owner.object != nullptr) {
    MakeRoom(size - packet.rest.size(), packet.rest.size());
    window_.AppendReference(packet.head(), packet.rest, owner);
  } else {
    MakeRoom(size);
    window_.Append(PacketId::kData, packet.head(), packet.rest);
  }
  // A server that closes on PushStart is best noticed while starting again
  // loses nothing.
  const bool first = counters_.packets_sent == 0;
  if (first) channel_.LookNext();
  const bool keeps = delivery == Delivery::kWithNext && !first && Keeps(size);
  Result<void> sent = keeps ? Result<void>() : Deliver(1);
  if (sent && rate_.Add(send_time_ms, size)) {
    channel_.FitRate(rate_.bytes_per_second());
  }
  return sent;
}

/// Whether a packet of @a size bytes can wait for the next one: as long as
/// there is less than leaves at once.
bool PushStream::Keeps(std::size_t size) {
  if (lost_ || kept_ + size >= PushChannel::kMostBytesTogether ||
      window_.unbegun() >= PushChannel::kMostTogether) {
    return false;
  }
  kept_ += size;
  return true;
}

Result<void> PushStream::Continue() {
  return Deliver(0);
}

Result<void> PushStream::Check() {
  if (lost_ || ended_) return {};
  Result<void> looked = channel_.Look();
  if (!looked) lost_ = OnLoss(looked.error(), false);
  return looked;
}

Result<void> PushStream::SendEnd() {
  if (ended_) return Continue();
  // What is queued counts as sent: an end that is called off now is not.
  if (g_cancellable_is_cancelled(cancellable_)) return CancelledError();
  window_.Append(PacketId::kEndOfStream, {}, {});
  if (Result<void> sent = Deliver(1); !sent) return sent;
  ended_ = true;
  return finished() ? Result<void>() : CancelledError();
}

Result<std::uint64_t> PushStream::Close() {
  Result<std::uint64_t> left = channel_.Close(recovery_.active());
  while (!left && !flowing_ && channel_.IsChallenge(left.error())) {
    Result<void> sent = channel_.AnswerChallenge();
    if (sent) sent = channel_.Send();
    left = sent ? channel_.Close(recovery_.active())
                : Result<std::uint64_t>(sent.error());
  }
  if (!left) {
    const bool cancelled = left.error().fault == Fault::kCancelled;
    // What a server has taken for a while is not sent again for what it says
    // behind the end.
    const bool taken = left.error().http_status != 0 && flowing_;
    lost_ = !cancelled && !taken && OnLoss(left.error(), false);
    return left;
  }
  if (*left == 0) {
    recovered_ = recovery_.active();
    return left;
  }
  if (g_get_monotonic_time() < channel_.deadline()) {
    lost_ = OnLoss(ClosedError(Stage::kStream), false);
  }
  return left;
}

/// Raises the length of the requests to what this stream needs at least, and
/// bounds the kernel's queue to its bitrate.
void PushStream::Fit(const asf::Header& parsed) {
  packet_size_ = parsed.packet_size;
  channel_.FitRequests(parsed.packet_size, parsed.size);
  rate_.Reset(parsed.max_bitrate / 8);
  channel_.FitRate(rate_.bytes_per_second());
}

/// The kernel is asked what the peer has acknowledged only when there is no
/// room for a packet.
void PushStream::MakeRoom(std::size_t copied, std::size_t referred) {
  if (window_.HasRoomFor(copied, referred)) return;
  const std::size_t most = recovery_.active() ? kMaxUnsureResumed : kMaxUnsure;
  if (!flowing_ && window_.size() < most) return;
  channel_.ReleaseAcknowledged();
  window_.Widen();
}

/// Sends what the window holds, of which the newest @a added packets are this
/// call's.
Result<void> PushStream::Deliver(std::size_t added) {
  kept_ = 0;
  Result<void> sent = lost_ ? Recover() : Result<void>();
  const bool in_setup = !sent;
  if (sent) sent = channel_.Send();
  while (!sent && channel_.IsChallenge(sent.error())) {
    flowing_ = false;
    sent = channel_.AnswerChallenge();
    if (sent) sent = channel_.Send();
  }
  if (sent) {
    if (!flowing_) NoteFlow();
    return sent;
  }
  const bool cancelled = IsCancelled(sent);
  if (cancelled && added > 0 && window_.unbegun() < added) return {};
  TakeBack(added);
  if (!cancelled) lost_ = OnLoss(sent.error(), in_setup);
  return sent;
}

/// Those of this call that are left: packets leave from the oldest on, $E and
/// $C of a switch too, when a new request begins without them.
void PushStream::TakeBack(std::size_t count) {
  for (count = std::min(count, window_.count()); count > 0; --count)
    window_.DropNewest();
}

/// False when that is the end.
bool PushStream::OnLoss(const Error& error, bool in_setup) {
  if (!in_setup) {
    // A refusal tells that nothing arrived, unless things went well before.
    const std::size_t never_begun = window_.unbegun();
    channel_.Abandon(error.http_status == 0 || flowing_);
    cut_ = window_.count() - never_begun;
    flowing_ = false;
  }
  const bool active = recovery_.active();
  const Recovery::Loss loss{channel_.unheard(), channel_.header_arrived(),
                            channel_.target().cookies.has_push_id(), in_setup};
  if (!recovery_.OnLoss(error, loss, g_get_monotonic_time())) return false;
  // For the last bytes of a stream no other session is worth beginning; for
  // one that is so short that nobody knows whether any of it arrived, it is.
  if (ended_ && flowed_ && recovery_.plan() > Recovery::Plan::kResume) {
    return false;
  }
  reason_ = error.message;
  loss_is_news_ = loss_is_news_ || (recovery_.active() && !active);
  log_(LogLevel::kInfo, "the connection is lost: " + error.message);
  return true;
}

/// Goes on as planned. What fails is another loss, or the end.
Result<void> PushStream::Recover() {
  switch (recovery_.plan()) {
    case Recovery::Plan::kStartAgain:
      channel_.Restart();
      break;
    case Recovery::Plan::kResume:
      channel_.Resume();
      break;
    case Recovery::Plan::kSetUpAgain:
    case Recovery::Plan::kSetUpNew:
      if (Result<void> set_up =
              SetUp(recovery_.plan() == Recovery::Plan::kSetUpAgain);
          !set_up) {
        return set_up;
      }
      break;
  }
  lost_ = false;
  counters_.packets_resent.fetch_add(std::exchange(cut_, 0),
                                     std::memory_order_relaxed);
  return {};
}

Result<void> PushStream::SetUp(bool keep_id) {
  SetupRequest request = again_;
  request.cancellable = glib::Ref<GCancellable>::Share(cancellable_);
  request.target.cookies = keep_id ? channel_.target().cookies : CookieStore();
  if (const std::int64_t deadline = channel_.deadline(); deadline > 0) {
    const std::int64_t left =
        std::max<std::int64_t>(deadline - g_get_monotonic_time(), 1000);
    std::int64_t& timeout = request.target.timeout_us;
    timeout = timeout == 0 ? left : std::min(timeout, left);
  }
  Result<SetupResult> setup = PushSetup(std::move(request)).Run();
  if (!setup) return setup.error();
  setup->target.timeout_us = again_.target.timeout_us;
  channel_.Restart(std::move(setup->target), std::move(setup->socket));
  return {};
}

/// Whether data flows: so that a loss that came before is over.
void PushStream::NoteFlow() {
  flowing_ = channel_.flowing();
  flowed_ = flowed_ || flowing_;
  if (!flowing_ || !recovery_.active()) return;
  recovery_.OnFlowing(g_get_monotonic_time());
  counters_.reconnects.fetch_add(1, std::memory_order_relaxed);
  recovered_ = true;
}

}  // namespace wms
