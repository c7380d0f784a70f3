// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/push_channel.h"

#include "pushsink/errors.h"
#include "pushsink/open_socket.h"
#include "wmhttp/product.h"
#include "wmhttp/request.h"

#include <algorithm>
#include <array>
#include <utility>

namespace wms {
namespace {

/// How long a server may take to close after all of the stream has arrived.
constexpr std::int64_t kCloseGraceUs = 1000000;
/// How long after $E it has for that before this side does.
constexpr std::int64_t kPeerCloseUs = 100000;
/// How much of the stream goes into one request where a proxy may hold it
/// back until it is whole (3.1.4.2.1).
constexpr std::uint64_t kProxySeconds = 60;
/// Bytes per second that a stream is taken to have as long as nobody knows.
constexpr std::uint64_t kAssumedRate = 125000;
/// A server that refuses a PushStart has said so by then.
constexpr std::int64_t kObjectionUs = 100000;

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
    : target_(std::move(target)),
      window_(window),
      connection_(std::move(socket), cancellable),
      cancellable_(cancellable),
      counters_(counters),
      log_(std::move(log)) {
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
  if (Result<void> room = MakeRoom(window_.next()); !room) return room;
  // Not always the one there was room for: on another connection those that
  // were not acknowledged come first.
  const wmhttp::SendWindow::Packet packet = window_.next();
  const std::size_t size = packet.bytes.size();
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

/// Sees to it that @a packet may go out: when it has no room in the request,
/// that is ended and the next one begun (3.1.4.3 to 3.1.4.5).
Result<void> PushChannel::MakeRoom(const wmhttp::SendWindow::Packet& packet) {
  const std::size_t size = packet.bytes.size();
  const bool started = state_ == ClientState::kStartInProgress;
  const bool admitted =
      started && remaining_.Admits(packet.id, size, packet.reason);
  if (admitted && packet_left_ == 0) return {};
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
  if (Result<void> step = Step(ClientEvent::kStartSent); !step) return step;
  wmhttp::PushStart request;
  request.target =
      target_.to_proxy ? target_.location.text : target_.location.target;
  request.host = target_.location.HostHeader();
  request.user_agent = target_.user_agent;
  request.cookie = target_.cookies.RequestValue();
  request.authorization = Authorization(target_.auth.get());
  if (target_.to_proxy) {
    request.proxy_authorization = Authorization(target_.proxy_auth.get());
  }
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

/// Writes what is on its way. An interruption leaves the rest for the next
/// time.
Result<void> PushChannel::Flush() {
  while (!flushed()) {
    std::array<iovec, 2> parts{};
    std::size_t count = 0;
    if (!control_.empty()) parts[count++] = PartOf(control_);
    if (packet_left_ > 0) {
      parts[count++] = PartOf(window_.begun().last(packet_left_));
    }
    const Connection::Sent sent =
        connection_.Send(std::span(parts).first(count));
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
  counters_.bytes_sent.fetch_add(size, std::memory_order_relaxed);
  if (!control_.empty()) {
    const std::size_t control = std::min(size, control_.size());
    control_.erase(control_.begin(),
                   control_.begin() + static_cast<std::ptrdiff_t>(control));
    size -= control;
  }
  packet_left_ -= size;
}

Result<std::uint64_t> PushChannel::Close(bool may_refuse) {
  if (!connection_.is_open()) return std::uint64_t{0};
  // What the peer still says is read, since closing with unread data resets
  // the connection, and a reset can overtake our last packets.
  const std::int64_t deadline = connection_.deadline();
  for (;;) {
    const std::int64_t now = g_get_monotonic_time();
    const bool first = !connection_.shut_down();
    connection_.SetDeadline(std::min(deadline, now + CloseGrace()));
    const Io io = connection_.AwaitInput();
    connection_.SetDeadline(deadline);
    if (io == Io::kInterrupted) return CancelledError();
    if (io == Io::kTimeout && first) {
      connection_.ShutdownWrite();
      continue;
    }
    if (io == Io::kReadable && may_refuse) {
      const Result<void> read = responses_.Read();
      if (read) continue;
      if (read.error().http_status != 0) return read.error();
    } else if (io == Io::kReadable && responses_.ReadAfterEnd(log_)) {
      continue;
    }
    // With everything acknowledged, a peer that does not close has no claim.
    const std::uint64_t left = connection_.Unacknowledged();
    const bool wait = io == Io::kTimeout && left > 0;
    if (wait && g_get_monotonic_time() < deadline) continue;
    return left;
  }
}

/// How long the peer has to close, until it is told that no more will come,
/// and then once more. One that closes because of $E goes first: a proxy that
/// is told may drop what it has not passed on.
std::int64_t PushChannel::CloseGrace() const {
  if (connection_.shut_down() || target_.using_proxy) return kCloseGraceUs;
  return kPeerCloseUs;
}

std::uint64_t PushChannel::Acknowledged() const {
  const std::uint64_t left =
      connection_.is_open() ? connection_.Unacknowledged() : 0;
  // On PushSetup's connection its request may still count.
  return left < written_ ? written_ - left : 0;
}

void PushChannel::ReleaseAcknowledged() {
  window_.Acknowledge(Acknowledged());
}

void PushChannel::Abandon(bool arrived) {
  if (connection_.is_open() && arrived) connection_.Settle();
  const std::uint64_t acknowledged = arrived ? Acknowledged() : 0;
  const bool carries_header = header_end_ > 0;
  unheard_ =
      carries_header && !responses_.heard() && (!begun_ || acknowledged == 0);
  if (carries_header && acknowledged >= header_end_) needs_header_ = false;
  window_.Acknowledge(acknowledged);
  window_.Rewind();
  UseConnection(nullptr);
}

/// Turns to another connection, null for none yet.
void PushChannel::UseConnection(glib::Ref<GSocket> socket) {
  if (connection_.is_open()) connection_.Abort();
  connection_.Reset(std::move(socket));
  responses_.Clear();
  counters_.SetSocket(connection_.socket());
  state_ = ClientState::kSetupComplete;
  control_.clear();
  packet_left_ = 0;
  written_ = 0;
  header_end_ = 0;
  head_end_ = 0;
  first_request_ = 0;
  begun_ = false;
  flowing_ = false;
  order_ = {};
  if (needs_header_) return;
  // 2.2.2.2: further requests begin with $C or $D, whatever came last.
  if (!order_.Advance(PacketId::kHeader)) return;
  order_.BeginRequest();
}

void PushChannel::Resume() {
  // What $E with S_FALSE says goes without saying then.
  while (!window_.empty() && window_.oldest().reason == HResult::S_FALSE)
    window_.DropOldest();
}

void PushChannel::Restart() {
  needs_header_ = true;
  order_ = {};
  Resume();
  // $H takes the place of $C.
  while (!window_.empty() && window_.oldest().id == PacketId::kStreamChange)
    window_.DropOldest();
}

void PushChannel::Restart(PushTarget target, glib::Ref<GSocket> socket) {
  target_ = std::move(target);
  UseConnection(std::move(socket));
  Restart();
}

Result<void> PushChannel::Look() {
  if (!connection_.is_open() || !connection_.IsOver()) return {};
  return responses_.Read();
}

/// Opens a connection of its own, when PushSetup's or the last request's was
/// closed (3.1.4.2.1).
Result<void> PushChannel::EnsureConnected() {
  if (connection_.is_open()) return {};
  std::int64_t deadline = connection_.deadline();
  if (target_.timeout_us > 0) {
    const std::int64_t timeout = g_get_monotonic_time() + target_.timeout_us;
    deadline = deadline == 0 ? timeout : std::min(deadline, timeout);
  }
  Result<OpenedSocket> opened = OpenSocket(target_, deadline, cancellable_);
  if (!opened) return opened.error();
  target_.to_proxy = opened->to_proxy;
  target_.using_proxy = target_.using_proxy || opened->to_proxy;
  connection_.Reset(std::move(opened->socket));
  counters_.SetSocket(connection_.socket());
  log_(LogLevel::kDebug, "a new connection for PushStart");
  return {};
}

bool PushChannel::flowing() {
  if (flowing_) return true;
  if (first_request_ == 0) return false;
  const bool answered = responses_.answered();
  if (!answered && (responses_.heard() || connection_.HasInput())) return false;
  const std::int64_t age = g_get_monotonic_time() - first_request_;
  flowing_ = age >= kObjectionUs && Acknowledged() > head_end_;
  return flowing_;
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
  return {};
}

/// What @a auth, null for none, has to say to a PushStart.
std::string PushChannel::Authorization(SoupAuth* auth) const {
  // libsoup asserts that an auth it is asked for has been authenticated.
  if (auth == nullptr || !soup_auth_is_authenticated(auth)) return {};
  const glib::Uri uri = target_.location.ToUri();
  const auto message = glib::Ref<SoupMessage>::Take(
      soup_message_new_from_uri("POST", uri.get()));
  const glib::Chars value(soup_auth_get_authorization(auth, message.get()));
  return value ? value.get() : "";
}

}  // namespace wms
