// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/push_stream.h"

#include "pushsink/errors.h"
#include "wmhttp/product.h"
#include "wmhttp/request.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace wms {
namespace {

/// How long a server may take to close after all of the stream has arrived.
constexpr std::int64_t kCloseGraceUs = 1000000;

using wmhttp::ClientEvent;
using wmhttp::ClientState;
using wmhttp::PacketId;

/// What is queued goes out before anything else, now or the next time: an
/// interruption takes nothing back.
Result<void> Taken(Result<void> flushed) {
  if (!flushed && flushed.error().fault == Fault::kCancelled) return {};
  return flushed;
}

iovec PartOf(Bytes bytes) {
  // sendmsg does not write; its structure merely has no const.
  return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
}

void Append(std::vector<std::uint8_t>& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

void Append(std::vector<std::uint8_t>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

PushStream::PushStream(PushTarget target, glib::Ref<GSocket> socket,
                       GCancellable* cancellable, PushCounters& counters,
                       Logger log)
    : target_(std::move(target)),
      connection_(std::move(socket), cancellable),
      cancellable_(cancellable),
      counters_(counters),
      log_(std::move(log)) {
  connection_.SetTimeout(target_.timeout_us);
  counters_.SetSocket(connection_.socket());
}

PushStream::~PushStream() {
  counters_.SetSocket(nullptr);
}

Result<void> PushStream::Start(Bytes header, const asf::Header& parsed) {
  header_.assign(header.begin(), header.end());
  FitRequests(parsed);
  QueueRequest();
  if (Result<void> step = Step(ClientEvent::kStartSent); !step) return step;
  if (Result<void> queued = QueuePacket(PacketId::kHeader, header); !queued) {
    return queued;
  }
  return Taken(Flush());
}

Result<void> PushStream::Switch(Bytes header, const asf::Header& parsed) {
  if (!switching_) {
    const HResult reason = HResult::S_FALSE;
    Result<void> room =
        MakeRoom(PacketId::kEndOfStream, wmhttp::kEndOfStreamSize, reason);
    if (!room) return room;
    Result<void> queued = QueuePacket(PacketId::kEndOfStream, {}, reason);
    if (!queued) return queued;
    switching_ = true;
  }
  FitRequests(parsed);
  const std::size_t size =
      wmhttp::kFramingHeaderSize + wmhttp::kReasonSize + header.size();
  Result<void> room = MakeRoom(PacketId::kStreamChange, size);
  if (!room) return room;
  Result<void> queued = QueuePacket(PacketId::kStreamChange, header);
  if (!queued) return queued;
  switching_ = false;
  header_.assign(header.begin(), header.end());
  return Taken(Flush());
}

Result<void> PushStream::SendData(const asf::StrippedPacket& packet) {
  const std::size_t size = wmhttp::kFramingHeaderSize + packet.size();
  const wmhttp::FramingHeader frame =
      wmhttp::EncodeFramingHeader(PacketId::kData, packet.size());
  // Two parts cost the kernel less than three, and the copy is a short one.
  std::array<std::uint8_t,
             wmhttp::kFramingHeaderSize + asf::StrippedPacket::kMaxHead>
      lead_data;
  const auto head_at = std::ranges::copy(frame.bytes(), lead_data.begin()).out;
  const auto lead_end = std::ranges::copy(packet.head(), head_at).out;
  const Bytes lead(lead_data.begin(), lead_end);
  // A server that closes on PushStart is best noticed while starting again
  // loses nothing.
  if (counters_.packets_sent == 0) connection_.LookNext();
  for (;;) {
    if (Result<void> room = MakeRoom(PacketId::kData, size); !room) return room;
    std::array<iovec, 2> parts{PartOf(lead), PartOf(packet.rest)};
    Result<bool> written = Write(parts);
    if (written) {
      if (!*written) return CancelledError();
      remaining_.Spend(size);
      return order_.Advance(PacketId::kData);
    }
    if (Result<void> again = Recover(written.error()); !again) return again;
  }
}

Result<void> PushStream::SendEnd() {
  if (ended()) return Flush();
  // What is queued counts as sent: an end that is called off now is not.
  if (g_cancellable_is_cancelled(cancellable_)) return CancelledError();
  if (Result<void> room =
          MakeRoom(PacketId::kEndOfStream, wmhttp::kEndOfStreamSize);
      !room) {
    return room;
  }
  if (Result<void> queued = QueuePacket(PacketId::kEndOfStream, {}); !queued) {
    return queued;
  }
  if (Result<void> step = Step(ClientEvent::kEndSent); !step) return step;
  return Flush();
}

Result<std::uint64_t> PushStream::Close() {
  if (!connection_.is_open()) return std::uint64_t{0};
  connection_.ShutdownWrite();
  // What the peer still says is read, since closing with unread data resets
  // the connection, and a reset can overtake our last packets.
  const std::int64_t deadline = connection_.deadline();
  for (;;) {
    const std::int64_t now = g_get_monotonic_time();
    connection_.SetDeadline(std::min(deadline, now + kCloseGraceUs));
    const Io io = connection_.AwaitInput();
    if (io == Io::kInterrupted) return CancelledError();
    if (io == Io::kReadable && responses_.ReadAfterEnd(log_)) continue;
    // With everything acknowledged, a peer that does not close has no claim.
    const std::uint64_t left = connection_.Unacknowledged();
    const bool wait = io == Io::kTimeout && left > 0;
    if (wait && g_get_monotonic_time() < deadline) continue;
    Drop();
    return left;
  }
}

Result<void> PushStream::Step(ClientEvent event) {
  const std::optional<ClientState> next = wmhttp::NextState(state_, event);
  if (!next) {
    return Error{HResult::NS_E_INVALID_REQUEST, Fault::kLocal,
                 std::string("not valid in the state \"") +
                     wmhttp::StateName(state_) + "\""};
  }
  state_ = *next;
  return {};
}

/// Raises the length of the requests to what this stream needs at least, and
/// bounds the kernel's queue to its bitrate.
void PushStream::FitRequests(const asf::Header& parsed) {
  packet_size_ = parsed.packet_size;
  content_length_ =
      std::clamp(target_.content_length,
                 wmhttp::MinimumContentLength(parsed.packet_size, parsed.size),
                 wmhttp::kUnboundedContentLength);
  connection_.BoundSendQueue(parsed.max_bitrate / 8);
}

/// Appends request line and headers of a PushStart to what is pending.
void PushStream::QueueRequest() {
  wmhttp::PushStart request;
  request.target = target_.location.target;
  request.host = target_.location.HostHeader();
  request.user_agent = target_.user_agent;
  request.cookie = target_.cookies.RequestValue();
  request.accept_authentication = target_.accept_authentication;
  AddCredentials(request);
  request.content_length = content_length_;
  Append(pending_, wmhttp::WritePushStart(request));
  remaining_ = wmhttp::LengthRemaining(content_length_);
  counters_.push_starts.fetch_add(1, std::memory_order_relaxed);
  log_(LogLevel::kDebug,
       "PushStart, Content-Length " + std::to_string(content_length_));
}

/// Appends a packet to what is pending, for those that are rare enough to be
/// copied. There has to be room for it in the request.
Result<void> PushStream::QueuePacket(PacketId id, Bytes payload,
                                     HResult reason) {
  if (Result<void> next = order_.Advance(id, reason); !next) return next;
  const wmhttp::FramingHeader frame =
      wmhttp::EncodeFramingHeader(id, payload.size(), reason);
  Append(pending_, frame.bytes());
  Append(pending_, payload);
  remaining_.Spend(frame.size + payload.size());
  return {};
}

/// Sends what is pending and, when a packet of @a size bytes has no room in
/// the request, ends that and starts the next (3.1.4.3 to 3.1.4.5).
Result<void> PushStream::MakeRoom(PacketId id, std::size_t size,
                                  HResult reason) {
  if (state_ == ClientState::kStartInProgress && pending_.empty() &&
      remaining_.Admits(id, size, reason)) {
    return {};
  }
  if (Result<void> flushed = Flush(); !flushed) return flushed;
  if (state_ == ClientState::kStartInProgress &&
      !remaining_.Admits(id, size, reason)) {
    if (Result<void> filled = FillRequest(); !filled) return filled;
  }
  if (state_ == ClientState::kAwaitResponse) {
    if (Result<void> answered = AwaitResponse(); !answered) return answered;
  }
  if (state_ != ClientState::kSetupComplete) return {};
  QueueRequest();
  if (Result<void> step = Step(ClientEvent::kStartSent); !step) return step;
  return Flush();
}

Result<void> PushStream::FillRequest() {
  while (const std::optional<std::size_t> filler = remaining_.NextFiller()) {
    const std::vector<std::uint8_t> zeros(*filler);
    Result<void> queued = QueuePacket(PacketId::kFiller, zeros);
    if (!queued) return queued;
  }
  if (Result<void> step = Step(ClientEvent::kLengthExhausted); !step) {
    return step;
  }
  return Flush();
}

Result<void> PushStream::AwaitResponse() {
  if (Result<void> flushed = Flush(); !flushed) return flushed;
  while (!responses_.answered()) {
    switch (connection_.AwaitInput()) {
      case Io::kReadable:
        if (Result<void> read = responses_.Read(); !read) {
          return Recover(read.error());
        }
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
  if (!response.keep_alive) Drop();
  return Step(ClientEvent::kStartSucceeded);
}

/// Writes what is pending. An interruption leaves the rest for the next time.
Result<void> PushStream::Flush() {
  while (!pending_.empty()) {
    if (Result<void> connected = EnsureConnected(); !connected) {
      return connected;
    }
    std::vector<std::uint8_t> bytes;
    bytes.swap(pending_);
    std::array<iovec, 1> parts{PartOf(bytes)};
    const Result<bool> written = Write(parts);
    if (written) {
      if (!*written) bytes.swap(pending_);
      return pending_.empty() ? Result<void>() : CancelledError();
    }
    if (Result<void> again = Recover(written.error()); !again) return again;
  }
  return {};
}

/// Writes @a parts. True when they are taken: sent, or begun and the rest
/// kept; false when an interruption came before their first byte.
Result<bool> PushStream::Write(std::span<iovec> parts) {
  bool begun = false;
  for (;;) {
    const Connection::Sent sent = connection_.Send(parts);
    counters_.bytes_sent.fetch_add(sent.size, std::memory_order_relaxed);
    begun = begun || sent.size > 0;
    parts = sent.unsent;
    switch (sent.io) {
      case Io::kDone:
        return true;
      case Io::kInterrupted:
        if (begun) Keep(parts);
        return begun;
      case Io::kReadable:
        if (Result<void> read = responses_.Read(); !read) return read.error();
        break;
      case Io::kTimeout:
        return TimeoutError(Stage::kStream);
      case Io::kError:
        return responses_.LastWords(
            ErrorFromErrno(connection_.error(), Stage::kStream));
    }
  }
}

void PushStream::Keep(std::span<iovec> parts) {
  for (const iovec& part : parts) {
    Append(pending_, Bytes(static_cast<const std::uint8_t*>(part.iov_base),
                           part.iov_len));
  }
}

/// Closes the connection, which nobody else may hold open then.
void PushStream::Drop() {
  connection_.Reset(nullptr);
  responses_.Clear();
  counters_.SetSocket(nullptr);
}

Result<void> PushStream::EnsureConnected() {
  if (connection_.is_open()) return {};
  return Connect();
}

/// Opens a connection of its own, when PushSetup's or the last request's was
/// closed (3.1.4.2.1).
Result<void> PushStream::Connect() {
  std::int64_t deadline = connection_.deadline();
  if (target_.timeout_us > 0) {
    const std::int64_t timeout = g_get_monotonic_time() + target_.timeout_us;
    deadline = deadline == 0 ? timeout : std::min(deadline, timeout);
  }
  Result<glib::Ref<GSocket>> socket =
      OpenSocket(target_.location.HostHeader(), target_.location.port, deadline,
                 cancellable_);
  if (!socket) return socket.error();
  connection_.Reset(std::move(*socket));
  counters_.SetSocket(connection_.socket());
  log_(LogLevel::kDebug, "a new connection for PushStart");
  return {};
}

/// A server may close the connection right after PushSetup. Then the stream
/// begins once more on a new one, as long as nothing of it can have arrived.
bool PushStream::MayStartAgain(const Error& error) const {
  const bool lost = error.hresult == HResult::NS_E_CONNECTION_FAILURE ||
                    error.hresult == HResult::NS_E_RESET_SOCKET_CONNECTION;
  return lost && !started_again_ && counters_.packets_sent == 0 && !ended() &&
         !switching_ && !responses_.heard();
}

/// Goes on with a PushStart anew where @a error, which ended one, allows it.
Result<void> PushStream::Recover(const Error& error) {
  if (ClientAuth* auth = Challenged(error)) return AnswerChallenge(*auth);
  if (!MayStartAgain(error)) return error;
  return StartAgain();
}

Result<void> PushStream::StartAgain() {
  started_again_ = true;
  Drop();
  order_ = {};
  pending_.clear();
  QueueRequest();
  if (Result<void> queued = QueuePacket(PacketId::kHeader, header_); !queued) {
    return queued;
  }
  return Flush();
}

/// 3.1.5.2: what a success tells.
Result<void> PushStream::OnSuccess(const Response& response) {
  SoupMessageHeaders* headers = response.headers.get();
  if (target_.check_server) {
    const char* server = soup_message_headers_get_one(headers, "Server");
    Result<void> checked = wmhttp::CheckServer(server != nullptr ? server : "");
    if (!checked) return checked;
  }
  UpdateCookies(headers, target_.cookies);
  if (target_.auth) target_.auth->OnSuccess();
  if (target_.proxy_auth) target_.proxy_auth->OnSuccess();
  start_succeeded_ = true;
  return {};
}

}  // namespace wms
