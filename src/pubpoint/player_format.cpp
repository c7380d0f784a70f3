// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pubpoint/player_format.h"

namespace wms::pubpoint {

Delivery ControlDelivery(std::vector<std::uint8_t> bytes) {
  auto owner =
      std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  Delivery delivery;
  delivery.kind = Delivery::Kind::kControl;
  delivery.rest = *owner;
  delivery.owned = owner->capacity();
  delivery.owner = std::move(owner);
  return delivery;
}

Delivery PlainFormat::Begin(const HeaderRef& header) {
  Delivery delivery;
  delivery.kind = Delivery::Kind::kControl;
  delivery.owner = header;
  delivery.rest = header->bytes;
  return delivery;
}

std::optional<Delivery> PlainFormat::Data(const PacketRef& packet) {
  started_ = started_ || packet->starts_playback();
  if (!started_) return std::nullopt;
  Delivery delivery;
  delivery.owner = packet;
  delivery.owned = packet->memory();
  delivery.rest = packet->bytes();
  delivery.padding = packet->padding();
  return delivery;
}

void PlainFormat::Skip(std::size_t /*unsent*/) {
  started_ = false;
}

std::optional<Delivery> PlainFormat::Switch(const HeaderRef& /*header*/) {
  // A file has one header.
  return std::nullopt;
}

std::optional<Delivery> PlainFormat::End() {
  return std::nullopt;
}

}  // namespace wms::pubpoint
