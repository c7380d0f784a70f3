// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/push_channel.h"

#include "pushsink/errors.h"
#include "wmhttp/product.h"
#include "wmhttp/request.h"

#include <algorithm>
#include <array>
#include <utility>

namespace wms {
namespace {

/// How much of the stream goes into one request where a proxy may hold it
/// back until it is whole (3.1.4.2.1).
constexpr std::uint64_t kProxySeconds = 60;
/// Bytes per second that a stream is taken to have as long as nobody knows.
constexpr std::uint64_t kAssumedRate = 125000;

using wmhttp::ClientEvent;
using wmhttp::ClientState;
using wmhttp::PacketId;

iovec PartOf(Bytes bytes) {
  // sendmsg does not write; its structure merely has no const.
  return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
}

template <typename T>
void Append(std::vector<std::uint8_t>& out, const T& bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

PushChannel::PushChannel(PushTarget target, glib::Ref<GSocket> socket,
                         wmhttp::SendWindow& window, GCancellable* cancellable,
                         PushCounters& counters, Logger log)
    : window_(window),
      connection_(std::move(socket), cancellable),
      cancellable_(cancellable),
      counters_(counters),
      log_(std::move(log)) {
  UseTarget(std::move(target));
  connection_.SetTimeout(target_.timeout_us);
  counters_.SetSocket(connection_.socket());
}

PushChannel::~PushChannel() {
  counters_.SetSocket(nullptr);
}

void PushChannel::FitRequests(std::size_t packet_size,
                              std::size_t header_size) {
  least_length_ = wmhttp::MinimumContentLength(packet_size, header_size);
}

void PushChannel::FitRate(std::uint64_t bytes_per_second) {
  connection_.BoundSendQueue(bytes_per_second);
  bytes_per_second_ = bytes_per_second;
}

/// Content-Length of the next PushStart (3.1.4.2.1).
std::uint64_t PushChannel::NextLength() const {
  std::uint64_t length = target_.content_length;
  if (target_.using_proxy) {
    const std::uint64_t rate =
        bytes_per_second_ > 0 ? bytes_per_second_ : kAssumedRate;
    length = std::min(length, kProxySeconds * rate);
  }
  return std::clamp(length, least_length_, wmhttp::kUnboundedContentLength);
}

Result<void> PushChannel::Send() {
  if (needs_header_ && header_end_ == 0) {
    if (Result<void> sent = SendHeader(); !sent) return sent;
  }
  while (window_.has_next()) {
    if (Result<void> sent = SendNext(); !sent) return sent;
  }
  return flushed() ? Result<void>() : Flush();
}

/// The first PushStart of a session, which $H follows at once (3.1.4.2).
Result<void> PushChannel::SendHeader() {
  if (Result<void> begun = BeginRequest(); !begun) return begun;
  Result<void> queued = QueueControl(PacketId::kHeader, window_.header());
  if (!queued) return queued;
  header_end_ = written_ + control_.size();
  return Flush();
}

Result<void> PushChannel::SendNext() {
  wmhttp::SendWindow::Packet packet = window_.next();
  if (packet_left_ > 0 || !Admits(packet)) {
    if (Result<void> room = MakeRoom(packet); !room) return room;
    // Not always the one there was room for: on another connection those that
    // were not acknowledged come first.
    packet = window_.next();
  }
  const std::size_t size = packet.size();
  const wmhttp::PacketOrder order = order_;
  const wmhttp::LengthRemaining remaining = remaining_;
  if (Result<void> next = order_.Advance(packet.id, packet.reason); !next) {
    return next;
  }
  window_.Begin(written_ + control_.size() + size);
  remaining_.Spend(size);
  packet_left_ = size;
  Result<void> sent = Flush();
  begun_ = begun_ || packet_left_ < size;
  if (!sent && packet_left_ == size) {
    // Nothing of it is out: it is as if it had not been tried.
    window_.Unbegin();
    packet_left_ = 0;
    order_ = order;
    remaining_ = remaining;
  }
  return sent;
}

/// The request under way has room for @a packet.
bool PushChannel::Admits(const wmhttp::SendWindow::Packet& packet) const {
  return state_ == ClientState::kStartInProgress &&
         remaining_.Admits(packet.id, packet.size(), packet.reason);
}

/// Sees to it that @a packet may go out: when it has no room in the request,
/// that is ended and the next one begun (3.1.4.3 to 3.1.4.5).
Result<void> PushChannel::MakeRoom(const wmhttp::SendWindow::Packet& packet) {
  const bool started = state_ == ClientState::kStartInProgress;
  const bool admitted = Admits(packet);
  if (Result<void> flushed = Flush(); !flushed) return flushed;
  if (started && !admitted) {
    if (Result<void> filled = FillRequest(); !filled) return filled;
  }
  if (state_ == ClientState::kAwaitResponse) {
    if (Result<void> answered = AwaitResponse(); !answered) return answered;
  }
  if (state_ != ClientState::kSetupComplete) return {};
  return BeginRequest();
}

Result<void> PushChannel::Step(ClientEvent event) {
  const std::optional<ClientState> next = wmhttp::NextState(state_, event);
  if (!next) {
    return Error{HResult::NS_E_INVALID_REQUEST, Fault::kLocal,
                 std::string("not valid in the state \"") +
                     wmhttp::StateName(state_) + "\""};
  }
  state_ = *next;
  return {};
}

/// Request line and headers of a PushStart (3.1.4.2.1); they go out with what
/// comes next.
Result<void> PushChannel::BeginRequest() {
  if (Result<void> connected = EnsureConnected(); !connected) return connected;
  wmhttp::PushStart request;
  request.target =
      target_.to_proxy ? target_.location.text : target_.location.target;
  request.host = target_.location.HostHeader();
  request.user_agent = target_.user_agent;
  request.cookie = target_.cookies.RequestValue();
  request.accept_authentication = target_.accept_authentication;
  AddCredentials(request);
  if (g_cancellable_is_cancelled(cancellable_)) return CancelledError();
  if (Result<void> step = Step(ClientEvent::kStartSent); !step) return step;
  request.content_length = NextLength();
  Append(control_, wmhttp::WritePushStart(request));
  if (first_request_ == 0) {
    first_request_ = g_get_monotonic_time();
    head_end_ = written_ + control_.size();
  }
  remaining_ = wmhttp::LengthRemaining(request.content_length);
  counters_.push_starts.fetch_add(1, std::memory_order_relaxed);
  log_(LogLevel::kDebug,
       "PushStart, Content-Length " + std::to_string(request.content_length));
  return {};
}

/// Appends a packet that is not for the window. There has to be room for it in
/// the request.
Result<void> PushChannel::QueueControl(PacketId id, Bytes payload) {
  if (Result<void> next = order_.Advance(id); !next) return next;
  const wmhttp::FramingHeader frame =
      wmhttp::EncodeFramingHeader(id, payload.size());
  Append(control_, frame.bytes());
  Append(control_, payload);
  remaining_.Spend(frame.size + payload.size());
  return {};
}

Result<void> PushChannel::FillRequest() {
  while (const std::optional<std::size_t> filler = remaining_.NextFiller()) {
    const std::vector<std::uint8_t> zeros(*filler);
    Result<void> queued = QueueControl(PacketId::kFiller, zeros);
    if (!queued) return queued;
  }
  return Step(ClientEvent::kLengthExhausted);
}

Result<void> PushChannel::AwaitResponse() {
  if (Result<void> flushed = Flush(); !flushed) return flushed;
  while (!responses_.answered()) {
    switch (connection_.AwaitInput()) {
      case Io::kReadable:
        if (Result<void> read = responses_.Read(); !read) return read;
        break;
      case Io::kInterrupted:
        return CancelledError();
      case Io::kTimeout:
        return TimeoutError(Stage::kResponse);
      case Io::kDone:
      case Io::kError:
        return ErrorFromErrno(connection_.error(), Stage::kResponse);
    }
  }
  const Response response = responses_.TakeAnswer();
  if (Result<void> taken = OnSuccess(response); !taken) return taken;
  if (!response.keep_alive) {
    Abandon(true);
    return {};
  }
  return Step(ClientEvent::kStartSucceeded);
}

/// What is on its way, written into @a parts.
std::span<iovec> PushChannel::Unsent(std::span<iovec> parts) const {
  std::size_t count = 0;
  if (!control_.empty()) parts[count++] = PartOf(control_);
  if (packet_left_ > 0) {
    const wmhttp::SendWindow::Packet packet = window_.begun();
    const std::size_t rest = std::min(packet_left_, packet.rest.size());
    const std::size_t copied = packet_left_ - rest;
    if (copied > 0) parts[count++] = PartOf(packet.bytes.last(copied));
    if (rest > 0) parts[count++] = PartOf(packet.rest.last(rest));
  }
  return parts.first(count);
}

/// Writes what is on its way. An interruption leaves the rest for the next
/// time.
Result<void> PushChannel::Flush() {
  while (!flushed()) {
    std::array<iovec, 3> parts{};
    const Connection::Sent sent = connection_.Send(Unsent(parts));
    Take(sent.size);
    switch (sent.io) {
      case Io::kDone:
        return {};
      case Io::kInterrupted:
        return CancelledError();
      case Io::kReadable:
        if (Result<void> read = responses_.Read(); !read) return read;
        break;
      case Io::kTimeout:
        return TimeoutError(Stage::kStream);
      case Io::kError:
        return responses_.LastWords(
            ErrorFromErrno(connection_.error(), Stage::kStream));
    }
  }
  return {};
}

/// @a size bytes more are out.
void PushChannel::Take(std::size_t size) {
  written_ += size;
  PushCounters::Add(counters_.bytes_sent, size);
  if (!control_.empty()) {
    const std::size_t control = std::min(size, control_.size());
    control_.erase(control_.begin(),
                   control_.begin() + static_cast<std::ptrdiff_t>(control));
    size -= control;
  }
  packet_left_ -= size;
}

/// 3.1.5.2: what a success tells.
Result<void> PushChannel::OnSuccess(const Response& response) {
  SoupMessageHeaders* headers = response.headers.get();
  if (target_.check_server) {
    const char* server = soup_message_headers_get_one(headers, "Server");
    Result<void> checked = wmhttp::CheckServer(server != nullptr ? server : "");
    if (!checked) return checked;
  }
  UpdateCookies(headers, target_.cookies);
  NoteProxy(headers, target_.using_proxy);
  if (target_.auth) target_.auth->OnSuccess();
  if (target_.proxy_auth) target_.proxy_auth->OnSuccess();
  // The request is over, and what was in it is no longer to be sent again.
  if (header_end_ > 0) needs_header_ = false;
  ReleaseAcknowledged();
  return {};
}

}  // namespace wms
