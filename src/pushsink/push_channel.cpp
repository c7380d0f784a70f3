// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/push_channel.h"

#include "pushsink/errors.h"
#include "wmhttp/product.h"
#include "wmhttp/request.h"

#include <algorithm>
#include <array>
#include <cassert>
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

/// Parts of one write: what was queued, a packet that was begun, and packets;
/// the two latter with what is copied of them and what is referred to.
constexpr std::size_t kMostParts = 1 + 2 + 2 * PushChannel::kMostTogether;

/// Collects the parts of a write.
class PartList {
 public:
  /// @param room has to be enough for all that is added.
  explicit PartList(std::span<iovec> room) : room_(room) {}

  /// Packets that were copied lie one behind the other: they become one part.
  void Add(Bytes bytes) {
    if (bytes.empty()) return;
    // sendmsg does not write; its structure merely has no const.
    auto* data = const_cast<std::uint8_t*>(bytes.data());
    if (newest_ != nullptr && data == end_) {
      newest_->iov_len += bytes.size();
    } else {
      newest_ = &room_[count_++];
      *newest_ = {data, bytes.size()};
    }
    end_ = data + bytes.size();
  }

  std::span<iovec> parts() const { return room_.first(count_); }

 private:
  std::span<iovec> room_;
  std::size_t count_ = 0;
  iovec* newest_ = nullptr;
  const std::uint8_t* end_ = nullptr;  // of the newest
};

/// A request of which @a remaining is left has room for @a packet.
bool Admits(const wmhttp::LengthRemaining& remaining,
            const wmhttp::SendWindow::Packet& packet) {
  return remaining.Admits(packet.id, packet.size(), packet.reason);
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
    if (Result<void> room = MakeRoom(); !room) return room;
    const Result<std::size_t> count = CountTogether();
    if (!count) return count.error();
    if (Result<void> written = Write(*count); !written) return written;
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

/// Sees to it that the window's next packet may go out: when it has no room in
/// the request under way, that is ended and the next one begun (3.1.4.3 to
/// 3.1.4.5). It is another packet then where that took another connection.
Result<void> PushChannel::MakeRoom() {
  const bool started = state_ == ClientState::kStartInProgress;
  if (started && Admits(remaining_, window_.next())) return {};
  if (Result<void> flushed = Flush(); !flushed) return flushed;
  if (started) {
    if (Result<void> filled = FillRequest(); !filled) return filled;
  }
  if (state_ == ClientState::kAwaitResponse) {
    if (Result<void> answered = AwaitResponse(); !answered) return answered;
  }
  if (state_ != ClientState::kSetupComplete) return {};
  return BeginRequest();
}

/// How many of the window's next packets go out in one call: the first, which
/// has room, and as many more as the request and the call take. Fails when the
/// first may not come here.
Result<std::size_t> PushChannel::CountTogether() const {
  wmhttp::PacketOrder order = order_;
  wmhttp::LengthRemaining remaining = remaining_;
  const std::size_t most = std::min(window_.unbegun(), kMostTogether);
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < most; ++count) {
    const wmhttp::SendWindow::Packet packet = window_.next(count);
    bytes += packet.size();
    const bool fits = count == 0 || (bytes <= kMostBytesTogether &&
                                     Admits(remaining, packet));
    if (!fits) return count;
    const Result<void> next = order.Advance(packet.id, packet.reason);
    if (!next && count == 0) return next.error();
    if (!next) return count;
    remaining.Spend(packet.size());
  }
  return most;
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
  request.target = target_.RequestUri();
  request.host = target_.location.HostHeader();
  request.user_agent = target_.user_agent;
  request.cookie = target_.cookies.RequestValue(target_.location.ToUri().get());
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

/// What is on its way and the window's next @a count packets behind it, written
/// into @a parts.
std::span<iovec> PushChannel::Unsent(std::size_t count,
                                     std::span<iovec> parts) const {
  PartList list(parts);
  list.Add(control_);
  if (packet_left_ > 0) {
    const wmhttp::SendWindow::Packet packet = window_.begun();
    const std::size_t rest = std::min(packet_left_, packet.rest.size());
    list.Add(packet.bytes.last(packet_left_ - rest));
    list.Add(packet.rest.last(rest));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const wmhttp::SendWindow::Packet packet = window_.next(i);
    list.Add(packet.bytes);
    list.Add(packet.rest);
  }
  return list.parts();
}

/// Writes what is on its way and the window's next @a count packets. Not all
/// of that is out when the peer has spoken meanwhile, which is no failure in
/// itself, nor when it fails.
Result<void> PushChannel::Write(std::size_t count) {
  std::array<iovec, kMostParts> parts;
  const Connection::Sent sent = connection_.Send(Unsent(count, parts));
  Take(sent.size);
  switch (sent.io) {
    case Io::kDone:
      return {};
    case Io::kReadable:
      return responses_.Read();
    case Io::kInterrupted:
      return CancelledError();
    case Io::kTimeout:
      return TimeoutError(Stage::kStream);
    case Io::kError:
      break;
  }
  return responses_.LastWords(
      ErrorFromErrno(connection_.error(), Stage::kStream));
}

/// Writes what is on its way. An interruption leaves the rest for the next
/// time.
Result<void> PushChannel::Flush() {
  while (!flushed()) {
    if (Result<void> written = Write(0); !written) return written;
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
  for (;;) {
    const std::size_t out = std::min(size, packet_left_);
    packet_left_ -= out;
    size -= out;
    if (size == 0) return;
    Begin(written_ - size);
  }
}

/// The window's next packet has begun to leave, behind @a position bytes of the
/// connection.
void PushChannel::Begin(std::uint64_t position) {
  const wmhttp::SendWindow::Packet packet = window_.next();
  packet_left_ = packet.size();
  // CountTogether has seen to it that it may come here.
  [[maybe_unused]] const Result<void> next =
      order_.Advance(packet.id, packet.reason);
  assert(next);
  remaining_.Spend(packet_left_);
  window_.Begin(position + packet_left_);
  begun_ = true;
}

/// 3.1.5.2: what a success tells.
Result<void> PushChannel::OnSuccess(const Response& response) {
  SoupMessageHeaders* headers = response.headers.get();
  if (target_.check_server) {
    const char* server = soup_message_headers_get_one(headers, "Server");
    Result<void> checked = wmhttp::CheckServer(server != nullptr ? server : "");
    if (!checked) return checked;
  }
  UpdateCookies(headers, target_.location, target_.cookies);
  NoteProxy(headers, target_.using_proxy);
  if (target_.auth) target_.auth->OnSuccess();
  if (target_.proxy_auth) target_.proxy_auth->OnSuccess();
  // The request is over, and what was in it is no longer to be sent again.
  if (header_end_ > 0) needs_header_ = false;
  ReleaseAcknowledged();
  return {};
}

}  // namespace wms
