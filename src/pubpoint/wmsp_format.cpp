// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/wmsp_format.h"

#include "wmsp/response.h"

#include <algorithm>
#include <utility>

namespace wms::pubpoint {
namespace {

/// All headers of a point come from one source, its encoder.
constexpr std::uint32_t kBroadcastId = 1;

using Token = wmsp::Client::Token;

/// 3.2.5.6: such a server gets all streams without asking for any.
bool TakesAllStreams(const wmsp::Client& client) {
  return client.token == Token::kNSServer &&
         (client.major_version < 5 ||
          (client.major_version == 5 && client.minor_version == 0));
}

/// 2.2.3.3: such a server wants the padding.
bool KeepsPadding(const wmsp::Client& client) {
  return client.token == Token::kNSServer && !client.AtLeast(5);
}

const asf::Stream* FindStream(const LiveHeader& header, std::uint8_t number) {
  const auto& streams = header.parsed.streams;
  const auto found = std::find_if(
      streams.begin(), streams.end(),
      [number](const asf::Stream& s) { return s.number == number; });
  return found != streams.end() ? &*found : nullptr;
}

const asf::Stream* FindType(const LiveHeader& header, asf::StreamType type) {
  const auto& streams = header.parsed.streams;
  const auto found =
      std::find_if(streams.begin(), streams.end(),
                   [type](const asf::Stream& s) { return s.type == type; });
  return found != streams.end() ? &*found : nullptr;
}

}  // namespace

void AppendHeaderPackets(const LiveHeader& header, const wmsp::Client& client,
                         std::vector<std::uint8_t>& out) {
  if (wmsp::WantsMetadata(client)) {
    wmsp::AppendMetadata(header.generation, kBroadcastId, wmsp::kLiveFeatures,
                         out);
  }
  wmsp::AppendHeader(header.bytes, out);
}

WmspFormat::WmspFormat(const wmsp::Request& request, bool repeat_header,
                       bool predictive, std::function<void(PlayState)> changed)
    : client_(request.client),
      repeat_header_(repeat_header),
      predictive_(predictive),
      changed_(std::move(changed)),
      select_all_(request.switches.empty() && TakesAllStreams(client_)) {
  selection_.Apply(request.switches);
}

void WmspFormat::Change(PlayState state) {
  if (std::exchange(state_, state) != state) changed_(state);
}

void WmspFormat::Select(const wmsp::Request& request) {
  if (request.predictive_streams) predictive_ = *request.predictive_streams;
  selection_.Apply(request.switches);
  if (state_ == PlayState::kWaiting) Change(PlayState::kStreaming);
}

Delivery WmspFormat::Begin(const HeaderRef& header) {
  header_ = header;
  if (select_all_) {
    for (const asf::Stream& stream : header->parsed.streams)
      selection_.TurnOn(stream.number);
  }
  std::vector<std::uint8_t> bytes;
  AppendHeaderPackets(*header, client_, bytes);
  if (repeat_header_) {
    wmsp::AppendEndOfStream(HResult::S_FALSE, bytes);
    wmsp::AppendStreamChange(bytes);
    AppendHeaderPackets(*header, client_, bytes);
  }
  Change(PlayState::kStreaming);
  return ControlDelivery(std::move(bytes));
}

bool WmspFormat::WantsAll() const {
  const auto& streams = header_->parsed.streams;
  return std::all_of(streams.begin(), streams.end(),
                     [this](const asf::Stream& stream) {
                       return selection_.Selected(stream.number);
                     });
}

asf::PayloadSet WmspFormat::Admit(const LivePacket& packet) {
  asf::PayloadSet keep = 0;
  for (std::size_t i = 0; i < packet.payloads().size(); ++i) {
    const asf::Payload& payload = packet.payloads()[i];
    if (selection_.Admit(payload.stream, StartsStream(*header_, payload),
                         payload.key_frame)) {
      keep |= asf::PayloadSet{1} << i;
    }
  }
  return keep;
}

std::optional<Delivery> WmspFormat::Data(const PacketRef& packet) {
  if (state_ != PlayState::kStreaming) return std::nullopt;
  Delivery delivery;
  const asf::PayloadSet all = asf::AllPayloads(packet->payloads().size());
  const asf::PayloadSet keep = Admit(*packet);
  // What cannot be looked into cannot be filtered, and is for those alone who
  // want everything.
  if (keep == 0 && (all != 0 || !WantsAll())) return std::nullopt;
  if (keep != all) {
    const auto filtered = packet->Filtered(keep);
    delivery.rest = *filtered;
    delivery.owner = filtered;
    delivery.owned = filtered->capacity();
  } else {
    delivery.owner = packet;
    delivery.owned = packet->memory();
    if (KeepsPadding(client_)) {
      delivery.rest = packet->bytes();
      delivery.padding = packet->padding();
    } else {
      delivery.head = packet->stripped().head();
      delivery.rest = packet->stripped().rest;
    }
  }
  const std::size_t size = delivery.size();
  // A packet that fills all of its 65,535 bytes has no room in a $D.
  if (size > wmsp::kMaxPayload) return std::nullopt;
  delivery.prefix_data = wmsp::EncodePacketHeader(
      wmsp::PacketId::kData, packet->number(), af_flags_++, size);
  delivery.prefix_size = delivery.prefix_data.size();
  return delivery;
}

void WmspFormat::Skip(std::size_t unsent) {
  // Only what is transmitted counts (2.2.3.1.2).
  af_flags_ = static_cast<std::uint8_t>(af_flags_ - unsent);
  selection_.Restart();
}

wmsp::StreamSelection WmspFormat::Predict(const LiveHeader& header) const {
  wmsp::StreamSelection selection;
  for (const asf::Stream& old : header_->parsed.streams) {
    if (!selection_.Selected(old.number)) continue;
    const asf::Stream* stream = FindStream(header, old.number);
    if (stream == nullptr || stream->type != old.type) {
      stream = FindType(header, old.type);
    }
    if (stream != nullptr) selection.TurnOn(stream->number);
  }
  return selection;
}

std::optional<Delivery> WmspFormat::Switch(const HeaderRef& header) {
  std::vector<std::uint8_t> bytes;
  wmsp::AppendEndOfStream(HResult::S_FALSE, bytes);
  wmsp::AppendStreamChange(bytes);
  AppendHeaderPackets(*header, client_, bytes);
  selection_ = predictive_ ? Predict(*header) : wmsp::StreamSelection();
  header_ = header;
  Change(predictive_ ? PlayState::kStreaming : PlayState::kWaiting);
  return ControlDelivery(std::move(bytes));
}

std::optional<Delivery> WmspFormat::End() {
  std::vector<std::uint8_t> bytes;
  wmsp::AppendEndOfStream(HResult::S_OK, bytes);
  Change(PlayState::kIdle);
  return ControlDelivery(std::move(bytes));
}

void WmspFormat::OnGone() {
  Change(PlayState::kIdle);
}

}  // namespace wms::pubpoint
