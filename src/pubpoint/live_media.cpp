// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/live_media.h"

#include <algorithm>

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

LivePacket::LivePacket(std::vector<std::uint8_t> whole, std::uint32_t number,
                       const LiveHeader& header)
    : whole_(std::move(whole)), number_(number) {
  const Result<asf::DataPacket> parsed = asf::ParseDataPacket(whole_);
  if (!parsed) {
    stripped_.rest = whole_;
    return;
  }
  parsed_ = *parsed;
  stripped_ = asf::StripPadding(whole_, parsed_);
  Result<std::vector<asf::Payload>> payloads =
      asf::ParsePayloads(whole_, parsed_);
  if (payloads) payloads_ = std::move(*payloads);
  starts_playback_ =
      !header.first_video ||
      std::any_of(payloads_.begin(), payloads_.end(),
                  [&header](const asf::Payload& payload) {
                    return payload.stream == *header.first_video &&
                           StartsStream(header, payload);
                  });
}

std::shared_ptr<const std::vector<std::uint8_t>> LivePacket::Filtered(
    asf::PayloadSet keep) const {
  for (const Variant& variant : variants_) {
    if (variant.keep == keep) return variant.bytes;
  }
  auto bytes = std::make_shared<const std::vector<std::uint8_t>>(
      asf::KeepPayloads(whole_, parsed_, payloads_, keep));
  if (variants_.size() < kMaxVariants) variants_.push_back({keep, bytes});
  return bytes;
}

}  // namespace wms::pubpoint
