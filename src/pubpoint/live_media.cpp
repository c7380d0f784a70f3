// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/live_media.h"

#include <algorithm>
#include <array>

namespace wms::pubpoint {
namespace {

/// Choices of payloads that are kept; players seldom make more than a few.
constexpr std::size_t kMaxVariants = 8;

}  // namespace

bool LiveHeader::IsVideo(std::uint8_t stream) const {
  return std::any_of(parsed.streams.begin(), parsed.streams.end(),
                     [stream](const asf::Stream& s) {
                       return s.number == stream &&
                              s.type == asf::StreamType::kVideo;
                     });
}

bool StartsStream(const LiveHeader& header, const asf::Payload& payload) {
  return payload.starts_object &&
         (payload.key_frame || !header.IsVideo(payload.stream));
}

LivePacket::LivePacket(asf::PaddedPacket padded, std::uint32_t number,
                       const LiveHeader& header)
    : padded_(std::move(padded)),
      number_(number),
      stripped_(asf::StripPadding(padded_.bytes, padded_.parsed)) {
  Result<std::vector<asf::Payload>> payloads =
      asf::ParsePayloads(padded_.bytes, padded_.parsed);
  if (payloads) payloads_ = std::move(*payloads);
  starts_playback_ =
      !header.first_video ||
      std::any_of(payloads_.begin(), payloads_.end(),
                  [&header](const asf::Payload& payload) {
                    return payload.stream == *header.first_video &&
                           StartsStream(header, payload);
                  });
}

Bytes LivePacket::padding() const {
  static constexpr std::array<std::uint8_t, asf::kMaxPacketSize> kZeros{};
  return Bytes(kZeros).first(padded_.parsed.padding);
}

std::size_t LivePacket::memory() const {
  return sizeof(*this) + padded_.bytes.capacity() +
         payloads_.capacity() * sizeof(asf::Payload);
}

std::shared_ptr<const std::vector<std::uint8_t>> LivePacket::Filtered(
    asf::PayloadSet keep) const {
  for (const Variant& variant : variants_) {
    if (variant.keep == keep) return variant.bytes;
  }
  auto bytes = std::make_shared<const std::vector<std::uint8_t>>(
      asf::KeepPayloads(padded_.bytes, padded_.parsed, payloads_, keep));
  if (variants_.size() < kMaxVariants) variants_.push_back({keep, bytes});
  return bytes;
}

}  // namespace wms::pubpoint
