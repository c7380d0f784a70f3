// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/text.h"
#include "unit/check.h"
#include "wmhttp/cookies.h"
#include "wmhttp/framing.h"
#include "wmhttp/length_remaining.h"
#include "wmhttp/product.h"
#include "wmhttp/push_state.h"
#include "wmhttp/request.h"
#include "wmhttp/setup_body.h"

// A client and a server of the protocol in memory, made of nothing but what
// src/wmhttp offers to both: bytes go from one to the other as strings.

namespace wms::test {

struct Request {
  std::string head;
  std::string body;
};

/// Writes requests, by the rules of 3.1 and in the order of 4.7.1.
class ScriptedClient {
 public:
  /// PushSetup itself is written by the HTTP library; its body is ours. What
  /// @a authorization holds stands behind the other headers, line end included.
  void Setup(const std::string& authorization,
             const wmhttp::SetupBody& setup_body) {
    if (state_ == wmhttp::ClientState::kIdle) {
      Go(wmhttp::ClientEvent::kSetupRequested);
    }
    const std::string body = wmhttp::WriteSetupBody(setup_body);
    requests.push_back(
        {"POST /pubPoint HTTP/1.1\r\n"
         "Content-Type: application/x-wms-pushsetup\r\n"
         "User-Agent: " +
             user_agent + "\r\nHost: MediaServer\r\n" +
             "Content-Length: " + std::to_string(body.size()) + "\r\nCookie: " +
             push_id_.RequestValue() + "\r\n" + authorization + "\r\n",
         body});
  }

  /// The server wants credentials, or has accepted the setup.
  void SetupResponse(unsigned status, std::string_view set_cookie) {
    EXPECT(status == 401 || status == 204, std::to_string(status));
    push_id_.Update(set_cookie);
    Go(status == 401 ? wmhttp::ClientEvent::kSetupChallenged
                     : wmhttp::ClientEvent::kSetupSucceeded);
  }

  void Start(std::uint64_t content_length) {
    Go(wmhttp::ClientEvent::kStartSent);
    wmhttp::PushStart start;
    start.target = "/pubPoint";
    start.host = "MediaServer";
    start.user_agent = user_agent;
    start.accept_authentication = "Digest, Basic";
    start.cookie = push_id_.RequestValue();
    start.content_length = content_length;
    length_ = wmhttp::LengthRemaining(content_length);
    requests.push_back({wmhttp::WritePushStart(start), ""});
  }

  /// True when the packet went out; otherwise the request is filled up and
  /// the response is due.
  bool Send(wmhttp::PacketId id, std::string_view payload,
            HResult reason = HResult::S_OK) {
    const std::size_t size =
        wmhttp::EncodeFramingHeader(id, payload.size(), reason).size +
        payload.size();
    if (!length_.Admits(id, size, reason)) {
      while (const auto filler = length_.NextFiller()) {
        Write(wmhttp::PacketId::kFiller, std::string(*filler, '\0'),
              HResult::S_OK);
      }
      EXPECT(length_.left() == 0, std::to_string(length_.left()));
      Go(wmhttp::ClientEvent::kLengthExhausted);
      return false;
    }
    Write(id, payload, reason);
    if (id == wmhttp::PacketId::kEndOfStream && reason != HResult::S_FALSE) {
      Go(wmhttp::ClientEvent::kEndSent);
    }
    return true;
  }

  void StartResponse() { Go(wmhttp::ClientEvent::kStartSucceeded); }

  wmhttp::ClientState state() const { return state_; }

  std::vector<Request> requests;
  std::string user_agent = "WMEncoder/11.0.5721.5145";

 private:
  void Go(wmhttp::ClientEvent event) {
    const auto next = wmhttp::NextState(state_, event);
    EXPECT(next.has_value(), StateName(state_));
    state_ = *next;
  }

  void Write(wmhttp::PacketId id, std::string_view payload, HResult reason) {
    EXPECT(order_.Advance(id, reason).has_value(), wmhttp::PacketName(id));
    const wmhttp::FramingHeader header =
        wmhttp::EncodeFramingHeader(id, payload.size(), reason);
    std::string& body = requests.back().body;
    body.append(header.bytes().begin(), header.bytes().end());
    body.append(payload);
    length_.Spend(header.size + payload.size());
  }

  wmhttp::ClientState state_ = wmhttp::ClientState::kIdle;
  wmhttp::PushIdCookie push_id_;
  wmhttp::PacketOrder order_;
  wmhttp::LengthRemaining length_;
};

/// Reads requests, by the rules of 3.2 and in the order of 4.6.1, and notes
/// what it understood, one line each.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::size_t piece_size) : piece_size_(piece_size) {}

  void Receive(const Request& request) {
    EXPECT(request.head.starts_with("POST "), request.head);
    EXPECT(request.head.ends_with("\r\n\r\n"), request.head);
    EXPECT(wmhttp::CheckUserAgent(Header(request, "User-Agent")).has_value(),
           request.head);
    switch (wmhttp::TypeOfContent(Header(request, "Content-Type"))) {
      case wmhttp::RequestType::kPushSetup:
        return ReceiveSetup(request);
      case wmhttp::RequestType::kPushStart:
        return ReceiveStart(request);
      case wmhttp::RequestType::kOther:
        break;
    }
    EXPECT(false, request.head);
  }

  wmhttp::ServerState state() const { return state_; }
  std::vector<std::string> log;
  bool challenge = false;  // answer the next PushSetup with 401

 private:
  static std::string Header(const Request& request, std::string_view name) {
    std::string_view rest = request.head;
    while (!rest.empty()) {
      const auto [line, more] = SplitAt(rest, '\n');
      const auto [found, value] = SplitAt(line, ':');
      if (EqualsIgnoringCase(found, name)) {
        return std::string(Trim(SplitAt(value, '\r').first));
      }
      rest = more;
    }
    return {};
  }

  void Go(wmhttp::ServerEvent event) {
    const auto next = wmhttp::NextState(state_, event);
    EXPECT(next.has_value(), StateName(state_));
    state_ = *next;
  }

  void ReceiveSetup(const Request& request) {
    EXPECT(Header(request, "Content-Length") ==
               std::to_string(request.body.size()),
           request.head);
    const HeapBytes body(request.body);
    const Result<wmhttp::SetupBody> setup = wmhttp::ParseSetupBody(body.text());
    EXPECT(setup.has_value(), request.body);
    log.push_back(
        "PushSetup of " +
        std::string(wmhttp::FindPushId(Header(request, "Cookie"))) +
        (setup->template_path.empty() ? "" : " like " + setup->template_path) +
        (setup->auto_destroy ? " to be destroyed" : ""));
    if (!challenge) Go(wmhttp::ServerEvent::kSetupAccepted);
    log.push_back(challenge ? "401" : "204");
    challenge = false;
  }

  void ReceiveStart(const Request& request) {
    Go(wmhttp::ServerEvent::kStartAccepted);
    const std::string length = Header(request, "Content-Length");
    log.push_back("PushStart of " +
                  std::string(wmhttp::FindPushId(Header(request, "Cookie"))) +
                  " with " + length);
    wmhttp::PacketReader reader;
    const HeapBytes body(request.body);
    for (const Data& part : Pieces(body.bytes(), piece_size_)) {
      const HeapBytes piece(part);
      reader.Feed(piece.bytes());
      ReceivePackets(reader);
    }
    EXPECT(reader.buffered() == 0, std::to_string(reader.buffered()));
    if (length != std::to_string(request.body.size())) return;
    if (state_ == wmhttp::ServerState::kStreaming) {
      Go(wmhttp::ServerEvent::kBodyComplete);
      log.push_back("204");
    }
  }

  void ReceivePackets(wmhttp::PacketReader& reader) {
    for (;;) {
      const Result<std::optional<wmhttp::Packet>> next = reader.Next();
      EXPECT(next.has_value(), next.error().message);
      if (!*next) return;
      const wmhttp::Packet& packet = **next;
      const auto reason = static_cast<HResult>(packet.reason);
      EXPECT(order_.Advance(packet.id, reason).has_value(), log.back());
      log.push_back(wmhttp::PacketName(packet.id) + Content(packet));
      if (order_.state() == wmhttp::PacketOrder::State::kEnded) {
        Go(wmhttp::ServerEvent::kEndOfStream);
      }
    }
  }

  static std::string Content(const wmhttp::Packet& packet) {
    switch (packet.id) {
      case wmhttp::PacketId::kEndOfStream:
        return " " + std::to_string(packet.reason);
      case wmhttp::PacketId::kFiller:
        return " of " + std::to_string(packet.payload.size());
      default:
        return " " + std::string(packet.payload.begin(), packet.payload.end());
    }
  }

  std::size_t piece_size_;
  wmhttp::ServerState state_ = wmhttp::ServerState::kNoSession;
  wmhttp::PacketOrder order_;
};

}  // namespace wms::test
